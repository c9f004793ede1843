"""What the API of surveys takes and gives. Unknown fields are refused."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    JsonValue,
    model_validator,
)

from consultation.process.models import IdentityMode, RoundState
from core.api import LARGEST_ID
from core.api_body import Part
from surveys.documents import Texts
from surveys.queries import RoundStatus

#: RFC 3339, with the seconds and the zone.
MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"


def _in_utc(value: object) -> datetime:
    if not isinstance(value, str) or not re.fullmatch(MOMENT, value):
        raise ValueError("write a date and time with its zone, as in 2027-03-01T09:00:00Z")
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("the date is out of range") from error


Moment = Annotated[datetime, BeforeValidator(_in_utc)]


class QuestionnaireItem(BaseModel):
    """One version of a questionnaire, without what it asks."""

    id: int
    survey: str
    version: int
    title: Texts
    document_hash: str
    is_frozen: bool
    created_at: datetime


class QuestionnaireList(BaseModel):
    """Versions of all questionnaires, by number."""

    items: list[QuestionnaireItem]
    next: str | None


class RoundItem(BaseModel):
    """One round; `status` is what its state and dates mean now."""

    number: int
    title: Texts
    state: RoundState
    status: RoundStatus
    identity_mode: IdentityMode
    has_open_link: bool
    opens_at: datetime
    closes_at: datetime
    questionnaire: int | None


class RoundList(BaseModel):
    """The rounds of the consultation, by number."""

    items: list[RoundItem]
    next: str | None


class RoundChange(Part):
    """What to change of a round; what is left out or null stays as it is."""

    state: Literal["open", "paused", "closed"] | None = None
    opens_at: Moment | None = None
    closes_at: Moment | None = None
    questionnaire: int | None = Field(default=None, ge=1, le=LARGEST_ID)


class InvitationNew(Part):
    """Whom to invite. Somebody unknown becomes a stakeholder of the consultation."""

    email: str = Field(max_length=254, pattern=r'^[^@\s,;<>"]+@[^@\s,;<>"]+\.[^@\s,;<>"]+$')
    name: str = Field(default="", max_length=200)
    language: str | None = Field(default=None, max_length=16)


class InvitationItem(BaseModel):
    """An invitation. `has_answered` comes late and in batches, so it may be false too long."""

    id: str
    email: str
    name: str
    language: str
    sent_on: date | None
    has_answered: bool


class InvitationList(BaseModel):
    """Invitations of a round, by their random ids."""

    items: list[InvitationItem]
    next: str | None


class AnswerNew(Part):
    """An answer as it is stored; `text` are the words beside “other”."""

    state: Literal["answered", "skipped", "dont_know", "refused"]
    value: JsonValue = None
    text: str | None = None


class SubmissionNew(Part):
    """A response collected elsewhere."""

    language: str = Field(min_length=2, max_length=16)
    answers: dict[str, AnswerNew]
    #: Whose response it is: needed in identified rounds, refused in anonymous ones.
    email: str | None = Field(default=None, max_length=254)

    @model_validator(mode="after")
    def _has_answers(self) -> Self:
        if not self.answers:
            raise ValueError("a response holds at least one answer")
        return self


class AnswerItem(BaseModel):
    """An answer. Free words stand in `value`, or in `text` beside another value."""

    state: str
    value: JsonValue
    text: str | None


class Respondent(BaseModel):
    """Who responded, when and from where; told in identified rounds alone."""

    email: str
    name: str
    submitted_on: date | None
    language: str
    sector: str | None
    country: str | None
    region: str | None


class SubmissionItem(BaseModel):
    """One response that was handed in."""

    id: str
    answers: dict[str, AnswerItem]
    respondent: Respondent | None


class SubmissionList(BaseModel):
    """Responses by their random ids. `withheld` says how many wait for their batch."""

    items: list[SubmissionItem]
    next: str | None
    withheld: int
