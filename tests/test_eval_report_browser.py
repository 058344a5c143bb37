"""The report of runs in headless Chromium: ``pytest -m browser``, with the extra ``browser``, and Chromium and its driver."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from reported_runs import Record, edited, posting, postings, rules_run, suite_of, worse
from test_review_browser import CONTRAST, asked, find, hover, marked, opened, press, takes_focus

from extract.evals.report import report_page
from extract.evals.runs import Run
from extract.evals.scoring import RIGHT
from extract.result import Fault

if TYPE_CHECKING:
    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

pytestmark = [
    pytest.mark.browser,
    pytest.mark.block_network(allowed_hosts=["127.0.0.1", "localhost", "::1"]),  # the driver listens there
]
HOSTILE = '</section><img src="https://example.org/x.png" onerror="document.title=1"><script>document.title=2</script>\u202eevil'
LONG = "https://example.org/" + "x" * 700


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    """One browser for all tests: each opens its own page."""
    from browsing import browsing

    with browsing() as driver:
        yield driver


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("report")


@pytest.fixture(scope="module")
def runs(folder: Path) -> list[Run]:
    """The rules, a model that gets several postings wrong, and one that answers with HTML; a page of them is written."""
    suite = postings(folder)
    rules = rules_run(suite, folder)

    def hostile(case: str, record: Record) -> Record:
        if case == "posting/0":
            return {**record, "job_id": HOSTILE, "benefits": [LONG], "title": f"{HOSTILE} Cook 0"}
        return {**record, "title": "Waiter"}

    third = edited(rules, suite, hostile, model="org/a-model-with-a-name-that-is-rather-long", cost=None)
    fault = Fault(code="refused", message=HOSTILE)
    failed = [
        result.model_copy(update={"record": None, "scores": None, "fault": fault}) if result.case == "posting/7" else result
        for result in third.results
    ]
    made = [rules, edited(rules, suite, worse), Run(third.head, failed, third.times)]
    (folder / "page.html").write_text(report_page(made, suite), encoding="utf-8", newline="")
    (folder / "plain.html").write_text(report_page(made[:2], None), encoding="utf-8", newline="")
    (folder / "right.html").write_text(report_page(made[:1], suite), encoding="utf-8", newline="")
    return made


@pytest.fixture
def page(browser: Chrome, folder: Path, runs: list[Run]) -> Chrome:
    """The browser with the page of all three."""
    return opened(browser, folder / "page.html")


def document(browser: Chrome, name: str) -> WebElement:
    """A document by its name, opened."""
    (found,) = [each for each in find(browser, ".document") if inner(each, ".document-name") == name]
    browser.execute_script("arguments[0].open = true", found)
    browser.execute_async_script("setTimeout(arguments[0], 30)")  # the page learns of it a moment later
    return found


def inner(element: WebElement, selector: str) -> str:
    from selenium.webdriver.common.by import By

    return str(element.find_element(By.CSS_SELECTOR, selector).get_attribute("textContent"))


def inside(element: WebElement, selector: str) -> list[WebElement]:
    from selenium.webdriver.common.by import By

    return list(element.find_elements(By.CSS_SELECTOR, selector))


def shown(browser: Chrome) -> list[str]:
    """The names of the documents that are seen."""
    return [inner(each, ".document-name") for each in find(browser, ".document") if each.is_displayed()]


def told(browser: Chrome) -> str:
    return str(find(browser, "#shown")[0].text)


def choose(browser: Chrome, name: str, text: str) -> None:
    from selenium.webdriver.support.select import Select

    Select(find(browser, f"#filter-{name}")[0]).select_by_visible_text(text)


@contextmanager
def profiled(browser: Chrome) -> Iterator[Callable[[], tuple[int, int]]]:
    """What counts work since it was last asked: how often a page was laid out, and the rounds of the loop that had the most.

    The page is to be opened inside: in scripts that are there already, no loops are counted.
    """
    total = 0

    def work() -> tuple[int, int]:
        nonlocal total
        metrics = browser.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
        before, total = total, next(int(each["value"]) for each in metrics if each["name"] == "LayoutCount")
        scripts = browser.execute_cdp_cmd("Profiler.takePreciseCoverage", {})["result"]
        pieces = [piece for each in scripts for function in each["functions"] for piece in function["ranges"]]
        return total - before, max(piece["count"] for piece in pieces)

    for command in ("Performance.enable", "Profiler.enable"):
        browser.execute_cdp_cmd(command, {})
    browser.execute_cdp_cmd("Profiler.startPreciseCoverage", {"callCount": True, "detailed": True})
    try:
        yield work
    finally:
        for command in ("Profiler.disable", "Performance.disable"):
            browser.execute_cdp_cmd(command, {})


def claimed(run: Run, case: str, path: str) -> str:
    """The characters that the evidence of a value claims."""
    (result,) = run.by_case[case]
    source = posting(int(case[-1]))
    return "".join(source[span.start : span.end] for span in result.evidence[path].spans)


def test_clicking_a_cell_highlights_its_characters(page: Chrome, runs: list[Run]) -> None:
    """Exactly what the evidence of the found value claims, in sight, in its own document; no error and no request."""
    address = page.current_url
    for case in ("posting/1", "posting/4"):
        own = document(page, case)
        for cell in inside(own, ".group[data-run='2'] .cell"):
            page.execute_script("arguments[0].scrollIntoView({block: 'center'})", cell)
            inside(cell, ".name")[0].click()
            assert marked(page) == claimed(runs[2], case, "title") == f"Cook {case[-1]}"
            assert page.execute_script(
                "const mark = arguments[0].querySelector('mark.on').getBoundingClientRect();"
                "const pane = arguments[0].querySelector('.source').getBoundingClientRect();"
                "return mark.top >= pane.top && mark.bottom <= pane.bottom && pane.top >= 0 && pane.bottom <= innerHeight",
                own,
            )
            assert inside(cell, ".name")[0].get_attribute("aria-pressed") == "true"
    assert len(find(page, "mark.pin")) == 2  # one in each document
    press(page, "\ue00c")  # Escape
    assert len(find(page, "mark.pin")) == 1
    assert page.get_log("browser") == []
    assert {each for each in asked(page) if not each.startswith("data:,")} == {address}


def test_hovering_joins_cells_and_characters(page: Chrome, runs: list[Run]) -> None:
    """The pointer on a cell highlights its characters, and the pointer on these lights the cells that claim them."""
    own = document(page, "posting/1")
    cell = inside(own, ".group[data-run='1'] .cell")[0]
    hover(page, cell)
    assert marked(page) == claimed(runs[1], "posting/1", "title")
    hover(page, find(page, "#runs")[0])
    assert marked(page) == ""
    hover(page, inside(own, "mark")[0])
    lit = [(inner(each, ".name"), inner(each, ".found .value")) for each in find(page, ".field.lit")]
    assert lit == [("title", "Cook one"), ("title", "Waiter")]


def test_every_cell_has_its_characters(page: Chrome, runs: list[Run]) -> None:
    """For all documents and runs: the pieces that the page names for a cell are what its evidence claims."""
    for case in shown(page):
        own = document(page, case)
        for at, run in enumerate(runs):
            (result,) = run.by_case[case]
            wrong = [cell for cell in result.cells if cell.outcome not in RIGHT]
            cells = inside(own, f".group[data-run='{at}'] .cell")
            assert len(cells) == len(wrong)
            for cell, element in zip(wrong, cells, strict=True):
                page.execute_script("arguments[0].querySelector('.name').focus()", element)
                spans = result.evidence[cell.at].spans if cell.at in result.evidence else ()
                assert marked(page) == "".join(posting(int(case[-1]))[span.start : span.end] for span in spans)


def test_filters_hide_documents_and_cells_and_say_how_many_are_left(page: Chrome) -> None:
    """Each of them alone and together; what is seen is what is counted, in a region that is read out."""
    assert find(page, "#shown")[0].get_attribute("role") == "status"
    everything = told(page)
    assert everything == "8 documents, 19 differences"
    assert len(shown(page)) == 8

    choose(page, "run", "gpt-5.4-mini v2")
    assert (sorted(shown(page)), told(page)) == (
        ["posting/1", "posting/2", "posting/3", "posting/4"],
        "4 documents of 8, 8 differences of 19",
    )
    own = document(page, "posting/1")
    assert [group.is_displayed() for group in inside(own, ".group")] == [False, True, False]

    choose(page, "field", "job_id")
    assert (shown(page), told(page)) == (["posting/1"], "1 document of 8, 1 difference of 19")
    assert [inner(cell, ".name") for cell in inside(own, ".cell") if cell.is_displayed()] == ["job_id"]

    choose(page, "run", "all")
    assert sorted(shown(page)) == ["posting/0", "posting/1"]
    assert [group.is_displayed() for group in inside(own, ".group")] == [False, True, False]

    choose(page, "tag", "odd")
    assert shown(page) == ["posting/1"]
    choose(page, "outcome", "wrong")
    assert (shown(page), told(page)) == ([], "0 documents of 8, 0 differences of 19")
    assert find(page, ".nothing")[0].is_displayed()

    find(page, "#filter-reset")[0].click()
    assert (told(page), len(shown(page))) == (everything, 8)
    assert not find(page, ".nothing")[0].is_displayed()
    choose(page, "outcome", "no record or score")
    assert sorted(shown(page)) == ["posting/2", "posting/7"]
    find(page, "#filter-reset")[0].click()

    find(page, "#filter-name")[0].send_keys("ING/3")
    assert (shown(page), told(page)) == (["posting/3"], "1 document of 8, 5 differences of 19")


def test_field_of_the_map_leads_to_its_documents(page: Chrome) -> None:
    """A click on its name leaves the documents in which it is wrong, and lets go of what was chosen before."""
    choose(page, "tag", "even")
    (link,) = [each for each in find(page, "a[data-field]") if each.text == "job_id"]
    link.click()
    assert sorted(shown(page)) == ["posting/0", "posting/1"]
    assert find(page, "#filter-tag")[0].get_attribute("value") == ""
    assert page.execute_script("return document.getElementById('documents').getBoundingClientRect().top < innerHeight")


def test_everything_works_with_the_keys(page: Chrome, runs: list[Run]) -> None:
    """Filters, documents and cells are reached with Tab, opened with Enter, and show where the focus is."""
    from selenium.webdriver.common.keys import Keys

    page.execute_script("document.getElementById('filter-name').focus()")
    press(page, "ing/1", Keys.TAB, Keys.TAB, "job", Keys.TAB, Keys.TAB, Keys.TAB)
    assert page.execute_script("return document.activeElement.id") == "filter-reset"
    assert told(page) == "1 document of 8, 1 difference of 19"
    press(page, Keys.ENTER, Keys.TAB)
    assert len(shown(page)) == 8
    assert page.execute_script("return document.activeElement.localName") == "summary"
    stops = []
    press(page, Keys.ENTER)
    for _ in range(30):
        press(page, Keys.TAB)
        stop = page.execute_script(
            "const at = document.activeElement, style = getComputedStyle(at);"
            "return [at.className || at.localName, style.outlineStyle !== 'none' && style.outlineWidth]"
        )
        assert stop[1] == "2px"
        stops.append(stop[0])
        if stop[0] == "summary" and len(stops) > 2:
            break
    first = find(page, ".document")[0]
    assert stops[0] == "source"
    assert stops.count("name") == len(inside(first, ".cell"))
    assert "where" not in stops
    name = inside(first, ".cell[data-pieces] .name")[0]
    page.execute_script("arguments[0].focus()", name)
    assert marked(page) == "Cook " + inner(first, ".document-name")[-1]
    press(page, Keys.ENTER)
    assert name.get_attribute("aria-pressed") == "true"
    press(page, Keys.ESCAPE)
    assert name.get_attribute("aria-pressed") == "false"


def test_outcome_counts_are_there_on_demand(page: Chrome) -> None:
    """One key shows them in all cells of the map."""
    cell = find(page, "td.heat .outcomes")[0]
    assert not cell.is_displayed()
    page.execute_script("document.getElementById('counts').focus()")
    press(page, " ")
    assert cell.is_displayed()
    assert "correct" in cell.text


def test_what_can_be_used_has_a_role_and_a_name(page: Chrome) -> None:
    """As the browser tells it to a screen reader, also inside of an open document; the plot has a text."""
    document(page, "posting/1")
    nodes = page.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    named = {(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]}
    assert {"main", "banner", "navigation", "table", "columnheader", "rowheader", "status"} <= {role for role, _ in named}
    assert {
        ("region", "Runs"),
        ("region", "Source of posting/1"),
        ("region", "Differences in posting/1"),
        ("searchbox", "Document"),
        ("combobox", "Outcome"),
        ("checkbox", "Outcome counts in each cell"),
        ("button", "job_id"),
        ("deletion", ""),
    } <= named
    (plot,) = [node for node in nodes if node["role"]["value"] in {"image", "img"} and not node["ignored"]]
    assert "F1 by cost of a document" in plot["name"]["value"]
    assert "cost unknown" in plot["name"]["value"]
    unnamed = [node["role"]["value"] for node in nodes if takes_focus(node) and not node.get("name", {}).get("value")]
    assert [role for role in unnamed if role not in {"RootWebArea", "heading"}] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["page", "plain", "right"])
def test_text_can_be_read_in_light_and_dark(browser: Chrome, folder: Path, runs: list[Run], name: str, scheme: str) -> None:
    """All text has 4.5:1 against what is behind it (WCAG AA), with all opened, counted and highlighted."""
    opened(browser, folder / f"{name}.html", scheme=scheme)
    dark = browser.execute_script("return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0] < 100")
    assert dark == (scheme == "dark")
    browser.execute_script("for (const details of document.querySelectorAll('details')) details.open = true")
    browser.execute_async_script("setTimeout(arguments[0], 50)")
    find(browser, "#counts")[0].click()
    for cell in find(browser, ".cell[data-pieces] .name")[:1]:
        cell.click()
    seen, poor = browser.execute_script(CONTRAST)
    assert poor == []
    assert seen > 60


@pytest.mark.parametrize("width", [360, 800, 1280])
@pytest.mark.parametrize("name", ["page", "plain", "right"])
def test_page_does_not_scroll_sideways(browser: Chrome, folder: Path, runs: list[Run], name: str, width: int) -> None:
    """On a phone as on a desk, with all that is folded open; tables scroll on their own, and all of them can be reached."""
    opened(browser, folder / f"{name}.html", width=width)
    browser.execute_script("for (const details of document.querySelectorAll('details')) details.open = true")
    assert browser.execute_script("return [innerWidth, document.documentElement.scrollWidth]") == [width, width]
    assert browser.execute_script("return document.querySelector('.plot').getBoundingClientRect().width") > 500
    for pane in find(browser, ".source"):
        assert browser.execute_script("return arguments[0].scrollWidth - arguments[0].clientWidth", pane) == 0
    outside = browser.execute_script(
        "const seen = [...document.querySelectorAll('body *')].filter((e) => e.checkVisibility() && !e.closest(arguments[0]));"
        "return seen.filter((e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => `${e.localName} ${e.className}`)",
        ".table, .vh, svg, option",
    )
    assert outside == []


def test_tapping_a_cell_on_a_phone_shows_its_characters(browser: Chrome, folder: Path, runs: list[Run]) -> None:
    """The source stays in sight above the cells of its document."""
    opened(browser, folder / "page.html", width=390)
    own = document(browser, "posting/1")
    cell = inside(own, ".group[data-run='2'] .cell")[0]
    browser.execute_script("arguments[0].scrollIntoView({block: 'end'})", cell)
    cell.click()
    assert marked(browser) == "Cook 1"
    pane, mark, row = browser.execute_script(
        "return [arguments[0].querySelector('.source'), document.querySelector('mark.on'), arguments[1]]"
        ".map((e) => { const {top, bottom} = e.getBoundingClientRect(); return {top, bottom} })",
        own,
        cell,
    )
    assert 0 <= pane["top"] <= mark["top"] < mark["bottom"] <= pane["bottom"] <= row["top"] + 1


@pytest.mark.parametrize("width", [390, 1280])
def test_source_stays_beside_many_cells(browser: Chrome, tmp_path: Path, width: int) -> None:
    """In a long document with many cells, the characters of each are in sight together with it."""
    duties = "".join(f"- Bake bread number {n} before sunrise\n" for n in range(40))
    text = f"# Cook\n\nLocation: Bern\n\n## Responsibilities\n\n{duties}"
    suite = suite_of(tmp_path, [{"id": "long", "input": text, "expected": {"title": "Cook", "responsibilities": None}}])
    (tmp_path / "long.html").write_text(report_page([rules_run(suite, tmp_path)], suite), encoding="utf-8")
    opened(browser, tmp_path / "long.html", width=width)
    cells = inside(document(browser, "long"), ".cell")
    assert len(cells) == 40
    for cell in (cells[39], cells[0], cells[25], cells[3]):
        browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", cell)
        inside(cell, ".name")[0].click()
        assert marked(browser) == inner(cell, ".found .value")
        boxes = "return [document.querySelector('mark.on'), document.querySelector('.source'), arguments[0]]"
        mark, pane, row = browser.execute_script(f"{boxes}.map((e) => e.getBoundingClientRect().toJSON())", cell)
        assert 0 <= pane["top"] <= mark["top"] < mark["bottom"] <= min(pane["bottom"], 800)
        assert row["bottom"] <= 800
        assert row["top"] >= (pane["bottom"] - 1 if width < 800 else 0)


def test_hostile_text_is_text(page: Chrome) -> None:
    """Values and messages that are HTML are read as they are; nothing of them runs or loads."""
    page.execute_script("for (const details of document.querySelectorAll('details')) details.open = true")
    assert page.title == "Report: postings: 3 runs"
    assert find(page, "img") == []
    assert find(page, "main")[0].text.count("<img src=") >= 3
    assert page.get_log("browser") == []
    assert [each for each in asked(page) if "example.org" in each] == []


def test_log_shows_what_is_blocked(browser: Chrome, folder: Path, runs: list[Run], tmp_path: Path) -> None:
    """The tests of the logs can fail: a script, a style and a picture that came in would show."""
    evil = '<main><script>document.title = "run"</script><style>p{}</style><img src="https://example.org/x.png" alt="">'
    html = (folder / "page.html").read_text("utf-8").replace("<main>", evil)
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    opened(browser, tmp_path / "page.html")
    assert browser.title != "run"
    assert sum("Content Security Policy" in entry["message"] for entry in browser.get_log("browser")) == 3


def test_page_is_whole_without_its_script(browser: Chrome, folder: Path, runs: list[Run]) -> None:
    """All documents and cells are there, and the place of a cell leads to its characters; the filters do not show."""
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        opened(browser, folder / "page.html")
        assert not find(browser, ".filters")[0].is_displayed()
        assert told(browser) == "8 documents, 19 differences"
        assert len(shown(browser)) == 8
        (own,) = [each for each in find(browser, ".document") if inner(each, ".document-name") == "posting/1"]
        inside(own, "summary")[0].click()
        assert len([cell for cell in inside(own, ".cell") if cell.is_displayed()]) == 3
        inside(own, ".where")[0].click()
        assert find(browser, "mark:target")[0].text == "Cook 1"
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_report_of_many_documents_opens_at_once(browser: Chrome, folder: Path, tmp_path: Path, runs: list[Run]) -> None:
    """A hundred documents with their sources: to open the page or filter it lays it out hardly ever, and no loop is squared."""
    suite = postings(tmp_path)
    big: list[Any] = []
    for run in runs:
        copies = [
            result.model_copy(update={"case": f"{result.case}-N{n}"})
            for result in run.results
            for n in range(100 // len(run.results))
        ]
        big.append(Run(run.head.model_copy(update={"cases": len(copies)}), copies, run.times))
    assert suite.inputs_hash == big[0].head.inputs_hash
    (tmp_path / "big.html").write_text(report_page(big, suite), encoding="utf-8")
    with profiled(browser) as work:
        opened(browser, tmp_path / "big.html")
        opening = work()
        browser.execute_script(
            "const field = document.getElementById('filter-outcome'); field.value = 'missing';"
            "field.dispatchEvent(new Event('input', {bubbles: true})); document.body.getBoundingClientRect()"
        )
        filtering = work()
    assert told(browser) == "24 documents of 96, 48 differences of 228"
    for layouts, rounds in (opening, filtering):
        assert layouts <= 10
        assert rounds <= len(find(browser, ".group"))
    find(browser, "#filter-reset")[0].click()
    find(browser, "#filter-name")[0].send_keys("-n11")
    assert len(shown(browser)) == 8
