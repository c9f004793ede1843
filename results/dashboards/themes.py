"""What the page of one theme shows: its shares by group as a run keeps them, and its answers.

The shares come from the run; the answers are those that the run put into the theme, as they stand
now, without what was withdrawn since.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select as select_columns
from sqlmodel import Session, col, func, or_, select

from consultation.contributions.models import Contribution
from consultation.process.models import Consultation
from core.auth.models import Account
from core.errors import NotFound
from core.i18n import _, current_language, text_in
from results.dashboards import answers, charts
from results.dashboards.answers import Chosen, Onward, Origin
from results.models import AnalysisRun
from results.tables import Document
from results.workbench.labels import theme_columns
from results.workbench.models import AuditMember, Reading, ThemeDecision, ThemeMember
from results.workbench.queries import codebook_of, place_of, themes
from results.workbench.report import CROSSING

BY = ("region", "sector", CROSSING)


@dataclass(frozen=True, slots=True)
class Cell:
    """One group: its shares as heard and weighted, and how many answers lead to it."""

    key: str
    name: str
    #: The filters that list its answers.
    filters: dict[str, str]
    share: Document
    weighted: Document | None
    n_listed: int
    #: The share of people, where the sample drew people.
    people: Document | None


@dataclass(frozen=True, slots=True)
class Member:
    """One answer of the theme, what put it there, and where it went."""

    answer: Contribution
    is_human: bool
    probability: float
    onward: Onward


@dataclass(frozen=True, slots=True)
class Theme:
    """A row of the run's table of themes, with its groups."""

    row: Document
    document: Document
    cells: dict[str, list[Cell]]
    agreement: Document

    @property
    def has_weights(self) -> bool:
        return self.row.get("weighted") is not None


@dataclass(frozen=True, slots=True)
class Listed(answers.Listed):
    """The answers that a reader may see, counted by origin and by what put them into the theme."""

    human: int
    #: Answers that stay unseen because the reader codes and has not read them.
    hides_some: bool

    def missing(self, row: Document) -> int:
        """How many answers that the figures count are there no more."""
        counted = row.get("n_members")  # Runs that were computed before have none.
        return 0 if counted is None or self.hides_some else max(0, counted - self.total)


def row_of(document: Document, code: str) -> Document:
    """The row of a theme in the table of a run."""
    found = next((row for row in document.get("rows", []) if row["key"] == code), None)
    if found is None:
        raise NotFound(_("The newest figures have no such theme."))
    return dict(found)


def theme_of(document: Document, code: str, listed: Listed) -> Theme:
    """A theme with its groups in the order of the run."""
    row = row_of(document, code)
    names = answers.names_of_groups(document)
    cells = {
        kind: [_cell(kind, key, row, names, listed) for key in row["by"].get(kind, {})]
        for kind in BY
    }
    agreement: Document = next(
        (one for one in document.get("agreement", []) if one["code"] == code), {}
    )
    return Theme(row, document, cells, agreement)


def _cell(kind: str, key: str, row: Document, names: Mapping[str, str], listed: Listed) -> Cell:
    filters = places_of(kind, key)
    return Cell(
        key=key,
        name=" × ".join(names.get(part, part) for part in key.split("|")),
        filters=filters,
        share=row["by"][kind][key],
        # Runs that were computed before have none.
        weighted=row.get("weighted_by", {}).get(kind, {}).get(key),
        n_listed=listed.count(Chosen(**filters)),
        people=row.get("people", {}).get("by", {}).get(kind, {}).get(key),
    )


def places_of(kind: str, key: str) -> dict[str, str]:
    """The region and the sector that a group stands for."""
    if kind == CROSSING:
        region, _bar, sector = key.partition("|")
        return {"region": region, "sector": sector}
    return {"region": "", "sector": "", kind: key}


def theme_names(document: Document, fallback: str) -> dict[str, str]:
    """Names of the themes of a run in the reader's language; of a nameless one its code."""
    return {
        row["key"]: text_in(row["label"], current_language(), fallback) or row["key"]
        for row in document.get("rows", [])
    }


def drawings(theme: Theme, *, right_to_left: bool) -> dict[str, Document]:
    """Bars of the shares of regions and of sectors that have one."""
    found = {}
    for kind in ("region", "sector"):
        cells = [cell for cell in theme.cells[kind] if cell.share["share"] is not None]
        if cells:
            found[f"by-{kind}"] = charts.share_bars(
                [cell.name for cell in cells],
                [cell.share["share"] for cell in cells],
                [cell.share["low"] for cell in cells],
                [cell.share["high"] for cell in cells],
                right_to_left=right_to_left,
            )
    return found


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the answers. A coder of the codebook sees no code before having said one."""

    run: AnalysisRun
    code: str
    codebook_id: int | None
    place: int | None
    #: The theme in the codebook, and those that became it.
    theme_ids: frozenset[int] = frozenset()

    def conditions(self) -> list[Any]:
        wanted: list[Any] = [
            ThemeMember.run_id == self.run.id,
            ThemeMember.code == self.code,
            *answers.standing(self.run),
        ]
        return wanted if self.place is None else [*wanted, self._is_open()]

    def _is_open(self) -> Any:
        """What this coder has said; and what only the machine coded, the random sample apart."""
        own = (
            select(Reading.contribution_id)
            .join(ThemeDecision, col(ThemeDecision.reading_id) == col(Reading.id))
            .where(
                Reading.codebook_id == self.codebook_id,
                Reading.place == self.place,
                col(ThemeDecision.theme_id).in_(self.theme_ids),
            )
        )
        is_machine = col(ThemeMember.is_human).is_(False)
        sample = select(AuditMember.contribution_id).where(
            AuditMember.codebook_id == self.codebook_id
        )
        outside = col(ThemeMember.contribution_id).not_in(sample)
        return or_(col(ThemeMember.contribution_id).in_(own), is_machine & outside)


def reader_of(
    session: Session, consultation: Consultation, run: AnalysisRun, code: str, account: Account
) -> Reader:
    """The reader of a theme's answers, and the place among the coders, if any."""
    codebook = codebook_of(session, consultation)
    place = None if codebook is None else place_of(session, codebook, account.id or 0)
    if codebook is None or place is None:
        return Reader(run, code, None, None)
    rows = themes(session, codebook)
    columns = theme_columns([row for row in rows if row.code == code], rows)
    return Reader(run, code, codebook.id, place, frozenset(columns))


def listed(session: Session, reader: Reader) -> Listed:
    """Count the answers by where they came from."""
    found = session.connection().execute(
        select_columns(*answers.COLUMNS, col(ThemeMember.is_human), func.count())
        .join(ThemeMember, col(ThemeMember.contribution_id) == col(Contribution.id))
        .where(*reader.conditions())
        .group_by(*answers.COLUMNS, col(ThemeMember.is_human))
    )
    counts: Counter[Origin] = Counter()
    tags = set()
    human = 0
    for region, sector, channel, language, is_human, n in found:
        counts[answers.origin_of(region, sector, channel, language)] += n
        tags.add(language)
        human += n if is_human else 0
    return Listed(counts, human, reader.place is not None, tags=frozenset(tags))


def members(
    session: Session, reader: Reader, listed: Listed, chosen: Chosen, start: int
) -> list[Member]:
    """A page of answers: what people coded first, then what the machine is surest of."""
    found = session.exec(
        select(Contribution, ThemeMember)
        .join(ThemeMember, col(ThemeMember.contribution_id) == col(Contribution.id))
        .where(*reader.conditions(), *listed.conditions(chosen))
        .order_by(
            col(ThemeMember.is_human).desc(),
            col(ThemeMember.probability).desc(),
            col(Contribution.id),
        )
        .offset(start)
        .limit(answers.SHOWN)
    ).all()
    shown = [answer for answer, _member in found]
    went = answers.onward(session, reader.run, shown, is_blind=reader.place is not None)
    return [
        Member(answer, member.is_human, member.probability, went[answer.id])
        for answer, member in found
    ]


def exemplars(session: Session, reader: Reader, keys: list[str]) -> list[Contribution]:
    """The answers that the run chose to stand for the theme, as far as they may still be quoted."""
    found = {
        answer.id: answer
        for answer in session.exec(
            select(Contribution)
            .join(ThemeMember, col(ThemeMember.contribution_id) == col(Contribution.id))
            .where(
                *reader.conditions(),
                col(Contribution.id).in_(keys),
                col(Contribution.is_quotable),
            )
        )
    }
    return [found[key] for key in keys if key in found]
