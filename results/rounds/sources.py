"""What a new item of a round came from: references that a person gives, and links that last."""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from sqlmodel import Session, col, select

from consultation.contributions.models import Contribution, ContributionState
from consultation.process.models import Consultation
from core.errors import Invalid
from core.i18n import _
from results import runs
from results.models import AnalysisRun, Audience, ConfirmedTopic
from results.rounds.models import ItemSource, SourceKind

Texts = dict[str, str]
#: A reference is `topic:<id>`, `theme:<run>|<key>`, or the code of an answer, with the word
#: `answer:` before it or without, and with the place of a passage after it or without.
_GROUP = re.compile(r"topic:[a-z2-7]{26}|theme:[a-z2-7]{26}\|[^\x00]{1,200}")
_ANSWER = re.compile(r"(?:answer:)?([a-z2-7]{26})(?:[: ]+(\d{1,7})-(\d{1,7}))?")
MOST_SOURCES = 50
#: In a link whose item is still to be made.
UNMADE = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """A topic or a theme that a new item can come from."""

    value: str
    label: Texts


def offers(session: Session, consultation: Consultation, chosen: Iterable[str] = ()) -> list[Offer]:
    """Topics that people named and themes that they signed off: of the last run, and those chosen."""
    run = runs.latest(session, consultation)
    found: list[Offer] = []
    if run is not None:
        named = session.exec(
            select(ConfirmedTopic)
            .where(ConfirmedTopic.run_id == run.id)
            .order_by(col(ConfirmedTopic.topic))
        )
        found += [Offer(f"topic:{topic.public_id}", topic.label) for topic in named]
        themes = runs.table(session, run, Audience.COMMITTEE, "themes").get("rows", [])
        found += [
            Offer(f"theme:{run.public_id}|{row['key']}", dict(row["label"]))
            for row in themes
            if not row.get("is_noise")
        ]
    known = {offer.value for offer in found}
    for reference in chosen:
        kind = reference.partition(":")[0]
        if reference not in known and kind in {SourceKind.TOPIC, SourceKind.THEME}:
            with suppress(Invalid):
                label = resolve(session, consultation, reference).label
                found.append(Offer(reference, label))
                known.add(reference)
    return found


def resolve(session: Session, consultation: Consultation, reference: str) -> ItemSource:
    """The link that a reference asks for, still without its item."""
    kind, _colon, key = reference.strip().partition(":")
    if _GROUP.fullmatch(reference.strip()):
        find = _topic if kind == SourceKind.TOPIC else _theme
        return find(session, consultation, key)
    return _answer(session, consultation, reference.strip())


def _topic(session: Session, consultation: Consultation, public_id: str) -> ItemSource:
    topic = session.exec(
        select(ConfirmedTopic)
        .join(AnalysisRun, col(AnalysisRun.id) == col(ConfirmedTopic.run_id))
        .where(
            ConfirmedTopic.public_id == public_id, AnalysisRun.consultation_id == consultation.id
        )
    ).one_or_none()
    if topic is None:
        raise Invalid(_("There is no such confirmed topic."))
    return ItemSource(
        item_id=UNMADE,
        kind=SourceKind.TOPIC,
        run_id=topic.run_id,
        row_key=str(topic.topic),
        label=topic.label,
    )


def _theme(session: Session, consultation: Consultation, key: str) -> ItemSource:
    run_id, _bar, code = key.partition("|")
    run = session.exec(
        select(AnalysisRun).where(
            AnalysisRun.public_id == run_id, AnalysisRun.consultation_id == consultation.id
        )
    ).one_or_none()
    rows = runs.table(session, run, Audience.COMMITTEE, "themes").get("rows", []) if run else []
    row = next((row for row in rows if str(row["key"]) == code), None)
    if run is None or row is None:
        raise Invalid(_("There is no such signed-off theme."))
    return ItemSource(
        item_id=UNMADE, kind=SourceKind.THEME, run_id=run.id, row_key=code, label=dict(row["label"])
    )


def _answer(session: Session, consultation: Consultation, reference: str) -> ItemSource:
    found = _ANSWER.fullmatch(reference)
    contribution = find_answer(session, consultation, reference)
    if found is None or contribution is None:
        raise Invalid(
            _(
                "There is no answer with the code “%(code)s” in this consultation. Copy the code "
                "from the page of topics.",
                code=_printable(reference),
            )
        )
    source = ItemSource(
        item_id=UNMADE, kind=SourceKind.CONTRIBUTION, contribution_id=contribution.id
    )
    if found[2]:
        start, end = int(found[2]), int(found[3])
        if not start < end <= len(contribution.text):
            raise Invalid(
                _("The passage “%(code)s” is not in the answer.", code=_printable(reference))
            )
        source.passage_start, source.passage_end = start, end
        source.text_hash = contribution.text_hash
    return source


def _printable(reference: str) -> str:
    return "".join(character for character in reference if character.isprintable())[:60]


def find_answer(
    session: Session, consultation: Consultation, reference: str
) -> Contribution | None:
    """The text that a reference names, if it was handed in here and still stands."""
    found = _ANSWER.fullmatch(reference.strip())
    if found is None:
        return None
    return session.exec(
        select(Contribution).where(
            Contribution.id == found[1],
            Contribution.consultation_id == consultation.id,
            Contribution.state == ContributionState.RECEIVED,
        )
    ).one_or_none()


def attach(
    session: Session, consultation: Consultation, item_id: int, references: Iterable[str]
) -> None:
    """Link an item to what it came from; what is named twice is linked once."""
    made: dict[object, ItemSource] = {}
    for reference in references:
        source = resolve(session, consultation, reference)
        source.item_id = item_id
        made.setdefault(
            (source.kind, source.contribution_id, source.run_id, source.row_key), source
        )
    if len(made) > MOST_SOURCES:
        raise Invalid(_("Name at most %(limit)s sources of one item.", limit=MOST_SOURCES))
    session.add_all(made.values())
    session.flush()


def references_of(session: Session, sources: Iterable[ItemSource]) -> list[str]:
    """References that lead to the same sources again; what was taken back has none."""
    found = []
    for source in sources:
        if source.contribution_id is not None:
            passage = f":{source.passage_start}-{source.passage_end}" * (
                source.text_hash is not None
            )
            found.append(f"answer:{source.contribution_id}{passage}")
        elif source.kind is SourceKind.TOPIC:
            topic = session.exec(
                select(ConfirmedTopic.public_id).where(
                    ConfirmedTopic.run_id == source.run_id,
                    ConfirmedTopic.topic == int(source.row_key or 0),
                )
            ).one_or_none()
            found += [f"topic:{topic}"] if topic else []
        elif source.kind is SourceKind.THEME:
            run = session.exec(
                select(AnalysisRun.public_id).where(AnalysisRun.id == source.run_id)
            ).one()
            found.append(f"theme:{run}|{source.row_key}")
    return found
