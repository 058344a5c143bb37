"""The pictures of docs/review.md: what the rules make of three shipped samples, photographed in headless Chromium.

    python benchmarks/review_screenshots.py [--write docs]

Needs the extra ``browser``, and Chromium and its driver. Without ``--write`` the pictures go to a temporary folder.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from extract import extract
from extract.review import review_page
from extract.source import open_source

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))  # the browser is that of the tests

from browsing import browsing, look  # noqa: E402  # found by the line above
from PIL import Image  # noqa: E402  # as above
from selenium.webdriver import ActionChains  # noqa: E402  # as above

if TYPE_CHECKING:
    from selenium.webdriver import Chrome


@dataclass(frozen=True, slots=True)
class Picture:
    """A page with a field pointed at."""

    name: str
    sample: str
    field: str
    scheme: str = "light"
    width: int = 1280
    height: int = 760


COLOURS = 256
PICTURES = (
    Picture("review-light.png", "apple_ml_researcher", "salary.max"),
    Picture("review-dark.png", "snap_ml_engineer", "locations.0.city", scheme="dark"),
    Picture("review-phone.png", "fair_stagiaire", "title", width=390, height=760),
)


def take(picture: Picture, browser: Chrome, folder: Path) -> Path:
    """Open the page, point at the field, and write what is seen."""
    document = Path("evals", "gold", picture.sample, "input.txt")
    source = open_source(ROOT / document, name=document.as_posix())
    page = folder / "page.html"
    page.write_text(review_page(extract(source, engine="rules"), source.text), encoding="utf-8", newline="")
    phone = picture.width < 800
    look(browser, picture.width, picture.height, scheme=picture.scheme, mobile=phone)
    browser.get(page.as_uri())
    field = browser.find_element("css selector", f".field[data-path='{picture.field}']")
    if phone:
        field.click()
    else:
        ActionChains(browser, duration=0).move_to_element(field).perform()
    page.unlink()
    path = folder / picture.name
    with Image.open(BytesIO(browser.get_screenshot_as_png())) as shot:
        shot.convert("RGB").quantize(COLOURS, kmeans=4, dither=Image.Dither.NONE).save(path, optimize=True)
    return path


def main() -> None:
    """Take all pictures, and say where they are and how large."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--write", type=Path, help="the folder for the pictures (default: a temporary one)")
    folder = parser.parse_args().write or Path(tempfile.mkdtemp())
    with browsing() as browser:
        for picture in PICTURES:
            path = take(picture, browser, folder.resolve())
            print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
