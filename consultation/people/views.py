"""/account/tokens: the tokens of the API that belong to whoever is signed in."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, url_for
from flask import session as cookie
from werkzeug.wrappers import Response
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from consultation.people import api_tokens
from consultation.people.queries import consultations_of
from consultation.process.models import Consultation
from core import audit
from core.api import Scope
from core.auth.permissions import SIGNED_IN, requires, signed_in_account
from core.db import session, transaction
from core.errors import Conflict, Invalid
from core.forms import BaseForm
from core.i18n import _, _l, current_language, text_in
from core.web import limiter, render

bp = Blueprint("tokens", __name__, url_prefix="/account/tokens")

SCOPE_NAMES = {
    Scope.QUESTIONNAIRES_READ: _l("Read questionnaires"),
    Scope.QUESTIONNAIRES_WRITE: _l("Add and change questionnaires"),
    Scope.ROUNDS_READ: _l("Read rounds"),
    Scope.ROUNDS_WRITE: _l("Open, pause, close and move rounds"),
    Scope.INVITATIONS_READ: _l("Read who is invited"),
    Scope.INVITATIONS_WRITE: _l("Invite people"),
    Scope.SUBMISSIONS_READ: _l("Read responses, texts included"),
    Scope.SUBMISSIONS_WRITE: _l("Hand in responses collected elsewhere"),
}


class TokenForm(BaseForm):
    """A new token."""

    name = StringField(
        _l("Name"),
        [InputRequired(_l("Give the token a name.")), Length(max=100)],
        description=_l("Which program will use it, for example “Paper forms, Nairobi”."),
    )
    consultation = SelectField(_l("Consultation"), validate_choice=False)
    scopes = SelectMultipleField(
        _l("What it may do"),
        choices=[SelectChoice(scope.value, name) for scope, name in SCOPE_NAMES.items()],
        description=_l("Never more than your own role in the consultation allows at the time."),
    )
    days = SelectField(
        _l("How long it lasts"),
        choices=[
            SelectChoice("7", _l("A week")),
            SelectChoice("30", _l("30 days")),
            SelectChoice("90", _l("90 days")),
            SelectChoice("366", _l("A year")),
        ],
        default="90",
    )


def _form(*, is_sent: bool) -> tuple[TokenForm, list[Consultation]]:
    places = consultations_of(session(), signed_in_account().id or 0)
    form = TokenForm() if is_sent else TokenForm(formdata=None)
    form.consultation.choices = [
        (place.slug, text_in(place.title, current_language(), place.default_language))
        for place in places
    ]
    return form, places


def _page(form: TokenForm, *, made: str = "", status: int = 200) -> Response:
    return render(
        "tokens/index.html",
        status=status,
        form=form,
        tokens=api_tokens.tokens_of(session(), signed_in_account()),
        scope_names=SCOPE_NAMES,
        made=made,
        now=datetime.now(UTC),
    )


@bp.get("/")
@requires(SIGNED_IN)
def index() -> Response:
    """The list; a token that was just made is shown this once."""
    return _page(_form(is_sent=False)[0], made=cookie.pop("made_token", ""))


@bp.post("/")
@limiter.limit("20 per minute")
@requires(SIGNED_IN)
def create() -> Response:
    form, places = _form(is_sent=True)
    if not form.validate():
        return _page(form, status=422)
    try:
        _create(form, places)
    except (Invalid, Conflict) as error:
        form.refuse(error if isinstance(error, Invalid) else Invalid(error.message))
        return _page(form, status=422)
    flash(_("The token was made."), "success")
    return redirect(url_for("tokens.index"), 303)


def _create(form: TokenForm, places: list[Consultation]) -> None:
    chosen = [place for place in places if place.slug == form.consultation.data]
    if not chosen:
        raise Invalid(_("Choose one of your consultations."), field="consultation")
    now = datetime.now(UTC)
    wish = api_tokens.Wish(
        form.name.data, frozenset(Scope(code) for code in form.scopes.data), int(form.days.data)
    )
    with transaction() as current:
        row, token = api_tokens.create(current, signed_in_account(), chosen[0], wish, now)
        _record("create_token", chosen[0], row, now)
    # In the reader's own cookie for the one page that follows; the store keeps a hash alone.
    cookie["made_token"] = token


@bp.post("/<token_id>/revoke")
@requires(SIGNED_IN)
def revoke(token_id: str) -> Response:
    now = datetime.now(UTC)
    with transaction() as current:
        row = api_tokens.revoke(current, token_id, now, signed_in_account())
        place = current.get(Consultation, row.consultation_id)
        _record("revoke_token", place, row, now)
    flash(_("The token was revoked. Programs that use it are refused from now on."), "success")
    return redirect(url_for("tokens.index"), 303)


def _record(
    action: str, place: Consultation | None, row: api_tokens.ApiToken, now: datetime
) -> None:
    audit.record(
        session(),
        actor=signed_in_account().public_id,
        action=action,
        target=f"{place.slug if place else ''}/tokens/{row.public_id}",
        details={"scopes": row.scopes},
        now=now,
    )
