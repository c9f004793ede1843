"""Copies of one text: how many came, when, from where, and in which topics they lie."""

from datetime import date, timedelta

import polars as pl

from analysis.text.quality import assess
from results.computing.campaigns import MOST, campaign_rows

LETTER = "We call on all of you to stop cameras and tracking of faces in every street now"
START = date(2026, 11, 1)


def rows_of(texts, days, languages, regions, topics):
    frame = pl.DataFrame(
        {
            "id": [f"id{n:03}" for n in range(len(texts))],
            "received_on": [START + timedelta(days=day) for day in days],
            "text_language": languages,
            "region": regions,
        }
    )
    return campaign_rows(assess(texts, languages, seed=1), frame, texts, topics)


def test_a_letter_that_came_in_three_days_is_a_burst():
    others = [f"answer about subject{n} and matter{n * 7} of case{n * 3} here" for n in range(60)]
    letters = [LETTER + "!"] * 2 + [LETTER] * 10
    found = rows_of(
        [*others, *letters],
        [n % 30 for n in range(60)] + [10] * 8 + [11] * 3 + [25],
        ["en"] * 70 + ["fr"] * 2,
        ["africa"] * 60 + ["asia"] * 8 + [None] * 4,
        [0] * 60 + [1] * 11 + [-1],
    )
    (row,) = found
    assert row["size"] == 12
    assert not row["is_short"]
    assert (row["from"], row["to"]) == ("2026-11-11", "2026-11-26")
    assert (row["burst"]["from"], row["burst"]["to"]) == ("2026-11-11", "2026-11-12")
    assert row["burst"]["n"] == 11
    assert 0.5 < row["burst"]["expected"] < 2
    assert row["languages"] == {"en": 10, "fr": 2}
    assert row["regions"] == {"asia": 8, "unknown": 4}
    assert row["topics"] == {"1": 11, "unknown": 1}
    # The wording that most of them have, never the odd one.
    assert row["keys"] == [f"id{n:03}" for n in range(62, 67)]


def test_short_texts_are_told_apart_and_nine_copies_are_no_row():
    texts = ["Stop the cameras"] * 11 + [LETTER] * 9
    (row,) = rows_of(texts, [0] * 20, ["en"] * 20, ["asia"] * 20, [-1] * 20)
    assert (row["size"], row["is_short"], row["burst"]) == (11, True, None)


def test_no_more_rows_than_anybody_reads():
    words = [f"{a}{b}" for a in "abcdefgh" for b in "klmnopqr"]
    texts = [" ".join(f"{word}{n}" for n in range(7)) for word in words for _copy in range(10)]
    n = len(texts)
    found = rows_of(texts, list(range(n)), ["en"] * n, ["asia"] * n, [0] * n)
    assert len(found) == MOST
    assert rows_of([], [], [], [], []) == []
