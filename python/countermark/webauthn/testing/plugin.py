"""The pytest plugin: software authenticators as fixtures.

pytest finds it by itself where countermark is installed. What makes authenticators is loaded when a test
asks for a fixture.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from countermark.webauthn import testing

if TYPE_CHECKING:
    from countermark.webauthn.testing import SoftwareAuthenticator


@pytest.fixture
def software_authenticator_factory(
    request: pytest.FixtureRequest,
) -> Callable[..., SoftwareAuthenticator]:
    """Makes `SoftwareAuthenticator`s, each with a seed of its own from the name of the test.

    The first of a test is the same in every run, the second too, and they differ. Takes the arguments of
    `SoftwareAuthenticator`; a ``seed`` among them is used as it is.
    """
    made = 0

    def make(seed: bytes | str | None = None, **arguments: Any) -> SoftwareAuthenticator:
        nonlocal made
        if seed is None:
            seed = f"{request.node.nodeid} {made}"
            made += 1
        return testing.SoftwareAuthenticator(seed, **arguments)

    return make


@pytest.fixture
def software_authenticator(
    software_authenticator_factory: Callable[..., SoftwareAuthenticator],
) -> SoftwareAuthenticator:
    """A `SoftwareAuthenticator` that attests in ``packed`` with ES256, seeded with the name of the test."""
    return software_authenticator_factory()
