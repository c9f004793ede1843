"""What a questionnaire said before each of its last changes, and who changed it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from core.db import enum_column


class ChangeKind(StrEnum):
    """What somebody did to a questionnaire."""

    SETTINGS = "settings"
    ADD_SECTION = "add_section"
    EDIT_SECTION = "edit_section"
    ARRANGE_SECTION = "arrange_section"
    DELETE_SECTION = "delete_section"
    ADD_QUESTION = "add_question"
    EDIT_QUESTION = "edit_question"
    ARRANGE_QUESTION = "arrange_question"
    RENAME_QUESTION = "rename_question"
    DELETE_QUESTION = "delete_question"
    TRANSLATE = "translate"
    QUOTAS = "quotas"
    REPLACE = "replace"
    RESTORE = "restore"


class QuestionnaireState(SQLModel, table=True):
    """A questionnaire as it was before one change. Only the last few are kept."""

    __tablename__ = "questionnaire_state"

    questionnaire_id: int = Field(
        foreign_key="questionnaire.id", ondelete="CASCADE", primary_key=True
    )
    number: int = Field(primary_key=True)
    document: dict[str, Any] = Field(sa_type=JSON)
    document_hash: str = Field(max_length=64)
    kind: ChangeKind = Field(sa_type=enum_column(ChangeKind, "change_kind"))
    #: The code of the section, question or quota, where the change was about one.
    place: str = Field(default="", max_length=64)
    account_id: int | None = Field(default=None, foreign_key="account.id", ondelete="SET NULL")
    at: datetime
