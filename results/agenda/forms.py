"""Forms of the agenda. A wording is asked for in each language of the consultation."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    Field,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from consultation.dialogues.forms import region_choices, sector_choices
from consultation.process.models import Consultation
from core.forms import BaseForm, WholeNumberField
from core.i18n import _, _l, current_language, own_name, text_in
from results.agenda import labels
from results.agenda.drafts.comments import LONGEST
from results.agenda.models import AgendaItem, ItemState, Scope
from results.agenda.review.models import HIGHEST, LOWEST
from results.agenda.services import LONGEST_TITLE, Wording

Texts = dict[str, str]


def wording(
    name: str,
    label: str,
    languages: list[str],
    *,
    required: str = "",
    longest: int = 4000,
    rows: int = 3,
    hint: str = "",
) -> dict[str, Any]:
    """One field a language; the first language is the one that may be asked for."""
    fields: dict[str, Any] = {}
    for place, code in enumerate(languages):
        checks = [InputRequired(required)] if required and place == 0 else []
        shown = label if len(languages) == 1 else f"{label} ({own_name(code)})"
        attributes: dict[str, Any] = {"lang": code, "dir": "auto"}
        kind: type[Field] = StringField
        if rows > 1:
            kind, attributes = TextAreaField, {**attributes, "rows": rows}
        fields[f"{name}_{code}"] = kind(
            shown,
            [*checks, Length(max=longest)],
            description=hint if place == 0 else "",
            render_kw=attributes,
        )
    return fields


def texts_of(form: BaseForm, name: str, languages: list[str]) -> Texts:
    """The texts typed in each language."""
    return {code: _plain(form[f"{name}_{code}"].data) for code in languages}


def _plain(text: str | None) -> str:
    return str(text or "").replace("\x00", "").strip()


def fill(form: BaseForm, name: str, texts: Texts, languages: list[str]) -> None:
    """Show stored texts in their fields."""
    for code in languages:
        form[f"{name}_{code}"].data = texts.get(code, "")


ITEM_WORDINGS = ("title", "problem", "deliverable", "rationale", "scope_note")


def item_form(languages: list[str]) -> type[BaseForm]:
    """What an item says: problem, deliverable, rationale, scope, who presents it."""
    fields: dict[str, Any] = {
        **wording(
            "title",
            _("Title"),
            languages,
            required=_("Enter a title in %(language)s.", language=own_name(languages[0])),
            longest=LONGEST_TITLE,
            rows=1,
        ),
        **wording("problem", _("What is the problem?"), languages),
        **wording("deliverable", _("What should the summit hand over, and who to?"), languages),
        **wording("rationale", _("Why does it belong on the agenda?"), languages),
        "scope": RadioField(
            _("Is the summit the place for it?"),
            [Optional()],
            choices=[SelectChoice(one.value, label) for one, label in labels.SCOPES.items()],
        ),
        **wording("scope_note", _("Why so? (optional)"), languages, longest=1000, rows=2),
        "nobody_else": BooleanField(_("We looked, and nobody else works on this")),
        "lead": StringField(
            _("Who presents it (optional)"),
            [Length(max=200)],
            description=_("An organisation or a working group; no private person."),
            render_kw={"dir": "auto"},
        ),
    }
    return type("ItemForm", (BaseForm,), fields)


def fill_item(form: BaseForm, item: AgendaItem, languages: list[str]) -> None:
    for name in ITEM_WORDINGS:
        fill(form, name, getattr(item, name), languages)
    form["scope"].data = item.scope.value if item.scope else None
    form["nobody_else"].data = item.nobody_else
    form["lead"].data = item.lead


def wording_of(form: BaseForm, languages: list[str]) -> Wording:
    chosen = form["scope"].data
    return Wording(
        **{name: texts_of(form, name, languages) for name in ITEM_WORDINGS},
        scope=Scope(chosen) if chosen else None,
        lead=_plain(form["lead"].data),
        nobody_else=bool(form["nobody_else"].data),
    )


def overlap_form(languages: list[str]) -> type[BaseForm]:
    """Who else works on it, and how the item complements that."""
    fields: dict[str, Any] = {
        "body": SelectField(
            _("Body"), choices={one.value: str(label) for one, label in labels.BODIES.items()}
        ),
        "name": StringField(
            _("Which work of theirs"),
            [Length(max=200)],
            description=_(
                "For example a process, a report or a treaty; required for another body."
            ),
            render_kw={"dir": "auto"},
        ),
        **wording(
            "complements",
            _("How does the item complement it?"),
            languages,
            required=_("Say how the item complements what they do."),
            longest=1000,
            rows=2,
        ),
    }
    return type("OverlapForm", (BaseForm,), fields)


def reason_form(languages: list[str], label: str) -> type[BaseForm]:
    """A turn in the life of an item, with its reason."""
    fields = wording("why", label, languages, longest=2000, rows=2)
    return type("ReasonForm", (BaseForm,), fields)


def decision_form(
    languages: list[str], others: list[AgendaItem], default: str = "en"
) -> type[BaseForm]:
    """What was decided, why, and what the decision points at."""
    into = {item.public_id: text_in(item.title, current_language(), default) for item in others}
    fields: dict[str, Any] = {
        "state": RadioField(
            _("Decision"),
            [InputRequired(_("Choose what was decided."))],
            choices=[SelectChoice(one.value, label) for one, label in labels.DECISIONS.items()],
        ),
        "merged_into": SelectField(
            _("If merged: into which item"), [Optional()], choices={"": _("None"), **into}
        ),
        "deferred_until": DateField(_("If deferred: until which day"), [Optional()]),
        "referred_to": StringField(
            _("If referred: to which body"), [Length(max=200)], render_kw={"dir": "auto"}
        ),
        **wording("reason", _("Reason"), languages, hint=_("Contributors will read this.")),
    }
    return type("DecisionForm", (BaseForm,), fields)


def review_form(criteria: list[dict[str, Any]], language: str, default: str) -> type[BaseForm]:
    """A score for each criterion, or the reason for stepping aside."""
    fields: dict[str, Any] = {}
    for entry in criteria:
        low = text_in(entry["low"], language, default)
        high = text_in(entry["high"], language, default)
        fields[f"score_{entry['code']}"] = RadioField(
            text_in(entry["title"], language, default),
            [Optional()],
            description=_("1: %(low)s. 5: %(high)s.", low=low, high=high),
            choices=[SelectChoice(str(score), str(score)) for score in range(LOWEST, HIGHEST + 1)],
        )
    fields["comment"] = TextAreaField(
        _("Remark for the other members (optional)"),
        [Length(max=2000)],
        render_kw={"dir": "auto", "rows": 2},
    )
    fields["recusal_reason"] = StringField(
        _("Or step aside: what ties you to this item?"),
        [Length(max=500)],
        description=_("With this you give no scores, and you do not record the decision."),
        render_kw={"dir": "auto"},
    )
    return type("ReviewForm", (BaseForm,), fields)


def criterion_form(languages: list[str], codes: list[str]) -> type[BaseForm]:
    """The names and the anchors of all criteria."""
    fields: dict[str, Any] = {}
    for code in codes:
        fields |= wording(f"{code}-title", _("Name"), languages, longest=200, rows=1)
        fields |= wording(f"{code}-low", _("What 1 means"), languages, longest=200, rows=1)
        fields |= wording(f"{code}-high", _("What 5 means"), languages, longest=200, rows=1)
    return type("CriteriaForm", (BaseForm,), fields)


def track_form(languages: list[str]) -> type[BaseForm]:
    """A track, its start and its budget."""
    fields: dict[str, Any] = {
        **wording(
            "title",
            _("Title"),
            languages,
            required=_("Enter a title."),
            longest=200,
            rows=1,
        ),
        **wording("audience", _("For whom (optional)"), languages, longest=200, rows=1),
        "room": StringField(_("Room (optional)"), [Length(max=100)], render_kw={"dir": "auto"}),
        "starts_at": DateTimeLocalField(
            _("Starts (UTC)"), [InputRequired(_("Enter a date and a time."))]
        ),
        "minutes": WholeNumberField(
            _("Minutes in all"), [InputRequired(_("Enter a number.")), NumberRange(1, 1440)]
        ),
        "slots": WholeNumberField(
            _("Slots"), [InputRequired(_("Enter a number.")), NumberRange(1, 50)]
        ),
    }
    return type("TrackForm", (BaseForm,), fields)


class PlaceForm(BaseForm):
    """An item's track and its minutes."""

    item = SelectField(_l("Item"), [InputRequired(_l("Choose an item."))])
    track = SelectField(_l("Track"), [InputRequired(_l("Choose a track."))])
    minutes = WholeNumberField(
        _l("Minutes"), [InputRequired(_l("Enter a number.")), NumberRange(1, 1440)]
    )


def version_form(languages: list[str]) -> type[BaseForm]:
    """What is new, and until when the public may comment."""
    fields: dict[str, Any] = {
        **wording("note", _("What is new in it (optional)"), languages, longest=1000, rows=2),
        "comments_close_on": DateField(
            _("Last day for comments"),
            [Optional()],
            description=_("Comments close at the end of this day, UTC. Empty takes no comments."),
        ),
    }
    return type("VersionForm", (BaseForm,), fields)


def end_of_day(form: BaseForm) -> datetime | None:
    """The instant at which the last day for comments is over."""
    day = form["comments_close_on"].data
    if day is None:
        return None
    return datetime.combine(day, time(), UTC) + timedelta(days=1)


def comment_form(consultation: Consultation, items: list[dict[str, Any]]) -> type[BaseForm]:
    """A comment on the draft as a whole or on one item; nothing about the person is asked for."""
    language = current_language()
    fields: dict[str, Any] = {
        "item": SelectField(
            _("What do you comment on?"),
            [Optional()],
            choices={
                "": _("The draft as a whole"),
                **{
                    item["id"]: text_in(item["title"], language, consultation.default_language)
                    for item in items
                },
            },
        ),
        "text": TextAreaField(
            _("Your comment"),
            [
                InputRequired(_("Write your comment.")),
                Length(max=LONGEST, message=_("Write at most %(max)d characters.")),
            ],
            description=_("Name no private person. At most %(limit)s characters.", limit=LONGEST),
            render_kw={"dir": "auto", "rows": 6},
        ),
        "sector": SelectField(
            _("Sector (optional)"), [Optional()], choices=sector_choices(language)
        ),
        "region": SelectField(
            _("Region (optional)"),
            [Optional()],
            choices=region_choices(consultation.region_classification, language),
        ),
    }
    return type("CommentForm", (BaseForm,), fields)


def placeable(items: list[AgendaItem], default: str) -> dict[str, str]:
    """Adopted items, for the list of those that can be placed."""
    return {
        item.public_id: text_in(item.title, current_language(), default)
        for item in items
        if item.state is ItemState.ADOPTED
    }
