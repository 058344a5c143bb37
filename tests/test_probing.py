"""What the doctor finds out about an endpoint, and how it says it."""

from __future__ import annotations

import json

import pytest
from fault_server import FaultServer, Received, Step, chat_completion, serving

from extract.engines.llm.probing import Finding, Verdict, probe, usable
from extract.settings import Settings

KEY = "sk-never-to-be-seen"
MODELS = Step(body={"object": "list", "data": [{"id": "mine", "object": "model"}]})
STREAM = Step(
    headers={"content-type": "text/event-stream"},
    body="".join(
        f"data: {json.dumps(chunk)}\n\n"
        for chunk in (
            {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": []},
            {"id": "1", "choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}},
        )
    )
    + "data: [DONE]\n\n",
)
FITS = '{"blue": true}'

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])


def findings(server: FaultServer, model: str = "mine") -> list[Finding]:
    return list(probe(Settings(base_url=server.base_url, api_key=KEY, model=model)))


def verdicts(server: FaultServer, model: str = "mine") -> list[Verdict]:
    return [finding.verdict for finding in findings(server, model)]


def test_an_endpoint_that_can_do_all() -> None:
    """Six requests: the models, four ways to hold an answer to a schema, and a stream with its usage."""
    with serving([MODELS, Step(), Step(), Step(), Step(), STREAM], answer=FITS) as server:
        found = findings(server)
    assert [finding.verdict for finding in found] == [Verdict.YES] * 6
    assert [received.path.removeprefix("/v1") for received in server.requests] == [
        "/models",
        "/chat/completions",
        "/chat/completions",
        "/chat/completions",
        "/responses",
        "/chat/completions",
    ]
    strict, loose, mode, *_ = [received.json.get("response_format") for received in server.requests[1:]]
    assert (strict["json_schema"]["strict"], "strict" in loose["json_schema"], mode["type"]) == (True, False, "json_object")
    assert "mine among them" in found[0].detail
    assert "100 + 20 tokens" in found[1].detail
    assert "9 + 2 tokens" in found[5].detail


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("The sea is a mirror.", "no JSON"),
        ('{"poem": "The sea"}', "does not fit the schema"),
        ('{"blue": true, "poem": ""}', "does not fit the schema"),
    ],
)
def test_an_endpoint_that_ignores_the_schema_is_found_out(answer: str, told: str) -> None:
    """It answers 200 all the same, which is why the model is asked for something that does not fit."""
    with serving([MODELS, Step(), Step(), Step(), Step(), STREAM], answer=answer) as server:
        found = findings(server)
    assert [finding.verdict for finding in found[1:5]] == [Verdict.PARTLY] * 4
    assert told in found[1].detail


def test_a_refused_key_ends_it() -> None:
    """Nothing more is tried, and the key is not in what is said."""
    with serving([Step(status=401, body={"error": {"message": f"wrong {KEY}"}})]) as server:
        (found,) = findings(server)
    assert found.verdict is Verdict.NO
    assert KEY not in found.detail
    assert len(server.requests) == 1


def test_a_missing_key_ends_it() -> None:
    """Nothing leaves without one."""
    (found,) = probe(Settings(model="mine"))
    assert (found.verdict, "OPENAI_API_KEY" in found.detail) == (Verdict.NO, True)


@pytest.mark.parametrize("status", [307, 404, 405, 500, 501])
def test_an_endpoint_without_a_list_of_models_is_tried_all_the_same(status: int) -> None:
    """Not every endpoint has one: what counts is whether the model answers."""
    with serving([Step(status=status), Step(), Step(), Step(), Step(), STREAM], answer=FITS) as server:
        found = findings(server)
    assert [finding.verdict for finding in found] == [Verdict.NO, *[Verdict.YES] * 5]
    assert usable(found)


@pytest.mark.parametrize(
    "body", ["<html>", "", "data: 3\n\n", 'data: {"odd": 1}\n\n', 'data: {"choices": 1, "usage": {"prompt_tokens": 1}}\n\n']
)
def test_what_is_no_stream_does_not_stream(body: str) -> None:
    """Neither a page nor a stream of something else is a stream without usage."""
    odd = Step(body=body, headers={"content-type": "text/event-stream" if body.startswith("data") else "text/html"})
    with serving([MODELS, Step(), Step(), Step(), Step(), odd], answer=FITS) as server:
        streamed = findings(server)[5]
    assert (streamed.verdict, "no stream of chat completions" in streamed.detail) == (Verdict.NO, True)


def test_a_stream_without_usage_is_one_in_part() -> None:
    """It streams, and nobody knows what it took."""
    bare = Step(body='data: {"choices": []}\n\ndata: [DONE]\n\n', headers={"content-type": "text/event-stream"})
    with serving([MODELS, Step(), Step(), Step(), Step(), bare], answer=FITS) as server:
        assert findings(server)[5].verdict is Verdict.PARTLY


def test_an_endpoint_that_knows_one_interface_alone() -> None:
    """Answers of chat completions where a response was asked for are a no, and the other ways are a yes."""
    with serving([MODELS, Step(), Step(), Step(), Step(body=chat_completion(FITS)), STREAM], answer=FITS) as server:
        found = findings(server)
    assert [finding.verdict for finding in found] == [*[Verdict.YES] * 4, Verdict.NO, Verdict.YES]
    assert "no answer of the Responses API" in found[4].detail


@pytest.mark.parametrize(
    "body",
    ["<html>", "", "[]", '{"data": 3}', '{"data": [3, {"id": null}]}', "data: {no json\n\n", "data: 3\n\n", "\x00"],
    ids=["html", "nothing", "list", "number", "entries", "stream", "chunk", "control"],
)
def test_whatever_the_endpoint_answers_is_a_finding(body: str) -> None:
    """A page, a list, half a stream: each of the six requests is made, and none ends the doctor."""
    with serving(
        [Step(body=body, headers={"content-type": "text/event-stream" if "data:" in body else "text/html"})] * 6
    ) as server:
        found = findings(server)
    assert len(found) == len(server.requests) == 6
    assert Verdict.YES not in {finding.verdict for finding in found}
    assert not usable(found)


def test_names_of_models_are_shown_without_control_characters() -> None:
    """A terminal would do what they say."""
    named = Step(body={"data": [{"id": "evil\x1b[31m"}]})
    with serving([named, Step(), Step(), Step(), Step(), STREAM], answer=FITS) as server:
        assert findings(server)[0].detail == "1 models, but not mine: evil [31m"


def test_a_list_of_models_alone_is_no_use() -> None:
    """What counts is whether the model can be asked."""
    with serving([MODELS, *[Step(status=400)] * 5]) as server:
        found = findings(server)
    assert found[0].verdict is Verdict.YES
    assert not usable(found)


def test_what_the_endpoint_lacks_is_said_for_each_way() -> None:
    """A way that is refused is a no, and the others are tried."""
    lacking = Step(status=400, body={"error": {"message": "response_format json_schema is not supported"}})
    with serving([MODELS, lacking, lacking, Step(), Step(status=404), STREAM], answer=FITS) as server:
        assert verdicts(server) == [Verdict.YES, Verdict.NO, Verdict.NO, Verdict.YES, Verdict.NO, Verdict.YES]


def test_a_model_that_is_not_listed_is_said() -> None:
    """With the names that there are."""
    with serving([MODELS, Step(), Step(), Step(), Step(), STREAM], answer=FITS) as server:
        listed = findings(server, "other")[0]
    assert (listed.verdict, "not other: mine" in listed.detail) == (Verdict.PARTLY, True)


def test_an_answer_that_is_cut_off_or_refused_is_no_yes() -> None:
    """The reason is in the detail; a stream without usage is one too."""
    cut = Step(body=chat_completion("{", finish_reason="length"))
    with serving([MODELS, cut, Step(), Step(), Step(), Step(body="data: [DONE]\n\n")], answer=FITS) as server:
        found = findings(server)
    assert (found[1].verdict, "length" in found[1].detail) == (Verdict.PARTLY, True)
    assert found[5].verdict is not Verdict.YES


def test_the_question_is_small() -> None:
    """A probe costs next to nothing: no document, a schema of one field, and a bound on the answer."""
    with serving([MODELS, Step(), Step(), Step(), Step(), STREAM], answer=FITS) as server:
        findings(server)

    def room(received: Received) -> int:
        body = received.json
        return int(body.get("max_tokens") or body.get("max_completion_tokens") or body.get("max_output_tokens"))

    assert all(len(received.body) < 800 and room(received) <= 512 for received in server.requests[1:])
