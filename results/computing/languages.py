"""The language that each text is in: as it reads, with what its author declared as evidence."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from analysis.text.language import UNKNOWN, identify
from analysis.text.tokens import base_language
from results.computing.inputs import Inputs


def in_languages_read(inputs: Inputs) -> Inputs:
    """The same inputs, each text in the language that it reads in."""
    frame = inputs.frozen.contributions
    texts = [inputs.texts.get(key, "") for key in frame["id"]]
    found = languages_of(texts, frame["language"].to_list(), inputs.languages)
    read = frame.with_columns(pl.Series("language", found, dtype=pl.String))
    return replace(inputs, frozen=replace(inputs.frozen, contributions=read))


def read_in(inputs: Inputs) -> list[tuple[str, str, str]]:
    """Contribution, hash of its words, language."""
    frame = inputs.frozen.contributions
    return list(frame.select("id", "text_hash", "language").iter_rows())


def languages_of(
    texts: Sequence[str], declared: Sequence[str], consultation: Sequence[str]
) -> list[str]:
    """The language of each text: as it reads, else as its author said, else undetermined.

    People answer in another language than the one they read the questions in, so what was
    declared is evidence and no more. Where both agree, the tag is the one declared, which may name
    a region or a script.
    """
    said = [base_language(tag) if tag else UNKNOWN for tag in declared]
    known = sorted({*(base_language(tag) for tag in consultation), *said} - {UNKNOWN, ""})
    if not known:
        return [tag or UNKNOWN for tag in declared]
    hints = [None if tag == UNKNOWN else tag for tag in said]
    read = [
        one.language if one.language != UNKNOWN else (one.outside or tag)
        for one, tag in zip(identify(texts, known, declared=hints), said, strict=True)
    ]
    return [
        tag if tag and base_language(tag) == found else found
        for tag, found in zip(declared, read, strict=True)
    ]
