"""How answers of a model are recorded and played back: what has to be equal, what is kept, and how it is written.

A request is answered from a cassette only if its body says the same as the recorded one. Headers are kept by allow-list, so that
no key gets into a file. Bodies are written as YAML and not as one line of JSON: a change of a prompt can be read in a diff.
"""

from __future__ import annotations

import json
from typing import Any

import yaml

KEPT_HEADERS = frozenset({"content-type"})
MATCHED = ("method", "scheme", "host", "port", "path", "json_body")
Json = dict[str, Any]


def vcr_options() -> Json:
    """The options of vcrpy, for the fixture ``vcr_config``."""
    return {
        "match_on": list(MATCHED),
        "decode_compressed_response": True,
        "before_record_request": _kept_request,
        "before_record_response": _kept_response,
    }


def register(vcr: Any) -> None:
    """Teaches vcrpy the matcher and the way in which cassettes are written."""
    vcr.register_matcher("json_body", same_body)
    vcr.register_serializer("yaml", ReadableYaml)


def same_body(sent: Any, recorded: Any) -> None:
    """AssertionError where the bodies of two requests, read as JSON, are not equal; it names the keys that differ."""
    left, right = json.loads(sent.body), json.loads(recorded.body)
    if left != right:
        differing = sorted(key for key in left.keys() | right.keys() if left.get(key) != right.get(key))
        raise AssertionError(f"not as recorded: {', '.join(differing)}")


def _kept_request(request: Any) -> Any:
    request.headers = {name: value for name, value in request.headers.items() if name.lower() in KEPT_HEADERS}
    return request


def _kept_response(response: Json) -> Json:
    headers = {name: value for name, value in response["headers"].items() if name.lower() in KEPT_HEADERS}
    return {**response, "headers": headers}


class ReadableYaml:
    """A serializer of vcrpy: JSON bodies as YAML, texts of several lines as such."""

    @staticmethod
    def serialize(cassette: Json) -> str:
        """The cassette as YAML."""
        interactions = [
            {
                "request": {**each["request"], "body": json.loads(each["request"]["body"])},
                "response": {**each["response"], "body": _without_timings(json.loads(each["response"]["body"]["string"]))},
            }
            for each in cassette["interactions"]
        ]
        document = {**cassette, "interactions": interactions}
        return yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=130)

    @staticmethod
    def deserialize(text: str) -> Json:
        """The cassette as vcrpy has it: bodies as text."""
        cassette: Json = yaml.safe_load(text)
        interactions = [
            {
                "request": {**each["request"], "body": json.dumps(each["request"]["body"])},
                "response": {**each["response"], "body": {"string": json.dumps(each["response"]["body"])}},
            }
            for each in cassette["interactions"]
        ]
        return {**cassette, "interactions": interactions}


def _without_timings(body: Json) -> Json:
    """The body without llama.cpp's milliseconds, which nobody reads and which would differ in each recording."""
    return {name: value for name, value in body.items() if name != "timings"}


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, and nothing by reference."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002  # the signature is that of the base
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)
