"""The language of a page: chosen by the reader, by the account, or by the browser."""

from collections.abc import Collection

from babel import Locale
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, get_locale, refresh
from flask_babel import force_locale as force_locale
from flask_babel import gettext as _gettext
from flask_babel import lazy_gettext as _lazy_gettext
from flask_babel import ngettext as ngettext
from werkzeug.wrappers import Response

from core.security import current_settings

LANGUAGE_COOKIE = "language"


def _(message: str, **values: object) -> str:
    """Translate now."""
    return str(_gettext(message, **values))


def _l(message: str, **values: object) -> str:
    """Translate when rendered; WTForms and enums take it as text."""
    lazy: str = _lazy_gettext(message, **values)
    return lazy


def _choose_language() -> str:
    """The language asked for on this page, else kept in the cookie, else the browser's."""
    languages = current_settings().languages
    if not has_request_context():
        # Commands and jobs speak the first language, unless `force_locale` says otherwise.
        return languages[0]
    asked = str(g.get("page_language") or request.cookies.get(LANGUAGE_COOKIE, ""))
    for code in (asked, asked.partition("-")[0]):
        if code in languages:
            return code
    return request.accept_languages.best_match(languages) or languages[0]


def current_language() -> str:
    """The language code of the page being rendered."""
    locale = get_locale()
    return str(locale.language) if locale else "en"


def page_language() -> str:
    """The language that the page speaks to its reader, which a questionnaire may set."""
    given = g.get("page_language") if has_request_context() else None
    return str(given) if given else current_language()


def text_in(texts: dict[str, str], language: str, default: str = "en") -> str:
    """A stored text in a language, else in the default one, else in any it has."""
    for code in (language, language.split("-", maxsplit=1)[0], default):
        if texts.get(code):
            return texts[code]
    return next((text for text in texts.values() if text), "")


def speak(language: str) -> None:
    """Make this page speak a language; words of ours follow as far as we have them."""
    g.page_language = language
    refresh()


def keep_language(response: Response, language: str, others: Collection[str] = ()) -> None:
    """Remember the reader's language in this browser."""
    settings = current_settings()
    if language in settings.languages or language in others:
        response.set_cookie(
            LANGUAGE_COOKIE,
            language,
            max_age=365 * 24 * 3600,
            secure=settings.is_https,
            httponly=True,
            samesite="Lax",
        )


def direction(language: str) -> str:
    return str(Locale.parse(language, sep="-").text_direction)


def own_name(language: str) -> str:
    locale = Locale.parse(language, sep="-")
    return str(locale.get_display_name(locale) or language).capitalize()


def init_app(app: Flask) -> None:
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(app.root_path) + "/translations"
    Babel(app, locale_selector=_choose_language)
