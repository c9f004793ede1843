"""A file. It lies in the instance folder under a random key; the answer holds key and fingerprint."""

import hmac
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import IO, Any, Protocol, Self, runtime_checkable

from pydantic import Field as Setting
from pydantic import model_validator
from wtforms import FileField, Form
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional

from analysis.types import AnswerState
from core.config import LARGEST_UPLOAD
from core.i18n import _, _l
from core.security import keyed_hash
from surveys.documents import Question
from surveys.questions.base import (
    Answer,
    Column,
    Plain,
    Problem,
    Settings,
    answered,
    field_name,
    is_answered,
    missing,
    without,
)
from surveys.uploads import store
from surveys.uploads.contents import TYPES, Group, type_of

MEGABYTE = 1024 * 1024
LONGEST_NAME = 100
REMOVE = "-remove"
PARTS = ("key", "name", "type", "size", "sha256")
_HASH = re.compile(r"[0-9a-f]{64}\Z")
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@runtime_checkable
class Sent(Protocol):
    """A file as the web framework hands it on."""

    filename: str | None
    stream: IO[bytes]


class FileSettings(Settings):
    """What a file may be told."""

    documents: bool = True
    tables: bool = True
    images: bool = True
    max_megabytes: int = Setting(default=5, ge=1, le=LARGEST_UPLOAD // MEGABYTE)

    @model_validator(mode="after")
    def _something_is_taken(self) -> Self:
        if not (self.documents or self.tables or self.images):
            raise ValueError("take documents, tables or images")
        return self


class SeveralInputs(FileField):
    """Everything sent under one name: a file, the ticket of an earlier one, a wish to remove it."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = valuelist


class File(Plain):
    """A file to choose. What was chosen before is kept by a ticket that only this server can make.

    A browser never shows a chosen file again, so that a page with a mistake elsewhere carries the
    ticket of what has already arrived. Stored as key, name, type, size and sha256.
    """

    kind = "file"
    name = _l("File")
    settings = FileSettings
    is_personal = True

    def present(self, question: Question, seed: int, answer: Answer | None) -> Question:
        """With the file that was given before, so that the page can speak of it."""
        del seed
        settings = {**question.settings, "kept": _stored_value(answer)}
        return question.model_copy(update={"settings": settings})

    def kept(self, question: Question) -> dict[str, Any] | None:
        """The file that was given before."""
        found: dict[str, Any] | None = question.settings.get("kept")
        return found

    def is_open(self) -> bool:
        return store.are_open()

    def ticket(self, question: Question) -> str:
        """What the page sends back to keep the file that was given before."""
        kept = self.kept(question)
        return _ticket(question, kept) if kept else ""

    def types(self, question: Question) -> list[str]:
        """Codes of the types that are taken."""
        taken = {group for group in Group if question.settings.get(group.value, True)}
        return [code for code, kind in TYPES.items() if kind.group in taken]

    def megabytes(self, question: Question) -> int:
        return int(question.settings.get("max_megabytes", 5))

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        types = self.types(question)
        endings = [*types, "jpg"] if "jpeg" in types else types
        render = {"accept": ",".join(f".{ending}" for ending in endings)}
        label = question.text(language, language)
        return {field_name(question): SeveralInputs(label, [Optional()], render_kw=render)}

    def data(self, question: Question, answer: Answer | None) -> Mapping[str, Any]:
        kept = _stored_value(answer)
        return {field_name(question): [_ticket(question, kept)] if kept else []}

    def parse(self, question: Question, form: Form) -> Answer:
        sent = form[field_name(question)].data or []
        words = [entry for entry in sent if isinstance(entry, str)]
        kept = next(filter(None, (_redeemed(question, word) for word in words)), None)
        if self.is_open():
            for entry in sent:
                if isinstance(entry, Sent) and entry.filename:
                    return self._taken(question, entry, kept)
        if kept is None or REMOVE in words:
            return without(AnswerState.SKIPPED)
        return answered(kept)

    def _taken(self, question: Question, sent: Sent, kept: dict[str, Any] | None) -> Answer:
        """The answer of a file that has just arrived, or what is wrong with it."""
        limit = self.megabytes(question) * MEGABYTE
        content = sent.stream.read(limit + 1)
        name = clean_name(sent.filename or "")
        kind = type_of(content, name)
        fault = ""
        if len(content) > limit:
            fault = "size"
        elif not content:
            fault = "empty"
        elif kind is None or kind.code not in self.types(question):
            fault = "type"
        elif not store.has_room():
            fault = "room"
        if fault or kind is None:
            return answered({"fault": fault, "kept": kept})
        return answered(
            {
                "key": store.keep(content),
                "name": name,
                "type": kind.code,
                "size": len(content),
                "sha256": sha256(content).hexdigest(),
            }
        )

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        del form
        name = field_name(question)
        if not is_answered(answer):
            # What nobody can give is not asked for.
            closed = not self.is_open()
            return [] if closed else missing(question, answer, name, _("Choose a file."))
        message = self._fault(question, answer["value"])
        return [Problem(name, message)] if message else []

    def _fault(self, question: Question, value: Any) -> str:
        types = ", ".join(code.upper() for code in self.types(question))
        limit = self.megabytes(question)
        messages = {
            "size": _("The file is larger than %(limit)s MB. Choose a smaller one.", limit=limit),
            "empty": _("The file is empty. Choose another one."),
            "type": _(
                "This kind of file is not taken. Choose one of these: %(types)s.", types=types
            ),
            "room": _("There is no room for files at the moment. Go on without it."),
        }
        if not isinstance(value, Mapping):
            return _("Choose the file again.")
        if "fault" in value:
            return messages.get(str(value["fault"]), _("Choose the file again."))
        if not _is_whole(value):
            return _("Choose the file again.")
        if value["type"] not in self.types(question):
            return messages["type"]
        return messages["size"] if value["size"] > limit * MEGABYTE else ""

    def value(self, question: Question, answer: Answer) -> str:
        """The name of the file."""
        del question
        value = _stored_value(answer)
        return str(value["name"]) if value else ""

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        del question, language
        value = _stored_value(answer)
        if value is None:
            return []
        kilobytes = max(1, round(value["size"] / 1024))
        return [_("%(name)s (%(size)s KB)", name=value["name"], size=kilobytes)]

    def columns(self, question: Question, language: str) -> list[Column]:
        """A manifest; the files themselves lie beside an export, named by their keys."""
        label = question.text(language, language)
        return [Column(question.code, f"{label} ({part})", part) for part in PARTS]

    def cells(self, question: Question, answer: Answer) -> list[str]:
        del question
        value = _stored_value(answer)
        return [str(value[part]) for part in PARTS] if value else [""] * len(PARTS)

    def from_cells(self, question: Question, cells: Sequence[str]) -> Answer:
        del question
        if not any(cells):
            return without(AnswerState.SKIPPED)
        found: dict[str, Any] = dict(zip(PARTS, cells, strict=True))
        size = found["size"]
        found["size"] = int(size) if size.isascii() and size.isdigit() and len(size) < 12 else size
        return answered(found)


def clean_name(name: str) -> str:
    """The name that a file had, without folders and without marks that nobody sees."""
    last = unicodedata.normalize("NFC", re.split(r"[/\\]", name[-1_000:])[-1])
    seen = "".join(c for c in last if unicodedata.category(c) not in _UNSEEN).strip()
    stem, point, ending = seen.rpartition(".")
    if len(seen) <= LONGEST_NAME or not point or len(ending) > 10:
        return seen[:LONGEST_NAME] or "?"
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"


def _stored_value(answer: Answer | None) -> dict[str, Any] | None:
    """What is known of the file that an answer stands for, a refused one aside."""
    value = (answer or {}).get("value")
    if not is_answered(answer) or not isinstance(value, dict):
        return None
    value = value.get("kept") if "fault" in value else value
    return value if isinstance(value, dict) and _is_whole(value) else None


def _is_whole(value: Mapping[str, Any]) -> bool:
    texts = [value.get(part) for part in PARTS if part != "size"]
    return (
        set(value) == set(PARTS)
        and all(isinstance(text, str) for text in texts)
        and bool(store.KEY.match(value["key"]))
        and bool(_HASH.match(value["sha256"]))
        and value["name"] == clean_name(value["name"])
        and value["type"] in TYPES
        and type(value["size"]) is int
        and value["size"] > 0
    )


def _ticket(question: Question, value: Mapping[str, Any]) -> str:
    body = json.dumps(value, sort_keys=True)
    return f"{_seal(question, body)}.{body}"


def _seal(question: Question, body: str) -> str:
    return keyed_hash("upload", f"{question.code}\x00{body}")


def _redeemed(question: Question, ticket: str) -> dict[str, Any] | None:
    """The file of a ticket that this server made, if it is still there."""
    seal, found, body = ticket[:2_000].partition(".")
    if not found or not seal.isascii() or not hmac.compare_digest(seal, _seal(question, body)):
        return None
    value: dict[str, Any] = json.loads(body)
    return value if store.find(value["key"]) else None
