"""The connection to an endpoint: one pool for all threads, who we are to it, and bounds on what it may send and for how long.

Proxies of the environment hold, since nothing stands in the place of httpx2's own transports: the bounds are hooks.
"""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx2
import openai

from extract.errors import AccessDenied
from extract.result import Usage
from extract.settings import OPENAI, Settings

MOST_BYTES = 16 * 1024 * 1024
"""An answer that is longer is none: what a model may write is a thousandth of that."""
LONGEST_CONNECT = 10.0


def secrets(settings: Settings) -> tuple[str, ...]:
    """What no message may show: the key, and the password in the address."""
    key = settings.api_key.get_secret_value().strip()
    password = urlsplit(settings.base_url).password or ""
    return tuple(sorted({secret for secret in (key, password, unquote(password)) if secret}, key=len, reverse=True))


def connected(settings: Settings, given: httpx2.Client | None) -> openai.OpenAI:
    """The SDK's client, without retries of its own. User and password of the address go out as basic authentication."""
    address = urlsplit(settings.base_url or OPENAI)
    http = given or httpx2.Client(limits=_pool(settings), follow_redirects=False)
    hooks = http.event_hooks
    if _start_clock not in hooks["request"]:  # a client that was given may come again
        http.event_hooks = {"request": [*hooks["request"], _start_clock], "response": [*hooks["response"], _bound_answer]}
    headers = {}
    if address.username is not None:
        pair = f"{unquote(address.username)}:{unquote(address.password or '')}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    return openai.OpenAI(
        api_key=_key(settings),
        base_url=settings.endpoint,
        default_headers=headers,
        default_query=dict(parse_qsl(address.query)),
        max_retries=0,
        http_client=http,
    )


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
    request.extensions["until"] = time.monotonic() + request.extensions["timeout"]["read"]


def _bound_answer(response: httpx2.Response) -> None:
    """Has the body read within the time of the request, and not beyond MOST_BYTES."""
    if isinstance(response.stream, httpx2.SyncByteStream):
        response.stream = _Bounded(response.stream, response.request)


class _Bounded(httpx2.SyncByteStream):
    """The bytes of another stream, as long as there is time and they are not too many."""

    def __init__(self, stream: httpx2.SyncByteStream, request: httpx2.Request) -> None:
        self._stream = stream
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._stream:
            size += len(chunk)
            if size > MOST_BYTES:
                raise httpx2.RemoteProtocolError(f"the answer is longer than {MOST_BYTES:,} bytes", request=self._request)
            if time.monotonic() > self._request.extensions["until"]:
                raise httpx2.ReadTimeout("the answer took too long", request=self._request)
            yield chunk

    def close(self) -> None:
        self._stream.close()
