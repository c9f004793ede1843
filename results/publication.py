"""What becomes public: a run's tables behind the disclosure gate, and topics that people named."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from analysis.breakdown import UNKNOWN
from analysis.privacy.gate import Gated, gate
from analysis.types import wilson
from consultation.process.models import Consultation
from core.errors import Conflict, Invalid, NotFound
from core.i18n import _
from results import runs
from results.models import AnalysisRun, Audience, ConfirmedTopic, TopicMember
from results.tables import Document, proportion

#: A new topic takes over a confirmed name when it holds at least this part of the old members.
SAME_TOPIC = 0.5
SMALL_GROUPS = "small_groups"
SMALL_GROUPS_TEXTS = {
    "en": "Groups with few answers, together",
    "fr": "Groupes avec peu de réponses, ensemble",
    "ar": "المجموعات قليلة الإجابات معا",
}
DONT_KNOW = "dont_know"


def publish(
    session: Session,
    consultation: Consultation,
    run: AnalysisRun,
    *,
    threshold: int,
    now: datetime,
) -> None:
    """Gate a run's tables and freeze it for the public."""
    already = run.published_at is not None
    runs.publish(session, consultation, run, now)
    if not already:
        documents = runs.tables(session, run, Audience.COMMITTEE)
        names = {
            topic.topic: topic.label
            for topic in session.exec(select(ConfirmedTopic).where(ConfirmedTopic.run_id == run.id))
        }
        runs.add_tables(session, run, Audience.PUBLIC, gated(documents, names, threshold))


def gated(
    documents: dict[str, Document], names: dict[int, dict[str, str]], threshold: int
) -> dict[str, Document]:
    """The closed set of public tables of a run."""
    found: dict[str, Document] = {}
    for name, document in documents.items():
        if document.get("too_few") or document.get("kind") == "number":
            # A mean of few numbers can give one of them away; means stay with the committee.
            continue
        room = name.partition("/")[0]
        if room == "summary":
            found[name] = _summary(document, threshold)
        elif room == "breakdown":
            overall = documents["/".join(["summary", *name.split("/")[1:3]])]
            found[name] = _breakdown(document, overall, threshold)
        elif room == "participation":
            found[name] = _participation(document, threshold)
        elif room == "ranking" and document["n"] >= threshold:
            found[name] = _ranking(document, threshold)
        elif room == "topics":
            found[name] = _topics(document, names, threshold)
    return found


def _loss(table: Gated) -> Document:
    return {"cells_hidden": table.hidden, "share_hidden": table.share_hidden}


def _is_exclusive(document: Document) -> bool:
    """Whether every respondent stands in one option only, so that options add up."""
    return bool(document["kind"] != "multiple_choice")


def _summary_table(document: Document, threshold: int) -> Gated:
    """Options of a single choice or a scale with "no opinion" as the last one."""
    counts = [int(row["count"]) for row in document["rows"]]
    return gate([[*counts, int(document["states"][DONT_KNOW])]], threshold=threshold)


def _summary_cells(document: Document, threshold: int) -> tuple[int | None, ...]:
    return _summary_table(document, threshold).cells[0]


def _summary(document: Document, threshold: int) -> Document:
    counts = [int(row["count"]) for row in document["rows"]]
    if _is_exclusive(document):
        table = _summary_table(document, threshold)
        shown, total = table.cells[0], table.row_totals[0]
    else:
        # Options overlap: each is a two-way split of the respondents of its own.
        tables = [
            gate([[count, document["n_answered"] - count]], threshold=threshold) for count in counts
        ]
        shown = tuple(table.cells[0][0] for table in tables)
        table = gate([[document["n_answered"]]], threshold=threshold)
        total = table.row_totals[0]
    return {
        "title": document["title"],
        "kind": document["kind"],
        "n_answered": total,
        "rows": [
            {"key": row["key"], "label": row["label"], **_share(shown[place], total, row)}
            for place, row in enumerate(document["rows"])
        ],
        "loss": _loss(table),
    }


def _share(count: int | None, total: int | None, row: Document) -> Document:
    """A share stands where its count and its base stand."""
    if count is None or not total:
        return {"count": None, "share": None, "low": None, "high": None}
    found = row["answered"]
    return {
        "count": count,
        "share": found["share"],
        "low": found["low"],
        "high": found["high"],
    }


def _breakdown(document: Document, overall: Document, threshold: int) -> Document:
    """Groups by answers; what the summary of the same question shows cannot be hidden here."""
    options = [option["key"] for option in document["options"]]
    groups = merge_small(document["groups"], options, document["small"])
    if not groups:
        return {**_heading(document), "groups": [], "loss": {"cells_hidden": 0, "share_hidden": 0}}
    if _is_exclusive(document):
        counts = [
            [*(int(group["shares"][key]["count"]) for key in options), group["n_dont_know"]]
            for group in groups
        ]
        known = [cell is not None for cell in _summary_cells(overall, threshold)]
        table = gate(counts, threshold=threshold, known_columns=known)
        cells = [list(row) for row in table.cells]
        totals = list(table.row_totals)
        loss = _loss(table)
    else:
        cells, totals, loss = _overlapping(groups, options, threshold)
    return {
        **_heading(document),
        "groups": [
            {
                "key": group["key"],
                "label": group["label"],
                "members": group.get("members", []),
                "n_answered": totals[place],
                "shares": {
                    key: _share(cells[place][column], totals[place], {"answered": found})
                    for column, (key, found) in enumerate(
                        (key, group["shares"][key]) for key in options
                    )
                },
            }
            for place, group in enumerate(groups)
        ],
        "loss": loss,
    }


def merge_small(groups: list[Document], options: list[str], small: int) -> list[Document]:
    """Groups with few answers together as one row, so that they do not cost others theirs.

    Where they are still few together, the smallest other group joins them. "Unknown" is never
    merged: it is a row of its own.
    """
    known = sorted(
        (group for group in groups if group["key"] != UNKNOWN),
        key=lambda group: (group["n_answered"], group["key"]),
    )
    together = [group for group in known if group["n_answered"] < small]
    for group in known[len(together) :]:
        if not together or sum(one["n_answered"] for one in together) >= small:
            break
        together.append(group)
    if len(together) < 2:
        return groups
    keys = {group["key"] for group in together}
    base = sum(group["n_answered"] for group in together)
    merged: Document = {
        "key": SMALL_GROUPS,
        "label": SMALL_GROUPS_TEXTS,
        "members": [group["label"] for group in together],
        "n_answered": base,
        "n_dont_know": sum(group["n_dont_know"] for group in together),
        "shares": {
            key: proportion(wilson(sum(one["shares"][key]["count"] for one in together), base))
            for key in options
        },
    }
    rest = [group for group in groups if group["key"] not in keys]
    place = next((i for i, group in enumerate(rest) if group["key"] == UNKNOWN), len(rest))
    return [*rest[:place], merged, *rest[place:]]


def _heading(document: Document) -> Document:
    return {key: document[key] for key in ("title", "kind", "options")}


def _overlapping(
    groups: list[Document], options: list[str], threshold: int
) -> tuple[list[list[int | None]], list[int | None], Document]:
    """Options of a multiple choice: for each one a table of "chosen" and "not chosen"."""
    cells: list[list[int | None]] = [[None] * len(options) for _group in groups]
    totals: list[int | None] = [None] * len(groups)
    hidden = 0
    lost = 0.0
    for column, key in enumerate(options):
        counts = [
            [
                int(group["shares"][key]["count"]),
                group["n_answered"] - int(group["shares"][key]["count"]),
            ]
            for group in groups
        ]
        # Both columns' totals stand in the summary wherever it shows the option.
        total = sum(row[0] for row in counts)
        known = total >= threshold and sum(map(sum, counts)) - total >= threshold
        table = gate(counts, threshold=threshold, known_columns=[known, known])
        hidden += table.hidden
        lost = max(lost, table.share_hidden)
        for place in range(len(groups)):
            cells[place][column] = table.cells[place][0]
            totals[place] = table.row_totals[place]
    return cells, totals, {"cells_hidden": hidden, "share_hidden": lost}


def _participation(document: Document, threshold: int) -> Document:
    table = gate([[row["count"] for row in document["rows"]]], threshold=threshold)
    return {
        "n": table.total,
        "rows": [
            {
                "key": row["key"],
                "label": row["label"],
                "count": count,
                "share": row["share"] if count is not None else None,
                "target": row["target"],
            }
            for row, count in zip(document["rows"], table.cells[0], strict=True)
        ],
        "loss": _loss(table),
    }


def _ranking(document: Document, threshold: int) -> Document:
    """Orders are statistics of many; a group's order stands only on thirty ballots or more."""
    kept = ("title", "method", "unranked", "n", "condorcet_winner", "rules_disagree")
    return {
        **{key: document[key] for key in kept},
        "rows": [
            {
                key: row[key]
                for key in (
                    "key",
                    "label",
                    "rank",
                    "best_rank",
                    "worst_rank",
                    "mean_position",
                    "low",
                    "high",
                )
            }
            for row in document["rows"]
            if row["n"] >= threshold
        ],
        "by": {
            name: _groups_in_public(groups, threshold) for name, groups in document["by"].items()
        },
    }


def _groups_in_public(groups: list[Document], threshold: int) -> list[Document]:
    """Groups large enough for an order, unless their sizes would give a small group's away."""
    if not groups:
        return []
    table = gate([[group["n"] for group in groups]], threshold=threshold)
    return [
        group
        for group, size in zip(groups, table.cells[0], strict=True)
        if size is not None and not group.get("too_few") and not group.get("is_small")
    ]


def _topics(document: Document, names: dict[int, dict[str, str]], threshold: int) -> Document:
    """Only topics to which a person gave a name, and only where enough texts are in them."""
    rows = [
        {
            "key": row["key"],
            "label": names[int(row["key"])],
            "count": row["size"],
            "share": row["share"]["share"],
            "low": row["share"]["low"],
            "high": row["share"]["high"],
        }
        for row in document["rows"]
        if int(row["key"]) in names
        and row["size"] >= threshold
        and document["n_usable"] - row["size"] >= threshold
    ]
    return {
        "n_usable": document["n_usable"] if document["n_usable"] >= threshold else None,
        "rows": rows,
    }


def confirm_topic(
    session: Session,
    run: AnalysisRun,
    number: int,
    *,
    label: dict[str, str],
    actor: str,
    now: datetime,
) -> ConfirmedTopic:
    """A person gives a topic its name."""
    if run.published_at is not None:
        raise Conflict(_("This run is published. Name topics in the next run."))
    words = {code: text.strip()[:200] for code, text in label.items() if text.strip()}
    if not words:
        raise Invalid(_("Enter a name for the topic."), field="label")
    rows = runs.tables(session, run, Audience.COMMITTEE).get("topics", {}).get("rows", [])
    if str(number) not in {row["key"] for row in rows}:
        raise NotFound(_("The run has no such topic."))
    known = session.exec(
        select(ConfirmedTopic).where(
            ConfirmedTopic.run_id == run.id, ConfirmedTopic.topic == number
        )
    ).one_or_none()
    topic = known or ConfirmedTopic(
        run_id=run.id or 0, topic=number, label=words, confirmed_by=actor, confirmed_at=now
    )
    topic.label = words
    topic.confirmed_by = actor
    topic.confirmed_at = now
    session.add(topic)
    session.flush()
    return topic


def carry_confirmed(session: Session, previous_id: int, run: AnalysisRun) -> None:
    """What people named keeps its name in the next run, where the topic is still the same.

    The new topic that holds most of the old members takes the name, if it holds half of them.
    """
    named = session.exec(
        select(ConfirmedTopic)
        .where(ConfirmedTopic.run_id == previous_id)
        .order_by(col(ConfirmedTopic.topic))
    ).all()
    if not named:
        return
    before = _members(session, previous_id)
    after = _members(session, run.id or 0)
    taken: set[int] = set()
    for topic in named:
        members = before.get(topic.topic, set())
        overlap = {
            number: len(members & others) for number, others in after.items() if number not in taken
        }
        if not members or not overlap:
            continue
        best = min(overlap, key=lambda number: (-overlap[number], number))
        if overlap[best] >= SAME_TOPIC * len(members):
            taken.add(best)
            session.add(
                ConfirmedTopic(
                    run_id=run.id or 0,
                    topic=best,
                    label=topic.label,
                    confirmed_by=topic.confirmed_by,
                    confirmed_at=topic.confirmed_at,
                )
            )
    session.flush()


def _members(session: Session, run_id: int) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    rows: Any = session.exec(
        select(TopicMember.topic, TopicMember.contribution_id).where(TopicMember.run_id == run_id)
    )
    for number, contribution in rows:
        found.setdefault(number, set()).add(contribution)
    return found
