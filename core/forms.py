"""The base of every form: CSRF by default and messages that say how to mend the input."""

from functools import cache
from typing import Any

from babel.support import NullTranslations, Translations
from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.i18n import messages_path

from core.errors import Invalid
from core.i18n import _, current_language

MOST_DIGITS = 15


@cache
def _wtforms_words(language: str) -> NullTranslations:
    """WTForms' own messages in a language, read once a process."""
    return Translations.load(messages_path(), [language], domain="wtforms")


class _Words:
    """The messages of WTForms in the language of the page."""

    def gettext(self, text: str) -> str:
        return str(_wtforms_words(current_language()).ugettext(text))

    def ngettext(self, one: str, many: str, number: int) -> str:
        return str(_wtforms_words(current_language()).ungettext(one, many, number))


class WholeNumberField(IntegerField):
    """A whole number that a store can hold; longer ones make its checks overflow."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist and len(valuelist[0]) > MOST_DIGITS:
            self.data = None
            raise ValueError(_("Write a smaller number."))
        super().process_formdata(valuelist)


class BaseForm(FlaskForm):
    """A form with CSRF protection."""

    class Meta(FlaskForm.Meta):
        """Reads WTForms' catalogues once, not for each form."""

        def get_translations(self, _form: Any) -> _Words:
            return _Words()

    def refuse(self, error: Invalid) -> None:
        """Attach an error of the domain to its field, or to the form as a whole."""
        field: Any = self._fields.get(error.field or "")
        if field is None:
            self.form_errors.append(error.message)
        else:
            field.errors = [*field.errors, error.message]
