"""What can be evidence, how an item starts from it, and how its frozen figures read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from consultation.process.models import Consultation
from core.errors import Invalid, NotFound
from core.i18n import _
from core.web import format_share
from results.agenda import services
from results.agenda.models import AgendaItem
from results.models import AnalysisRun, ConfirmedTopic


@dataclass(frozen=True, slots=True)
class Offer:
    """A row of a run that can be linked."""

    value: str
    table: dict[str, Any]
    row: dict[str, Any]


def offers(documents: dict[str, dict[str, Any]]) -> list[Offer]:
    """The rows of a run that an item can rest on: places in a ranking, and topics."""
    return [
        Offer(value=f"{name}|{row['key']}", table=document, row=row)
        for name, document in documents.items()
        if name.startswith("ranking/") or name == "topics"
        for row in document["rows"]
    ]


def start_item(
    session: Session, consultation: Consultation, source: str, now: datetime
) -> AgendaItem:
    """A new item from `challenge:<code>`, `topic:<public id>` or `blank`."""
    kind, _separator, key = source.partition(":")
    if kind == "challenge":
        return services.add_item_from_challenge(session, consultation, key, now)
    if kind == "topic":
        topic = session.exec(
            select(ConfirmedTopic)
            .join(AnalysisRun)
            .where(ConfirmedTopic.public_id == key, AnalysisRun.consultation_id == consultation.id)
        ).one_or_none()
        if topic is None:
            raise NotFound(_("There is no such confirmed topic."))
        return services.add_item_from_topic(session, consultation, topic, now)
    if kind == "blank":
        title = {consultation.default_language: _("New item")}
        return services.add_item(session, consultation, title=title, now=now)
    raise Invalid(_("Choose what the item starts from."))


def describe(figures: dict[str, Any], table_name: str, smallest: int) -> str:
    """The frozen figures of one piece of evidence as a sentence; too small a base says nothing."""
    if table_name.startswith("ranking/"):
        if figures["n"] < smallest:
            return _("Ranked by too few to state a rank")
        return _(
            "Rank %(rank)s (plausible ranks %(best)s to %(worst)s), ranked by %(n)s respondents",
            rank=figures["rank"],
            best=figures["best_rank"],
            worst=figures["worst_rank"],
            n=figures["n"],
        )
    share = figures["share"]
    if share.get("share") is None or share["count"] < smallest:
        return _("Raised by too few to state a share")
    return _(
        "Raised in %(share)s of contributions (%(low)s to %(high)s), n = %(n)s",
        share=format_share(share["share"], 1),
        low=format_share(share["low"], 1),
        high=format_share(share["high"], 1),
        n=int(share["base"]),
    )
