"""The files that the submitted responses of a round hold."""

from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session, select

from core.errors import NotFound
from core.i18n import _
from surveys.models import Submission, SubmissionState
from surveys.queries import Asked
from surveys.questions.base import is_answered
from surveys.uploads import store
from surveys.uploads.contents import TYPES, FileType


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file that somebody handed in, and the question that asked for it."""

    question: str
    key: str
    name: str
    kind: FileType
    size: int

    @property
    def download_name(self) -> str:
        """Nothing of the name that it had: that may say who sent it, or mislead."""
        return f"{self.question}-{self.key[:8]}.{self.kind.code}"


def files_of(session: Session, asked: Asked) -> list[GivenFile]:
    """What was handed in, in the order of the random keys: nobody's files stand together."""
    codes = [question.code for question in asked.document.questions() if question.kind == "file"]
    if not codes:
        return []
    submitted = select(Submission.answers).where(
        Submission.round_id == asked.round.id, Submission.state == SubmissionState.SUBMITTED
    )
    found = [
        GivenFile(code, value["key"], value["name"], TYPES[value["type"]], value["size"])
        for answers in session.exec(submitted)
        for code in codes
        if is_answered(answers.get(code)) and (value := answers[code]["value"])
    ]
    return sorted(found, key=lambda given: given.key)


def file_of(session: Session, asked: Asked, key: str) -> tuple[GivenFile, Path]:
    """One of them with the place where it lies; a key that no response of the round names is none."""
    for given in files_of(session, asked):
        path = store.find(key) if given.key == key else None
        if path is not None:
            return given, path
    raise NotFound(_("There is no such file."))
