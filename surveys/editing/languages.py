"""Languages of a questionnaire by name, those included that nobody has a name for."""

from babel import Locale, UnknownLocaleError

from core.i18n import _, direction, own_name

#: How a file's language is marked that the file does not name.
UNKNOWN = "und"


def is_known(code: str) -> bool:
    """Whether pages can be written in it: its direction is known to CLDR, or it has no name."""
    try:
        Locale.parse(code, sep="-")
    except (ValueError, UnknownLocaleError, TypeError):
        return False
    return True


def name_of(code: str) -> str:
    """A language in its own words."""
    if code.partition("-")[0] == UNKNOWN or not is_known(code):
        return _("Language “%(code)s”", code=code)
    return own_name(code)


def direction_of(code: str) -> str:
    return direction(code) if is_known(code) else "ltr"


def read_codes(text: str) -> list[str]:
    """Codes in a text; raises ValueError with the first that is no language."""
    codes = text.replace(",", " ").split()
    for code in codes:
        if not is_known(code):
            raise ValueError(code)
    return codes
