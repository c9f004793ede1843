"""The codebook, what people and the machine say of each answer, and the log of every edit."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, LargeBinary, UniqueConstraint, true
from sqlmodel import Field, SQLModel

from core.db import UNORDERED, enum_column, new_id


class ThemeKind(StrEnum):
    """An area groups themes; answers are coded with themes alone."""

    AREA = "area"
    THEME = "theme"


class ThemeState(StrEnum):
    """The life of a theme. Nothing is deleted, so that every edit can be taken back."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    NOISE = "noise"
    MERGED = "merged"
    DROPPED = "dropped"


class Judgement(StrEnum):
    """What somebody says of one theme and one answer."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


class Purpose(StrEnum):
    """Why an answer was asked for: the random sample counts, the informative ones teach."""

    AUDIT = "audit"
    TEACH = "teach"


class SampleUnit(StrEnum):
    """What the random sample draws: single answers, or people with all their answers.

    Samples that were begun before people could be drawn stay samples of answers.
    """

    ANSWER = "answer"
    PERSON = "person"


class RulingKind(StrEnum):
    """Where the last word on an answer comes from."""

    ADJUDICATED = "adjudicated"
    MOVED = "moved"


class EditKind(StrEnum):
    """What was done to a codebook."""

    ADD = "add"
    CHANGE = "change"
    STATE = "state"
    MERGE = "merge"
    SPLIT = "split"
    MOVE = "move"
    TOPIC = "topic"
    ADJUDICATE = "adjudicate"
    IMPORT = "import"
    SCOPE = "scope"
    PUT_BACK = "put_back"
    UNDO = "undo"


class Codebook(SQLModel, table=True):
    """The working codebook of a consultation: always a draft; sign-off freezes a version."""

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_id, max_length=26, unique=True)
    consultation_id: int = Field(foreign_key="consultation.id", ondelete="CASCADE", unique=True)
    #: Codes of the questions whose answers are coded; all free texts where empty.
    questions: list[str] = Field(default_factory=list, sa_type=JSON)
    #: Raised by every edit.
    revision: int = 0
    created_at: datetime


class Theme(SQLModel, table=True):
    """One theme, or an area of themes, in the words of people."""

    __table_args__ = (
        UniqueConstraint("codebook_id", "code", name="uq_theme_code"),
        CheckConstraint("code = lower(code)", name="code_is_lower_case"),
        CheckConstraint(
            "(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged_names_its_theme"
        ),
        CheckConstraint("kind = 'theme' OR parent_id IS NULL", name="an_area_has_no_parent"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_id, max_length=26, unique=True)
    codebook_id: int = Field(foreign_key="codebook.id", ondelete="CASCADE", index=True)
    code: str = Field(max_length=40)
    kind: ThemeKind = Field(default=ThemeKind.THEME, sa_type=enum_column(ThemeKind, "theme_kind"))
    state: ThemeState = Field(sa_type=enum_column(ThemeState, "theme_state"))
    position: int
    parent_id: int | None = Field(
        default=None, foreign_key="theme.id", ondelete="SET NULL", index=True
    )
    merged_into_id: int | None = Field(
        default=None, foreign_key="theme.id", ondelete="CASCADE", index=True
    )
    #: Language -> text, in each of the five.
    name: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    definition: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    inclusion: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    exclusion: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    examples: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    #: A page that comes with an older one is told so.
    revision: int = 0


class CodebookVersion(SQLModel, table=True):
    """A codebook as it was signed off, with what people said of the answers; never changed."""

    __tablename__ = "codebook_version"
    __table_args__ = (UniqueConstraint("codebook_id", "number", name="uq_codebook_version"),)

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_id, max_length=26, unique=True)
    codebook_id: int = Field(foreign_key="codebook.id", ondelete="CASCADE", index=True)
    number: int
    #: The themes, the questions, the agreement of the coders.
    document: dict[str, Any] = Field(sa_type=JSON)
    #: contribution -> {"hash": text hash, "yes": [codes], "no": [codes]}; "audit": [contributions]
    labels: dict[str, Any] = Field(sa_type=JSON)
    content_hash: str = Field(max_length=64)
    signed_by: str = Field(max_length=26)
    signed_at: datetime


class MachineCoding(SQLModel, table=True):
    """What the machine thinks of each answer; the next one replaces it, and people outrank it."""

    __tablename__ = "machine_coding"

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_id, max_length=26, unique=True)
    codebook_id: int = Field(foreign_key="codebook.id", ondelete="CASCADE", unique=True)
    codes: list[str] = Field(sa_type=JSON)
    #: Compressed: contribution ids a line, and float32 probabilities, a row an answer.
    ids: bytes = Field(sa_type=LargeBinary)
    probabilities: bytes = Field(sa_type=LargeBinary)
    parameters: dict[str, Any] = Field(sa_type=JSON)
    n_labelled: int
    seconds: float
    computed_at: datetime


class TopicChoice(SQLModel, table=True):
    """Which theme a person made of a topic that a run found."""

    __tablename__ = "topic_choice"

    run_id: int = Field(foreign_key="analysis_run.id", ondelete="CASCADE", primary_key=True)
    topic: int = Field(primary_key=True)
    theme_id: int = Field(foreign_key="theme.id", ondelete="CASCADE", index=True)


class Coder(SQLModel, table=True):
    """Who codes: the first and the second coder, blind to each other."""

    __table_args__ = (
        UniqueConstraint("codebook_id", "account_id", name="uq_coder_account"),
        CheckConstraint("place IN (1, 2)", name="two_places"),
    )

    codebook_id: int = Field(foreign_key="codebook.id", ondelete="CASCADE", primary_key=True)
    place: int = Field(primary_key=True)
    account_id: int = Field(foreign_key="account.id", ondelete="CASCADE", index=True)
    assigned_at: datetime


class CodesSeen(SQLModel, table=True):
    """Until when somebody could see what a place says, other than as the coder at the other one.

    An analyst without a place sees the codes of both; whoever held a place saw those of that one.
    """

    __tablename__ = "codes_seen"
    __table_args__ = (CheckConstraint("place IN (1, 2)", name="two_places"),)

    codebook_id: int = Field(foreign_key="codebook.id", ondelete="CASCADE", primary_key=True)
    place: int = Field(primary_key=True)
    coder: str = Field(max_length=26, primary_key=True)
    until: datetime


class Reading(SQLModel, table=True):
    """One coder has read one answer. It counts as long as the answer has the same words."""

    __table_args__ = (
        UniqueConstraint("codebook_id", "place", "contribution_id", name="uq_reading_place"),
        CheckConstraint("place IN (1, 2)", name="two_places"),
    )

    id: int | None = Field(default=None, primary_key=True)
    codebook_id: int = Field(foreign_key="codebook.id", ondelete="CASCADE")
    place: int
    contribution_id: str = Field(
        foreign_key="contribution.id", ondelete="CASCADE", index=True, max_length=26
    )
    coder: str = Field(max_length=26)
    purpose: Purpose = Field(sa_type=enum_column(Purpose, "purpose"))
    text_hash: str = Field(max_length=64)
    read_at: datetime


class ThemeDecision(SQLModel, table=True):
    """What a coder said of one theme in a reading; a theme without a row was not asked about."""

    __tablename__ = "theme_decision"

    reading_id: int = Field(foreign_key="reading.id", ondelete="CASCADE", primary_key=True)
    theme_id: int = Field(foreign_key="theme.id", ondelete="CASCADE", primary_key=True, index=True)
    value: Judgement = Field(sa_type=enum_column(Judgement, "judgement"))
    #: False where the coder could have seen what the other one says of it.
    is_blind: bool = Field(default=True, sa_column_kwargs={"server_default": true()})


class Ruling(SQLModel, table=True):
    """The last word of a person on one theme and one answer: an adjudication, or a move."""

    __table_args__ = (CheckConstraint("value <> 'unsure'", name="a_ruling_decides"),)

    theme_id: int = Field(foreign_key="theme.id", ondelete="CASCADE", primary_key=True)
    contribution_id: str = Field(
        foreign_key="contribution.id",
        ondelete="CASCADE",
        primary_key=True,
        index=True,
        max_length=26,
    )
    value: Judgement = Field(sa_type=enum_column(Judgement, "judgement"))
    kind: RulingKind = Field(sa_type=enum_column(RulingKind, "ruling_kind"))
    text_hash: str = Field(max_length=64)
    ruled_by: str = Field(max_length=26)


class PutBack(SQLModel, table=True):
    """An answer that looks as if it said nothing and that a person wants read all the same.

    It holds as long as the answer has the same words.
    """

    __tablename__ = "put_back"

    contribution_id: str = Field(
        foreign_key="contribution.id", ondelete="CASCADE", primary_key=True, max_length=26
    )
    text_hash: str = Field(max_length=64)
    put_back_by: str = Field(max_length=26)


class AuditSample(SQLModel, table=True):
    """The random sample that people code to correct the machine; drawn from a stored seed."""

    __tablename__ = "audit_sample"

    codebook_id: int = Field(foreign_key="codebook.id", ondelete="CASCADE", primary_key=True)
    seed: int
    unit: SampleUnit = Field(
        default=SampleUnit.PERSON, sa_type=enum_column(SampleUnit, "sample_unit")
    )
    #: The number of answers asked for; whole people bring a few more or less.
    size: int
    n_population: int
    drawn_by: str = Field(max_length=26)
    drawn_at: datetime


class AuditMember(SQLModel, table=True):
    """An answer of the random sample."""

    __tablename__ = "audit_member"
    __table_args__ = (UNORDERED,)

    codebook_id: int = Field(foreign_key="codebook.id", ondelete="CASCADE", primary_key=True)
    contribution_id: str = Field(
        foreign_key="contribution.id",
        ondelete="CASCADE",
        primary_key=True,
        index=True,
        max_length=26,
    )


class Edit(SQLModel, table=True):
    """One edit: what each row said before and after. Never changed; undoing is a new edit."""

    __tablename__ = "codebook_edit"

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_id, max_length=26, unique=True)
    codebook_id: int = Field(foreign_key="codebook.id", ondelete="CASCADE", index=True)
    at: datetime
    by: str = Field(max_length=26)
    kind: EditKind = Field(sa_type=enum_column(EditKind, "edit_kind"))
    #: Codes of the themes it was about, for the page of the log.
    target: str = Field(max_length=200)
    #: [{"table", "key", "before", "after"}]; see edits.py.
    changes: list[dict[str, Any]] = Field(sa_type=JSON)
    undoes_id: int | None = Field(
        default=None, foreign_key="codebook_edit.id", ondelete="CASCADE", unique=True
    )


class ThemeMember(SQLModel, table=True):
    """Which answers of a run raise a theme; the trail in both directions."""

    __tablename__ = "theme_member"
    __table_args__ = (UNORDERED,)

    run_id: int = Field(foreign_key="analysis_run.id", ondelete="CASCADE", primary_key=True)
    code: str = Field(max_length=40, primary_key=True)
    contribution_id: str = Field(
        foreign_key="contribution.id",
        ondelete="CASCADE",
        primary_key=True,
        index=True,
        max_length=26,
    )
    is_human: bool
    probability: float
