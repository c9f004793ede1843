"""The language of a page: chosen by the reader, by the account, or by the browser."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.support import NullTranslations
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel, LazyString, get_domain, get_locale, refresh
from flask_babel import force_locale as force_locale
from werkzeug.wrappers import Response

from core.security import current_settings

LANGUAGE_COOKIE = "language"
#: More tags than anybody offers; browsers may send any.
MOST_TAGS = 512
_UNTRANSLATED = NullTranslations()


def _(message: str, **values: object) -> str:
    """Translate now."""
    words = _words(message)
    return words % values if values else words


def _l(message: str, **values: object) -> str:
    """Translate when rendered; WTForms and enums take it as text."""
    lazy: str = LazyString(_, message, **values)
    return lazy


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Translate now, in the form that goes with the number."""
    return _words_for(one, many, num) % {"num": num, **values}


def _words(message: str) -> str:
    return str(_catalogue().ugettext(message))


def _words_for(one: str, many: str, num: int) -> str:
    return str(_catalogue().ungettext(one, many, num))


def _catalogue() -> NullTranslations:
    """The words of this page's language, kept at hand: a page asks for dozens."""
    locale = get_locale()
    if locale is None:
        return _UNTRANSLATED
    known: dict[Locale, NullTranslations] = current_app.extensions["catalogues"]
    found = known.get(locale)
    if found is None:
        found = known[locale] = get_domain().get_translations()
    return found


def _choose_language() -> str:
    """The language asked for on this page, else kept in the cookie, else the browser's."""
    languages = current_settings().languages
    if not has_request_context():
        # Commands and jobs speak the first language, unless `force_locale` says otherwise.
        return languages[0]
    asked = str(g.get("page_language") or request.cookies.get(LANGUAGE_COOKIE, ""))
    found = find_language(asked, languages)
    if found:
        return found
    return request.accept_languages.best_match(languages) or languages[0]


def current_language() -> str:
    """The language code of the page being rendered."""
    locale = get_locale()
    return str(locale.language) if locale else "en"


def page_language() -> str:
    """The language that the page speaks to its reader, which a questionnaire may set."""
    given = g.get("page_language") if has_request_context() else None
    return str(given) if given else current_language()


@lru_cache(MOST_TAGS)
def wider(tag: str) -> tuple[str, ...]:
    """A language tag, then ever wider ones, by the lookup of RFC 4647 (section 3.4)."""
    found = []
    parts = tag.split("-")
    while parts and parts[0]:
        found.append("-".join(parts))
        parts.pop()
        if parts and len(parts[-1]) == 1:
            parts.pop()
    return tuple(found)


def find_language(wanted: str, offered: Collection[str]) -> str | None:
    """The offered language that serves who wants this one; letter case does not matter."""
    by_tag = {code.lower(): code for code in offered}
    return next((by_tag[tag] for tag in wider(wanted.lower()) if tag in by_tag), None)


def text_in(texts: dict[str, str], language: str, default: str = "en") -> str:
    """A stored text in a language, a wider one, the default one, or any it has, in this order."""
    for code in wider(language):
        if texts.get(code):
            return texts[code]
    if texts.get(default):
        return texts[default]
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


@lru_cache(MOST_TAGS)
def direction(language: str) -> str:
    locale = _locale(language)
    return "ltr" if locale is None else str(locale.text_direction)


@lru_cache(MOST_TAGS)
def own_name(language: str) -> str:
    """A language's name for itself; the tag where no one language is meant or it is unknown."""
    locale = _locale(language)
    if locale is None:
        return language
    return str(locale.get_display_name(locale) or language).capitalize()


def _locale(language: str) -> Locale | None:
    """None for tags such as `mul` and `und`, which texts carry and no locale answers to."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


def init_app(app: Flask) -> None:
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(app.root_path) + "/translations"
    Babel(app, locale_selector=_choose_language)
    app.extensions["catalogues"] = {}
    environment: Any = app.jinja_env
    environment.install_gettext_callables(_words, _words_for, newstyle=True)
    environment.globals["_"] = environment.globals["gettext"]
