"""The words of a theme in every language, and a file to take in."""

from typing import Any

from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Regexp

from core.forms import BaseForm
from core.i18n import _, _l, own_name
from results.workbench.edits import WORDS
from results.workbench.files import CODE
from results.workbench.models import Theme
from results.workbench.services import LONGEST_NAME, LONGEST_TEXT, Words

LABELS = {
    "name": _l("Name"),
    "definition": _l("Definition"),
    "inclusion": _l("Belongs here"),
    "exclusion": _l("Does not belong here"),
    "examples": _l("Examples"),
}


def theme_form(
    languages: list[str], areas: list[tuple[str, str]], *, is_new: bool, is_area: bool = False
) -> type[BaseForm]:
    """Five texts in each language; a new theme has a code as well."""
    fields: dict[str, Any] = {}
    if is_new:
        message = _("Use small letters, digits and underscores; begin with a letter.")
        fields["code"] = StringField(
            _("Code"),
            [InputRequired(_("Enter a code.")), Length(max=40), Regexp(CODE, message=message)],
            description=_("Short and never changed: files and evidence refer to it."),
            render_kw={"dir": "ltr", "spellcheck": "false"},
        )
        kinds = [SelectChoice("theme", _("A theme")), SelectChoice("area", _("An area of themes"))]
        fields["kind"] = SelectField(_("Kind"), choices=kinds)
    else:
        fields["revision"] = HiddenField()
    if not is_area:
        none = SelectChoice("", _("None"))
        choices = [none, *(SelectChoice(value, label) for value, label in areas)]
        fields["parent"] = SelectField(_("Area"), choices=choices)
    for place, language in enumerate(languages):
        asked = [InputRequired(_("Enter a name."))] if place == 0 else []
        fields[f"name_{language}"] = StringField(
            LABELS["name"],
            [*asked, Length(max=LONGEST_NAME)],
            render_kw={"lang": language, "dir": "auto"},
        )
        for name in WORDS[1:]:
            fields[f"{name}_{language}"] = TextAreaField(
                LABELS[name],
                [Length(max=LONGEST_TEXT)],
                render_kw={"lang": language, "dir": "auto", "rows": 3},
            )
    return type("ThemeForm", (BaseForm,), fields)


def words_in(form: BaseForm, theme: Theme | None, languages: list[str]) -> Words:
    """What was typed; texts in languages that the form does not show stay as they are."""
    given: dict[str, dict[str, str]] = {}
    for name in WORDS:
        kept = dict(getattr(theme, name)) if theme is not None else {}
        typed = {language: str(form[f"{name}_{language}"].data or "") for language in languages}
        given[name] = {**kept, **typed}
    return Words.of(given)


def fill(form: BaseForm, theme: Theme, parent_code: str, languages: list[str]) -> None:
    """Show what is stored."""
    form["revision"].data = str(theme.revision)
    if "parent" in form:
        form["parent"].data = parent_code
    for name in WORDS:
        for language in languages:
            form[f"{name}_{language}"].data = getattr(theme, name).get(language, "")


def sections(form: BaseForm, languages: list[str]) -> list[tuple[str, str, list[Any]]]:
    """The fields by language, for the page."""
    return [
        (language, own_name(language), [form[f"{name}_{language}"] for name in WORDS])
        for language in languages
    ]
