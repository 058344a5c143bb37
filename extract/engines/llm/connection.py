"""The connection to an endpoint: one pool for all threads, who we are to it, and bounds on what it may send and for how long.

Proxies of the environment hold, since nothing stands in the place of httpx2's own transports: the bounds are hooks.
"""

from __future__ import annotations

import time
import zlib
from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import partial
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx2
import openai

from extract.errors import AccessDenied, SettingsError
from extract.result import Usage
from extract.settings import OPENAI, Settings

MOST_BYTES = 16 * 1024 * 1024
"""An answer that is longer is none, compressed or not: what a model may write is a thousandth of that."""
_PIECE = 2**20  # bytes that are unpacked at once: a thousandth of them may stand for all
LONGEST_CONNECT = 10.0
SHORTEST_SECRET = 8
"""Characters of a secret that is looked for in messages; a shorter one would be found in the middle of words."""


def secrets(settings: Settings) -> tuple[str, ...]:
    """What no message may show: the key, and what the address tells nobody else: a password or token, the values of its query."""
    address = urlsplit(settings.base_url)
    login = address.username if address.password is None else address.password  # a token may stand alone
    query = (value for name, value in parse_qsl(address.query) if not name.endswith("version"))  # Azure's: worth being told
    found = {settings.api_key.get_secret_value().strip(), login or "", unquote(login or ""), *query}
    return tuple(sorted((secret for secret in found if len(secret) >= SHORTEST_SECRET), key=len, reverse=True))


def connected(settings: Settings, given: httpx2.Client | None, *, most_bytes: int = MOST_BYTES) -> openai.OpenAI:
    """The SDK's client, without retries of its own. User and password of the address go out as basic authentication.

    An answer longer than ``most_bytes`` is none.
    """
    address = urlsplit(settings.base_url or OPENAI)
    http = given or httpx2.Client(limits=_pool(settings), follow_redirects=False)
    hooks = http.event_hooks
    if _start_clock not in hooks["request"]:  # a client that was given may come again
        http.event_hooks = {
            "request": [*hooks["request"], _start_clock],
            "response": [*hooks["response"], partial(_bound_answer, most_bytes=most_bytes)],
        }
    headers = {}
    if address.username is not None:
        pair = f"{unquote(address.username)}:{unquote(address.password or '')}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    try:
        return openai.OpenAI(
            api_key=_key(settings),
            base_url=settings.endpoint,
            default_headers=headers,
            default_query=dict(parse_qsl(address.query)),
            max_retries=0,
            http_client=http,
        )
    except httpx2.InvalidURL as error:
        raise SettingsError(f"OPENAI_BASE_URL: {error}") from error


def _key(settings: Settings) -> str:
    """The key as a header can carry it; endpoints of one's own need none, and the SDK insists on one."""
    key = settings.api_key.get_secret_value().strip()
    if not key and urlsplit(settings.endpoint).hostname == urlsplit(OPENAI).hostname:
        raise AccessDenied("there is no key: set OPENAI_API_KEY", usage=Usage())
    if not (key.isascii() and key.isprintable()):
        raise AccessDenied("the key holds characters that no key has: set OPENAI_API_KEY again", usage=Usage())
    return key or "none"


def _pool(settings: Settings) -> httpx2.Limits:
    return httpx2.Limits(max_connections=settings.concurrency, max_keepalive_connections=settings.concurrency)


def timeouts(seconds: float) -> httpx2.Timeout:
    """The time-outs of an attempt that may take so long; an address that does not connect is given up earlier."""
    return httpx2.Timeout(seconds, connect=min(seconds, LONGEST_CONNECT))


def _start_clock(request: httpx2.Request) -> None:
    """Notes until when the answer has to be complete: the time-outs of the client begin anew with every byte."""
    request.headers["accept-encoding"] = "gzip, deflate"  # those that are unpacked here
    request.extensions["until"] = time.monotonic() + request.extensions["timeout"]["read"]


def _bound_answer(response: httpx2.Response, *, most_bytes: int) -> None:
    """Has the body read within the time of the request, and not beyond so many bytes."""
    if isinstance(response.stream, httpx2.SyncByteStream):
        encoding = response.headers.pop("content-encoding", "identity")  # the client would unpack without bounds
        response.stream = _Bounded(response.stream, response.request, encoding=encoding.strip().lower(), most_bytes=most_bytes)


class _Bounded(httpx2.SyncByteStream):
    """The bytes of another stream, unpacked, as long as there is time and they are not too many."""

    def __init__(self, stream: httpx2.SyncByteStream, request: httpx2.Request, *, encoding: str, most_bytes: int) -> None:
        self._stream = stream
        self._request = request
        self._encoding = encoding
        self._most_bytes = most_bytes

    def __iter__(self) -> Iterator[bytes]:
        sent = self._within_bounds(self._stream)  # also of a stream that unpacks to nothing
        yield from sent if self._encoding == "identity" else self._within_bounds(self._unpacked(sent))

    def _within_bounds(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        size = 0
        for chunk in chunks:
            size += len(chunk)
            if size > self._most_bytes:
                raise httpx2.RemoteProtocolError(f"the answer is longer than {self._most_bytes:,} bytes", request=self._request)
            if time.monotonic() > self._request.extensions["until"]:
                raise httpx2.ReadTimeout("the answer took too long", request=self._request)
            yield chunk

    def _unpacked(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        if self._encoding not in {"gzip", "deflate"}:
            raise httpx2.DecodingError(f"the answer is packed as {self._encoding[:20]!r}", request=self._request)
        unpacking = zlib.decompressobj(wbits=32 + zlib.MAX_WBITS)  # of both kinds
        try:
            for chunk in chunks:
                piece = unpacking.decompress(chunk, _PIECE)
                while piece:
                    yield piece
                    piece = unpacking.decompress(unpacking.unconsumed_tail, _PIECE)
        except zlib.error as error:
            raise httpx2.DecodingError(str(error), request=self._request) from error

    def close(self) -> None:
        self._stream.close()
