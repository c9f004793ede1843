"""Publish a draft of the agenda, and adopt it. What was published never changes."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from consultation.process.models import Consultation
from core.errors import Conflict, Invalid
from core.i18n import _, ngettext
from results.agenda.decisions import find_altered, must_allow
from results.agenda.drafts import queries
from results.agenda.drafts.document import build, content_hash
from results.agenda.drafts.models import AgendaVersion, VersionKind
from results.agenda.models import UNDECIDED, AgendaItem, AgendaTrack, ItemState

Texts = dict[str, str]
#: People in every time zone can read and answer in this time.
SHORTEST_WINDOW = timedelta(hours=24)
LONGEST_WINDOW = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Publication:
    """What the committee says about a version, and until when the public may comment on it."""

    note: Texts = field(default_factory=dict)
    comments_close_at: datetime | None = None


def publish_draft(
    session: Session,
    consultation: Consultation,
    publication: Publication,
    *,
    actor: str,
    now: datetime,
) -> AgendaVersion:
    """Freeze what is decided so far as a draft that everybody can read and comment on."""
    _check(session, consultation, now)
    closes = publication.comments_close_at
    if closes is not None and not SHORTEST_WINDOW <= closes - now <= LONGEST_WINDOW:
        raise Invalid(
            _("Let comments close between one day and 180 days from now."),
            field="comments_close_at",
        )
    return _publish(session, consultation, VersionKind.DRAFT, publication, actor=actor, now=now)


def adopt(
    session: Session,
    consultation: Consultation,
    publication: Publication,
    *,
    actor: str,
    now: datetime,
) -> AgendaVersion:
    """End the work: everything is decided, placed and answered, and stays as it is."""
    _check(session, consultation, now)
    missing = unfinished(session, consultation, now)
    if missing:
        raise Conflict(_("Not yet: %(list)s", list=" ".join(missing)))
    final = Publication(note=publication.note)
    return _publish(session, consultation, VersionKind.ADOPTED, final, actor=actor, now=now)


def unfinished(session: Session, consultation: Consultation, now: datetime) -> list[str]:
    """What stands between the agenda and its adoption, a sentence each."""
    found = []
    draft = queries.latest(session, consultation)
    if draft is None:
        found.append(_("Publish a draft first, so that the public can comment on it."))
    elif draft.comments_close_at is not None and now < draft.comments_close_at:
        found.append(_("The public can still comment on the draft."))
    waiting = queries.waiting_count(session, consultation)
    if waiting:
        found.append(
            ngettext("%(num)s comment is unread.", "%(num)s comments are unread.", waiting)
        )
    open_items = _count(session, consultation, col(AgendaItem.state).in_(UNDECIDED))
    if open_items:
        found.append(
            ngettext(
                "%(num)s candidate is not decided.",
                "%(num)s candidates are not decided.",
                open_items,
            )
        )
    has_tracks = session.exec(
        select(AgendaTrack.id).where(AgendaTrack.consultation_id == consultation.id).limit(1)
    ).first()
    homeless = _count(
        session,
        consultation,
        (col(AgendaItem.state) == ItemState.ADOPTED) & col(AgendaItem.track_id).is_(None),
    )
    if has_tracks is not None and homeless:
        found.append(
            ngettext(
                "%(num)s adopted item has no place in a track.",
                "%(num)s adopted items have no place in a track.",
                homeless,
            )
        )
    return found


def _count(session: Session, consultation: Consultation, rule: object) -> int:
    query = (
        select(func.count())
        .select_from(AgendaItem)
        .where(AgendaItem.consultation_id == consultation.id, rule)  # type: ignore[arg-type]
    )
    return session.exec(query).one()


def _check(session: Session, consultation: Consultation, now: datetime) -> None:
    must_allow(session, consultation, now)
    queries.must_be_open(session, consultation.id or 0)
    if find_altered(session, consultation):
        raise Conflict(
            _("An item is not what was decided upon any more. Open it again before you publish.")
        )


def _publish(
    session: Session,
    consultation: Consultation,
    kind: VersionKind,
    publication: Publication,
    *,
    actor: str,
    now: datetime,
) -> AgendaVersion:
    body = build(session, consultation)
    if not body["items"]:
        raise Invalid(_("Nothing is decided yet, so there is nothing to publish."))
    before = queries.latest(session, consultation)
    seal = content_hash(body)
    if before is not None and kind is VersionKind.DRAFT and before.content_hash == seal:
        raise Conflict(_("Nothing has changed since the last version."))
    version = AgendaVersion(
        consultation_id=consultation.id or 0,
        number=(before.number if before else 0) + 1,
        kind=kind,
        note={code: text.strip() for code, text in publication.note.items() if text.strip()},
        body=body,
        content_hash=seal,
        comments_close_at=publication.comments_close_at,
        published_at=now,
        published_by=actor,
    )
    session.add(version)
    session.flush()
    return version
