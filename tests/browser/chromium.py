"""A headless Chromium under ChromeDriver, with authenticators that ChromeDriver simulates."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

RP_ID: Final = "localhost"
FLAGS: Final = (
    "--headless=new",
    # The only pages it ever sees are our own, and the sandbox needs rights that containers lack.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
USUAL: Final = {
    "protocol": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserConsenting": True,
    "isUserVerified": True,
    # Without credBlob it knows no credProtect either.
    "extensions": ["largeBlob", "prf", "minPinLength", "credBlob"],
}
_RUN: Final = """
const [name, first, second, done] = arguments;
window[name](first, second).then(
  (value) => done({ value }), (error) => done({ error: error.name, message: error.message }));
"""


class Refused(Exception):
    """The browser refused a ceremony; the name of its error is the first argument."""


class Unavailable(Exception):
    """There is no browser here to run; the message says what is missing."""


class Chromium:
    """One tab, on the page that is served at ``origin``."""

    def __init__(self, driver: Any, port: int, other_port: int) -> None:
        self._driver = driver
        self.origin = f"http://{RP_ID}:{port}"
        self.elsewhere = {
            "another port": f"http://{RP_ID}:{other_port}",
            "another host": f"http://127.0.0.1:{port}",
        }
        """Origins that serve the same page."""

    @property
    def driver(self) -> Any:
        """The driver itself, for pages that are not of the relying party."""
        return self._driver

    def open(self, origin: str) -> None:
        self._driver.get(f"{origin}/")

    def enter_frame(self, origin: str) -> None:
        """Embeds the page of an origin; what follows happens in there."""
        self._call("embed", f"{origin}/embedded", None)
        self._driver.switch_to.frame(0)

    def click(self) -> None:
        """The user touches the page."""
        self._driver.find_element("tag name", "p").click()

    @contextmanager
    def authenticator(self, **settings: Any) -> Iterator[str]:
        """Plugs an authenticator in, and out again."""
        made = self._driver.execute("addVirtualAuthenticator", {**USUAL, **settings})
        held = {"authenticatorId": made["value"]}
        try:
            yield made["value"]
        finally:
            self._driver.execute("removeVirtualAuthenticator", held)

    def create(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """``navigator.credentials.create``, as ``toJSON()`` gives it."""
        return self._call("ceremony", "create", options)

    def get(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """``navigator.credentials.get``, as ``toJSON()`` gives it."""
        return self._call("ceremony", "get", options)

    def dfns_create(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """A new credential as the Dfns API takes it."""
        return self._call("dfns", "create", options)

    def dfns_get(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """An assertion as the Dfns API takes it."""
        return self._call("dfns", "get", options)

    def _call(self, name: str, first: Any, second: Any) -> dict[str, Any]:
        answer = self._driver.execute_async_script(_RUN, name, first, second)
        if "error" in answer:
            raise Refused(answer["error"], answer["message"])
        value: dict[str, Any] = answer.get("value") or {}
        return value


@contextmanager
def start(profile: Path, port: int, other_port: int) -> Iterator[Chromium]:
    """Runs a browser on a fresh profile.

    Raises:
        Unavailable: something it needs is not here.
    """
    try:
        from selenium import webdriver
        from selenium.common.exceptions import WebDriverException
        from selenium.webdriver.chrome.options import Options
        from selenium.webdriver.chrome.service import Service
    except ImportError:
        raise Unavailable("selenium is not installed: pip install '.[browser]'") from None
    binary = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver_path = shutil.which("chromedriver")
    if binary is None or driver_path is None:
        raise Unavailable("Chromium and ChromeDriver are not installed (chromium, chromium-driver)")
    options = Options()
    options.binary_location = binary
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    try:
        # With the path of the driver selenium looks for none, and downloads none.
        driver = webdriver.Chrome(options=options, service=Service(driver_path))
    except WebDriverException as error:
        raise Unavailable(f"Chromium does not start: {str(error.msg)[:200]}") from error
    try:
        driver.set_script_timeout(20)
        yield Chromium(driver, port, other_port)
    finally:
        driver.quit()
