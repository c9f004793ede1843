"""The map of topics: near ones say alike things, large ones hold more answers."""

import json
from html import escape
from typing import Any

import plotly.graph_objects as go

from core.i18n import _
from results.topic_words import topic_words

INK = "#1f3a5f"
NAMED = "#b4531f"
LARGEST_PX = 56
LETTERS = 28
LABELLED = 16
#: The width of a letter and the height of a line, as parts of the map.
LETTER, LINE = 0.009, 0.05


def points_of(parameters: dict[str, Any], run: str) -> dict[str, list[float]]:
    """Where topics lie, if the machine has laid out this very run."""
    found = parameters.get("map", {})
    return dict(found.get("points", {})) if run and found.get("run") == run else {}


def _by_size(row: dict[str, Any]) -> tuple[int, int]:
    return -row["size"], int(row["key"])


def _readable(places: list[list[float]], words: list[str]) -> set[int]:
    """The labels that cover no other: the first ones, which belong to the larger topics, win.

    A label that is left out stands where its bubble is pointed at, and in the table.
    """
    spans = [
        max((abs(one[axis] - other[axis]) for one in places for other in places), default=0.0)
        or 1.0
        for axis in (0, 1)
    ]
    kept: list[int] = []
    for number in range(min(len(places), 4 * LABELLED)):
        if len(kept) < LABELLED and not any(
            abs(places[number][0] - places[other][0]) / spans[0]
            < LETTER * (len(words[number]) + len(words[other])) / 2
            and abs(places[number][1] - places[other][1]) / spans[1] < LINE
            for other in kept
        ):
            kept.append(number)
    return set(kept)


def draw(
    rows: list[dict[str, Any]],
    points: dict[str, list[float]],
    named: dict[int, str],
    *,
    right_to_left: bool,
) -> dict[str, Any]:
    """A bubble a topic, from the rows of the table beside it."""
    shown = [row for row in rows if row["key"] in points]
    largest = max((row["size"] for row in shown), default=1)
    said = [topic_words(row) for row in shown]
    words = [
        (named.get(int(row["key"])) or own.first(2, ", "))[:LETTERS]
        for row, own in zip(shown, said, strict=True)
    ]
    readable = _readable([points[row["key"]] for row in shown], words)
    labels = [escape(text) if place in readable else "" for place, text in enumerate(words)]
    figure = go.Figure(
        go.Scatter(
            x=[points[row["key"]][0] * (-1 if right_to_left else 1) for row in shown],
            y=[points[row["key"]][1] for row in shown],
            mode="markers+text",
            text=labels,
            textposition="top center",
            textfont={"size": 11},
            marker={
                "size": [8 + LARGEST_PX * (row["size"] / largest) ** 0.5 for row in shown],
                "color": [NAMED if int(row["key"]) in named else INK for row in shown],
                "opacity": 0.55,
                "line": {"width": 1},
            },
            customdata=[
                [row["size"], escape(" · ".join(own.terms))]
                for row, own in zip(shown, said, strict=True)
            ],
            hovertemplate="%{customdata[1]}<br>"
            + _("Answers")
            + ": %{customdata[0]}<extra></extra>",
            cliponaxis=False,
        )
    )
    axis = {"visible": False, "zeroline": False}
    figure.update_layout(
        xaxis=axis,
        yaxis={**axis},
        height=560,
        margin={"l": 40, "r": 40, "t": 40, "b": 20},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
        template="none",
    )
    found: dict[str, Any] = json.loads(figure.to_json())
    return found
