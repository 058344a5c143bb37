"""Words of employment, education and workplace: what states a value and what only looks like it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.readers import read_as
from extract.readers.denial import is_denied
from extract.readers.reading import Reading
from extract.readers.terms import (
    in_progress_ok,
    lowest_education,
    read_education,
    read_employment_types,
    read_workplace,
    studies_may_go_on,
)

EMPLOYMENT: list[tuple[str, str]] = [
    ("Full-time", "FULL_TIME"), ("This is a full time position", "FULL_TIME"), ("40 hrs/week", "FULL_TIME"),
    ("fulltime", "FULL_TIME"),
    ("CDI à temps plein", "FULL_TIME"), ("Temps complet", "FULL_TIME"), ("Stelle in Vollzeit (m/w/d)", "FULL_TIME"),
    ("Heltid", "FULL_TIME"),
    ("Jornada completa", "FULL_TIME"), ("Plný úvazek", "FULL_TIME"), ("100% stilling", "FULL_TIME"), ("FULL TIME", "FULL_TIME"),
    ("part-time", "PART_TIME"), ("temps partiel", "PART_TIME"), ("Teilzeit", "PART_TIME"), ("Deltid", "PART_TIME"),
    ("media jornada", "PART_TIME"),
    ("Vollzeit oder Teilzeit", "FULL_TIME PART_TIME"), ("Full-time or part-time", "FULL_TIME PART_TIME"),
    ("6-month contract", "CONTRACTOR"), ("contract position", "CONTRACTOR"), ("W2 contract", "CONTRACTOR"),
    ("Contrat : freelance", "CONTRACTOR"),
    ("independent contractor", "CONTRACTOR"), ("Job Type: Contract", "CONTRACTOR"), ("statut indépendant", "CONTRACTOR"),
    ("Contractor", "CONTRACTOR"),
    ("CDD de 6 mois", "TEMPORARY"), ("temporary position", "TEMPORARY"), ("befristet auf ein Jahr", "TEMPORARY"),
    ("Vikariat", "TEMPORARY"),
    ("mission d'intérim", "TEMPORARY"), ("fixed-term contract", "TEMPORARY"), ("tidsbegränsad anställning", "TEMPORARY"),
    ("Research Intern", "INTERN"), ("This internship will focus on vision", "INTERN"), ("Praktikum im Marketing", "INTERN"),
    ("contrato en prácticas", "INTERN"),
    ("Ce stage a une durée minimale de 12 semaines", "INTERN"), ("Stage de 6 mois", "INTERN"),
    ("recherche des stagiaires", "INTERN"), ("Stáž", "INTERN"),
    ("Stage - Assistant RH", "INTERN"), ("Our internships are 16 weeks long", "INTERN"), ("we want an intern", "INTERN"),
    ("Interns wanted", "INTERN"),
    ("contrat d'apprentissage", "OTHER"), ("en alternance", "OTHER"), ("volunteer position", "VOLUNTEER"),
    ("per diem basis", "PER_DIEM"),
    ("Hereford | Seasonal, 20 weeks", "TEMPORARY"), ("Seasonal", "TEMPORARY"), ("contratto a tempo determinato", "TEMPORARY"),
    ("Volunteer Lifeguard", "VOLUNTEER"), ("vrijwilligerswerk", "VOLUNTEER"), ("Voll - Zeit", "FULL_TIME"),
    ("Plný úvazek, ne zkrácený úvazek", "FULL_TIME"), ("Nicht nur Teilzeit", "PART_TIME"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "types"), EMPLOYMENT)
def test_types_of_employment(text: str, types: str) -> None:
    """The words of seven languages, as schema.org says it."""
    assert [found.value for found in read_employment_types(text)] == types.split()


@pytest.mark.parametrize(
    "text",
    [
        "an early-stage start-up", "on stage", "at this stage of growth", "growth stage", "stage of the project",
        "not a full-time role", "full-time equivalent",
        "full-time degree", "full-time students", "full time study", "internal tools", "international teams", "CDI",
        "unbefristet", "permanent contract",
        "signed the contract", "contract law", "manage contractors", "general contractor", "temporary files",
        "Volunteer Coordinator", "volunteer at a shelter", "Seasonal fruit", "seasonal menus",
        "We do not currently offer part-time", "geen parttime", "Wir bieten derzeit keine Teilzeit",
        "experience via an internship, or work", "internship experience",
        "previous internship", "the internet", "intern kommunikation og opplæring", "kein Vollzeit", "temporary storage",
        "prior full-time experience", "", "part",
    ],
)  # fmt: skip
def test_no_type_of_employment(text: str) -> None:
    """Negations, other meanings, and permanence, which says nothing of hours."""
    assert read_employment_types(text) == []


EDUCATION: list[tuple[str, str]] = [
    ("Bachelor's degree in Computer Science", "BACHELOR"), ("Bachelor’s Degree", "BACHELOR"),
    ("Bachelors Degree", "BACHELOR"), ("B.Sc. in Physics", "BACHELOR"),
    ("BS/MS in Computer Science", "BACHELOR"), ("BA or BS degree", "BACHELOR"), ("4-year degree", "BACHELOR"),
    ("university degree", "BACHELOR"), ("a good first degree", "BACHELOR"),
    ("Bac +3", "BACHELOR"), ("Bac+4", "BACHELOR"), ("licence ou master", "BACHELOR"), ("Abgeschlossenes Studium", "BACHELOR"),
    ("Hochschulabschluss", "BACHELOR"),
    ("Grado en Logopedia", "BACHELOR"), ("Licenciatura", "BACHELOR"), ("kandidatexamen", "BACHELOR"),
    ("høyere utdanning", "BACHELOR"),
    ("diplôme (doctorat, maîtrise ou baccalauréat)", "BACHELOR"), ("niveau Bac + 4", "BACHELOR"),
    ("Master's degree", "MASTER"), ("M.Sc.", "MASTER"), ("MBA", "MASTER"), ("MS in Statistics", "MASTER"),
    ("Bac +5", "MASTER"), ("BAC+5", "MASTER"),
    ("école d'ingénieur", "MASTER"), ("Masterabschluss", "MASTER"), ("mastergrad", "MASTER"), ("civilingenjör", "MASTER"),
    ("Máster en Datos", "MASTER"),
    ("PhD", "DOCTORATE"), ("A Ph.D. in Physics", "DOCTORATE"), ("doctorat", "DOCTORATE"),
    ("Abgeschlossene Promotion", "DOCTORATE"), ("doctorado", "DOCTORATE"),
    ("High school diploma or GED", "HIGH_SCHOOL"), ("Abitur", "HIGH_SCHOOL"),
    ("abgeschlossene Berufsausbildung", "HIGH_SCHOOL"), ("Bac pro", "HIGH_SCHOOL"), ("fagbrev", "HIGH_SCHOOL"),
    ("Associate's degree", "ASSOCIATE"), ("BTS ou DUT", "ASSOCIATE"), ("Bac+2", "ASSOCIATE"),
    ("FP grado superior", "ASSOCIATE"),
    ("Master's degree or PhD", "MASTER"), ("Bachelor or Master", "BACHELOR"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "level"), EDUCATION)
def test_the_lowest_level_counts(text: str, level: str) -> None:
    """Whatever is accepted is what is asked for."""
    found = lowest_education(text)
    assert found is not None
    assert found.value == level


@pytest.mark.parametrize(
    "text",
    [
        "basic knowledge", "MS Office", "MS Excel and MS SQL", "BA team", "work as a BA", "Scrum Master",
        "to master new tools", "web master", "bachelor party",
        "maîtrise de l'anglais", "bonne maîtrise d'Excel", "permis et licence de conduire", "driving licence",
        "degree of freedom", "MASTER DATA management",
        "no diploma of any kind", "high degree of autonomy", "high school students", "a dynamic MS-based tool", "", "BS", "MS",
    ],
)  # fmt: skip
def test_no_level_of_education(text: str) -> None:
    """Products, roles, verbs, mastery and negations are no degrees."""
    assert read_education(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Currently has, or is in the process of obtaining a PhD", "currently enrolled in a degree",
        "pursuing a Bachelor's degree", "est en train d'obtenir un diplôme",
        "Les candidats doivent poursuivre un doctorat", "Studierende der Informatik", "Cursando último año",
        "Étudiant en école de commerce", "pågående utbildning",
    ],
)  # fmt: skip
def test_studies_may_be_under_way(text: str) -> None:
    """A text that takes students says so."""
    found = in_progress_ok(text)
    assert found is not None
    assert found.value is True


@pytest.mark.parametrize(
    "text", ["PhD in Physics", "pursuing excellence", "a process of obtaining permits", "students love us", ""]
)
def test_studies_are_not_said_to_be_under_way(text: str) -> None:
    """Other pursuits are none of it."""
    assert in_progress_ok(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("You hold a completed bachelor's degree", False),
        ("Students cannot be considered", False),
        ("Abgeschlossenes Studium der Informatik", False),
        ("ukončené vysokoškolské vzdělání", False),
        ("Currently enrolled, or with a completed degree", True),
        ("a completed degree is not required", None),
        ("a degree in law", None),
    ],
)
def test_studies_may_or_may_not_go_on(text: str, value: bool | None) -> None:
    """A text that asks for studies that are over says so; one that takes students as well does not."""
    found = studies_may_go_on(text)
    assert (found and found.value) is value
    assert found is None or studies_may_go_on(text[found.start : found.end]) == Reading(found.value, 0, found.end - found.start)


WORKPLACE: list[tuple[str, str]] = [
    ("100% remote", "REMOTE"), ("Location: Remote", "REMOTE"), ("fully remote", "REMOTE"),
    ("This is a remote position.", "REMOTE"), ("remote-first company", "REMOTE"),
    ("Data Architect - Remote", "REMOTE"), ("Remote", "REMOTE"), ("Lyon (Remote)", "REMOTE"), ("100 % télétravail", "REMOTE"),
    ("full remote", "REMOTE"), ("teletrabajo", "REMOTE"),
    ("télétravail 2 jours par semaine", "HYBRID"), ("2 jours de télétravail", "HYBRID"), ("Home-Office möglich", "HYBRID"),
    ("Hybrid", "HYBRID"), ("hybrid working", "HYBRID"),
    ("Dallas, TX (Hybrid)", "HYBRID"), ("3 days in the office", "HYBRID"), ("modelo híbrido", "HYBRID"),
    ("Télétravail possible", "HYBRID"),
    ("on-site position", "ON_SITE"), ("Work Location: In person", "ON_SITE"), ("Onsite", "ON_SITE"),
    ("modalidad presencial", "ON_SITE"), ("Lieu du poste : En présentiel", "ON_SITE"),
    ("The role is office-based", "ON_SITE"), ("Vous travaillez sur site.", "ON_SITE"), ("AI Researcher (on - site)", "ON_SITE"),
    ("Du arbeitest vor Ort", "ON_SITE"), ("lavoro in sede", "ON_SITE"), ("werken op locatie", "ON_SITE"),
    ("trabalho presencial", "ON_SITE"), ("praca stacjonarna", "ON_SITE"), ("praca zdalna", "REMOTE"),
    ("lavoro da remoto", "REMOTE"), ("trabalho híbrido", "HYBRID"), ("We do not just offer hybrid working", "HYBRID"),
    ("remote work is not possible", "ON_SITE"), ("no remote work", "ON_SITE"), ("this is not a remote position", "ON_SITE"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), WORKPLACE)
def test_the_workplace_is_read_where_it_is_stated(text: str, kind: str) -> None:
    """Where the work is done, in the words of postings."""
    assert {found.value for found in read_workplace(text)} == {kind}


@pytest.mark.parametrize(
    "text",
    [
        "remote sensing", "remotely accessible systems", "lead remote teams", "remote access to servers", "remote control",
        "hybrid cars", "hybrid cloud",
        "an on-site gym", "support on site visits", "we don't offer remote, sorry", "occasional work from home",
        "we do not offer hybrid working", "We don't currently offer any remote work", "No se ofrece teletrabajo",
        "no hay teletrabajo",
        "il lavoro da remoto non è previsto", "thuiswerken mogelijk is niet de bedoeling", "não oferecemos trabalho remoto",
        "Vi erbjuder inte distansarbete", "interventions sur site client", "free on-site parking",
        "remote team", "",
    ],
)  # fmt: skip
def test_no_workplace(text: str) -> None:
    """Other things are remote and hybrid too."""
    assert read_workplace(text) == []


@pytest.mark.parametrize(
    "text", ["remote work is not possible", "no remote work", "not a remote role", "pas de télétravail", "kein Homeoffice"]
)
def test_a_negation_never_reads_as_remote(text: str) -> None:
    """A posting that excludes remote work is never read as one that offers it."""
    assert not {found.value for found in read_workplace(text)} & {"REMOTE", "HYBRID"}


Reader = Callable[[str], list[Reading[str]]]
WORDS = st.sampled_from(
    "full time full-time part not a remote Remote work is possible stage Stage ce de intern Intern an CDD bac Bac + 5 +5 master "
    "Master degree in MS BS PhD maîtrise baccalauréat licence doctorat or / , . ( ) - Office télétravail 2 jours hybrid Hybrid "
    "on-site no contract freelance".split()
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=14).map(" ".join), st.lists(WORDS, max_size=8).map("".join))


@pytest.mark.parametrize("reader", [read_employment_types, read_education, read_workplace])
@settings(max_examples=100, deadline=None)
@given(text=TEXTS)
def test_terms_are_provable(reader: Reader, text: str) -> None:
    """Reading the quoted text again gives the same value at the same place."""
    for found in reader(text):
        assert 0 <= found.start < found.end <= len(text)
        again = reader(text[found.start : found.end])
        assert (found.value, 0, found.end - found.start) in [(one.value, one.start, one.end) for one in again]


@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_studies_under_way_are_provable(text: str) -> None:
    """Reading the quoted text again says the same."""
    found = in_progress_ok(text)
    if found:
        assert in_progress_ok(text[found.start : found.end]) == Reading(value=True, start=0, end=found.end - found.start)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("country", "Germany is not served", "DE"),
        ("country", "everywhere but not in Germany", "DE"),
        ("number", "5 years not required", 5),
        ("number", "5 years of experience are not required", 5),
        ("in_progress", "You are not currently enrolled in a degree", True),
        ("in_progress", "no longer enrolled in a university", True),
        ("workplace", "Fully remote is out of the question.", "REMOTE"),
        ("employment_type", "neither full-time nor an internship", "INTERN"),
        ("employment_type", "neither full-time nor an internship", "FULL_TIME"),
    ],
)
def test_what_is_denied_is_not_read(name: str, text: str, value: object) -> None:
    """No reader that proves values takes a denial for the statement."""
    assert value not in set(read_as(name, text))


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("country", "We serve Germany, but not Austria", "DE"),
        ("number", "5 years, more are not required", 5),
        ("in_progress", "You are currently enrolled in a degree", True),
        ("date", "03/04/2026", "2026-04-03"),
        ("date", "03/04/2026", "2026-03-04"),
    ],
)
def test_what_is_stated_beside_a_denial_is_read(name: str, text: str, value: object) -> None:
    """What is denied of another thing denies nothing; of a date in figures both readings are possible."""
    assert value in set(read_as(name, text))


DENIED = [
    "We are not located in [Berlin], although many think so.", "no longer in [Dundee] but in Perth", "et non à [Genève]",
    "Nicht in [Hamburg], sondern in Rostock.", "Trabajarás en Sevilla, nunca en [Madrid].", "Sede di [Parma] esclusa.",
    "No contamos con oficina en [Guadalajara].", "We do not have an office in [Paris]", "We're not hiring in [Oslo]",
    "Wir haben kein Büro in [Köln]", "Wir sind nicht in [Köln] ansässig", "nous ne sommes pas basés à [Lyon]",
    "pas de bureau à [Lyon]", "non siamo a [Milano]", "wij zijn niet gevestigd in [Utrecht]", "não temos escritório em [Porto]",
    "vi finns inte i [Malmö]", "vi har ikke kontor i [Bergen]", "nie mamy biura w [Łodzi]", "není v [Brně]",
]  # fmt: skip
STATED = [
    "not only in [Lyon]", "nicht nur in [Bern]", "pas seulement à [Lyon]", "no solo en [Madrid]", "non solo a [Milano]",
    "niet alleen in [Utrecht]", "não só em [Porto]", "inte bara i [Malmö]", "ikke bare i [Oslo]", "nie tylko w [Łodzi]",
    "don't miss: [Pastry Cook]", "No experience? Apply in [Berlin]", "Wir sind nicht in Hamburg, sondern in [Rostock]",
    "no experience needed, based in [Berlin]", "never a dull day in [Berlin]", "why not join us in [Leeds]",
    "No driving licence needed to work in [Leeds]", "ab 1. Mai in [Berlin]", "Wir suchen noch in [Berlin]",
    "Please do not hesitate to visit us in [Berlin]",
]  # fmt: skip


@pytest.mark.parametrize(("text", "denied"), [*((text, True) for text in DENIED), *((text, False) for text in STATED)])
def test_what_is_denied(text: str, denied: bool) -> None:
    """A negation denies what it leads to, over verbs and names of offices, and nothing that it does not speak of."""
    plain, start, end = text.replace("[", "").replace("]", ""), text.index("["), text.index("]") - 1
    assert is_denied(plain, start, end) is denied
