"""From topics that a machine found to themes that people mean."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, func, select

from analysis.errors import TooFewAnswers
from core.errors import Conflict, Invalid
from core.i18n import _
from core.later import Later
from results.models import AnalysisRun, TopicMember, TopicMention
from results.topic_words import NO_LANGUAGE
from results.workbench import edits
from results.workbench.edits import Actor, Change, changed, passing
from results.workbench.models import (
    Codebook,
    Edit,
    EditKind,
    Theme,
    ThemeKind,
    ThemeState,
    TopicChoice,
)
from results.workbench.queries import themes
from results.workbench.services import MOST_THEMES, Words, insert

if TYPE_CHECKING:
    from analysis.text import topics as finding
else:
    finding = Later("analysis.text.topics")

SEED = 20_260_403
MOST_PARTS = 6
#: A later run's topic takes over the choice when it holds at least this part of the old members.
SAME_TOPIC = 0.5


def choices(session: Session, run: AnalysisRun) -> dict[int, int]:
    """The theme that a person made of each topic of a run."""
    found = session.exec(
        select(TopicChoice.topic, TopicChoice.theme_id).where(TopicChoice.run_id == run.id)
    )
    return dict(found.all())


def _choice(session: Session, run: AnalysisRun, topic: int, theme: Theme) -> Change:
    known = choices(session, run).get(topic)
    before = None if known is None else {"theme_id": known}
    return passing("choice", {"run_id": run.id, "topic": topic}, before, {"theme_id": theme.id})


@dataclass(frozen=True, slots=True)
class Named:
    """What a person says of a topic."""

    code: str
    name: dict[str, str]
    state: ThemeState


def make_theme(
    session: Session,
    codebook: Codebook,
    run: AnalysisRun,
    row: dict[str, Any],
    given: Named,
    actor: Actor,
) -> Theme:
    """A theme of a topic; a person names it, the words of the topic describe it."""
    code, state = given.code, given.state
    known = {theme.code for theme in themes(session, codebook)}
    if code in known:
        raise Invalid(_("There is a theme with this code already."), field="code")
    if len(known) >= MOST_THEMES:
        raise Invalid(_("A codebook holds at most %(limit)s themes.", limit=MOST_THEMES))
    language = str(row.get("terms_language") or row["language"])
    said = {**row.get("terms_in", {}), language: row["terms"]}
    definition = {
        tag: " · ".join(terms)
        for tag, terms in said.items()
        if state is not ThemeState.NOISE and tag not in NO_LANGUAGE
    }
    words = Words.of({"name": given.name, "definition": definition})
    if not words.name:
        raise Invalid(_("Enter a name."), field="name")
    theme = insert(session, codebook, code, ThemeKind.THEME, words)
    topic = int(row["key"])
    changes = [changed(theme, state=state), _choice(session, run, topic, theme)]
    edits.commit(session, codebook, EditKind.TOPIC, f"{topic} → {code}", changes, actor)
    return theme


def add_to_theme(
    session: Session, codebook: Codebook, run: AnalysisRun, topic: int, theme: Theme, actor: Actor
) -> Edit:
    """A topic that means what a theme means already."""
    if theme.kind is ThemeKind.AREA or theme.state in {ThemeState.MERGED, ThemeState.DROPPED}:
        raise Invalid(_("Choose a theme that is in use."), field="target")
    change = _choice(session, run, topic, theme)
    name = f"{topic} → {theme.code}"
    return edits.commit(session, codebook, EditKind.TOPIC, name, [change], actor)


def propose_parts(
    session: Session,
    codebook: Codebook,
    theme: Theme,
    texts: list[tuple[str, str]],
    *,
    parts: int,
    actor: Actor,
) -> list[Theme]:
    """Split a theme: parts that a machine finds in its answers, for people to name and use.

    Only the words of a part are kept with it, no answer: what an author withdraws must be gone.
    """
    if not 2 <= parts <= MOST_PARTS:
        raise Invalid(_("Split into 2 to %(most)s parts.", most=MOST_PARTS), field="parts")
    edits.hold(session, codebook)
    if _proposed_parts(session, codebook, theme):
        raise Conflict(
            _(
                "Parts of this theme are proposed already. Use them or take them out, then split "
                "it once more."
            )
        )
    try:
        model = finding.find_topics(
            [text for text, _language in texts],
            [language for _text, language in texts],
            seed=SEED,
            rules=finding.Rules(k=parts),
        )
    except TooFewAnswers as error:
        raise Conflict(
            _(
                "There are too few answers in one language to find parts in: %(n)s, where "
                "%(needed)s are needed.",
                n=error.n,
                needed=error.needed,
            )
        ) from error
    known = {row.code for row in themes(session, codebook)}
    made: list[Theme] = []
    changes: list[Change] = []
    for topic in model.topics[:parts]:
        code = next(
            name
            for number in range(1, MOST_THEMES + 2)
            if (name := f"{theme.code[:36]}_{number}") not in known
        )
        known.add(code)
        language = next(iter(topic.languages), topic.language)
        words = Words.of(
            {
                "name": {language: ", ".join(topic.terms[:4])},
                "definition": {language: " · ".join(topic.terms)},
            }
        )
        part = insert(session, codebook, code, ThemeKind.THEME, words)
        changes.append(changed(part, state=ThemeState.PROPOSED, parent_id=theme.parent_id))
        made.append(part)
    if not made:
        raise Conflict(_("The answers of this theme share no words: no parts were found."))
    target = f"{theme.code} → {', '.join(part.code for part in made)}"
    edits.commit(session, codebook, EditKind.SPLIT, target, changes, actor)
    return made


def _proposed_parts(session: Session, codebook: Codebook, theme: Theme) -> list[Theme]:
    """Parts that nobody has used or taken out yet: a second click makes no second set."""
    own = re.compile(rf"{re.escape(theme.code[:36])}_\d+\Z")
    return [
        row
        for row in themes(session, codebook)
        if row.state is ThemeState.PROPOSED and own.match(row.code)
    ]


def member_page(
    session: Session, run: AnalysisRun, topic: int, start: int, size: int
) -> tuple[list[str], int]:
    """A page of the answers of a topic, the surest first, and the number of all."""
    return _page(session, TopicMember, run, topic, start, size)


def mention_page(
    session: Session, run: AnalysisRun, topic: int, start: int, size: int
) -> tuple[list[str], int]:
    """The same of the answers that belong to another topic and speak of this one too."""
    return _page(session, TopicMention, run, topic, start, size)


def _page(
    session: Session,
    table: type[TopicMember] | type[TopicMention],
    run: AnalysisRun,
    topic: int,
    start: int,
    size: int,
) -> tuple[list[str], int]:
    wanted = (table.run_id == run.id, table.topic == topic)
    keys = session.exec(
        select(table.contribution_id)
        .where(*wanted)
        .order_by(col(table.confidence).desc(), col(table.contribution_id))
        .offset(start)
        .limit(size)
    ).all()
    total = session.exec(select(func.count()).select_from(table).where(*wanted)).one()
    return list(keys), total


def carry_choices(session: Session, previous: AnalysisRun, run: AnalysisRun) -> None:
    """What people made of topics holds in the next run, where a topic has most of the old members."""
    chosen = choices(session, previous)
    if not chosen:
        return
    before, after = _members(session, previous), _members(session, run)
    of = {key: topic for topic, keys in after.items() for key in keys}
    taken: set[int] = set()
    for topic in sorted(chosen, key=lambda number: (-len(before.get(number, ())), number)):
        counts: dict[int, int] = {}
        for key in before.get(topic, ()):
            if key in of and of[key] not in taken:
                counts[of[key]] = counts.get(of[key], 0) + 1
        if not counts:
            continue
        best = min(counts, key=lambda number: (-counts[number], number))
        if counts[best] >= SAME_TOPIC * len(before[topic]):
            taken.add(best)
            session.add(TopicChoice(run_id=run.id or 0, topic=best, theme_id=chosen[topic]))
    session.flush()


def _members(session: Session, run: AnalysisRun) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = session.exec(
        select(TopicMember.topic, TopicMember.contribution_id)
        .where(TopicMember.run_id == run.id)
        .order_by(col(TopicMember.contribution_id))
    )
    for topic, key in rows:
        found.setdefault(topic, []).append(key)
    return found
