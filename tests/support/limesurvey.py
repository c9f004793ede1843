"""Surveys of LimeSurvey for tests, written out as its files are."""

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any
from xml.sax.saxutils import escape

Row = Mapping[str, Any]


class Lss:
    """Puts rows into tables as an export of version 6 and later does."""

    def __init__(self, *languages: str, version: int = 623) -> None:
        self.languages = languages or ("en",)
        self.version = version
        self.tables: dict[str, list[Row]] = {}
        self._ids = count(1)
        self.sid = "649557"
        self.row(
            "surveys",
            sid=self.sid,
            admin="inherit",
            format="G",
            language=self.languages[0],
            additional_languages=" ".join(self.languages[1:]),
        )
        self.gid = ""

    def row(self, table: str, **cells: Any) -> None:
        self.tables.setdefault(table, []).append(cells)

    def texts(self, table: str, key: str, of: str, column: str, words: Any, **more: Any) -> None:
        """A row a language; plain words stand in all of them."""
        for language in self.languages:
            text = words.get(language) if isinstance(words, Mapping) else words
            if text is not None:
                cells = {key: of, column: text, "language": language, **(more or {})}
                self.row(table, id=next(self._ids), **cells)

    def title(self, words: Any, **more: Any) -> None:
        for language in self.languages:
            text = words.get(language) if isinstance(words, Mapping) else words
            self.row(
                "surveys_languagesettings",
                surveyls_language=language,
                surveyls_title=text,
                **{f"surveyls_{name}": value for name, value in more.items()},
            )

    def group(self, words: Any = "Group", relevance: str = "1", description: str = "") -> None:
        self.gid = str(next(self._ids))
        order = len(self.tables.get("groups", [])) + 1
        self.row("groups", gid=self.gid, sid=self.sid, group_order=order, grelevance=relevance)
        self.texts("group_l10ns", "gid", self.gid, "group_name", words, description=description)

    def question(
        self,
        kind: str,
        code: str,
        words: Any = "Question?",
        *,
        parts: Iterable[Any] = (),
        answers: Iterable[Any] = (),
        attributes: Mapping[str, Any] | None = None,
        hint: Any = "",
        **cells: Any,
    ) -> str:
        """A question; parts and answers are (code, words), (code, words, cells)."""
        if not self.gid:
            self.group()
        qid = str(next(self._ids))
        order = sum(row["gid"] == self.gid for row in self.tables.get("questions", [])) + 1
        whole = {"mandatory": "N", "other": "N", "relevance": "1", **cells}
        self.row(
            "questions",
            qid=qid,
            parent_qid=0,
            sid=self.sid,
            gid=self.gid,
            type=kind,
            **{"title": code, "question_order": order, **whole},
        )
        self.texts("question_l10ns", "qid", qid, "question", words, help=hint)
        for place, part in enumerate(parts):
            self._part(qid, kind, place, *part)
        for place, answer in enumerate(answers):
            self._answer(qid, place, *answer)
        for name, value in (attributes or {}).items():
            for language, text in value.items() if isinstance(value, Mapping) else (("", value),):
                self.row(
                    "question_attributes", qid=qid, attribute=name, value=text, language=language
                )
        return qid

    def _part(
        self, qid: str, kind: str, place: int, code: str, words: Any, more: Row | None = None
    ) -> None:
        own = str(next(self._ids))
        cells = {"scale_id": 0, "relevance": "1", **(more or {})}
        self.row(
            "subquestions",
            qid=own,
            parent_qid=qid,
            gid=self.gid,
            type=kind,
            title=code,
            **{"question_order": place, **cells},
        )
        self.texts("question_l10ns", "qid", own, "question", words)

    def _answer(self, qid: str, place: int, code: str, words: Any, more: Row | None = None) -> None:
        aid = str(next(self._ids))
        cells = {"sortorder": place, "scale_id": 0, **(more or {})}
        self.row("answers", aid=aid, qid=qid, code=code, **cells)
        self.texts("answer_l10ns", "aid", aid, "answer", words)

    def text(self) -> str:
        lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<document>"]
        lines += [" <LimeSurveyDocType>Survey</LimeSurveyDocType>"]
        lines += [f" <DBVersion>{self.version}</DBVersion>", " <languages>"]
        lines += [f"  <language>{code}</language>" for code in self.languages]
        lines += [" </languages>"]
        for name, rows in self.tables.items():
            lines += [f" <{name}>", "  <fields>"]
            lines += [f"   <fieldname>{field}</fieldname>" for field in rows[0]]
            lines += ["  </fields>", "  <rows>"]
            for row in rows:
                cells = (f"    <{key}>{_cell(value)}</{key}>" for key, value in row.items())
                lines += ["   <row>", *cells, "   </row>"]
            lines += ["  </rows>", f" </{name}>"]
        return "\n".join([*lines, "</document>", ""])

    def data(self) -> bytes:
        return self.text().encode()


def _cell(value: Any) -> str:
    words = str(value)
    return escape(words) if "]]>" in words else f"<![CDATA[{words}]]>" if words else ""
