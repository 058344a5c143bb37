"""Segments: lost separators, headings, fields, items and sentences, found in the same way for all formats."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.cleaning.characters import INVISIBLE
from extract.cleaning.document import Block, Edit, Kind, MappedText, Segment
from extract.cleaning.headings import field_key, heading_section, is_heading
from extract.cleaning.segments import build_segments, segment_blocks
from extract.cleaning.sentences import sentence_starts
from extract.cleaning.separators import lost_separators

INVISIBLE_OR_BLANK = re.compile(rf"[\s{INVISIBLE}]*")
H, L, S, F = Kind.HEADING, Kind.ITEM, Kind.SENTENCE, Kind.FIELD  # L: of a list


def segments_of(text: str, kind: Kind = S) -> tuple[Segment, ...]:
    return build_segments([Block(MappedText.of(text), kind)])


def shapes_of(text: str, kind: Kind = S) -> list[tuple[Kind, str]]:
    return [(segment.kind, segment.text) for segment in segments_of(text, kind)]


def pieces_of(text: str) -> list[str]:
    edges = [0, *(cut.at for cut in lost_separators(text)), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Full\u00a0\u00a0time\u2028or\tpart\n\ntime ", "Full time or part time"),
        ("\ufeffsoft\u00adware\u200b team\u200d", "software team"),
        ("bidi \u202etext\u202c and \u2066marks\u2069", "bidi text and marks"),
        ("bell\x07 and \x9fcontrols", "bell and controls"),
        ("a \u200b b", "a b"),
    ],
)
def test_white_space_is_folded_and_the_invisible_deleted(text: str, expected: str) -> None:
    """A run of blanks of any kind is one blank; characters that nobody sees are gone."""
    assert [segment.text for segment in segments_of(text)] == [expected]


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b", "-----", "• ", "* * *", "_____ =====", "…"])
def test_blocks_without_a_word_are_dropped(text: str) -> None:
    """Rules, lone bullets and blanks make no segment."""
    assert segments_of(text) == ()


@pytest.mark.parametrize(
    "pieces",
    [
        ["support our functionalities.", "Our internships are long"],
        ["(PhD) Responsibilities", "Research on design"],
        ["ECCV et ACL.", "Ce stage a une durée"],
        ["de Lyon (07).", "Directement rattaché au chef"],
        ["custom hardware", "Minimum Qualifications", "Currently has a degree"],
        ["during employment", "2+ years of research"],
        ["month + benefits", "Individual compensation is set"],
        ["expérience demandée", "Description du poste", "Vous serez"],
        ["efficient algorithms", "Research on novel methods"],
        ["algorithms (ML and non-ML)", "Collaboration with others"],
        ["notre équipe DevOps", "Tu es autonome"],
        ["un peu de Hadoop", "Une maîtrise du cloud"],
        ["lean back!", "Apply now?", "Yes"],
        ["with your friends.", "3 weeks of vacation"],
        ["la carte de l'entreprise", "50% des frais"],
        ["write to jobs@acme.example.com", "We are here"],
        ["see #URL_ab12#", "Our team grows"],
        ["fluent in MySQL", "Experience with clouds"],
        ["the pay range", "$64,000 a year"],
        ["Contrat : CDI", "Date de démarrage : mai"],
        ["WHO WE ARE LOOKING FOR", "We are many"],
    ],
    ids=lambda pieces: pieces[0],
)
def test_lost_separators_come_apart(pieces: list[str]) -> None:
    """Texts that were glued without a blank come apart where they met."""
    assert pieces_of("".join(pieces)) == pieces


@pytest.mark.parametrize(
    "text",
    [
        "PyTorch, GitHub, NeurIPS, iOS, C++/C#, Node.js, e.g. MSc/PhD in the U.S.A.",
        "McDonald and LinkedIn, JavaScript, DevOps, YouTube, eBay, PostgreSQL, TinyML, LLMs",
        "GmbH, kWh, PhD, Ph.D., www.Example.com, ASP.NET, v2.3.1, Python3.11, Web3, 3D, B2B",
        "https://www.Foo.example/BarBaz?aB=Cd and First.Last@Acme.Example.com or #URL_ab12CdE4#",
        "Mitarbeiter:innen, MitarbeiterInnen, Kund*innen und Kolleg:Innen",
        "use getElementById, openFrameworks and more",
        "the people at MarketInvoice are kind",
        "z.B. Dr.Oetker, St.Gallen, J.P.Morgan",
        "salarié•e•s et motivé·e·s",
        "accommodations-ext@fb.com. $7,500 a month",
        "at 10:30 with a ratio of 16:9 and AC/DC",
        ".Join us :)",
        ")APPLY NOW.",
    ],
)
def test_names_and_abbreviations_stay_whole(text: str) -> None:
    """Capitals, dots and colons inside names, addresses and abbreviations are no lost separators."""
    assert pieces_of(text) == [text]


def test_a_glued_posting_comes_apart_into_title_heading_and_items() -> None:
    """A title before a heading word is one heading with it; what follows without a sentence end is one list a heading."""
    text = (
        "You join our lab.Our visits take all year.AI Scientist Intern, Vision (PhD) ResponsibilitiesResearch on small models"
        "Support of other teams (ML and non-ML)Building of custom hardwareMinimum QualificationsCurrently has a degree"
        "2+ years of PythonInterpersonal skills: cross-group workPreferred QualificationsExperience in audioExperience w/ video"
        "Intent to return to school. If you live abroad, click here."
    )
    segments = segments_of(text)
    assert [(segment.kind, segment.list, segment.text) for segment in segments] == [
        (S, None, "You join our lab."),
        (S, None, "Our visits take all year."),
        (H, None, "AI Scientist Intern, Vision (PhD) Responsibilities"),
        (L, 0, "Research on small models"),
        (L, 0, "Support of other teams (ML and non-ML)"),
        (L, 0, "Building of custom hardware"),
        (H, None, "Minimum Qualifications"),
        (L, 1, "Currently has a degree"),
        (L, 1, "2+ years of Python"),
        (L, 1, "Interpersonal skills: cross-group work"),
        (H, None, "Preferred Qualifications"),
        (L, 2, "Experience in audio"),
        (L, 2, "Experience w/ video"),
        (L, 2, "Intent to return to school."),
        (S, None, "If you live abroad, click here."),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We give support.• foo • bar", [(S, "We give support."), (L, "foo"), (L, "bar")]),
        ("Nos actions ;- Monter ;- Suivre", [(S, "Nos actions ;"), (L, "Monter ;"), (L, "Suivre")]),
        ("We offer: - free lunch - a bicycle", [(H, "We offer:"), (L, "free lunch"), (L, "a bicycle")]),
        ("1. Write tests. 2. Run them", [(L, "Write tests."), (L, "Run them")]),
        ("-Gérer les stocks", [(L, "Gérer les stocks")]),
        ("✅ Free lunch", [(L, "Free lunch")]),
        ("🚀 Vos missions", [(H, "Vos missions")]),
        ("📍 Location: Paris", [(F, "Location: Paris")]),
        ("## Benefits", [(H, "Benefits")]),
        ("-5 °C outside", [(S, "-5 °C outside")]),
        ("1. Januar 2027 geht es los", [(S, "1. Januar 2027 geht es los")]),
    ],
)
def test_marks_make_items_and_headings(text: str, expected: list[tuple[Kind, str]]) -> None:
    """Bullets, numbers and hashes are read and left out, at the start of a text and inside it."""
    assert shapes_of(text) == expected


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("RESPONSIBILITIES:", "responsibilities"),
        ("What you’ll do", "responsibilities"),
        ("Votre profil (H/F) :", "qualifications"),
        ("3. Your Profile", "qualifications"),
        ("✨ Wir bieten", "benefits"),
        ("Requisitos mínimos", "qualifications"),
        ("Your key responsibilities", "responsibilities"),
        ("Skills & Experience", "qualifications"),
        ("About Acme Robotics", "company"),
        ("What we offer you at Acme", "benefits"),
        ("We build responsibilities for people", None),
        ("Experience with Python", None),
        ("Zurich", None),
    ],
)
def test_headings_have_a_section(text: str, section: str | None) -> None:
    """The vocabulary is compared without case, accents, numbers, emoji, parentheses and what leads in or follows."""
    assert heading_section(text) == section


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("Ihr Profil", True),
        ("WHO WE ARE", True),
        ("As our engineer you will:", True),
        ("Data Analyst Responsibilities", True),
        ("SQL", False),
        ("We are kind people.", False),
        ("Senior Data Engineer (m/w/d)", False),
        ("we are all responsible for our own responsibilities", False),
    ],
)
def test_headings_are_known_by_words_and_shape(text: str, *, heading: bool) -> None:
    """Known words, capitals throughout, a colon at the end, or title case that ends with a heading word."""
    assert is_heading(text) is heading
    assert (shapes_of(text)[0][0] is H) is heading


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("Location: Zurich", "Location", "Zurich"),
        ("Type de contrat : CDI", "Type de contrat", "CDI"),
        ("Salaire :35k", "Salaire", "35k"),
        ("Team size: 5", "Team size", "5"),
        ("APPLICATION DEADLINE:   20 January 2004", "APPLICATION DEADLINE", "20 January 2004"),
    ],
)
def test_fields_have_a_key_and_a_value(text: str, key: str, value: str) -> None:
    """A short name with a colon and what it states are a field; both can be read off the segment."""
    (segment,) = segments_of(text)
    assert (segment.kind, segment.key, segment.text[segment.value_start :]) == (F, key, value)


@pytest.mark.parametrize(
    "text", ["https://acme.example/jobs", "Open 10:30 to 12:00", "we said: yes", "We do three very different things here: this"]
)
def test_other_colons_make_no_field(text: str) -> None:
    """URLs, times and sentences with a colon are no fields."""
    assert field_key(text) is None
    assert [kind for kind, _ in shapes_of(text)] == [S]


def test_a_key_with_prose_is_a_heading() -> None:
    """A known heading whose text follows on the same line becomes a heading and a paragraph."""
    text = "JOB DESCRIPTION:   Public outreach and care for a growing network of people and firms. You travel."
    assert shapes_of(text) == [
        (H, "JOB DESCRIPTION:"),
        (S, "Public outreach and care for a growing network of people and firms."),
        (S, "You travel."),
    ]


@pytest.mark.parametrize(
    "sentences",
    [
        ["We use e.g. Python, i.e. Go.", "Dr. Smith leads."],
        ["You hold a Ph.D. in CS.", "Work in the U.S. and Canada."],
        ["Is it?", "Yes!", "“Join us.”", "(Really.)"],
        ["Wir suchen z. B. Köche, d. h. Leute mit ca. 5 Jahren.", "Am 1. Januar geht es los."],
        ["Demandez M. Dupont ou Mme. Durand.", "Voir art. 5 du code."],
        ["La Sra. López, aprox. 5 años.", "¿Quieres?", "¡Sí!"],
        ["You know C.", "You like Go."],
        ["Bring snacks, etc.", "Then go."],
        ["It pays 7.5.", "$5 more."],
    ],
    ids=lambda sentences: sentences[0],
)
def test_paragraphs_are_cut_into_sentences(sentences: list[str]) -> None:
    """Sentences end where they end in English, French, German and Spanish, not at abbreviations."""
    text = " ".join(sentences)
    edges = [0, *sentence_starts(text), len(text)]
    assert [text[start:end].strip() for start, end in pairwise(edges)] == sentences


def test_sentences_of_a_paragraph_share_a_block() -> None:
    """Blocks are numbered in order; the sentences of one paragraph have the same number."""
    body = [Block(MappedText.of("One is. Two is.")), Block(MappedText.of("Three is."))]
    assert [(segment.number, segment.block) for segment in build_segments(body)] == [(0, 0), (1, 0), (2, 1)]


def test_lists_are_numbered_and_end_at_other_blocks() -> None:
    """Items that follow each other are one list; any other block ends it, even an empty one."""
    kinds = [(L, "a a"), (L, "b b"), (S, "Text."), (L, "c c"), (S, ""), (L, "d d")]
    built = build_segments(Block(MappedText.of(text), kind) for kind, text in kinds)
    assert [segment.list for segment in built] == [0, 0, None, 1, 2]


def test_level_and_fact_of_a_block_are_kept() -> None:
    """What the cleaner knows of a block stands on its segments; headings by shape have level 6."""
    blocks = [
        Block(MappedText.of("Tasks"), H, 2, part_of="JobPosting.description"),
        Block(MappedText.of("Write"), L, 3),
        Block(MappedText.of("OUR OFFICE")),
    ]
    built = build_segments(blocks)
    assert [(segment.kind, segment.level, segment.part_of) for segment in built] == [
        (H, 2, "JobPosting.description"),
        (L, 3, None),
        (H, 6, None),
    ]


def test_segments_lead_back_to_the_source() -> None:
    """Spans of segments survive edits of a cleaner before and of the segmenter after."""
    source = "R&amp;D  first.Our  team"
    body = MappedText.of(source).edit([Edit(1, 6, "&")])
    first, second = build_segments([Block(body)])
    assert (first.text, first.body.quote(source)) == ("R&D first.", "R&amp;D first.")
    assert "".join(source[span.start : span.end] for span in second.spans) == second.text == "Our team"


def test_steps_name_what_changed_something() -> None:
    """The steps of segmenting are reported only where they did something."""
    assert segment_blocks([Block(MappedText.of("Plain text"))]).steps == ()
    assert set(segment_blocks([Block(MappedText.of("A  b.Our c. We d."))]).steps) == {
        "segments:space",
        "segments:separators",
        "segments:sentences",
    }


_WORDS = st.sampled_from(
    [
        *"we build Responsibilities Minimum Qualifications Votre profil Ihr Profil About Acme Acme Location : ; . ! ?".split(),
        *"- • * # ## 1. a) o PyTorch JavaScript GmbH e.g. Dr. 5 years 2+ CDI DATE Research Experience Une Vous".split(),
        *"with models and (PhD) ) ( $5 50% … https://a.example/B x@y.example #URL_a1# ✅ 🚀".split(),
        *"WHO WE ARE benefits: Tasks & Skills".split(),
        *"« » ” 2024 What you’ll do É é --- || S’é".split(),
        "\u200b",
    ]
)
_GLUE = st.sampled_from(["", "", " ", " ", " ", "  ", "\u00a0", "\n", ": ", " - ", ". "])
_SOUP = st.lists(st.tuples(_WORDS, _GLUE), max_size=30).map(lambda parts: "".join(word + glue for word, glue in parts))


def marked(segments: tuple[Segment, ...]) -> list[tuple[Kind, str]]:
    return [(segment.kind if segment.kind in (H, L) else S, segment.text) for segment in segments]


@settings(max_examples=100)
@given(st.one_of(st.text(max_size=80), _SOUP), st.sampled_from(list(Kind)))
def test_segmenting_segments_changes_nothing(text: str, kind: Kind) -> None:
    """A segment that is segmented again, knowing only whether it is a heading or an item, stays as it is."""
    once = marked(segments_of(text, kind))
    again = build_segments(Block(MappedText.of(text), kind) for kind, text in once)
    assert marked(again) == once


@settings(max_examples=100)
@given(st.one_of(st.text(max_size=80), _SOUP), st.sampled_from(list(Kind)))
def test_segments_are_what_the_source_says(text: str, kind: Kind) -> None:
    """A segment is spelled as the source is, but for runs of blanks; segments stand in the order of the source."""
    built = segments_of(text, kind)
    for segment in built:
        assert segment.text == " ".join(segment.text.split()) != ""
        ends = [*(piece.at for piece in segment.body.pieces[1:]), len(segment.text)]
        for piece, end in zip(segment.body.pieces, ends, strict=True):
            written, read = text[piece.source.start : piece.source.end], segment.text[piece.at : end]
            assert written == read or (read == " " and INVISIBLE_OR_BLANK.fullmatch(written))
    starts = [span.start for segment in built for span in segment.spans]
    assert starts == sorted(starts)


@settings(max_examples=100)
@given(st.one_of(st.text(max_size=80), _SOUP), st.sampled_from(list(Kind)))
def test_no_word_is_lost(text: str, kind: Kind) -> None:
    """Every word of three letters or more comes out, in its order."""
    visible = re.sub(f"[{INVISIBLE}]", "", text)
    spelled = "".join("".join(segment.text.split()) for segment in segments_of(text, kind))
    at = 0
    for word in re.findall(r"[^\W\d_]{3,}", visible):
        at = spelled.find(word, at) + len(word)
        assert at >= len(word), word
