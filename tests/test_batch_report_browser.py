"""The report of a batch in headless Chromium: ``pytest -m browser``, with the extra ``browser``, and Chromium and its driver."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from reported_batches import COOK, an_issue, asked, failed, partial, read, written
from test_review_browser import asked as fetched
from test_review_browser import check_contrast, find, opened, press, takes_focus

from extract.errors import EndpointUnavailable, UnreadableSource
from extract.evals.cases import shipped_cases

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = [
    pytest.mark.browser,
    pytest.mark.block_network(allowed_hosts=["127.0.0.1", "localhost", "::1"]),  # the driver listens there
]
HOSTILE = '</section><img src="https://example.org/x.png" onerror="document.title=1"><script>document.title=2</script>\u202eevil'
LONG = "a_name_without_a_place_to_break_it_" * 8
SECTIONS = ["Configurations", "Fields", "Evidence", "Issues", "Failures", "Costs", "Documents"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    """One browser for all tests: each opens its own page."""
    from browsing import browsing

    with browsing() as driver:
        yield driver


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with all sections, about documents of all kinds."""
    samples = {f"postings/{name}.txt": case.source for name, case in shipped_cases("job_posting").items()}
    others = {f"{LONG}/{LONG}.html": COOK, HOSTILE: COOK}
    issues = [an_issue(HOSTILE, message=HOSTILE), an_issue(LONG, severity="warning", message=LONG)]
    lines = [
        *(read(path, source) for path, source in samples.items()),
        *(read(path, COOK, change={"issues": issues}, configuration=LONG) for path in others),
        partial("troubled.txt"),
        asked("asked.txt", 0.0123),
        failed("gone.txt", UnreadableSource(f"{LONG} does not exist")),
        failed(f"x{HOSTILE}", EndpointUnavailable(HOSTILE)),
    ]
    folder = tmp_path_factory.mktemp("report")
    written(folder, lines, contents=samples | others | {"troubled.txt": COOK})
    return folder / "index.html"


def test_every_link_leads_somewhere_and_back(browser: Chrome, index: Path) -> None:
    """To a section, or to the review page of the document, which leads back; nothing is logged and nothing else is fetched."""
    opened(browser, index)
    links = [(str(link.get_attribute("href")), link.get_attribute("textContent")) for link in find(browser, "a")]
    sections = [(address.rpartition("#")[2], text) for address, text in links if "#" in address]
    assert sections == [(title.lower(), title) for title in SECTIONS]
    assert [len(find(browser, f"section > h2#{name}")) for name, _ in sections] == [1] * len(SECTIONS)
    pages = {address: text for address, text in links if "#" not in address}
    assert len(pages) == len(list(index.parent.iterdir())) - 1 == 8
    for address, text in pages.items():
        browser.get(address)
        assert find(browser, "h1")[0].get_attribute("textContent").startswith(str(text).partition("…")[0])
        assert len(find(browser, ".source")[0].text) > 20
        find(browser, "a.index")[0].click()
        assert browser.current_url == index.as_uri()
    assert browser.get_log("browser") == []
    assert {address for address in fetched(browser) if not address.startswith("data:,")} == {index.as_uri(), *pages}


def test_hostile_text_is_text(browser: Chrome, index: Path) -> None:
    """A path, a code and a message that are HTML are read as they are; nothing of them runs or loads."""
    opened(browser, index)
    assert browser.title == "Batch: 11 documents"
    assert find(browser, "img") == []
    assert find(browser, "body")[0].text.count("<img src=") >= 5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_cut_off_on_a_phone(browser: Chrome, index: Path, scheme: str) -> None:
    """At 360 pixels the page does not scroll sideways; a table that is wider does, on its own, and names its rows all the way."""
    opened(browser, index, width=360, scheme=scheme)
    assert browser.execute_script("return [innerWidth, document.documentElement.scrollWidth]") == [360, 360]
    for table in find(browser, ".table"):
        browser.execute_script("arguments[0].scrollLeft = 10000", table)
        left, right, room = browser.execute_script(
            "const pane = arguments[0].getBoundingClientRect();"
            "const name = arguments[0].querySelector('tbody th').getBoundingClientRect();"
            "return [name.left - pane.left, name.right - pane.left, pane.width]",
            table,
        )
        assert -1 <= left < 2
        assert right < 0.7 * room


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_text_can_be_read_in_light_and_dark(browser: Chrome, index: Path, width: int, scheme: str) -> None:
    """All text has 4.5:1 against what is behind it (WCAG AA)."""
    opened(browser, index, width=width, scheme=scheme)
    dark = browser.execute_script("return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0] < 100")
    assert dark == (scheme == "dark")
    assert check_contrast(browser) > 200


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_parts_of_bars_can_be_told_apart(browser: Chrome, index: Path, scheme: str) -> None:
    """Each has a colour that is none of the others in its bar, the same as in the key."""
    opened(browser, index, scheme=scheme)
    bars = browser.execute_script(
        "return [...document.querySelectorAll('.stack')].map((bar) => [...bar.children].map((part) =>"
        "[part.getAttribute('class'), getComputedStyle(part).fill]))"
    )
    key = browser.execute_script(
        "return [...document.querySelectorAll('.swatch')].map((s) => [s.classList[1], getComputedStyle(s).backgroundColor])"
    )
    assert len(bars) > 30
    assert all(len({colour for _, colour in bar}) == len(bar) for bar in bars)
    assert {(name, colour) for bar in bars for name, colour in bar} <= {(name, colour) for name, colour in key}


def test_tab_reaches_every_link_and_table(browser: Chrome, index: Path) -> None:
    """In the order of the page, and what has the focus shows it."""
    from selenium.webdriver.common.keys import Keys

    opened(browser, index)
    stops = browser.execute_script("return [...document.querySelectorAll('a, .table')].length")
    reached = []
    for _ in range(stops):
        press(browser, Keys.TAB)
        at, outline = browser.execute_script(
            "const at = document.activeElement;"
            "return [[...document.querySelectorAll('a, .table')].indexOf(at), getComputedStyle(at).outlineStyle]"
        )
        assert outline == "solid"
        reached.append(at)
    assert reached == list(range(stops))


def test_what_can_be_used_has_a_role_and_a_name(browser: Chrome, index: Path) -> None:
    """As the browser tells it to a screen reader: landmarks, headings, and every link and region that takes the focus."""
    opened(browser, index)
    nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    named = {(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]}
    assert {"main", "banner", "heading", "link", "table", "columnheader", "rowheader"} <= {role for role, _ in named}
    assert {("heading", title) for title in SECTIONS} <= named
    assert {("region", title) for title in (*SECTIONS[:-2], "Dearest documents", "Documents")} <= named
    focusable = [node for node in nodes if takes_focus(node)]
    assert len(focusable) > 20
    unnamed = {node["role"]["value"] for node in focusable if not node.get("name", {}).get("value")}
    assert unnamed <= {"RootWebArea"}


def test_printed_page_holds_whole_tables(browser: Chrome, index: Path) -> None:
    """On paper nothing scrolls."""
    opened(browser, index)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert {table.value_of_css_property("overflow-x") for table in find(browser, ".table")} == {"visible"}
