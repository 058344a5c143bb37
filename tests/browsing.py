"""Headless Chromium for the tests marked ``browser``, and for the pictures of docs/review.md; it reaches no network."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

SWITCHES = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --force-prefers-reduced-motion --hide-scrollbars --disable-lcd-text "
    # Whatever a page asks for by name or address is not found; the driver itself is reached by 127.0.0.1.
    "--host-resolver-rules=MAP,*,~NOTFOUND,EXCLUDE,127.0.0.1"
).split()


@contextmanager
def browsing() -> Iterator[Chrome]:
    """A fresh browser that keeps what pages log and ask for."""
    from selenium import webdriver  # of the extra browser

    options = webdriver.ChromeOptions()
    options.binary_location = located("chromium")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for switch in (*SWITCHES, f"--user-data-dir={profile}"):
            options.add_argument(switch)
        driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(located("chromedriver")))
        try:
            yield driver
        finally:
            driver.quit()


def located(program: str) -> str:
    """The path of a program; without it, selenium would look for one to download."""
    if (path := shutil.which(program)) is None:
        raise FileNotFoundError(f"{program} is not installed")
    return path


def look(driver: Chrome, width: int, height: int, *, scheme: str = "light", mobile: bool = False) -> None:
    """The size of the window, and whether the reader likes it light or dark."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": features})
