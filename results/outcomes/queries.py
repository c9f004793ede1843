"""Reads of outcomes: the scorecard from priorities to deeds, and what is still owed."""

from collections import Counter
from dataclasses import dataclass

from sqlmodel import Session, col, select

from consultation.process.models import Consultation
from results import runs
from results.agenda import answer
from results.agenda.drafts.models import AgendaVersion
from results.agenda.drafts.queries import adopted
from results.agenda.models import AgendaItem
from results.agenda.public import PublicAgenda
from results.models import Audience
from results.outcomes.models import Disagreement, OutcomeAssessment, Source, Verdict
from results.tables import Document

Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """One verdict with those who see it otherwise."""

    assessment: OutcomeAssessment
    disagreements: list[Disagreement]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is said of one item: the last word of each source, and the words before it."""

    self_report: Said | None
    independent: Said | None
    earlier: list[Said]

    @property
    def verdict(self) -> Verdict | None:
        """The verdict that counts: the independent one; a self-report does not replace it."""
        return self.independent.assessment.verdict if self.independent else None

    @property
    def is_disputed(self) -> bool:
        """Whether the two sources differ, or somebody disagrees with one of them."""
        both = [said for said in (self.self_report, self.independent) if said is not None]
        verdicts = {said.assessment.verdict for said in both}
        return len(verdicts) > 1 or any(said.disagreements for said in both)


NOTHING = Outcome(None, None, [])


def outcomes(session: Session, item_ids: list[int]) -> dict[int, Outcome]:
    """What is said of each item, by its id."""
    found = session.exec(
        select(OutcomeAssessment)
        .where(col(OutcomeAssessment.item_id).in_(item_ids))
        .order_by(col(OutcomeAssessment.id))
    ).all()
    against: dict[int, list[Disagreement]] = {}
    for row in session.exec(
        select(Disagreement)
        .where(col(Disagreement.assessment_id).in_([one.id for one in found]))
        .order_by(col(Disagreement.id))
    ):
        against.setdefault(row.assessment_id, []).append(row)
    said: dict[int, list[Said]] = {}
    for assessment in found:
        said.setdefault(assessment.item_id, []).append(
            Said(assessment, against.get(assessment.id or 0, []))
        )
    return {key: _outcome(rows) for key, rows in said.items()}


def _outcome(rows: list[Said]) -> Outcome:
    last = {row.assessment.source: row for row in rows}
    return Outcome(
        self_report=last.get(Source.SELF_REPORT),
        independent=last.get(Source.INDEPENDENT),
        earlier=[row for row in rows if row not in last.values()],
    )


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One line of the scorecard: a priority, the item that answered it, and the outcome."""

    label: Texts
    rank: int | None
    best_rank: int | None
    worst_rank: int | None
    item: Document | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Scorecard:
    """From what stakeholders put first to what was delivered."""

    version: AgendaVersion
    table_title: Texts | None
    n: int | None
    rows: list[ScoreRow]
    #: How many adopted items have which independent verdict; None counts those without one.
    counts: dict[Verdict | None, int]
    n_disputed: int


def scorecard(session: Session, consultation: Consultation) -> Scorecard | None:
    """The scorecard of an adopted agenda: its priorities in order, then items nobody ranked."""
    version = adopted(session, consultation.id or 0)
    if version is None:
        return None
    shown = PublicAgenda(version.body, version, [], frozenset())
    rows_by_id = _row_ids(session, consultation)
    adopted_items = [item for item in version.body["items"] if item["state"] == "adopted"]
    said = outcomes(session, [rows_by_id[item["id"]] for item in adopted_items])
    order = answer.source(_public_tables(session, consultation))
    lines = _ranked_lines(order, shown, rows_by_id, said)
    answered = {line.item["id"] for line in lines if line.item is not None}
    lines += [
        ScoreRow(item["title"], None, None, None, item, said.get(rows_by_id[item["id"]], NOTHING))
        for item in adopted_items
        if item["id"] not in answered
    ]
    all_outcomes = [said.get(rows_by_id[item["id"]], NOTHING) for item in adopted_items]
    return Scorecard(
        version=version,
        table_title=order[1]["title"] if order else None,
        n=order[1].get("n") if order else None,
        rows=lines,
        counts=dict(Counter(one.verdict for one in all_outcomes)),
        n_disputed=sum(one.is_disputed for one in all_outcomes),
    )


def _ranked_lines(
    order: tuple[str, Document] | None,
    shown: PublicAgenda,
    rows_by_id: dict[str, int],
    said: dict[int, Outcome],
) -> list[ScoreRow]:
    if order is None:
        return []
    name, document = order
    lines = []
    for row in document["rows"]:
        item = answer.item_for(shown, name, row["key"])
        if item and item["merged_into"]:
            item = shown.item(item["merged_into"]) or item
        outcome = said.get(rows_by_id[item["id"]], NOTHING) if item else NOTHING
        ranks = (row["rank"], row["best_rank"], row["worst_rank"])
        lines.append(ScoreRow(row["label"], *ranks, item, outcome))
    return lines


def _row_ids(session: Session, consultation: Consultation) -> dict[str, int]:
    found = session.exec(
        select(AgendaItem.public_id, AgendaItem.id).where(
            AgendaItem.consultation_id == consultation.id
        )
    )
    return {public_id: row_id or 0 for public_id, row_id in found}


def _public_tables(session: Session, consultation: Consultation) -> dict[str, Document]:
    run = runs.latest_published(session, consultation)
    return runs.tables(session, run, Audience.PUBLIC) if run else {}


@dataclass(frozen=True, slots=True)
class Owed:
    """An item of an earlier edition that nobody independent found delivered."""

    item_id: str
    row_id: int
    edition: Texts
    title: Texts
    problem: Texts
    deliverable: Texts
    verdict: Verdict | None
    is_taken_over: bool


def undelivered(session: Session, consultation: Consultation) -> list[Owed]:
    """What the edition before this one in its series adopted and did not deliver.

    Only what that edition published is read: its adopted agenda and its public verdicts. An item
    without an independent verdict counts as not delivered until somebody shows otherwise.
    """
    before = _edition_before(session, consultation)
    if before is None:
        return []
    version = adopted(session, before.id or 0)
    if version is None:
        return []
    rows_by_id = _row_ids(session, before)
    items = [item for item in version.body["items"] if item["state"] == "adopted"]
    said = outcomes(session, [rows_by_id[item["id"]] for item in items])
    taken = set(
        session.exec(
            select(AgendaItem.carried_from_id).where(
                AgendaItem.consultation_id == consultation.id,
                col(AgendaItem.carried_from_id).is_not(None),
            )
        ).all()
    )
    found = []
    for item in items:
        row_id = rows_by_id[item["id"]]
        verdict = said.get(row_id, NOTHING).verdict
        if verdict is not Verdict.DELIVERED:
            found.append(
                Owed(
                    item_id=item["id"],
                    row_id=row_id,
                    edition=before.title,
                    title=item["title"],
                    problem=item["problem"],
                    deliverable=item["deliverable"],
                    verdict=verdict,
                    is_taken_over=row_id in taken,
                )
            )
    return found


def _edition_before(session: Session, consultation: Consultation) -> Consultation | None:
    """The public edition of the same series that was created last before this one."""
    if not consultation.series:
        return None
    return session.exec(
        select(Consultation)
        .where(
            Consultation.series == consultation.series,
            col(Consultation.is_public),
            Consultation.id != consultation.id,
            Consultation.created_at <= consultation.created_at,
        )
        .order_by(col(Consultation.created_at).desc(), col(Consultation.id).desc())
        .limit(1)
    ).first()
