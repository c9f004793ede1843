"""What a respondent's phone has to load: bytes and requests of every page.

    python -m benchmarks.pages [--questionnaire FILE.json …]

Weights are of the compressed body and the headers, as a proxy sends them. The first page
counts with all it refers to; the next pages count alone, for their style sheet is kept.
"""

import argparse
import json
import random
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.browser import Answer, Browser
from benchmarks.questionnaires import every_type
from benchmarks.reporting import print_report
from benchmarks.respond import LIBRARY, prepare
from benchmarks.server import Server, private_store


def main() -> None:
    """Run once and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--questionnaire", type=Path, nargs="*", default=sorted(LIBRARY.glob("*.json"))
    )
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        every = Path(folder) / "every_type.json"
        every.write_text(json.dumps(every_type()), encoding="utf-8")
        _measure([*arguments.questionnaire, every])


def _measure(questionnaires: list[Path]) -> None:
    pages: list[dict[str, Any]] = []
    for questionnaire in questionnaires:
        with private_store("sqlite") as (folder, url):
            server = Server(folder, url)
            start_path = prepare(server, questionnaire)
            server.start()
            try:
                for language in ("en", "fr", "ar"):
                    pages += _weigh(server, start_path, language, questionnaire.stem)
            finally:
                server.kill()
    first = [page["kb"] for page in pages if page["is_first"]]
    following = [page["kb"] for page in pages if not page["is_first"]]
    print_report(
        "pages",
        {
            "first_kb_max": max(first),
            "next_kb_max": max(following),
            "requests_max": max(page["requests"] for page in pages),
            "pages": pages,
        },
    )


def _weigh(server: Server, start_path: str, language: str, name: str) -> list[dict[str, Any]]:
    dice = random.Random(1)
    person = Browser(server.base)
    front = person.get(start_path)
    form = next(form for form in front.read().forms if form.action == "/language")
    _set_language(person, form, language)
    found = [_first(person, person.get(start_path), f"{name} {language} intro")]
    start = person.get(start_path).read()
    form = next(form for form in start.forms if form.action.endswith("/start"))
    place = person.post(form.action, form.fill(dice)).location
    while not place.endswith("/check"):
        answer = person.get(place)
        found.append(_page(answer, f"{name} {language} page"))
        form = next(form for form in answer.read().forms if form.action.startswith("/s/"))
        place = _go_on(person, form.action, [*form.fill(dice), ("go", "next")])
    answer = person.get(place)
    found.append(_page(answer, f"{name} {language} check"))
    form = next(form for form in answer.read().forms if form.action.endswith("/submit"))
    place = person.post(form.action, form.fill(dice)).location
    found.append(_page(person.get(place), f"{name} {language} receipt"))
    base = place.rpartition("/")[0]
    found.append(_page(person.get(f"{base}/contributions/"), f"{name} {language} feedback"))
    found.append(_page(person.get(f"{base}/withdraw"), f"{name} {language} withdraw"))
    person.close()
    return found


def _go_on(person: Browser, action: str, values: list[tuple[str, str]]) -> str:
    """Send a page; where the server refuses what was filled in, say so."""
    answer = person.post(action, values)
    if not answer.location:
        message = f"The server refused a page of this benchmark with {answer.status}."
        raise RuntimeError(message)
    return answer.location


def _set_language(person: Browser, form: Any, language: str) -> None:
    values = [(name, value) for name, value in form.fill(random.Random(0)) if name != "language"]
    person.post(form.action, [*values, ("language", language)])


def _first(person: Browser, answer: Answer, name: str) -> dict[str, Any]:
    """The page with its style sheet, icon and whatever else it names."""
    parts = [person.get(link) for link in answer.read().links]
    weight = answer.weight + sum(part.weight for part in parts)
    return {
        "page": name,
        "is_first": True,
        "kb": round(weight / 1024, 2),
        "requests": 1 + len(parts),
    }


def _page(answer: Answer, name: str) -> dict[str, Any]:
    return {"page": name, "is_first": False, "kb": round(answer.weight / 1024, 2), "requests": 1}


if __name__ == "__main__":
    main()
