"""/api/v1/consultations/<slug>: questionnaires, rounds, invitations and responses for programs.

The same services as on the pages, so the same rules. docs/api.md tells how to call it.
"""

from http import HTTPStatus
from typing import Any

from flask import jsonify, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from consultation.process import services as process
from consultation.process.models import Round, RoundState
from consultation.process.queries import by_slug
from core import audit
from core.api import (
    Call,
    Header,
    NumberPage,
    Operation,
    RandomPage,
    Reply,
    Scope,
    blueprint,
    serve,
)
from core.api_body import Nothing
from core.api_document import bp as documents
from core.api_refusal import Changed, Unconditional
from core.auth.permissions import PUBLIC, requires
from core.db import session, transaction
from core.errors import Conflict
from core.i18n import _
from surveys import instruments
from surveys.api_models import (
    InvitationItem,
    InvitationList,
    InvitationNew,
    QuestionnaireItem,
    QuestionnaireList,
    RoundChange,
    RoundItem,
    RoundList,
    SubmissionItem,
    SubmissionList,
    SubmissionNew,
)
from surveys.api_queries import (
    invitation_item,
    invitation_list,
    questionnaire_item,
    questionnaire_list,
    questionnaire_of,
    round_item,
    round_list,
    round_of,
    submission_items,
    submission_list,
)
from surveys.api_writes import check_settings, invited, stakeholder
from surveys.collected import Collected, hand_in
from surveys.documents import QuestionnaireDocument, read_document
from surveys.editing import queries as editing
from surveys.editing import services as editor
from surveys.editing.models import ChangeKind
from surveys.schema import questionnaire_schema

bp = blueprint("survey_api", __name__, "/consultations/<slug>")
QUESTIONNAIRE = "/questionnaires/<id:questionnaire_id>"
ROUND = "/rounds/<id:number>"
ETAG = {"ETag": "the fingerprint of the document, for If-Match"}
IF_MATCH = Header(
    "If-Match", "the ETag of the document that is to be replaced", '"[0-9a-f]{64}"', Unconditional
)
KEY = Header(
    "Idempotency-Key",
    "the caller's own name for this response; sent again it stores nothing twice",
    "[!-~]{8,200}",
)


def _record(call: Call[Any, Any], action: str, target: str, **details: Any) -> None:
    audit.record(
        session(),
        actor=call.bearer.account.public_id,
        action=action,
        target=f"{call.bearer.slug}/{target}",
        details={**details, "token": call.bearer.id},
        now=call.now,
    )


@serve(
    bp,
    Operation(
        "GET",
        "/questionnaires",
        Scope.QUESTIONNAIRES_READ,
        "List the versions of all questionnaires",
        body=Nothing,
        query=NumberPage,
        answer=QuestionnaireList,
    ),
)
def list_questionnaires(call: Call[Nothing, NumberPage], slug: str) -> Reply:
    return Reply(questionnaire_list(session(), by_slug(session(), slug), call.query))


@serve(
    bp,
    Operation(
        "POST",
        "/questionnaires",
        Scope.QUESTIONNAIRES_WRITE,
        "Add a questionnaire, or the next version of the one with the same title",
        body=QuestionnaireDocument,
        query=Nothing,
        answer=QuestionnaireItem,
        status=HTTPStatus.CREATED,
        gives={**ETAG, "Location": "where the document is"},
    ),
)
def add_questionnaire(call: Call[QuestionnaireDocument, Nothing], slug: str) -> Reply:
    check_settings(call.body)
    with transaction() as current:
        consultation = by_slug(current, slug)
        row = instruments.add(current, consultation, call.raw, call.now)
        _record(call, "add_questionnaire", f"surveys/{row.document_hash[:12]}")
        item = questionnaire_item(*questionnaire_of(current, consultation, row.id or 0))
    where = url_for("survey_api.show_questionnaire", slug=slug, questionnaire_id=item.id)
    headers = {"ETag": f'"{item.document_hash}"', "Location": where}
    return Reply(item, HTTPStatus.CREATED, headers)


@serve(
    bp,
    Operation(
        "GET",
        QUESTIONNAIRE,
        Scope.QUESTIONNAIRES_READ,
        "Read a questionnaire as a document",
        body=Nothing,
        query=Nothing,
        answer=QuestionnaireDocument,
        gives=ETAG,
    ),
)
def show_questionnaire(call: Call[Nothing, Nothing], slug: str, questionnaire_id: int) -> Reply:
    del call
    consultation = by_slug(session(), slug)
    _survey, row = questionnaire_of(session(), consultation, questionnaire_id)
    return Reply(row.document, headers={"ETag": f'"{row.document_hash}"'})


@serve(
    bp,
    Operation(
        "PUT",
        QUESTIONNAIRE,
        Scope.QUESTIONNAIRES_WRITE,
        "Replace a questionnaire that no round has asked yet",
        body=QuestionnaireDocument,
        query=Nothing,
        answer=QuestionnaireItem,
        headers=(IF_MATCH,),
        also=(HTTPStatus.PRECONDITION_FAILED,),
        gives=ETAG,
    ),
)
def replace_questionnaire(
    call: Call[QuestionnaireDocument, Nothing], slug: str, questionnaire_id: int
) -> Reply:
    check_settings(call.body)
    document = read_document(instruments.complete(call.raw))
    with transaction() as current:
        consultation = by_slug(current, slug)
        draft = editing.draft(current, consultation, questionnaire_id, to_change=True)
        if draft.is_frozen:
            raise Conflict(_("This version was asked and is frozen. It does not change any more."))
        if call.headers["If-Match"] != f'"{draft.row.document_hash}"':
            raise Changed(_("The questionnaire was changed. Read it again, then replace it."))
        act = editor.Act(ChangeKind.REPLACE, call.bearer.account, call.now)
        row = editor.save(current, draft, document, act)
        _record(call, "replace_questionnaire", f"surveys/{row.document_hash[:12]}")
        item = questionnaire_item(*questionnaire_of(current, consultation, row.id or 0))
    return Reply(item, headers={"ETag": f'"{item.document_hash}"'})


@serve(
    bp,
    Operation(
        "GET",
        "/rounds",
        Scope.ROUNDS_READ,
        "List the rounds",
        body=Nothing,
        query=NumberPage,
        answer=RoundList,
    ),
)
def list_rounds(call: Call[Nothing, NumberPage], slug: str) -> Reply:
    return Reply(round_list(session(), by_slug(session(), slug), call.query, call.now))


@serve(
    bp,
    Operation(
        "PATCH",
        ROUND,
        Scope.ROUNDS_WRITE,
        "Open, pause or close a round, move its dates, choose its questionnaire",
        body=RoundChange,
        query=Nothing,
        answer=RoundItem,
    ),
)
def change_round(call: Call[RoundChange, Nothing], slug: str, number: int) -> Reply:
    change = call.body
    with transaction() as current:
        consultation = by_slug(current, slug)
        row = round_of(current, consultation, number, to_change=True)
        if change.questionnaire is not None:
            instruments.assign(current, consultation, row, change.questionnaire)
            version = str(change.questionnaire)
            _record(call, "choose_questionnaire", f"rounds/{number}", version=version)
        if change.opens_at is not None or change.closes_at is not None:
            opens_at = change.opens_at or row.opens_at
            process.set_round_dates(current, row, opens_at, change.closes_at or row.closes_at)
            _record(call, "move_round", f"rounds/{number}")
        if change.state is not None:
            _take_step(call, current, row, RoundState(change.state))
        item = round_item(current, row, call.now)
    return Reply(item)


def _take_step(call: Call[Any, Any], current: Session, row: Round, state: RoundState) -> None:
    """Opening freezes what the round asks."""
    if state is RoundState.OPEN:
        instruments.freeze(current, row, call.now)
    process.set_round_state(current, row, state, call.now)
    _record(call, f"round_{state.value}", f"rounds/{row.number}")


@serve(
    bp,
    Operation(
        "GET",
        f"{ROUND}/invitations",
        Scope.INVITATIONS_READ,
        "List who is invited to a round",
        body=Nothing,
        query=RandomPage,
        answer=InvitationList,
    ),
)
def list_invitations(call: Call[Nothing, RandomPage], slug: str, number: int) -> Reply:
    row = round_of(session(), by_slug(session(), slug), number)
    return Reply(invitation_list(session(), row, call.query))


@serve(
    bp,
    Operation(
        "POST",
        f"{ROUND}/invitations",
        Scope.INVITATIONS_WRITE,
        "Invite somebody by e-mail; who is invited already gets no second mail",
        body=InvitationNew,
        query=Nothing,
        answer=InvitationItem,
        status=HTTPStatus.CREATED,
        also=(HTTPStatus.OK,),
    ),
)
def add_invitation(call: Call[InvitationNew, Nothing], slug: str, number: int) -> Reply:
    with transaction() as current:
        consultation = by_slug(current, slug)
        row = round_of(current, consultation, number)
        person, is_added = stakeholder(current, consultation, row, call.body, call.now)
        invitation, is_new = invited(current, consultation, row, person, call.now)
        if is_added:
            _record(call, "add_stakeholders", "people", added=1)
        if is_new:
            _record(call, "send_invitations", f"rounds/{number}", sent=1)
        item = invitation_item(invitation, person)
    return Reply(item, HTTPStatus.CREATED if is_new else HTTPStatus.OK)


@serve(
    bp,
    Operation(
        "GET",
        f"{ROUND}/submissions",
        Scope.SUBMISSIONS_READ,
        "Read the responses of a round; names stand only in identified rounds",
        body=Nothing,
        query=RandomPage,
        answer=SubmissionList,
    ),
)
def list_submissions(call: Call[Nothing, RandomPage], slug: str, number: int) -> Reply:
    row = round_of(session(), by_slug(session(), slug), number)
    return Reply(submission_list(session(), row, call.query, call.now))


@serve(
    bp,
    Operation(
        "POST",
        f"{ROUND}/submissions",
        Scope.SUBMISSIONS_WRITE,
        "Hand in a response that was collected elsewhere",
        body=SubmissionNew,
        query=Nothing,
        answer=SubmissionItem,
        status=HTTPStatus.CREATED,
        headers=(KEY,),
        also=(HTTPStatus.OK,),
    ),
)
def add_submission(call: Call[SubmissionNew, Nothing], slug: str, number: int) -> Reply:
    given = Collected(
        key=call.headers["Idempotency-Key"],
        language=call.body.language,
        answers={
            code: answer.model_dump(exclude_none=True) | {"value": answer.value}
            for code, answer in call.body.answers.items()
        },
        email=call.body.email or "",
    )
    with transaction() as current:
        row = round_of(current, by_slug(current, slug), number)
        submission, is_new = hand_in(current, row, given, call.now)
        if is_new:
            _record(call, "add_submission", f"rounds/{number}")
        item = submission_items(current, [submission])[0]
    return Reply(item, HTTPStatus.CREATED if is_new else HTTPStatus.OK)


@documents.get("/questionnaire.schema.json")
@requires(PUBLIC)
def questionnaire_shape() -> Response:
    """What a questionnaire as JSON looks like; it holds nothing of any consultation."""
    response = jsonify(questionnaire_schema())
    response.mimetype = "application/schema+json"
    return response
