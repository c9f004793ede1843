"""Words of an agenda item, in each language of its consultation."""

from typing import Any

from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from core.forms import BaseForm
from core.i18n import _, _l, own_name
from results.agenda.models import ItemState

DECISION_LABELS = {
    ItemState.ADOPTED: _l("Adopted: it stands on the agenda"),
    ItemState.DEFERRED: _l("Deferred: not this time"),
    ItemState.REJECTED: _l("Rejected"),
}


def item_form(languages: list[str]) -> type[BaseForm]:
    """A title and a rationale in each language; the first language is asked for."""
    fields: dict[str, Any] = {}
    for code in languages:
        name = own_name(code)
        asked = [InputRequired(_("Enter a title in %(language)s.", language=name))]
        fields[f"title_{code}"] = StringField(
            _("Title (%(language)s)", language=name),
            [*(asked if code == languages[0] else []), Length(max=200)],
            render_kw={"lang": code, "dir": "auto"},
        )
    for code in languages:
        fields[f"rationale_{code}"] = TextAreaField(
            _("Why it belongs on the agenda (%(language)s)", language=own_name(code)),
            [Length(max=4000)],
            render_kw={"lang": code, "dir": "auto", "rows": 5},
        )
    return type("ItemForm", (BaseForm,), fields)


def decision_form(languages: list[str]) -> type[BaseForm]:
    """What was decided, and why, in each language."""
    fields: dict[str, Any] = {
        "state": RadioField(
            _l("Decision"),
            [InputRequired(_l("Choose what was decided."))],
            choices=[SelectChoice(state.value, label) for state, label in DECISION_LABELS.items()],
        )
    }
    for code in languages:
        fields[f"reason_{code}"] = TextAreaField(
            _("Reason (%(language)s)", language=own_name(code)),
            [Length(max=4000)],
            description=_("Contributors will read this.") if code == languages[0] else "",
            render_kw={"lang": code, "dir": "auto", "rows": 4},
        )
    return type("DecisionForm", (BaseForm,), fields)


def texts_of(form: BaseForm, name: str, languages: list[str]) -> dict[str, str]:
    """The texts typed in each language."""
    return {code: str(form[f"{name}_{code}"].data or "") for code in languages}


def fill(form: BaseForm, name: str, texts: dict[str, str], languages: list[str]) -> None:
    """Show stored texts in their fields."""
    for code in languages:
        form[f"{name}_{code}"].data = texts.get(code, "")
