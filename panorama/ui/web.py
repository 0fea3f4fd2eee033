"""What stands around Streamlit on the wire: headers on every answer, files for their own session, health and readiness."""

from __future__ import annotations

import logging
import socket
from asyncio import AbstractEventLoop, Transport, get_running_loop
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager, suppress
from functools import cache
from importlib import import_module
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import parse_qs

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.runtime.pages_manager import PagesManager

from panorama.access.actor import local_actor
from panorama.errors import PanoramaError
from panorama.settings import Settings
from panorama.store.audit import write_waiting
from panorama.ui.dashboard import refuse_unready
from panorama.ui.media import Media
from panorama.ui.visit import door

if TYPE_CHECKING:
    from panorama.store.report import DropReport

_HEADERS: Final = (
    # Streamlit's own scripts need inline and eval; everything else comes from this server only.
    (
        b"content-security-policy",
        b"default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)


class AtOnce:
    """Has what a session is told leave without delay, and what is told in one breath leave together.

    The system otherwise holds a small message back until the one before is acknowledged: 40 ms on Linux, 200 on Windows,
    at each page. Event loops prevent that, but not on sockets that were bound for them. A page is some hundred messages,
    and to hand each to the system by itself takes longer than to make it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            protocol: Any = getattr(send, "__self__", None)
            transport = getattr(protocol, "transport", None)
            carrier = transport.get_extra_info("socket") if transport is not None else None
            if carrier is not None:
                carrier.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                protocol.transport = _Together(cast(Transport, transport), get_running_loop())
        await self.app(scope, receive, send)


class _Together:
    """A transport that writes what it was given once nothing more has come for a few turns of the event loop."""

    def __init__(self, transport: Transport, loop: AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []
        self._quiet = 0

    def write(self, data: bytes) -> None:
        if not self._held:
            self._loop.call_soon(self._look)
        self._held.append(data)
        self._quiet = 0

    def close(self) -> None:
        self._write()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def _look(self) -> None:
        self._quiet += 1
        if self._quiet > _QUIET_TURNS:
            self._write()
        else:
            self._loop.call_soon(self._look)

    def _write(self) -> None:
        if self._held:
            self._transport.write(b"".join(self._held))
            self._held.clear()


_QUIET_TURNS: Final = 4
"""Streamlit takes two turns from one message to the next."""


class Headers:
    """Adds the security headers; files for download are never kept by a browser or proxy."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        private = scope["path"].startswith("/media/")

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(message, private)
            await send(message)

        await self.app(scope, receive, with_headers)


class Tongue:
    """Says in the page itself in which language it is: screen readers choose their voice by it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_page(scope) or _asked_in(scope) == "en":
            await self.app(scope, receive, send)
            return
        # A page is 8 KB: it goes out as it is, so that its first tag can be read.
        plain = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]}

        async def in_chinese(message: Message) -> None:
            # As long as what it replaces: no header that counts bytes goes wrong.
            if message["type"] == "http.response.body":
                message["body"] = message.get("body", b"").replace(b'<html lang="en"', b'<html lang="zh"', 1)
            await send(message)

        await self.app(plain, receive, in_chinese)


def _is_page(scope: Scope) -> bool:
    path = scope["path"]
    return "." not in path.rpartition("/")[2] and not path.startswith(("/_stcore", "/static", "/media", "/component"))


def _asked_in(scope: Scope) -> str:
    named: list[str] = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [])
    return named[-1] if named else Settings().language


def _add(message: MutableMapping[str, Any], private: bool) -> None:
    headers = list(message.get("headers", []))
    headers.extend(_HEADERS)
    if private:
        headers = [pair for pair in headers if pair[0].lower() != b"cache-control"]
        headers.append((b"cache-control", b"private, no-store"))
    message["headers"] = headers


async def _healthy(_: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


async def _ready(_: Request) -> PlainTextResponse:
    try:
        door().current_id()
    except PanoramaError as fault:
        return PlainTextResponse(fault.text.en, status_code=503)
    return PlainTextResponse("ok")


@asynccontextmanager
async def LIFESPAN(_: Any) -> AsyncIterator[dict[str, Any]]:
    """Before the first request: pages come from app.py's navigation only, never from the folder by themselves.

    Without this a direct address on a fresh server would be answered before app.py has run once.
    """
    settings = Settings()
    refuse_unready(settings)
    PagesManager.uses_pages_directory = False
    # Looked through option by option six times at each run of a page: a tenth of its time, for what never changes.
    config.get_options_for_section = cache(config.get_options_for_section)
    stop = Event()
    Thread(target=_ahead, name="ahead", daemon=True).start()
    if settings.watch:
        Thread(target=_watching, args=(settings, stop), name="inbox", daemon=True).start()
    Thread(target=_settling, args=(settings, stop), name="answers", daemon=True).start()
    Thread(target=_comparing, args=(stop,), name="since", daemon=True).start()
    yield {}
    stop.set()
    with suppress(PanoramaError):
        write_waiting()


_FIRST_PAGE: Final = (
    "streamlit.emojis",
    "numpy",
    "panorama.charts.evidence",
    "panorama.charts.overview",
    "panorama.ui.since",
)


def _ahead() -> None:
    """Loads what the first page will need, while the browser that asks for it is still loading itself."""
    for name in _FIRST_PAGE:
        import_module(name)
    with suppress(PanoramaError):
        door().snapshot()


# What takes files in and builds snapshots is loaded once the first page had time to be served: it would wait for that.
_FIRST_PAGE_SECONDS: Final = 3.0


def _watching(settings: Settings, stop: Event) -> None:
    """The inbox, until `stop` is set."""
    stop.wait(_FIRST_PAGE_SECONDS)
    from panorama.store.inbox import Inbox, watch

    watch(Inbox(settings.inbox_folder, settings, local_actor()), stop, _log)


def _settling(settings: Settings, stop: Event) -> None:
    """Answers that wait for a snapshot, until `stop` is set."""
    stop.wait(_FIRST_PAGE_SECONDS)
    from panorama.store.settle import settling

    settling(settings, local_actor(), stop, _log)


def _comparing(stop: Event) -> None:
    """Holds each new snapshot against the one before as it comes, until `stop` is set."""
    stop.wait(_FIRST_PAGE_SECONDS)
    # What Streamlit loads at the first table, which the first page has none of.
    import_module("pandas")
    from panorama.ui.since import ahead

    seen = None
    while not stop.wait(1.0):
        with suppress(PanoramaError):
            current = door().current_id()
            if current != seen:
                seen = current
                ahead()


def _log(told: DropReport | PanoramaError) -> None:
    """Faults of the watch, for the administrator; drops tell of themselves on the page."""
    if isinstance(told, PanoramaError):
        logging.getLogger("panorama").warning(told.text.zh)


MIDDLEWARE: Final = [Middleware(AtOnce), Middleware(Headers), Middleware(Media), Middleware(Tongue)]
ROUTES: Final = [Route("/healthz", _healthy), Route("/readyz", _ready)]
