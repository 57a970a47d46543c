"""Every test here that takes ``door`` runs through the native package and through its twin."""

from __future__ import annotations

import pytest

from tests.property.outcome import DOORS, Door


@pytest.fixture(params=DOORS, ids=lambda door: door.name)
def door(request: pytest.FixtureRequest) -> Door:
    chosen: Door = request.param
    return chosen
