"""Who is at the door: what a proxy's headers or a provider's claims say of a person, and what must be set before either counts."""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote

from panorama.access.roles import GIVEN
from panorama.settings import Settings
from panorama.text import Text

SECRET_HEADER: Final = "X-Panorama-Secret"
SHORTEST: Final = 32
"""Characters of a secret; 16 random bytes as hexadecimal digits are so many."""
_FEWEST: Final = 8
"""Different characters of a secret: fewer are a key held down."""
_USUAL: Final = ("secret", "changeme", "change-me", "password", "default", "panorama", "example", "abcdef", "123456")
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as sign-in tells of him or her. login: folded. since: when the provider looked, naive UTC; None: just now.

    role, unit_code, office: as the provider's claims map to them; empty where a person's grant alone says so.
    """

    login: str
    name: str
    role: str = ""
    unit_code: str = ""
    office: str = ""
    since: datetime | None = None


def folded(login: str) -> str:
    """One writing of a login: width, case and spaces around it tell no two people apart."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def of_headers(headers: Mapping[str, Sequence[str]], settings: Settings) -> Identity | None:
    """Whom the proxy names; None where it is not the proxy that speaks. headers: lower-case name → every value that came.

    A header that came twice is nobody's: one of the two may be the visitor's own.
    """
    secret = settings.proxy_secret.get_secret_value()
    given = _only(headers, SECRET_HEADER)
    if weak(secret) or not hmac.compare_digest(given.encode(), secret.encode()):
        return None
    login = folded(_only(headers, settings.proxy_user))
    name = unquote(_only(headers, settings.proxy_name)).strip()
    return Identity(login, name or login) if 0 < len(login) <= _LONGEST else None


def of_claims(claims: Mapping[str, Any], settings: Settings) -> Identity | None:
    """Whom the provider's claims name, and which role its groups map to; None where nobody is signed in."""
    if not claims.get("is_logged_in"):
        return None
    login = folded(str(claims.get(settings.oidc_login) or ""))
    at = claims.get("auth_time") or claims.get("iat")
    if not 0 < len(login) <= _LONGEST or not isinstance(at, int | float):
        return None
    return Identity(
        login,
        str(claims.get("name") or login).strip(),
        role_of(claims.get(settings.oidc_groups), settings.oidc_roles),
        str(claims.get(settings.oidc_unit) or ""),
        str(claims.get(settings.oidc_office) or ""),
        datetime.fromtimestamp(at, UTC).replace(tzinfo=None),
    )


def role_of(groups: Any, roles: Mapping[str, str]) -> str:
    """The role of somebody of these groups: of several the first that `roles` lists; none where it lists none of them."""
    named = {groups} if isinstance(groups, str) else {str(one) for one in groups} if isinstance(groups, list) else set()
    return next((role for group, role in roles.items() if group in named and role in GIVEN), "")


def weak(secret: str) -> bool:
    """Whether anybody might guess it: missing, short, one that comes with an example, a key held down."""
    plain = secret.strip().casefold()
    return len(plain) < SHORTEST or len(set(plain)) < _FEWEST or any(word in plain for word in _USUAL)


def unready(settings: Settings, cookie_secret: str | None) -> Text | None:
    """Why nobody can sign in safely as it is set up; None where all is well. cookie_secret: of secrets.toml, None: no [auth]."""
    if settings.sign_in == "proxy" and weak(settings.proxy_secret.get_secret_value()):
        return Text(
            f"登录方式是反向代理（PANORAMA_SIGN_IN=proxy），但没有设置可靠的共享密钥：请把环境变量 PANORAMA_PROXY_SECRET 设为至少 {SHORTEST} 位"
            f"的随机串（如 openssl rand -hex 32），并让代理在请求头 {SECRET_HEADER} 里带上它，然后重新启动。",
            "Sign-in is by a reverse proxy (PANORAMA_SIGN_IN=proxy) without a sound shared secret: set the environment variable "
            f"PANORAMA_PROXY_SECRET to at least {SHORTEST} random characters (openssl rand -hex 32), have the proxy send it as "
            f"{SECRET_HEADER}, and start again.",
        )
    if settings.sign_in == "oidc" and cookie_secret is None:
        return Text(
            "登录方式是 OIDC（PANORAMA_SIGN_IN=oidc），但 .streamlit/secrets.toml 里没有 [auth] 一节：请按 README 填写后重新启动。",
            "Sign-in is by OIDC (PANORAMA_SIGN_IN=oidc) and .streamlit/secrets.toml has no section [auth]: fill it in as the README "
            "says, and start again.",
        )
    if settings.sign_in == "oidc" and weak(cookie_secret or ""):
        return Text(
            f"登录方式是 OIDC，但 .streamlit/secrets.toml 的 [auth] cookie_secret 缺失或是示例值：请改为至少 {SHORTEST} 位的随机串，然后重新启动。",
            "Sign-in is by OIDC, and cookie_secret of [auth] in .streamlit/secrets.toml is missing or an example's: set it to at "
            f"least {SHORTEST} random characters, and start again.",
        )
    unknown = sorted(set(settings.oidc_roles.values()) - set(GIVEN))
    if settings.sign_in == "oidc" and unknown:
        return Text(
            f"PANORAMA_OIDC_ROLES 里有不认识的角色：{'、'.join(unknown)}。可用的是：{'、'.join(GIVEN)}。",
            f"PANORAMA_OIDC_ROLES names roles that there are not: {', '.join(unknown)}. There are: {', '.join(GIVEN)}.",
        )
    return None


def _only(headers: Mapping[str, Sequence[str]], name: str) -> str:
    values = headers.get(name.lower(), ())
    return values[0] if len(values) == 1 else ""
