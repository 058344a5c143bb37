"""The review page in headless Chromium: ``pytest -m browser``, with the extra ``browser``, and Chromium and its driver."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from extract import extract
from extract.evals.cases import shipped_cases
from extract.result import Issue, Severity
from extract.review import IndexRow, StoredResult, index_page, review_page
from extract.review.markup import visible
from extract.review.rows import field_rows

if TYPE_CHECKING:
    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

pytestmark = [
    pytest.mark.browser,
    pytest.mark.block_network(allowed_hosts=["127.0.0.1", "localhost", "::1"]),  # the driver listens there
]
SAMPLES = {name: case.source for name, case in shipped_cases("job_posting").items()}
TROUBLED = "apple_ml_researcher"
HOSTILE = '</section><img src="https://example.org/x.png" onerror="document.title=1"><script>document.title=2</script>\u202eevil'

CONTRAST = """
const lum = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const rgba = (text) => text.match(/[\\d.]+/g).map(Number);
const back = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const [r, g, b, a = 1] = rgba(getComputedStyle(at).backgroundColor);
    if (a === 1) return [r, g, b];
    if (a !== 0) throw new Error("a background that is seen through");
  }
  return rgba(getComputedStyle(document.documentElement).colorScheme === "dark" ? "rgb(0,0,0)" : "rgb(255,255,255)");
};
const poor = [];
let seen = 0;
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
  const element = walk.currentNode.parentElement;
  if (!walk.currentNode.data.trim() || !element.checkVisibility() || element.closest(".vh, script, style")) continue;
  seen += 1;
  for (const part of [null, "::before", "::after"]) {
    const style = getComputedStyle(element, part);
    if (part && ["none", "normal"].includes(style.content)) continue;
    const [one, two] = [lum(rgba(style.color)), lum(back(element))].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (two + 0.05);
    const where = `${element.tagName} ${element.className} ${part ?? ""}`;
    if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${where} ${walk.currentNode.data.slice(0, 30)}`);
  }
}
return [seen, poor];
"""
"""The texts of a page that are seen, and those of them that have less than 4.5:1 against what is behind them."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    """One browser for all tests: each opens its own page."""
    from browsing import browsing

    with browsing() as driver:
        yield driver


@pytest.fixture(scope="module")
def results() -> dict[str, StoredResult]:
    """What the rules make of the samples; one of them with issues of each kind."""
    made = {name: StoredResult.of(extract(source, name=name, engine="rules")) for name, source in SAMPLES.items()}
    issues = [
        Issue(code="contradiction", path="", message=HOSTILE, severity=Severity.WARNING),
        Issue(code="ungrounded", path="skills", message="line 4 does not state 'Rust'", severity=Severity.ERROR),
        Issue(code="doubtful", path="salary.max", message="it is a lot", severity=Severity.INFO),
    ]
    record = made[TROUBLED].record
    assert isinstance(record, dict)
    made[TROUBLED] = made[TROUBLED].model_copy(update={"issues": tuple(issues), "record": {**record, HOSTILE: HOSTILE}})
    return made


@pytest.fixture(scope="module")
def folder(results: dict[str, StoredResult], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of all samples, and their index."""
    folder = tmp_path_factory.mktemp("pages")
    for name, result in results.items():
        page = review_page(result, SAMPLES[name], index="index.html")
        (folder / f"{name}.html").write_text(page, encoding="utf-8", newline="")
    rows = [IndexRow.of(result, f"{name}.html") for name, result in results.items()]
    (folder / "index.html").write_text(index_page(rows, refused=[HOSTILE]), encoding="utf-8")
    return folder


def opened(browser: Chrome, page: Path, *, width: int = 1280, scheme: str = "light") -> Chrome:
    """The browser with a page, and nothing in its logs of what was before."""
    from browsing import look

    browser.get("about:blank")
    browser.get_log("performance")
    browser.get_log("browser")
    look(browser, width, 800, scheme=scheme, mobile=width < 800)
    browser.get(page.as_uri())
    return browser


def marked(browser: Chrome) -> str:
    """The characters that are highlighted."""
    return str(browser.execute_script("return [...document.querySelectorAll('mark.on')].map((m) => m.textContent).join('')"))


def stated(result: StoredResult, path: str, source: str) -> str:
    """The characters that the evidence of a field claims."""
    spans = result.evidence[path].spans if path in result.evidence else ()
    return "".join(source[at] for at in sorted({at for span in spans for at in range(span.start, span.end)}))


def find(browser: Chrome, selector: str) -> list[WebElement]:
    from selenium.webdriver.common.by import By

    return list(browser.find_elements(By.CSS_SELECTOR, selector))


def press(browser: Chrome, *keys: str) -> None:
    from selenium.webdriver import ActionChains

    ActionChains(browser).send_keys(*keys).perform()


def hover(browser: Chrome, element: WebElement) -> None:
    from selenium.webdriver import ActionChains

    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    ActionChains(browser, duration=0).move_to_element(element).perform()


def asked(browser: Chrome) -> list[str]:
    """The addresses that the page asked for."""
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]


@pytest.mark.parametrize("name", SAMPLES)
def test_hovering_a_field_highlights_its_characters(
    browser: Chrome, folder: Path, results: dict[str, StoredResult], name: str
) -> None:
    """For each field, exactly what its spans cover, in sight; nothing once the pointer has left; no error, no request."""
    page = folder / f"{name}.html"
    opened(browser, page)
    fields = find(browser, ".field")
    paths = [field.get_attribute("data-path") for field in fields]
    assert paths == [visible(row.path) for row in field_rows(results[name]) if not row.is_absent]
    for path, field in zip(paths, fields, strict=True):
        hover(browser, field)
        expected = stated(results[name], str(path), SAMPLES[name])
        assert (path, marked(browser)) == (path, expected)
        if expected:
            assert browser.execute_script(
                "const mark = document.querySelector('mark.on').getBoundingClientRect();"
                "const pane = document.querySelector('.source').getBoundingClientRect();"
                "return mark.top >= pane.top && mark.top < pane.bottom"
            )
    hover(browser, find(browser, "h1")[0])
    assert marked(browser) == ""
    assert sum(bool(stated(results[name], str(path), SAMPLES[name])) for path in paths) > 20
    assert browser.get_log("browser") == []
    assert {address for address in asked(browser) if not address.startswith("data:,")} == {page.as_uri()}


@pytest.mark.parametrize("name", SAMPLES)
def test_source_pane_holds_the_source(browser: Chrome, folder: Path, name: str) -> None:
    """What the browser made of the page is the document, character by character."""
    opened(browser, folder / f"{name}.html")
    for summary in find(browser, ".fold summary"):
        browser.execute_script("arguments[0].remove()", summary)
    assert find(browser, ".source")[0].get_attribute("textContent") == SAMPLES[name]


def test_log_shows_what_is_blocked(browser: Chrome, tmp_path: Path) -> None:
    """The two tests of the logs can fail: a script and a picture that came in would show in both."""
    page = review_page(StoredResult.of(extract("Title: Cook", engine="rules")), "Title: Cook")
    page = page.replace("<main>", '<main><script>document.title = "run"</script><img src="https://example.org/x.png" alt="">')
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    opened(browser, tmp_path / "page.html")
    assert browser.title != "run"
    assert sum("Content Security Policy" in entry["message"] for entry in browser.get_log("browser")) == 2


def test_hostile_text_is_text(browser: Chrome, folder: Path) -> None:
    """A message, a key and a value that are HTML are read as they are; nothing of them runs or loads."""
    for page in (f"{TROUBLED}.html", "index.html"):
        opened(browser, folder / page)
        assert browser.title not in {"1", "2"}
        assert find(browser, "img") == []
        assert find(browser, "body")[0].text.count("<img src=") >= 1
        assert browser.get_log("browser") == []
        assert [address for address in asked(browser) if "example.org" in address] == []


def test_hovering_marked_text_lights_its_fields(browser: Chrome, folder: Path, results: dict[str, StoredResult]) -> None:
    """Each field that claims the characters under the pointer, and no other; one of them is in sight."""
    name = "meta_reality_labs_intern"
    opened(browser, folder / f"{name}.html")
    for mark in find(browser, "mark")[::7]:
        at = browser.execute_script(
            "const mark = arguments[0], all = document.createRange(); all.setStart(document.querySelector('.source'), 0);"
            "all.setEnd(mark, 0); return [...all.toString()].length",
            mark,
        )
        claiming = [
            path for path, evidence in results[name].evidence.items() if any(s.start <= at < s.end for s in evidence.spans)
        ]
        hover(browser, mark)
        lit = find(browser, ".field.lit")
        assert sorted(str(field.get_attribute("data-path")) for field in lit) == sorted(claiming)
        assert browser.execute_script("return arguments[0].getBoundingClientRect().top < innerHeight", lit[0])


def test_keys_move_between_fields_and_issues(browser: Chrome, folder: Path, results: dict[str, StoredResult]) -> None:
    """J and k, the arrows, n and p, Enter, Esc and ?: all without a pointer."""
    from selenium.webdriver.common.keys import Keys

    opened(browser, folder / f"{TROUBLED}.html")
    paths = [field.get_attribute("data-path") for field in find(browser, ".field")]

    def focused() -> str:
        return str(browser.execute_script("return document.activeElement.closest('.field')?.dataset.path ?? ''"))

    press(browser, "j")
    assert focused() == paths[0]
    press(browser, "j", Keys.ARROW_DOWN)
    assert focused() == paths[2]
    press(browser, "k", Keys.ARROW_UP, "k")
    assert focused() == paths[0]
    assert marked(browser) == stated(results[TROUBLED], str(paths[0]), SAMPLES[TROUBLED])

    press(browser, Keys.ENTER, "j")
    assert [field.get_attribute("data-path") for field in find(browser, ".field.pin")] == [paths[0]]
    assert [button.get_attribute("aria-pressed") for button in find(browser, ".name")].count("true") == 1
    pinned = "return [...document.querySelectorAll('mark.pin')].map((m) => m.textContent).join('')"
    assert browser.execute_script(pinned) == stated(results[TROUBLED], str(paths[0]), SAMPLES[TROUBLED])
    press(browser, Keys.ESCAPE)
    assert find(browser, ".pin") == []
    press(browser, Keys.ESCAPE)
    assert focused() == ""

    def issue() -> str:
        return str(browser.execute_script("return document.activeElement.querySelector(':scope > code')?.textContent ?? ''"))

    visited = []
    for key in "nnnnp":
        press(browser, key)
        visited.append(issue())
    assert visited == ["contradiction", "doubtful", "ungrounded", "ungrounded", "doubtful"]
    assert focused() == "salary.max"

    press(browser, "?")
    assert find(browser, "dialog[open]")
    press(browser, Keys.ESCAPE)
    assert not find(browser, "dialog[open]")


def test_tab_reaches_every_field_once(browser: Chrome, folder: Path) -> None:
    """From the top, each name is a stop, and what has the focus shows it."""
    from selenium.webdriver.common.keys import Keys

    opened(browser, folder / "fair_stagiaire.html")
    stops = []
    for _ in range(100):
        press(browser, Keys.TAB)
        stop = browser.execute_script(
            "const at = document.activeElement;"
            "const style = getComputedStyle(at.matches('.filter input') ? at.parentElement : at);"
            "return [at.className, at.closest('.field')?.dataset.path ?? '', style.outlineStyle !== 'none' && style.outlineWidth]"
        )
        assert stop[2] == "2px"
        stops.append(stop[1] if stop[0] == "name" else stop[0])
        if "absent" in browser.execute_script("return document.activeElement.parentElement.className"):
            break
    paths = [field.get_attribute("data-path") for field in find(browser, ".field")]
    assert [stop for stop in stops if stop in paths or stop == "where"] == paths


def test_filter_shows_what_needs_a_look(browser: Chrome, folder: Path) -> None:
    """Fields with issues, or those that are not quoted; the keys pass over the others."""
    opened(browser, folder / f"{TROUBLED}.html")

    def seen() -> list[str]:
        return [str(field.get_attribute("data-path")) for field in find(browser, ".field") if field.is_displayed()]

    find(browser, "label:has(#filter-issues)")[0].click()
    assert seen() == ["salary.max", "skills"]
    find(browser, "label:has(#filter-unquoted)")[0].click()
    assert {"salary.min", "language"} < set(seen())
    assert "title" not in seen()
    press(browser, "j")
    assert browser.execute_script("return document.activeElement.closest('.field').dataset.path") == seen()[0]
    find(browser, "label:has(#filter-all)")[0].click()
    assert "title" in seen()


def takes_focus(node: dict[str, Any]) -> bool:
    """Whether the accessibility tree says so of a node."""
    return any(known["name"] == "focusable" and known["value"]["value"] for known in node.get("properties", ()))


@pytest.mark.parametrize("page", [f"{TROUBLED}.html", "index.html"])
def test_what_can_be_used_has_a_role_and_a_name(browser: Chrome, folder: Path, page: str) -> None:
    """As the browser tells it to a screen reader: landmarks, and every button, link, choice and region that takes the focus."""
    opened(browser, folder / page)
    nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    named = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]
    roles = {role for role, _ in named}
    assert {"main", "banner", "heading", "link"} <= roles
    if page != "index.html":
        assert {("region", "Source"), ("region", "Record"), ("radio", "With issues 2"), ("button", "salary max")} <= set(named)
        assert {"button", "checkbox", "radio", "DisclosureTriangle"} <= roles
    focusable = [node for node in nodes if takes_focus(node)]
    assert len(focusable) > 5
    unnamed = [node["role"]["value"] for node in focusable if not node.get("name", {}).get("value")]
    assert [role for role in unnamed if role not in {"RootWebArea", "listitem"}] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", [f"{TROUBLED}.html", "meta_research_scientist.html", "index.html"])
def test_text_can_be_read_in_light_and_dark(browser: Chrome, folder: Path, page: str, scheme: str) -> None:
    """All text has 4.5:1 against what is behind it (WCAG AA), also where it is highlighted, pinned, or in the window of keys."""
    opened(browser, folder / page, scheme=scheme)
    dark = browser.execute_script("return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0] < 100")
    assert dark == (scheme == "dark")
    for details in find(browser, "details"):
        browser.execute_script("arguments[0].open = true", details)
    assert check_contrast(browser) > 30
    if page != "index.html":
        for field in find(browser, ".field")[:12]:
            field.find_element("css selector", ".name").click()
            check_contrast(browser)
        press(browser, "?")
        check_contrast(browser)


def check_contrast(browser: Chrome) -> int:
    seen, poor = browser.execute_script(CONTRAST)
    assert poor == []
    return int(seen)


@pytest.mark.parametrize("name", [*SAMPLES, "index"])
def test_nothing_is_cut_off_on_a_phone(browser: Chrome, folder: Path, name: str) -> None:
    """At 360 pixels neither the page nor the source scrolls sideways, also with all that is folded open."""
    opened(browser, folder / f"{name}.html", width=360)
    browser.execute_script("for (const details of document.querySelectorAll('details')) details.open = true")
    assert browser.execute_script("return [innerWidth, document.documentElement.scrollWidth]") == [360, 360]
    for pane in find(browser, ".source"):
        assert browser.execute_script("return arguments[0].scrollWidth - arguments[0].clientWidth", pane) == 0


def test_lines_need_not_be_wrapped(browser: Chrome, folder: Path) -> None:
    """With wrapping off the source scrolls sideways, and what is highlighted comes into sight from far to the right."""
    opened(browser, folder / "snap_ml_engineer.html")
    (pane,) = find(browser, ".source")
    find(browser, "#wrap")[0].click()
    assert browser.execute_script("return arguments[0].scrollWidth > 10 * arguments[0].clientWidth", pane)
    for path in ("locations.0.city", "date_posted"):
        hover(browser, find(browser, f".field[data-path='{path}']")[0])
        left, mark, right = browser.execute_script(
            "const pane = arguments[0].getBoundingClientRect();"
            "return [pane.left, document.querySelector('mark.on').getBoundingClientRect().left, pane.right]",
            pane,
        )
        assert left <= mark < right


def test_tapping_a_field_on_a_phone_shows_its_characters(browser: Chrome, folder: Path, results: dict[str, StoredResult]) -> None:
    """The source stays in sight above the record, and what was tapped is in sight in it."""
    opened(browser, folder / "snap_ml_engineer.html", width=390)
    for path in ("locations.0.city", "title"):
        field = find(browser, f".field[data-path='{path}']")[0]
        browser.execute_script("arguments[0].scrollIntoView({block: 'end'})", field)
        field.click()
        assert marked(browser) == stated(results["snap_ml_engineer"], path, SAMPLES["snap_ml_engineer"])
        pane, mark, row = browser.execute_script(
            "return [document.querySelector('.source'), document.querySelector('mark.on'), arguments[0]]"
            ".map((e) => { const {top, bottom} = e.getBoundingClientRect(); return {top, bottom} })",
            field,
        )
        assert pane["top"] >= 0
        assert pane["top"] <= mark["top"] < mark["bottom"] <= pane["bottom"] <= row["top"] + 1


def test_page_is_whole_without_its_script(browser: Chrome, folder: Path) -> None:
    """Source and record are there, a field's place leads to its characters, and the filter works."""
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        opened(browser, folder / f"{TROUBLED}.html")
        assert len(find(browser, "mark")) > 20
        assert [button.is_displayed() for button in find(browser, ".help")] == [False]
        find(browser, ".field[data-path='salary.max'] .where")[0].click()
        assert find(browser, "mark:target")[0].text == "312,200"
        find(browser, "label:has(#filter-issues)")[0].click()
        assert not find(browser, ".field[data-path='title']")[0].is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_printed_page_holds_source_and_record(browser: Chrome, folder: Path) -> None:
    """On paper nothing scrolls: both are whole, one after the other."""
    opened(browser, folder / "fair_stagiaire.html")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    source, record = browser.execute_script(
        "return ['.source', '.record'].map((s) => document.querySelector(s))"
        ".map((e) => [e.getBoundingClientRect().top, e.getBoundingClientRect().bottom, e.scrollHeight - e.clientHeight])"
    )
    assert source[2] == record[2] == 0
    assert source[1] <= record[0]
