"""The themes that people signed off: the answers coded anew, the shares corrected by the audit."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.text.shares import FEWEST_AUDITED
from consultation.people.classifications import SECTORS, groups
from results.computing.emergence import of_themes
from results.computing.inputs import Inputs, Progress, Result, SignedOff, group_texts
from results.workbench import by_person, coding, outcomes, report, vectors, working
from results.workbench.coded import AUDIT
from results.workbench.models import SampleUnit, ThemeKind, ThemeState
from results.workbench.population import givers, is_readable
from results.workbench.weighing import are_declared, weights_for

EXEMPLARS = 5
_USED = (ThemeState.ACTIVE.value, ThemeState.NOISE.value)


def add_themes(result: Result, inputs: Inputs, progress: Progress) -> None:
    """The document `themes`, where a codebook was signed off; progress hears of encoding, then coding."""
    signed = inputs.signed_off
    if signed is None:
        return
    entries = [
        entry
        for entry in signed.document["themes"]
        if entry.get("kind") == ThemeKind.THEME.value and entry.get("state") in _USED
    ]
    rows = _rows(inputs, signed)
    if not entries or not rows:
        result.documents["themes"] = {
            "version": signed.number,
            "too_few": {"n": len(rows), "needed": FEWEST_AUDITED},
            "rows": [],
        }
        return
    labels = _labels(rows, entries, signed)
    predictions = _predict(rows, entries, labels, signed, inputs, progress)
    add_figures(result, inputs, Coded(signed, rows, entries, labels, predictions))


@dataclass(frozen=True, slots=True)
class Coded:
    """The version signed off, the answers, the themes, and what people and the machine say of both."""

    signed: SignedOff
    rows: list[dict[str, Any]]
    entries: list[dict[str, Any]]
    labels: NDArray[np.float64]
    predictions: coding.Predictions


def add_figures(result: Result, inputs: Inputs, coded: Coded) -> None:
    """The shares of each theme, its course, and its answers."""
    rows, entries = coded.rows, coded.entries
    counted = _counted(coded, inputs)
    shares = report.count(counted, with_differences=False)
    people = _of_people(coded, counted, inputs)
    members = _members(rows, entries, coded.labels, coded.predictions)
    result.documents["themes"] = _document(coded, counted, shares, members, inputs)
    result.documents["themes"]["people"] |= people.about()
    if people.shares is not None:
        for place, row in enumerate(result.documents["themes"]["rows"]):
            row["people"] = report.theme_figures(people.shares, place)
    result.documents["emergence"] = of_themes(counted, entries, rows, result.repeats)
    result.theme_members = [
        (entry["code"], key, is_human, round(probability, report.DIGITS))
        for entry, found in zip(entries, members, strict=True)
        for key, is_human, probability in found
    ]


_Row = dict[str, Any]


def _rows(inputs: Inputs, signed: SignedOff) -> list[_Row]:
    """The answers that the codebook speaks of and that have something to read."""
    questions = set(signed.document.get("questions") or ())
    return [
        {**row, "text": text}
        for row in inputs.frozen.contributions.iter_rows(named=True)
        if (not questions or row["question"] in questions)
        and (text := inputs.texts.get(row["id"], ""))
        and is_readable(text, row["language"], is_put_back=row["put_back"])
    ]


def _labels(
    rows: list[_Row], entries: list[dict[str, Any]], signed: SignedOff
) -> NDArray[np.float64]:
    """What stood at sign-off, as far as an answer still has the words that people read."""
    column = {entry["code"]: place for place, entry in enumerate(entries)}
    found = np.full((len(rows), len(entries)), np.nan)
    for place, row in enumerate(rows):
        known = signed.labels.get(row["id"])
        if known is None or known["hash"] != row["text_hash"]:
            continue
        for value, codes in ((1.0, known["yes"]), (0.0, known["no"])):
            for code in codes:
                if code in column:
                    found[place, column[code]] = value
    return found


def _predict(
    rows: list[_Row],
    entries: list[dict[str, Any]],
    labels: NDArray[np.float64],
    signed: SignedOff,
    inputs: Inputs,
    progress: Progress,
) -> coding.Predictions:
    book = coding.book_of(entries)
    texts = [row["text"] for row in rows] + list(book.texts)
    languages = [row["language"] for row in rows] + list(book.languages)
    n = len(rows)
    found = vectors.vectors_of(
        *(texts, languages, len(book.texts), inputs.vectors),
        progress=lambda done, total: progress(done, 2 * total),
        dask=inputs.dask,
    )
    cue = coding.shared_words(book, texts[:n], languages[:n])
    keys = [row["id"] for row in rows]
    by_chance = coding.drawn(keys, frozenset(signed.labels[AUDIT]))
    return coding.predict(
        coding.Material(found[:n], found[n:], book.theme_of, cue, by_chance),
        labels,
        keys,
        progress=lambda done, total: progress(total + done, 2 * total),
    )


def _counted(coded: Coded, inputs: Inputs) -> report.Counted:
    keys = [row["id"] for row in coded.rows]
    regions = [row["region"] for row in coded.rows]
    sectors = [row["sector"] for row in coded.rows]
    by = {"region": regions, "sector": sectors}
    audit = working.audited(keys, coded.labels, frozenset(coded.signed.labels[AUDIT]))
    return report.Counted(
        probability=coded.predictions.probability,
        audit=audit,
        codes=coded.labels[audit],
        groups={**by, report.CROSSING: report.crossing(regions, sectors)},
        weights=weights_for(by, inputs.targets),
        small=inputs.small,
        people=givers(keys, inputs.people).numbers,
    )


def _members(
    rows: list[_Row],
    entries: list[dict[str, Any]],
    labels: NDArray[np.float64],
    predictions: coding.Predictions,
) -> list[list[tuple[str, bool, float]]]:
    """The answers of each theme: what people said first, then what the machine is surest of."""
    found = []
    for place in range(len(entries)):
        said = labels[:, place]
        chance = np.nan_to_num(predictions.probability[:, place], nan=0.0)
        is_in = (said == 1) | (np.isnan(said) & (chance >= predictions.thresholds[place]))
        order = sorted(
            np.flatnonzero(is_in).tolist(),
            key=lambda row: (bool(np.isnan(said[row])), -round(float(chance[row]), 9), row),
        )
        found.append([(rows[row]["id"], bool(said[row] == 1), float(chance[row])) for row in order])
    return found


def _document(
    coded: Coded,
    counted: report.Counted,
    shares: report.Shares,
    members: list[list[tuple[str, bool, float]]],
    inputs: Inputs,
) -> dict[str, Any]:
    signed, rows, entries = coded.signed, coded.rows, coded.entries
    labels = {
        "region": group_texts(groups(inputs.region_classification)),
        "sector": group_texts(SECTORS),
    }
    by_id = {row["id"]: row for row in rows}
    who = givers([row["id"] for row in rows], inputs.people)
    return {
        "title": {"en": "Themes"},
        "version": signed.number,
        "codebook_hash": signed.content_hash,
        "n": inputs.frozen.contributions.height,
        "n_usable": len(rows),
        "n_audit": len(counted.audit),
        "unit": "people" if who.is_one_each else "answers",
        "people": {"n": who.n_people, "n_unknown": who.n_unknown},
        "outcomes": outcomes.count(
            *(coded.predictions.probability, coded.predictions.thresholds),
            *(coded.labels, counted.audit),
        ),
        "has_targets": are_declared(inputs.targets),
        "agreement": signed.document.get("agreement", []),
        "groups": {
            name: [
                {
                    "key": group,
                    "label": labels[name].get(group, {"en": group}) if name in labels else {},
                    "base": found[0].n,
                    "is_small": found[0].is_small,
                }
                for group, found in cells.items()
            ]
            for name, cells in shares.by.items()
        },
        "rows": [
            {
                "key": entry["code"],
                "label": entry.get("name", {}),
                "parent": entry.get("parent", ""),
                "definition": entry.get("definition", {}),
                "is_noise": entry["state"] == ThemeState.NOISE.value,
                **report.theme_figures(shares, place),
                "n_members": len(members[place]),
                "exemplars": _exemplars(members[place], by_id),
            }
            for place, entry in enumerate(entries)
        ],
    }


def _of_people(coded: Coded, counted: report.Counted, inputs: Inputs) -> by_person.ByPerson:
    """The shares of people who raise a theme in any answer, where the sample can tell them."""
    keys = [row["id"] for row in coded.rows]
    sample = coded.signed.document.get("sample")
    # Versions that were signed off before samples drew people do not say what was drawn.
    unit = SampleUnit(sample.get("unit", SampleUnit.ANSWER)) if sample else None
    drawn = by_person.Drawn(unit, frozenset(coded.signed.labels[AUDIT]))
    return by_person.count(counted, keys, givers(keys, inputs.people), drawn, inputs.targets)


def _exemplars(members: list[tuple[str, bool, float]], by_id: dict[str, _Row]) -> list[str]:
    """Answers that stand for the theme, one of each region first; only those that may be quoted."""
    chosen: list[str] = []
    regions: set[str | None] = set()
    for fresh_only in (True, False):
        for key, _is_human, _probability in members[:200]:
            row = by_id[key]
            if len(chosen) == EXEMPLARS:
                break
            if (
                row["quotable"]
                and key not in chosen
                and not (fresh_only and row["region"] in regions)
            ):
                chosen.append(key)
                regions.add(row["region"])
    return chosen
