"""One browser for all tests of this folder; each test opens the page anew."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.browser.chromium import Chromium, Unavailable, start
from tests.browser.page import serve

REQUIRED = "COUNTERMARK_BROWSER"
"""An environment variable: with ``required`` a browser that is missing is a failure, not a skip."""


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with ExitStack() as stack:
        port, other_port = stack.enter_context(serve()), stack.enter_context(serve())
        # ChromeDriver is on this machine, whatever proxy the environment names.
        stack.enter_context(pytest.MonkeyPatch.context()).setenv("NO_PROXY", "localhost,127.0.0.1")
        profile = tmp_path_factory.mktemp("chromium")
        try:
            found = stack.enter_context(start(profile, port, other_port))
        except Unavailable as missing:
            if os.environ.get(REQUIRED) == "required":
                raise
            pytest.skip(str(missing))
        yield found


@pytest.fixture
def browser(chromium: Chromium) -> Chromium:
    """The browser on the page of the relying party, without an authenticator."""
    chromium.open(chromium.origin)
    return chromium
