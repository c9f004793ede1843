"""Writes after the summit: verdicts, disagreement, and what the next edition takes over."""

from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlsplit

from sqlmodel import Session, select

from consultation.process.models import Consultation
from core.errors import Closed, Conflict, Invalid, NotFound
from core.i18n import _
from results.agenda import intake
from results.agenda.drafts.document import find_item
from results.agenda.drafts.queries import adopted
from results.agenda.models import AgendaItem, ItemState, Origin
from results.outcomes import queries
from results.outcomes.models import Disagreement, OutcomeAssessment, Source, Verdict

Texts = dict[str, str]
MOST_LINKS = 10
LONGEST_LINK = 500


@dataclass(frozen=True, slots=True)
class Assessment:
    """What an organisation says became of an item."""

    source: Source
    verdict: Verdict
    assessor: str
    statement: Texts
    assessed_on: date
    links: list[str] = field(default_factory=list)


def assess(
    session: Session,
    consultation: Consultation,
    item: AgendaItem,
    assessment: Assessment,
    *,
    actor: str,
    now: datetime,
) -> OutcomeAssessment:
    """Record a verdict on an item of the adopted agenda; earlier verdicts stay on record."""
    version = adopted(session, consultation.id or 0)
    if version is None:
        raise Closed(_("Outcomes are recorded once the agenda is adopted."))
    known = find_item(version.body, item.public_id)
    if known is None or known["state"] != ItemState.ADOPTED:
        raise Invalid(_("Only adopted items have outcomes."))
    if not assessment.assessor.strip():
        raise Invalid(_("Name the organisation that says so."), field="assessor")
    statement = _words(assessment.statement)
    if not statement:
        raise Invalid(_("Say what the verdict rests on."), field="statement")
    if assessment.assessed_on > now.date():
        raise Invalid(_("The day of the assessment lies ahead."), field="assessed_on")
    links = check_links(assessment.links)
    if (
        assessment.source is Source.INDEPENDENT
        and assessment.verdict is not Verdict.DROPPED
        and not links
    ):
        raise Invalid(_("An independent verdict names what shows it."), field="links")
    made = OutcomeAssessment(
        item_id=item.id or 0,
        source=assessment.source,
        verdict=assessment.verdict,
        assessor=assessment.assessor.strip(),
        statement=statement,
        links=links,
        assessed_on=assessment.assessed_on,
        recorded_at=now,
        recorded_by=actor,
    )
    session.add(made)
    session.flush()
    return made


def check_links(links: list[str]) -> list[str]:
    """Addresses of the web and nothing else: a link must not run anything."""
    found = [link.strip() for link in links if link.strip()]
    if len(found) > MOST_LINKS:
        raise Invalid(_("Name at most %(limit)s addresses.", limit=MOST_LINKS), field="links")
    for link in found:
        parts = _split(link)
        if parts is None or any(ord(character) < 33 for character in link):
            raise Invalid(
                _("Write each address in full on a line of its own, with https:// in front."),
                field="links",
            )
    return found


def _split(link: str) -> str | None:
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    is_plain = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
    return parts.netloc if is_plain and len(link) <= LONGEST_LINK else None


def disagree(
    session: Session,
    consultation: Consultation,
    public_id: str,
    *,
    organisation: str,
    statement: Texts,
    actor: str,
    now: datetime,
) -> Disagreement:
    """Record that an organisation sees a verdict otherwise; it stands beside the verdict."""
    assessment = session.exec(
        select(OutcomeAssessment)
        .join(AgendaItem)
        .where(
            OutcomeAssessment.public_id == public_id,
            AgendaItem.consultation_id == consultation.id,
        )
    ).one_or_none()
    if assessment is None:
        raise NotFound(_("There is no such verdict."))
    words = _words(statement)
    if not organisation.strip():
        raise Invalid(_("Name the organisation that says so."), field="organisation")
    if not words:
        raise Invalid(_("Say what is seen otherwise."), field="statement")
    made = Disagreement(
        assessment_id=assessment.id or 0,
        organisation=organisation.strip(),
        statement=words,
        recorded_at=now,
        recorded_by=actor,
    )
    session.add(made)
    session.flush()
    return made


def name_series(session: Session, consultation: Consultation, series: str) -> None:
    """Say which series an edition belongs to; editions of one series hand items on."""
    consultation.series = series.strip()[:200]
    session.add(consultation)
    session.flush()


def carry_over(
    session: Session, consultation: Consultation, public_id: str, *, actor: str, now: datetime
) -> AgendaItem:
    """Take what an earlier edition did not deliver over as a candidate of this one."""
    found = next(
        (row for row in queries.undelivered(session, consultation) if row.item_id == public_id),
        None,
    )
    if found is None:
        raise NotFound(_("The earlier edition has no such item to hand on."))
    if found.is_taken_over:
        raise Conflict(_("This item was taken over already."))
    proposal = intake.Proposal(
        title=found.title,
        origin=Origin.EDITION,
        problem=found.problem,
        deliverable=found.deliverable,
        carried_from_id=found.row_id,
    )
    return intake.add_item(session, consultation, proposal, actor=actor, now=now)


def _words(texts: Texts) -> Texts:
    return {code: text.strip() for code, text in texts.items() if text.strip()}
