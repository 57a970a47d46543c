"""Every test here that takes ``door`` runs through the native package and through its twin."""

from __future__ import annotations

import pytest

from tests.vectors.doors import MODULES, Door


@pytest.fixture(params=list(MODULES), scope="session")
def door(request: pytest.FixtureRequest) -> Door:
    return Door(request.param)
