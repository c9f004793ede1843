"""/s/<token>/contributions: what became of each contribution. There is always a state."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from flask import Blueprint, flash, g, redirect, request, url_for
from sqlmodel import Session, select
from werkzeug.wrappers import Response

from consultation.contributions.models import Contribution, ContributionState
from core.auth.permissions import TOKEN, requires
from core.db import session, transaction
from core.errors import Invalid, NotFound
from core.forms import BaseForm
from core.i18n import _, current_language, direction
from core.web import limiter, render
from results.agenda import labels as agenda_labels
from results.agenda.trails import Trail, trail
from results.models import Misreading
from results.rounds.labels import FATES
from results.rounds.lineage import Tree, tree_of
from surveys.models import SubmissionState
from surveys.queries import Respondent, contributions_of, find_respondent

bp = Blueprint("feedback", __name__, url_prefix="/s/<token>/contributions")
LONGEST_MESSAGE = 2_000


class Stage(StrEnum):
    """How far a contribution has come; never a label that only a machine gave."""

    DRAFT = "draft"
    WITHDRAWN = "withdrawn"
    RECEIVED = "received"
    BEING_READ = "being_read"
    IN_TOPIC = "in_topic"
    ASKED = "asked"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Fate:
    """One contribution and what became of it."""

    contribution: Contribution
    stage: Stage
    trail: Trail
    misreadings: int


def stage_of(found: Trail) -> Stage:
    state = found.contribution.state
    if state is ContributionState.DRAFT:
        return Stage.DRAFT
    if state is ContributionState.WITHDRAWN:
        return Stage.WITHDRAWN
    if any(item.is_decided for item in found.items):
        return Stage.DECIDED
    if found.asked:
        return Stage.ASKED
    if found.topics:
        return Stage.IN_TOPIC
    return Stage.BEING_READ if found.is_in_a_run else Stage.RECEIVED


def _respondent(current: Session, token: str) -> Respondent:
    respondent = find_respondent(current, token)
    if respondent is None:
        raise NotFound(_("This link leads nowhere. Check that you copied all of it."))
    return respondent


def _fate(current: Session, contribution: Contribution, tree: Tree) -> Fate:
    found = trail(current, contribution, tree)
    said = current.exec(
        select(Misreading.id).where(Misreading.contribution_id == contribution.id)
    ).all()
    return Fate(contribution, stage_of(found), found, len(said))


def _context(respondent: Respondent, token: str) -> dict[str, Any]:
    asked = respondent.asked
    g.is_synthetic = asked.consultation.is_synthetic
    language = asked.document.language_for(current_language())
    return {
        "token": token,
        "consultation": asked.consultation,
        "document": asked.document,
        "page_language": language,
        "agenda_labels": agenda_labels,
        "fate_names": FATES,
        "page_direction": direction(language),
    }


@bp.get("/")
@requires(TOKEN)
def show(token: str) -> Response:
    respondent = _respondent(session(), token)
    submission = respondent.submission
    tree = tree_of(session(), respondent.asked.consultation.id or 0)
    fates = [_fate(session(), row, tree) for row in contributions_of(session(), submission)]
    return render(
        "feedback/show.html",
        fates=fates,
        has_submitted=submission is not None and submission.state is SubmissionState.SUBMITTED,
        form=BaseForm(),
        **_context(respondent, token),
    )


@bp.post("/<contribution_id>/misread")
@limiter.limit("20 per minute")
@requires(TOKEN)
def misread(token: str, contribution_id: str) -> Response:
    """The contributor says that a contribution was misunderstood; people will read it."""
    message = request.form.get("message", "").replace("\x00", "").strip()
    if not message or len(message) > LONGEST_MESSAGE:
        raise Invalid(
            _("Write what you meant, in at most %(limit)s characters.", limit=LONGEST_MESSAGE)
        )
    with transaction() as current:
        respondent = _respondent(current, token)
        own = {row.id for row in contributions_of(current, respondent.submission)}
        if contribution_id not in own:
            raise NotFound(_("There is no such contribution."))
        current.add(
            Misreading(
                contribution_id=contribution_id,
                message=message,
                received_on=datetime.now(UTC).date(),
            )
        )
    flash(_("Thank you. A person will read this and look at your contribution again."), "success")
    return redirect(url_for("feedback.show", token=token), 303)
