"""Keyed hashes, passwords, safe redirects and the headers of every response."""

import hmac
import secrets
from collections.abc import Iterator
from hashlib import sha256
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, Response, current_app, g, request

from core.config import Settings

MINIMUM_PASSWORD_LENGTH = 12
_ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
)
# 19 MiB and two passes: the second of OWASP's equal argon2id settings, chosen because sign-in
# shares the machine with respondents.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Compared against when there is no such account, so that both answers take the same time.
_no_account = _hasher.hash(secrets.token_urlsafe(16))


def new_token() -> str:
    """A secret for a link: 32 characters, 160 bits, lower case, safe to read out."""
    return "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(32))


def keyed_hash(purpose: str, value: str, key: str | None = None) -> str:
    """The one-way value stored instead of a token; each purpose gives an unrelated value."""
    secret = current_settings().secret_key if key is None else key
    return hmac.new(secret.encode(), f"{purpose}\x00{value}".encode(), sha256).hexdigest()


def current_settings() -> Settings:
    settings = current_app.extensions["settings"]
    assert isinstance(settings, Settings)  # noqa: S101 - create_app puts nothing else there
    return settings


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def password_matches(password: str, password_hash: str | None) -> bool:
    """Check a password; the time taken does not tell whether the account has one."""
    try:
        return _hasher.verify(password_hash or _no_account, password) and bool(password_hash)
    except (VerificationError, InvalidHashError):
        return False


def safe_target(target: str | None, default: str) -> str:
    """A redirect target inside this site, or the default."""
    if not target or any(ord(character) < 33 for character in target) or "\\" in target:
        return default
    parts = urlsplit(target)
    inside = not parts.scheme and not parts.netloc and parts.path.startswith("/")
    return target if inside and not target.startswith("//") else default


def caller_key() -> str:
    """Who is asking, for rate limits: a keyed hash of the address prefix, never stored."""
    address = request.remote_addr or "unknown"
    prefix = (
        ":".join(address.split(":")[:4]) if ":" in address else ".".join(address.split(".")[:3])
    )
    return keyed_hash("caller", prefix)[:16]


def chart_page() -> None:
    """Let this one response style its charts inline; scripts stay as strict as ever."""
    g.chart_page = True


def _set_headers(response: Response) -> Response:
    """Add what every response says of itself, unless the view has said it already."""
    headers = response.headers
    said = {name.lower() for name in headers.keys()}  # noqa: SIM118 - iterating gives pairs
    for name, value in _headers():
        if name.lower() not in said:
            headers.add(name, value)
    return response


def _headers() -> Iterator[tuple[str, str]]:
    style = "'self' 'unsafe-inline'" if g.get("chart_page") else "'self'"
    policy = (
        f"default-src 'none'; script-src 'self'; style-src {style}; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    yield "Content-Security-Policy", policy
    yield from _ALWAYS
    if request.endpoint != "static":
        yield "Cache-Control", "no-store"
    if "token" in (request.view_args or {}):
        # A private link that got out all the same must not be found by searching.
        yield "X-Robots-Tag", "noindex, nofollow"
    if current_settings().is_https:
        yield "Strict-Transport-Security", "max-age=31536000"


def init_app(app: Flask) -> None:
    app.after_request(_set_headers)
