"""The parts of a page one by one: which belong to the posting, which do not, and in which languages that is known."""

from __future__ import annotations

import pytest

from extract.cleaning import clean
from extract.source import Format, Source

INTRO = "You plan and build the control software of our tidal turbines, from the first sketch to the test at sea."
POSTING = f"<h1>Control Engineer</h1><p>{INTRO}</p><h2>Your tasks</h2><ul><li>Weld.<li>Dive.</ul>"
OFFERS = {"Pension": "8 percent", "Leave": "30 days", "Bus": "Free"}
CARDS = "".join(f"<div><h3><a>{name}</a></h3><p>{text}</p></div>" for name, text in OFFERS.items())
OPENINGS = "<li><a>Rig Technician</a> Leith<li><a>Diver</a> Cork"


def lines(source: str) -> list[str]:
    """All segments in the order of the source; before the text of a dropped one stands why."""
    document = clean(Source(text=source, name="test", sha256="", encoding="utf-8"), format=Format.HTML)
    everything = sorted((*document.segments, *document.dropped), key=lambda segment: segment.spans[0])
    return [f"[{segment.dropped}] {segment.text}" if segment.dropped else segment.text for segment in everything]


def around(before: str, after: str = "", *, title: str = "Control Engineer at Tidewright") -> list[str]:
    """What is made of the parts that stand before and after a posting; the posting itself has to stay whole."""
    read = lines(f"<html><head><title>{title}</title></head><body>{before}{POSTING}{after}</body></html>")
    whole = ["Control Engineer", INTRO, "Your tasks", "Weld.", "Dive."]
    at = next(at for at in range(len(read)) if read[at : at + len(whole)] == whole)
    return [*read[:at], *read[at + len(whole) :]]


BEFORE = [
    ("<a>Skip to content</a>", ["[navigation] Skip to content"]),
    ("<p>Loading</p>", ["[navigation] Loading"]),
    ("<nav><a>Teams</a><p>Twelve teams</p></nav>", ["[navigation] Teams", "[navigation] Twelve teams"]),
    ("<div role=' Navigation '>Teams</div>", ["[navigation] Teams"]),
    ("<div class=siteMenu><a>Teams</a></div>", ["[navigation] Teams"]),
    ("<div class=menu><p>Bristol</p></div>", ["Bristol"]),  # a class alone, and no link
    ("<div role=Banner><p>Bristol</p></div>", ["Bristol"]),
    ("<div role=banner><a>Tidewright</a></div>", ["[navigation] Tidewright"]),
    ("<p><a>Teams</a><p><a>Places</a><p><a>Stories</a>", ["[navigation] Teams", "[navigation] Places", "[navigation] Stories"]),
    ("<p><a>Teams</a><p><a>Places</a>", ["Teams", "Places"]),
    ("<h3>Locations</h3><ul><li><a>Bristol</a><li><a>Leith</a><li><a>Cork</a></ul>", ["Locations", "Bristol", "Leith", "Cork"]),
    ("<p class=breadcrumbs><a>Home</a> › <a>Jobs</a> › Control Engineer</p>", ["Home › Jobs › Control Engineer"]),
    ("<div class=breadcrumbs><a>Home</a> › Control Engineer</div>", ["[navigation] Home › Control Engineer"]),
    ("<div class=lang><span>Language</span> <a>English</a><a>Cymraeg</a></div>", ["[navigation] Language English Cymraeg"]),
    ("<form><select><option>English<option>Cymraeg</select></form>", ["[form] English", "[form] Cymraeg"]),
    (
        "<form><label>Where</label> <input type=search><button>Go</button></form>",
        ["[form] Where", "[form] Go"],
    ),
    (f"<form><input><p>{INTRO}</form>", [INTRO]),
    (f"<form><input><input><input type=email><p>{INTRO}</form>", [INTRO]),  # too much of what the page says
    ("<form><input><input><input type=email><p>Your name<p>Your address</form>", ["[form] Your name", "[form] Your address"]),
    ("<form><h3>Place</h3><p>Bristol<h3>Pay</h3><p>£60,000<input></form>", ["Place", "Bristol", "Pay", "£60,000"]),
    ("<div id=cookieBar><p>Cookies help us.<button>Fine</button></div>", ["[cookies] Cookies help us.", "[cookies] Fine"]),
    ("<div class=consent><p>We need your consent to a check.</div>", ["We need your consent to a check."]),
    ("<p hidden>Session over<p style='visibility:hidden'>Reload</p>", ["[hidden] Session over", "[hidden] Reload"]),
    (
        f"<div><h3>Similar jobs</h3><ul>{OPENINGS}</ul></div>",
        ["[related] Similar jobs", "[related] Rig Technician Leith", "[related] Diver Cork"],
    ),
]

AFTER = [
    ("<a>Apply now</a>", ["[control] Apply now"]),
    ("<a>Apply now</a><a>Save job</a><a>Print</a>", ["[control] Apply now Save job Print"]),
    ("<p>Apply now</p>", ["Apply now"]),  # no link: a heading, or part of the text
    ("<p>Apply to jobs@tidewright.example</p>", ["Apply to jobs@tidewright.example"]),
    ("<div class=share>Share: <i></i></div>", ["[share] Share:"]),
    ("<p>Share this job</p><a>Facebook</a><a>X</a>", ["[share] Share this job", "[share] Facebook X"]),
    ("<div class=social-benefits><p>Pension for you and for those at home<p>A nursery for the little ones</div>",
     ["Pension for you and for those at home", "A nursery for the little ones"]),
    ("<div class=advert><p>Learn to sail! <a>Book</a></div>", ["[advert] Learn to sail! Book"]),
    ("<div class=advert__salary>30,000 a year</div>", ["30,000 a year"]),
    ("<div class=job-social-worker>Care home</div>", ["Care home"]),
    ("<div class=registration-number>4711</div>", ["4711"]),
    ("<div class=jobAlert><p>Be told of new jobs <a>Create alert</a></div>", ["[form] Be told of new jobs Create alert"]),
    ("<div class='job cookie-decorator'><h2>Tasks</h2><li>Decorate 200 cookies a day</div>",
     ["Tasks", "Decorate 200 cookies a day"]),
    ("<div class=job-advert><p>Pension</div>", ["Pension"]),
    (f"<h3>Similar jobs</h3><ul>{OPENINGS}</ul>",
     ["[related] Similar jobs", "[related] Rig Technician Leith", "[related] Diver Cork"]),
    (f"<div class=similarJobs><ul>{OPENINGS}</ul></div>", ["[related] Rig Technician Leith", "[related] Diver Cork"]),
    (
        "<div><div><a>Diver</a><p>Cork</div><div><a>Cook</a><p>Oban</div><div><a>Pilot</a><p>Leith</div></div>",
        ["[related] Diver", "[related] Cork", "[related] Cook", "[related] Oban", "[related] Pilot", "[related] Leith"],
    ),
    (f"<h3>Similar jobs</h3><ul>{OPENINGS}</ul><h3>Our offer</h3><p>Thirty days of leave",
     ["[related] Similar jobs", "[related] Rig Technician Leith", "[related] Diver Cork", "Our offer", "Thirty days of leave"]),
    ("<footer><p>Harbour Road 1</footer>", ["[footer] Harbour Road 1"]),
    ("<div class=footer><p>Harbour Road 1</div>", ["Harbour Road 1"]),
    ("<article><footer><p>Apply by 12 March</footer></article>", ["Apply by 12 March"]),
    (f"<footer><p>{INTRO}</footer>", [INTRO]),
    ("<p>© 2030 Tidewright<p>Copyright law is your field.", ["[footer] © 2030 Tidewright", "Copyright law is your field."]),
    ("<p>Tidewright. All rights reserved.", ["[footer] Tidewright. All rights reserved."]),
    ("<p>Thirty days of leave.<p><a>Teams</a><p><a>Places</a><p><a>Stories</a>",
     ["Thirty days of leave.", "[footer] Teams", "[footer] Places", "[footer] Stories"]),
    ("<ul><li>Long leave</ul><p><a>Teams</a><p><a>Places</a><p><a>Stories</a>",
     ["Long leave", "[footer] Teams", "[footer] Places", "[footer] Stories"]),
    ("<h4>More</h4><p><a>Teams</a><p><a>Places</a><p><a>Stories</a>",
     ["[footer] More", "[footer] Teams", "[footer] Places", "[footer] Stories"]),
    ("<p>Salary<p>on request<p><a>Teams</a><p><a>Places</a><p><a>Stories</a>",
     ["Salary", "on request", "[footer] Teams", "[footer] Places", "[footer] Stories"]),
    ("<h3>Skills</h3><ul><li><a>C</a><li><a>Go</a><li><a>Ada</a></ul>", ["Skills", "C", "Go", "Ada"]),
    ("<h3>Skills</h3><ul><li><a>C</a><li><a>Go</a></ul><ul><li><a>Teams</a><li><a>Places</a><li><a>Press</a></ul>",
     ["Skills", "C", "Go", "[footer] Teams", "[footer] Places", "[footer] Press"]),
    ("<p>Ann Shore<p><a>ann@sea.example</a><p><a>+44 117 555 01 02</a><p><a>Web</a>",
     ["Ann Shore", "ann@sea.example", "+44 117 555 01 02", "Web"]),
    ("<form><p>First name<input><p>Last name<input><p>Mail<input type=email></form>",
     ["[form] First name", "[form] Last name", "[form] Mail"]),
    ("<div class=loginBox><p>Members only <a>Enter</a></div>", ["[form] Members only Enter"]),
    ("<h2>How to apply</h2><p><a href='mailto:a@x.example'>Anna Holm</a></p>", ["How to apply", "Anna Holm"]),
    (f"<h2>What we offer</h2><div>{CARDS}</div>", ["What we offer", "Pension", "8 percent", "Leave", "30 days", "Bus", "Free"]),
    ("<h2>Experience</h2><ul><li>Similar positions</li><li>Two years in retail</li></ul><p><a>Apply</a>",
     ["Experience", "Similar positions", "Two years in retail", "[control] Apply"]),
    ("<h2>Your tasks</h2><ul><li>Loading</li><li>Unloading</li></ul>", ["Your tasks", "Loading", "Unloading"]),
    ("<dl><dt>Department</dt><dd><a>Support</a></dd></dl>", ["Department: Support"]),
    ("<article><p>x</p><footer><p>Salary: 60,000 a year</p><a>Apply by post or online</a></footer></article>",
     ["x", "Salary: 60,000 a year", "Apply by post or online"]),
    ("<div hidden=until-found>Bonus</div><div hidden>Gone</div>", ["Bonus", "[hidden] Gone"]),
]  # fmt: skip


@pytest.mark.parametrize(("part", "expected"), BEFORE)
def test_what_stands_before_a_posting(part: str, expected: list[str]) -> None:
    """Each part is dropped for its reason or kept, and the posting below it stays whole."""
    assert around(part) == expected


@pytest.mark.parametrize(("part", "expected"), AFTER)
def test_what_stands_after_a_posting(part: str, expected: list[str]) -> None:
    """Each part is dropped for its reason or kept, and the posting above it stays whole."""
    assert around("", part) == expected


LANGUAGES = {
    # language: skip link, title, place, section, item, last item, button, what heads other openings, one of them, footer
    "de": (
        [
            "Zum Inhalt springen",
            "Regelungstechniker (m/w/d)",
            "Bremen",
            "Ihre Aufgaben",
            "Sie prüfen die Anlagen auf See.",
            "Wir bieten",
        ],
        ["30 Tage Urlaub", "Jetzt bewerben", "Ähnliche Jobs", "Taucher", "Impressum"],
    ),
    "fr": (
        ["Aller au contenu principal", "Automaticien H/F", "Brest", "Vos missions", "Concevoir les boucles.", "Profil recherché"],
        ["Diplôme d’ingénieur", "Postuler", "Offres similaires", "Plongeur", "Mentions légales"],
    ),
    "es": (
        ["Saltar al contenido", "Ingeniero de control", "Vigo", "Funciones", "Diseñar lazos de control.", "Requisitos"],
        ["Grado en ingeniería", "Inscribirme", "Ofertas similares", "Buzo", "Aviso legal"],
    ),
    "ja": (
        ["ホーム", "制御エンジニア", "長崎市", "仕事内容", "制御ソフトウェアを設計します。", "応募資格"],
        ["制御工学の学位", "応募する", "", "", "プライバシーポリシー"],
    ),
    "ar": (
        ["الرئيسية", "مهندس تحكم", "دبي", "المهام", "تصميم حلقات التحكم.", "المتطلبات"],
        ["شهادة في الهندسة", "قدم الآن", "", "", "سياسة الخصوصية"],
    ),
    "hy": (
        ["Գլխավոր", "Կառավարման ինժեներ", "Երևան", "Պարտականություններ", "Նախագծել համակարգեր։", "Պահանջներ"],
        ["Բարձրագույն կրթություն", "Դիմել", "", "", "Գաղտնիության քաղաքականություն"],
    ),
}


@pytest.mark.parametrize(("first", "second"), LANGUAGES.values(), ids=LANGUAGES)
def test_a_page_in_each_language(first: list[str], second: list[str]) -> None:
    """Links of a page are known in the language of the posting, whose short lines all stay."""
    skip, title, place, section, item, other = first
    last, button, heading, opening, legal = second
    related = f"<h3>{heading}</h3><ul><li><a>{opening}</a></ul>" if heading else ""
    body = (
        f"<a href=#m>{skip}</a><h1>{title}</h1><p>{place}</p><h2>{section}</h2><ul><li>{item}</ul><h2>{other}</h2>"
        f"<ul><li>{last}</ul><a>{button}</a>{related}<footer><a>{legal}</a></footer>"
    )
    assert lines(f"<html><head><title>{title}</title></head><body>{body}</body></html>") == [
        f"[navigation] {skip}",
        *(title, place, section, item, other, last),
        f"[control] {button}",
        *([f"[related] {heading}", f"[related] {opening}"] if heading else []),
        f"[footer] {legal}",
    ]


COUNTED = ("One", "Two", "Six")
UNUSUAL = [
    # a page without a title: what holds most of it stays, whatever it is called
    (
        f"<nav><a>Home</a><div><p>{INTRO}</p><ul><li>Weld.<li>Dive.</ul></div>",
        ["[navigation] Home", INTRO, "Weld.", "Dive."],
    ),
    (f"<div class=footer><a>Home</a><p>{INTRO}</p></div>", ["[navigation] Home", INTRO]),
    (f"<form><input><input><input><p>{INTRO}</p></form>", [INTRO]),
    # the title is no part of a menu, even where the markup says so
    (f"<nav><a>Teams</a><h1>Welder</h1><p>Bristol</nav><p>{INTRO}", ["Teams", "Welder", "Bristol", INTRO]),
    # sections whose headings are links to themselves are no cards of other openings
    (
        "<header><h1>Welder</h1></header><main>"
        + "".join(f"<section><h2><a href=#{n}>{n} of all</a></h2><p>Rough seas.<p>Calm harbours.</section>" for n in COUNTED),
        ["Welder", *(line for n in COUNTED for line in (f"{n} of all", "Rough seas.", "Calm harbours."))],
    ),
    # everything hidden: a page that only its scripts show
    (f"<div style='display:none'><h1>Welder</h1><p>{INTRO}</div><p hidden>Wait", ["Welder", INTRO, "Wait"]),
]


@pytest.mark.parametrize(("body", "expected"), UNUSUAL)
def test_what_holds_most_of_a_page_is_no_part_beside_it(body: str, expected: list[str]) -> None:
    """No name of an element drops the title, or most of what a page says."""
    assert lines(f"<html><head><title>Welder</title></head><body>{body}</body></html>") == expected


def test_the_title_is_the_heading_that_the_head_names_alone() -> None:
    """Where the head names company and job, the heading that is all of a name is the title, wherever it stands."""
    head = "<title>Tidewright | Welder</title><meta property=og:title content=Welder>"
    body = (
        f"<div class=menu><h2>Tidewright</h2><a>Teams and places</a></div><div class=nav><h2>Welder</h2><a>Teams</a></div>{INTRO}"
    )
    assert lines(f"<html><head>{head}</head><body>{body}</body></html>") == [
        "[navigation] Tidewright",
        "[navigation] Teams and places",
        *("Welder", "Teams", INTRO),
    ]


def test_a_fragment_has_no_parts() -> None:
    """A text without the tags of a page is a posting from end to end, whatever its lines say."""
    source = "<p><a>Apply now</a></p><div class=footer><a>Imprint</a></div><p hidden>no</p><p>© 2030</p>"
    assert lines(source) == ["Apply now", "Imprint", "[hidden] no", "© 2030"]


SHORT = [
    (
        "<h1>Cook</h1><div><a>Apply now</a></div><div><a>Save job</a></div><div><a>Print</a></div><p>Leith, full-time.</p>",
        ["Cook", "[control] Apply now", "[control] Save job", "[control] Print", "Leith, full-time."],
    ),
    ("<h1>Cook</h1><p>Leith</p><p><a>Apply now</a></p>", ["Cook", "Leith", "[control] Apply now"]),
    (
        f"<button>Sign In</button><a>Jobs</a><a>Teams</a><h2>Cook</h2><a role=button>Apply</a><p>{INTRO}",
        ["[form] Sign In", "Jobs Teams", "Cook", "[control] Apply", INTRO],
    ),
    (
        f"<p><a>Home</a><p><a>Teams</a><p><a>Stories</a><p><b>Welder wanted</b></p><p><a>Download as PDF</a></p><p>{INTRO}",
        ["[navigation] Home", "[navigation] Teams", "[navigation] Stories", "Welder wanted", "Download as PDF", INTRO],
    ),
    (
        f"<h1>Cook</h1><p>Leith, full-time</p><div hidden><p>{INTRO}</p></div>",
        ["Cook", "Leith, full-time", f"[hidden] {INTRO}"],
    ),
]


@pytest.mark.parametrize(("body", "expected"), SHORT)
def test_short_pages_whose_head_says_nothing(body: str, expected: list[str]) -> None:
    """The title, and what stands beside it, stay also where a page is short and its head does not name the job."""
    assert lines(f"<html><head><title>Careers</title></head><body>{body}</body></html>") == expected
