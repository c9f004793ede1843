"""What every page has: globals of the templates, the error handler, static files, the log."""

import logging
import sys
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, Response, g, jsonify, make_response, render_template, request, url_for
from flask_babel import format_date, format_datetime, format_decimal, format_percent
from flask_limiter import Limiter, RateLimitExceeded
from flask_wtf.csrf import CSRFError as CSRFError
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from core.auth.permissions import current_account, may
from core.config import LARGEST_UPLOAD, Settings
from core.errors import DomainError, Invalid
from core.i18n import _, current_language, direction, own_name, text_in
from core.security import caller_key

PRODUCT = "Polylogue"
LARGEST_REQUEST = 2 * 1024 * 1024
MOST_FIELDS = 2_000
DAY_IN_ENGLISH = "d MMMM y"
ARABIC_COMMA = frozenset({"ar", "fa", "ur"})
#: After Latin letters: what follows them goes on from right to left.
RIGHT_TO_LEFT = "\u200f"

csrf = CSRFProtect()
limiter = Limiter(key_func=caller_key, headers_enabled=False)


def init_app(app: Flask, settings: Settings) -> None:
    """Configure Flask itself, then hang on it what all pages share."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-session" if settings.is_https else "session",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=LARGEST_REQUEST + (LARGEST_UPLOAD if settings.uploads else 0),
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        MAX_FORM_PARTS=MOST_FIELDS,
        WTF_CSRF_TIME_LIMIT=None,
        RATELIMIT_ENABLED=settings.rate_limits,
        RATELIMIT_STORAGE_URI=settings.rate_storage,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    csrf.init_app(app)
    limiter.init_app(app)
    _configure_log(settings)
    app.context_processor(lambda: _page_globals(settings))
    app.register_error_handler(DomainError, _show_domain_error)
    app.register_error_handler(CSRFError, show_csrf_error)
    app.register_error_handler(RateLimitExceeded, _show_rate_limit)
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(Exception, _show_failure)
    app.after_request(_log_request)
    _hash_static_files(app)


def _configure_log(settings: Settings) -> None:
    """JSON lines. Neither paths nor bodies are logged: a path may hold a private link."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping().get(settings.log_level, logging.INFO)
        ),
    )


def _log_request(response: Response) -> Response:
    structlog.get_logger("request").debug(
        "request", method=request.method, endpoint=request.endpoint, status=response.status_code
    )
    return response


def _hash_static_files(app: Flask) -> None:
    """A static file's URL carries its content's hash, so that a browser keeps it for a year."""
    hashes = {
        str(path.relative_to(app.static_folder or "")): sha256(path.read_bytes()).hexdigest()[:12]
        for path in sorted(Path(app.static_folder or "").rglob("*"))
        if path.is_file()
    }
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 365 * 24 * 3600

    @cache
    def address(name: str, _root: str) -> str:
        return url_for("static", filename=name, v=hashes[name])

    def static_url(name: str) -> str:
        return address(name, request.script_root)

    app.jinja_env.globals["static_url"] = static_url


def _page_globals(settings: Settings) -> dict[str, Any]:
    language = current_language()
    return {
        "account": current_account(),
        "language": language,
        "text_direction": direction(language),
        "own_name": own_name,
        "languages": [(code, own_name(code)) for code in settings.languages],
        "product": PRODUCT,
        "may": may,
        "text_in": text_in,
        "format_time": format_time,
        "format_day": format_day,
        "format_percent": format_share,
        "format_number": format_figure,
        "nav_title": g.get("nav_title", ""),
        "thresholds": settings.thresholds,
        "synthetic": g.get("is_synthetic", False),
        "nav": g.get("nav", []),
    }


def format_time(moment: datetime) -> str:
    """A moment in the reader's words, in UTC and saying so."""
    language = current_language()
    comma = "،" if language in ARABIC_COMMA else ","
    end = RIGHT_TO_LEFT if direction(language) == "rtl" else ""
    return f"{format_day(moment)}{comma} {format_datetime(moment, 'HH:mm', rebase=False)} UTC{end}"


def format_day(day: date | datetime) -> str:
    """A day as the reader's language writes it out; English as most of its readers do."""
    pattern = DAY_IN_ENGLISH if current_language() == "en" else "long"
    return str(format_date(day, pattern, rebase=False))


def format_share(share: float, digits: int = 0) -> str:
    """A share in per cent, as the reader's language writes it."""
    pattern = "#,##0%" if digits == 0 else f"#,##0.{'0' * digits}%"
    return str(format_percent(share, pattern))


def format_figure(value: float, digits: int) -> str:
    """A number with so many decimals; what rounds to nothing has no sign."""
    return str(format_decimal(round(value, digits) or 0, f"#,##0.{'0' * digits}"))


def render(template: str, *, status: int = HTTPStatus.OK, **context: Any) -> Response:
    """A page, or its fragment `block` when a script asked for one."""
    response = make_response(render_template(template, **context), status)
    response.vary.add("HX-Request")
    return response


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/problem+json"])
    return request.path.startswith("/api/") or best == "application/problem+json"


def problem(status: int, code: str, title: str, message: str) -> Response:
    """One error, as a page, a fragment or problem+json, by what the request asked for."""
    if _wants_json():
        response = jsonify(type=f"urn:polylogue:{code}", title=title, detail=message, status=status)
        response.content_type = "application/problem+json"
    elif request.headers.get("HX-Request"):
        response = make_response(render_template("errors/fragment.html", message=message))
    else:
        page = render_template("errors/error.html", status=status, title=title, message=message)
        response = make_response(page)
    response.status_code = status
    return response


def _show_domain_error(error: DomainError) -> Response:
    titles = {
        "not_found": _("Page not found"),
        "not_allowed": _("You may not do this"),
        "conflict": _("Somebody was faster"),
        "closed": _("This is closed"),
        "too_many": _("Too many tries"),
        "invalid": _("Something needs mending"),
    }
    title = titles.get(error.code, _("This did not work"))
    response = problem(error.status, error.code, title, error.message)
    if isinstance(error, Invalid) and error.field and _wants_json():
        response.headers["X-Field"] = error.field
    return response


def show_csrf_error(_error: CSRFError) -> Response:
    return problem(
        HTTPStatus.BAD_REQUEST,
        "stale_form",
        _("This page was open for too long"),
        _("Nothing was changed. Go back, reload the page, and send the form again."),
    )


def _show_rate_limit(_error: RateLimitExceeded) -> Response:
    return problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "too_many",
        _("Too many tries"),
        _("Nothing was lost. Wait a minute, then try again."),
    )


def show_http_error(error: HTTPException) -> Response:
    """What the framework refuses, as a page."""
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if status < HTTPStatus.BAD_REQUEST and error.response is not None:
        return make_response(error.response)
    messages = {
        HTTPStatus.NOT_FOUND: (
            _("Page not found"),
            _("Check the address. If you followed a link, tell whoever sent it to you."),
        ),
        HTTPStatus.METHOD_NOT_ALLOWED: (
            _("This page cannot do that"),
            _("Go back and use the buttons on the page."),
        ),
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
            _("This is too much at once"),
            _("Go back, shorten the longest text, and send it again."),
        ),
    }
    title, message = messages.get(
        HTTPStatus(status),
        (_("This did not work"), _("Go back and try again.")),
    )
    return problem(status, "http", title, message)


def _show_failure(error: Exception) -> Response:
    """The last resort: the log gets the error's class and place, never its message.

    A message may quote what somebody typed; the traceback's lines of code do not.
    """
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{Path(code.co_filename).name}:{trace.tb_lineno}:{code.co_name}")
        trace = trace.tb_next
    structlog.get_logger("request").error(
        "failure", endpoint=request.endpoint, error=type(error).__name__, at=frames[-8:]
    )
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "failure",
        _("Something broke on our side"),
        _("What you saved before is safe. Go back and try again in a few minutes."),
    )
