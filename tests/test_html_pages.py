"""Whole pages as application systems and company sites build them: what stays, what is dropped, and why."""

from __future__ import annotations

import pytest

from extract.cleaning import clean
from extract.source import Format, Source

ABOUT = "Tidewright builds turbines that stand on the sea floor and feed ten thousand homes on the coast."
INTRO = "You plan and build the control software of our tidal turbines, from the first sketch to the test at sea."
TASKS = ["Design control loops for pitch and brake.", "Test them on the rig and at sea."]
NEEDS = ["A degree in control engineering or alike.", "Five years with embedded C."]
BODY = (
    f"<h2>About the role</h2><p>{INTRO}</p><h2>What you will do</h2><ul>{''.join(f'<li>{task}</li>' for task in TASKS)}</ul>"
    f"<h2>What you bring</h2><ul>{''.join(f'<li>{need}' for need in NEEDS)}</ul>"
)
KEPT = ["About the role", INTRO, "What you will do", *TASKS, "What you bring", *NEEDS]


def lines(source: str) -> list[str]:
    """All segments in the order of the source; before the text of a dropped one stands why."""
    document = clean(Source(text=source, name="test", sha256="", encoding="utf-8"), format=Format.HTML)
    everything = sorted((*document.segments, *document.dropped), key=lambda segment: segment.spans[0])
    return [f"[{segment.dropped}] {segment.text}" if segment.dropped else segment.text for segment in everything]


def page(body: str, *, title: str = "Control Engineer at Tidewright") -> str:
    return f"<!doctype html><html lang=en><head><title>{title}</title></head><body>{body}</body></html>"


PAGES: dict[str, tuple[str, list[str]]] = {
    "greenhouse": (
        f"""<div class="accessible"><a href="#content">Skip to main content</a></div><div id="main"><div class="job__header">
        <a href="/t">Back to jobs</a><div class="job__title"><h1>Control Engineer</h1><div class="job__location">
        <svg><path/></svg>
        <div>Bristol, United Kingdom</div></div></div><button type="button">Apply</button></div>
        <div class="job__description body">{BODY}</div>
        <div class="application--container"><h2>Apply for this job</h2><p>* indicates a required field</p>
        <form id="application-form">
        <label>First Name<span>*</span></label><input type="text"><label>Email</label><input type="email"><label>Phone</label>
        <input type="tel"><label>Resume/CV</label><button>Attach</button><select><option>Select...</option></select>
        <button type="submit">Submit application</button></form></div></div>
        <div class="footer"><p>Powered by <a href="g">Greenhouse</a></p><p>Read our <a href="p">Privacy Policy</a></p></div>""",
        [
            "[navigation] Skip to main content",
            "[navigation] Back to jobs",
            "Control Engineer",
            "Bristol, United Kingdom",
            "[control] Apply",
            *KEPT,
            "[footer] Apply for this job",
            "[form] * indicates a required field",
            "[form] First Name* Email Phone Resume/CV",
            "[form] Attach",
            "[form] Select...",
            "[form] Submit application",
            "[footer] Powered by Greenhouse",
            "[footer] Read our Privacy Policy",
        ],
    ),
    "lever": (
        f"""<div class="main-header"><a class="main-header-logo" href="/t"><img alt="Tidewright logo"></a></div>
        <div class="section posting-header"><div class="posting-headline"><h2>Control Engineer</h2>
        <div class="posting-categories">
        <div class="location">Bristol, UK</div><div class="commitment">Full-time</div></div></div>
        <div class="postings-btn-wrapper"><a class="postings-btn" href="/apply">Apply for this job</a></div></div>
        <div class="section page-centered"><div>{ABOUT}</div></div>
        <div class="section"><h3>What you will do:</h3><ul class="posting-requirements"><li>{TASKS[0]}</li>
        <li>{TASKS[1]}</li></ul></div>
        <div class="section last-section-apply"><a class="postings-btn" href="/apply">Apply for this job</a></div>
        <div class="main-footer"><p><a href="h">Tidewright Home Page</a></p><a href="l"><span>Jobs powered by </span><img>
        </a></div>""",
        [
            "Control Engineer",
            "Bristol, UK",
            "Full-time",
            "[control] Apply for this job",
            ABOUT,
            "What you will do:",
            *TASKS,
            "[control] Apply for this job",
            "[footer] Tidewright Home Page",
            "[footer] Jobs powered by",
        ],
    ),
    "workday": (
        f"""<div id="root"><div data-automation-id="header"><button>Skip to main content</button><button>Search for Jobs</button>
        <button>Sign In</button></div><h2 data-automation-id="jobPostingHeader">Control Engineer</h2><a role="button">Apply</a>
        <div><dl><dt>locations</dt><dd>Bristol</dd></dl><dl><dt>time type</dt><dd>Full time</dd></dl>
        <dl><dt>job requisition id</dt><dd>R-00421</dd></dl></div><div data-automation-id="jobPostingDescription">
        <p>{INTRO}</p></div>
        <div data-automation-id="similarJobs"><h2>Similar Jobs (2)</h2><ul><li><a href="1">Rig Technician</a><div>Leith</div></li>
        <li><a href="2">Diver</a><div>Cork</div></li></ul></div><div><h2>About Us</h2><p>{ABOUT}</p></div></div>
        <footer><a href="f">Follow Us</a><div>© 2030 Workday, Inc. All rights reserved.</div></footer>""",
        [
            "[navigation] Skip to main content",
            "[navigation] Search for Jobs",
            "[form] Sign In",
            "Control Engineer",
            "[control] Apply",
            "locations: Bristol",
            "time type: Full time",
            "job requisition id: R-00421",
            INTRO,
            "[related] Similar Jobs (2)",
            "[related] Rig Technician",
            "[related] Leith",
            "[related] Diver",
            "[related] Cork",
            "About Us",
            ABOUT,
            "[footer] Follow Us",
            "[footer] © 2030 Workday, Inc. All rights reserved.",
        ],
    ),
    "ashby": (
        f"""<div id="root"><div class="_navRoot"><a href="/t"><img alt="Tidewright"></a></div><h1>Control Engineer</h1>
        <div class="left-pane"><div><h2>Location</h2><p>Bristol</p></div><div><h2>Compensation</h2><ul>
        <li>£60K – £75K</li></ul></div></div>
        <div class="right-pane"><div role="tablist"><a role="tab"><span>Overview</span></a>
        <a role="tab"><span>Application</span></a></div>
        <div class="_description">{BODY}</div><div><a href="/apply"><button>Apply for this Job</button></a></div></div>
        <div class="_footer">
        <div>This site is protected by reCAPTCHA and the Google <a>Privacy Policy</a> and <a>Terms</a> apply.</div>
        <a><span>Powered by</span></a><a>Privacy Policy</a><a>Security</a><a>Vulnerability Disclosure</a></div></div>""",
        [
            "Control Engineer",
            "Location",
            "Bristol",
            "Compensation",
            "£60K – £75K",
            "[navigation] Overview Application",
            *KEPT,
            "[control] Apply for this Job",
            "[footer] This site is protected by reCAPTCHA and the Google Privacy Policy and Terms apply.",
            "[footer] Powered by Privacy Policy Security Vulnerability Disclosure",
        ],
    ),
    "smartrecruiters": (
        f"""<main class="jobad"><header class="header"><a class="logo"><img></a><h1 class="job-title">Control Engineer</h1>
        <ul class="job-details"><li>Bristol, United Kingdom</li><li>Full-time</li></ul></header>
        <div class="job-section" id="st-companyDescription"><h2>Company Description</h2><p>{ABOUT}</p></div>
        <div class="job-section" id="st-qualifications"><h2>Qualifications</h2><ul><li>{NEEDS[0]}</li></ul></div>
        <div class="job-section"><h2>Additional Information</h2><p>All your information will be kept confidential.</p></div>
        <a id="st-apply">I'm interested</a><div><a>Refer a friend</a></div><aside class="sharing"><h3>Share this job</h3>
        <ul><li><a>Facebook</a></li><li><a>LinkedIn</a></li></ul></aside></main>
        <footer class="footer"><a>Privacy Policy</a> <a>Cookies Settings</a></footer>""",
        [
            "Control Engineer",
            "Bristol, United Kingdom",
            "Full-time",
            "Company Description",
            ABOUT,
            "Qualifications",
            NEEDS[0],
            "Additional Information",
            "All your information will be kept confidential.",
            "[control] I'm interested",
            "[control] Refer a friend",
            "[share] Share this job",
            "[share] Facebook",
            "[share] LinkedIn",
            "[footer] Privacy Policy Cookies Settings",
        ],
    ),
    "teamtailor": (
        f"""<div class="cookie-alert" role="dialog"><p>This website uses cookies to ensure you get the best experience.</p>
        <button>Accept all</button><a>Cookie preferences</a></div><header><nav><ul><li><a>Start</a></li><li><a>Jobs</a>
        </li></ul></nav>
        </header><section class="cover"><h1>Control Engineer</h1><h2>Engineering · Bristol · Hybrid</h2>
        <a>Apply for this job</a></section>
        <section>{BODY}</section><section><dl><dt>Department</dt><dd><a>Engineering</a></dd><dt>Locations</dt><dd>
        <a>Bristol</a></dd>
        <dt>Remote status</dt><dd>Hybrid</dd></dl></section><section><h2>Related jobs</h2><ul><li>
        <a><span>Rig Technician</span></a>
        <div>Engineering · Bristol</div></li><li><a>Diver</a><div>Operations · Leith</div></li></ul></section>
        <section><h2>About Tidewright</h2><p>{ABOUT}</p></section>
        <footer><h3>Career site</h3><ul><li><a>Start</a></li><li><a>Jobs</a></li></ul>
        <a>Applicant tracking system</a></footer>""",
        [
            "[cookies] This website uses cookies to ensure you get the best experience.",
            "[cookies] Accept all",
            "[cookies] Cookie preferences",
            "[navigation] Start",
            "[navigation] Jobs",
            "Control Engineer",
            "Engineering · Bristol · Hybrid",
            "[control] Apply for this job",
            *KEPT,
            "Department: Engineering",
            "Locations: Bristol",
            "Remote status: Hybrid",
            "[related] Related jobs",
            "[related] Rig Technician",
            "[related] Engineering · Bristol",
            "[related] Diver",
            "[related] Operations · Leith",
            "About Tidewright",
            ABOUT,
            "[footer] Career site",
            "[footer] Start",
            "[footer] Jobs",
            "[footer] Applicant tracking system",
        ],
    ),
    "a form around the page, tables around its parts": (
        f"""<form method="post" id="aspnetForm"><input type="hidden" name="__VIEWSTATE"><table><tr><td><a>Home</a><td>
        <a>Vacancies</a>
        <td><a>Contact us</a></table><table><tr><td class="left"><a>About us</a><br><a>Benefits</a><br><a>News</a><td>
        <h1>Control Engineer</h1><table class="facts"><tr><td>Location:<td>Bristol<tr><td>Job type:<td>Permanent
        <tr><td>Salary:<td>£60,000</table><p>{INTRO}</p><p><b>Requirements</b></p><ul><li>{NEEDS[0]}</ul>
        <input type="submit" value="Apply"><input type="text"><input type="text"><input type="password"></table>
        <table><tr><td>Copyright 2030 Tidewright Ltd</table></form>""",
        [
            "[navigation] Home",
            "[navigation] Vacancies",
            "[navigation] Contact us",
            "[navigation] About us",
            "[navigation] Benefits",
            "[navigation] News",
            "Control Engineer",
            "Location: Bristol",
            "Job type: Permanent",
            "Salary: £60,000",
            INTRO,
            "Requirements",
            NEEDS[0],
            "[footer] Copyright 2030 Tidewright Ltd",
        ],
    ),
    "a cookie dialog before the page, which is hidden from those who listen": (
        f"""<div role="dialog" aria-modal="true" id="consent"><h2>Your privacy</h2><p>Which cookies may we use?</p>
        <button>All</button>
        </div><div id="app" aria-hidden="true"><header role="banner"><a>Tidewright</a></header><main>
        <h1>Control Engineer</h1>{BODY}
        <h2>About us</h2><p>{ABOUT}</p></main></div>""",
        [
            "[cookies] Your privacy",
            "[cookies] Which cookies may we use?",
            "[cookies] All",
            "[navigation] Tidewright",
            "Control Engineer",
            *KEPT,
            "About us",
            ABOUT,
        ],
    ),
    "two columns, a trail of crumbs, a bar of languages": (
        f"""<header><a href="/">Tidewright</a><nav><a>Teams</a><a>Places</a></nav><ul class="language-switcher"><li><a>English</a>
        <li><a>Cymraeg</a></ul></header><ol class="breadcrumb"><li><a>Home</a><li><a>Jobs</a><li>Control Engineer</ol>
        <aside class="sidebar"><h3>Location</h3><p>Bristol</p><h3>Job type</h3><p>Full-time</p><h3>Salary</h3><p>£60,000</p>
        <a class="btn">Apply now</a></aside><div class="content"><h1>Control Engineer</h1>{BODY}</div>
        <footer><p>© 2030 Tidewright</p><a>Imprint</a></footer>""",
        [
            "[navigation] Tidewright",
            "[navigation] Teams Places",
            "[navigation] English",
            "[navigation] Cymraeg",
            "[navigation] Home",
            "[navigation] Jobs",
            "[navigation] Control Engineer",
            "Location",
            "Bristol",
            "Job type",
            "Full-time",
            "Salary",
            "£60,000",
            "[control] Apply now",
            "Control Engineer",
            *KEPT,
            "[footer] © 2030 Tidewright",
            "[footer] Imprint",
        ],
    ),
    "a posting in islands": (
        f"""<div class="hero"><h1>Control Engineer</h1><p>Bristol</p></div><section><h2>About us</h2><p>{ABOUT}</p></section>
        <div class="share-bar"><a>Facebook</a><a>LinkedIn</a></div><section><h2>Your tasks</h2><ul><li>{TASKS[0]}</ul></section>
        <div class="advertisement"><p>Learn to sail in a weekend!</p><a>Book now</a></div>
        <section><h2>Your profile</h2><ul><li>{NEEDS[0]}</ul></section><div class="newsletter-signup"><h3>Never miss a job</h3>
        <form><input type=email><button>Subscribe</button></form></div>
        <section><h2>We offer</h2><ul><li>Thirty days of leave<li>A bicycle</ul></section>""",
        [
            "Control Engineer",
            "Bristol",
            "About us",
            ABOUT,
            "[share] Facebook LinkedIn",
            "Your tasks",
            TASKS[0],
            "[advert] Learn to sail in a weekend!",
            "[advert] Book now",
            "Your profile",
            NEEDS[0],
            "[form] Never miss a job",
            "[form] Subscribe",
            "We offer",
            "Thirty days of leave",
            "A bicycle",
        ],
    ),
}


@pytest.mark.parametrize(("body", "expected"), PAGES.values(), ids=PAGES)
def test_a_page_gives_its_posting_whole(body: str, expected: list[str]) -> None:
    """Of a page the posting is kept line by line, and every other line is dropped with its reason."""
    assert lines(page(body)) == expected
