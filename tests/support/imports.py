"""Answers that were collected elsewhere, and the command that brings them in."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from click.testing import Result
from flask import Flask

MAPPING: dict[str, Any] = {
    "format": "polylogue-mapping/1",
    "title": {"en": "Elsewhere"},
    "responses": {"file": "answers.csv", "record": "id"},
    "texts": {"file": "texts.jsonl"},
    "sector": {"column": "kind", "codes": {"": None, "Firm*": "industry", "NGO": "civil_society"}},
    "country": {"column": "country", "aliases": {"Ivory Coast": "CI"}},
    "questions": [
        {
            "column": "r_*",
            "kind": "rating_scale",
            "points": 5,
            "missing": {"NO": "dont_know"},
            "labels": {"r_a": {"en": "A"}, "r_b": {"en": "B"}},
        },
        {"column": "law", "kind": "single_choice", "codes": {"Yes*": "yes", "No": "no"}},
        {"column": "why", "kind": "long_text", "label": {"en": "Why"}},
    ],
}
ROWS = [
    "id,kind,country,r_a,r_b,law,extra",
    "1,Firm (large),Kenya,5,NO,Yes of course,x",
    "2,NGO,Ivory Coast,,3,No,x",
    "3,,,1,2,,x",
]
TEXTS = [{"id": "1", "question": "why", "text": "Because of costs."}]


class Importer:
    """Writes the files and runs the command on them."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self._runner = app.test_cli_runner()
        self._folder = folder

    def __call__(
        self,
        *options: str,
        rows: Sequence[str] = ROWS,
        texts: Sequence[dict[str, str]] = TEXTS,
        mapping: dict[str, Any] = MAPPING,
    ) -> Result:
        lines = "\n".join(json.dumps(text) for text in texts)
        files = {
            "answers.csv": "\n".join(rows),
            "texts.jsonl": lines,
            "mapping.json": json.dumps(mapping),
        }
        for name, content in files.items():
            (self._folder / name).write_text(content, encoding="utf-8")
        answers, said, how = (str(self._folder / name) for name in files)
        wanted = ["--mapping", how, "--consultation", "elsewhere", "--create", *options]
        return self._runner.invoke(args=["responses", "import", answers, said, *wanted])
