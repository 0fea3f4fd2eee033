"""Files made for one session are handed to nobody else: who asks is asked again at each request for /media/."""

from __future__ import annotations

import json
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config
from streamlit.runtime import get_instance
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

from panorama.access.actor import Actor
from panorama.access.sign_in import SECRET_HEADER, Identity, of_claims, of_headers, unready
from panorama.settings import Settings
from panorama.store.audit import Entry, kept_at_once
from panorama.store.clock import now
from panorama.store.people import standing
from panorama.text import Text
from panorama.ui.download import owner
from panorama.ui.secrets import cookie_secret
from panorama.ui.visit import door

_REFUSED: Final = Text(
    "这个文件不是为您现在的登录生成的，或登录已结束。请打开页面重新下载。",
    "This file was not made for your session, or the session is over. Open the page and download it again.",
)


class Media:
    """Lets through to /media/ only whom the file was made for, while that session runs. Where nobody signs in: everybody."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = _file_asked_for(scope)
        if asked is None or await run_in_threadpool(_let_through, asked, Request(scope)):
            await self.app(scope, receive, send)
            return
        told = f"{_REFUSED.zh}\n{_REFUSED.en}\n"
        await PlainTextResponse(told, status_code=403)(scope, receive, send)


def _file_asked_for(scope: Scope) -> str | None:
    """The file's name in the address; None for any other address."""
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    start = f"/{base}/media/" if base else "/media/"
    if scope["type"] != "http" or not scope["path"].startswith(start):
        return None
    return str(scope["path"].removeprefix(start))


def _let_through(asked: str, request: Request) -> bool:
    settings = door().settings
    if settings.sign_in not in ("proxy", "oidc"):
        return True
    # A file that there is none of is refused alike: nobody learns which there are.
    file = get_instance().media_file_mgr.read_file(asked)
    if file is None:
        return False
    who = None if unready(settings, cookie_secret()) else _named(request, settings)
    if who is None:
        return False
    session = owner(file.filename or "")
    running = (
        None if session is None else door().while_unchanged("people", lambda: standing(settings)).sessions.get(session)
    )
    if running is not None and running.login == who.login and running.expires_at > now():
        return True
    kept_at_once(Entry(Actor(who.name, "—", login=who.login), "forbidden", "media"), settings)
    return False


def _named(request: Request, settings: Settings) -> Identity | None:
    """Whom the request's own headers or cookie name, as pages read them."""
    if settings.sign_in == "proxy":
        headers = Headers(scope=request.scope)
        names = (SECRET_HEADER, settings.proxy_user, settings.proxy_name)
        return of_headers({name.lower(): headers.getlist(name) for name in names}, settings)
    return of_claims(_claims(request), settings)


def _claims(request: Request) -> dict[str, Any]:
    """What the provider said, from the cookie that Streamlit signed; nothing where it is none of ours.

    Whose page leads to a file does not matter here: it comes to whoever holds the cookie, and to no page of another's.
    """
    signed = _get_signed_cookie_with_chunks(request.cookies, USER_COOKIE_NAME)
    try:
        found = json.loads(signed or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
