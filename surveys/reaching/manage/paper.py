"""The questionnaire on paper, and answers keyed in from it."""

from datetime import UTC, datetime

from flask import redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from consultation.process.navigation import enter
from consultation.process.queries import by_slug
from core.auth.permissions import Permission, requires
from core.db import session, transaction
from core.errors import Conflict, Invalid
from core.i18n import _, current_language, direction, own_name, speak
from core.web import render
from surveys import instruments
from surveys.paper import paper_sections
from surveys.queries import Asked, asked_in
from surveys.reaching.forms import KeyInForm
from surveys.reaching.keying import start_keyed_in
from surveys.reaching.manage.place import Place, bp, enter_place, place_of, record


@bp.get("/rounds/<int:number>/key-in")
@requires(Permission.MANAGE_SURVEY)
def key_in(slug: str, number: int) -> Response:
    return _key_in_page(enter_place(slug, number), KeyInForm(formdata=None))


def _key_in_page(place: Place, form: KeyInForm, status: int = 200) -> Response:
    asked = asked_in(session(), place.round.id or 0)
    return render(
        "manage_reaching/key_in.html",
        status=status,
        consultation=place.consultation,
        row=place.round,
        asked=asked,
        status_of_round=asked.status(datetime.now(UTC)) if asked else None,
        own_name=own_name,
        form=form,
    )


@bp.post("/rounds/<int:number>/key-in")
@requires(Permission.MANAGE_SURVEY)
def start_key_in(slug: str, number: int) -> Response:
    """Begin a response on somebody's behalf; the log notes that it was begun, and no more."""
    form = KeyInForm()
    if form.validate():
        try:
            with transaction() as current:
                asked = _asked(current, place_of(current, slug, number))
                language = asked.document.language_for(current_language())
                now = datetime.now(UTC)
                token = start_keyed_in(current, asked, form.email.data or "", language, now)
                record("key_in", f"{slug}/rounds/{number}")
        except Invalid as error:
            form.refuse(error)
        else:
            return redirect(url_for("respond.page", token=token, number=1), 303)
    return _key_in_page(enter_place(slug, number), form, 422)


def _asked(current: Session, place: Place) -> Asked:
    asked = asked_in(current, place.round.id or 0)
    if asked is None:
        raise Conflict(_("Choose a questionnaire for this round before you open it."))
    return asked


@bp.get("/<int:version>/paper")
@requires(Permission.MANAGE_SURVEY)
def paper(slug: str, version: int) -> Response:
    """The whole questionnaire to print, in one language."""
    consultation = by_slug(session(), slug)
    enter(consultation)
    document = instruments.document_by_id(session(), consultation, version)
    language = document.language_for(request.args.get("language", document.default_language))
    speak(language)
    return render(
        "manage_reaching/paper.html",
        consultation=consultation,
        document=document,
        version=version,
        sections=paper_sections(document, language, datetime.now(UTC)),
        page_language=language,
        page_direction=direction(language),
        own_name=own_name,
    )
