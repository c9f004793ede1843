"""What the public says about a draft: taken while its window is open, read by a person first."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from consultation.contributions import services as contributions
from consultation.contributions.models import Channel
from consultation.process.models import Consultation
from core.errors import Closed, Conflict, Invalid, NotFound, TooMany
from core.i18n import _, text_in
from results.agenda.drafts import queries
from results.agenda.drafts.document import find_item
from results.agenda.drafts.models import (
    AgendaComment,
    AgendaVersion,
    CommentState,
    Refusal,
    VersionKind,
)
from results.agenda.models import AgendaItem

LONGEST = 2_000
#: More than people can read; whoever floods a draft fills this and no disk.
MOST_WAITING = 2_000


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody wrote, on the whole or on one item, and from where, if said."""

    text: str
    item: str = ""
    language: str = "und"
    region: str | None = None
    sector: str | None = None


def is_open(version: AgendaVersion, newest: AgendaVersion | None, now: datetime) -> bool:
    """Whether a version takes comments: the newest draft, until its window closes."""
    return (
        newest is not None
        and newest.id == version.id
        and version.kind is VersionKind.DRAFT
        and version.comments_close_at is not None
        and now < version.comments_close_at
    )


def give(
    session: Session,
    consultation: Consultation,
    version: AgendaVersion,
    remark: Remark,
    now: datetime,
) -> AgendaComment:
    """Keep a comment for a person to read; the window is checked in this very transaction."""
    # A lock against a newer version that would close this one's window; SQLite's writers queue.
    session.exec(
        select(Consultation.id).where(Consultation.id == consultation.id).with_for_update()
    ).one()
    if not is_open(version, queries.latest(session, consultation), now):
        raise Closed(_("This draft takes no comments any more. What you wrote was not stored."))
    text = contributions.clean_text(remark.text)
    if not text:
        raise Invalid(_("Write your comment."), field="text")
    if len(text) > LONGEST:
        raise Invalid(_("Write at most %(limit)s characters.", limit=LONGEST), field="text")
    waiting = session.exec(
        select(func.count())
        .select_from(AgendaComment)
        .where(AgendaComment.version_id == version.id, AgendaComment.state == CommentState.WAITING)
    ).one()
    if waiting >= MOST_WAITING:
        raise TooMany(_("Too many comments wait to be read. Try again tomorrow."))
    made = AgendaComment(
        version_id=version.id or 0,
        item_id=_item_id(session, consultation, version, remark.item),
        text=text,
        language=remark.language,
        region=remark.region,
        sector=remark.sector,
        received_on=now.date(),
    )
    session.add(made)
    session.flush()
    return made


def _item_id(
    session: Session, consultation: Consultation, version: AgendaVersion, public_id: str
) -> int | None:
    if not public_id:
        return None
    if find_item(version.body, public_id) is None:
        raise Invalid(_("Choose an item of this draft."), field="item")
    return session.exec(
        select(AgendaItem.id).where(
            AgendaItem.public_id == public_id, AgendaItem.consultation_id == consultation.id
        )
    ).one()


def comment_by_id(session: Session, consultation: Consultation, key: str) -> AgendaComment:
    found = session.exec(
        select(AgendaComment)
        .join(AgendaVersion, col(AgendaVersion.id) == col(AgendaComment.version_id))
        .where(AgendaComment.id == key, AgendaVersion.consultation_id == consultation.id)
        .with_for_update(of=AgendaComment)
    ).one_or_none()
    if found is None:
        raise NotFound(_("There is no such comment."))
    return found


def accept(
    session: Session, consultation: Consultation, comment: AgendaComment, *, actor: str
) -> None:
    """Make a contribution of a comment: from here it is read and counted like any other."""
    if comment.state is CommentState.ACCEPTED:
        raise Conflict(_("This comment was accepted already."))
    asked = _("Comment on the draft agenda")
    if comment.item_id is not None:
        item = session.exec(select(AgendaItem).where(AgendaItem.id == comment.item_id)).one()
        asked = text_in(item.title, consultation.default_language)
    made = contributions.receive(
        session,
        contributions.Source(
            consultation_id=consultation.id or 0,
            channel=Channel.COMMENT,
            region=comment.region,
            sector=comment.sector,
        ),
        contributions.Wording(
            question_code="agenda_comment", asked=asked, language=comment.language
        ),
        text=comment.text,
        today=comment.received_on,
        is_quotable=True,
    )
    comment.state = CommentState.ACCEPTED
    comment.refusal = None
    comment.contribution_id = made.id
    comment.text = ""
    comment.moderated_by = actor
    session.add(comment)
    session.flush()


def refuse(session: Session, comment: AgendaComment, refusal: Refusal, *, actor: str) -> None:
    """Keep a comment off the page, for one of the published reasons."""
    if comment.state is CommentState.ACCEPTED:
        raise Conflict(_("This comment was accepted already."))
    comment.state = CommentState.REFUSED
    comment.refusal = refusal
    comment.moderated_by = actor
    session.add(comment)
    session.flush()


def tally(session: Session, consultation: Consultation) -> dict[str, int]:
    """How many comments wait, were accepted, and were refused for which reason."""
    found = session.exec(
        select(AgendaComment.state, AgendaComment.refusal)
        .join(AgendaVersion, col(AgendaVersion.id) == col(AgendaComment.version_id))
        .where(AgendaVersion.consultation_id == consultation.id)
    )
    return dict(Counter(str(refusal or state) for state, refusal in found))
