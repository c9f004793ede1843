"""What is declared before anybody answers: whose shares count, and when rounds end."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Connection, Table, event
from sqlmodel import Field, SQLModel

import consultation.people.models  # noqa: F401 - the table that is guarded too
from consultation.targets.rules import POSTGRESQL, SQLITE


class TargetRegistration(SQLModel, table=True):
    """The targets and the stopping rule of a consultation; frozen, nobody changes them again.

    The rules are the database's own (`rules.py`): they hold for raw SQL too.
    """

    __tablename__ = "target_registration"
    __table_args__ = (
        CheckConstraint(
            "(frozen_at IS NULL) = (frozen_by IS NULL)", name="frozen_has_its_time_and_hand"
        ),
        CheckConstraint(
            "frozen_at IS NOT NULL OR NOT is_before_first_round", name="only_frozen_comes_first"
        ),
    )

    consultation_id: int = Field(
        foreign_key="consultation.id", ondelete="CASCADE", primary_key=True
    )
    #: Why these shares, in the organiser's words, by language.
    rationale: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    #: The fields of `analysis.delphi.stopping.StoppingRule`.
    stopping_rule: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    #: Whether it was frozen before any round had opened; only then do weighted figures lead.
    is_before_first_round: bool = False
    frozen_at: datetime | None = None
    frozen_by: str | None = Field(default=None, max_length=26)


def _guard(table: Table, connection: Connection, **_options: Any) -> None:
    """Put the triggers on a table that was just made; migrations do the same."""
    statements = {"sqlite": SQLITE, "postgresql": POSTGRESQL}[connection.dialect.name]
    for statement in statements[table.name]:
        connection.exec_driver_sql(statement)


for _guarded in ("target_registration", "target"):
    event.listen(SQLModel.metadata.tables[_guarded], "after_create", _guard)
