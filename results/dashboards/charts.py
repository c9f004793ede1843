"""Plotly figures for committee pages: each is drawn from a table that stands beside it.

A figure is data for the browser, no decision and no new number. The plotting bundle comes from
the installed package and is served by this installation.
"""

import json
from dataclasses import dataclass
from html import escape
from typing import Any

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs, get_plotlyjs_version

INK = "#1f3a5f"
SOFT = "#9db4c8"
WARN = "#b4531f"
LETTER_PX = 8
WIDEST_LABEL_PX = 340
LONGEST_NAME = 60
AXIS_PX = 64
#: Told apart with every kind of colour vision, and by their marks.
LINES = ("#1f3a5f", "#b4531f", "#2f7d6b", "#8a4b9a", "#8a6d1a", "#5b6770")
MARKS = ("circle", "square", "diamond", "triangle-up", "x", "star")
FAINT = "#b9c2cb"
SCALE = ("#8c3b1a", "#c98a5e", "#d8d3c8", "#7fa3bd", "#1f3a5f")


def bundle() -> str:
    """The script that draws, from the installed package."""
    return str(get_plotlyjs())


def version() -> str:
    """The version of the script, for its address."""
    return str(get_plotlyjs_version())


def _layout(figure: go.Figure, labels: list[str], *, right_to_left: bool) -> dict[str, Any]:
    rows = len(labels)
    figure.update_layout(
        margin={"l": 8, "r": 8, "t": 8, "b": 36},
        height=90 + 30 * rows,
        font={"family": "system-ui, sans-serif", "size": 14},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
    )
    figure.update_yaxes(autorange="reversed", automargin=True, ticksuffix=" ")
    if right_to_left:
        figure.update_xaxes(autorange="reversed")
        figure.update_yaxes(side="right", ticksuffix="", tickprefix=" ")
        # The library measures right-to-left labels as if they had no width.
        room = LETTER_PX * max((len(label) for label in labels), default=0)
        figure.update_layout(margin_r=min(WIDEST_LABEL_PX, room + 16))
    found: dict[str, Any] = json.loads(figure.to_json())
    return found


def share_bars(
    labels: list[str],
    shares: list[float | None],
    lows: list[float | None],
    highs: list[float | None],
    *,
    right_to_left: bool = False,
) -> dict[str, Any]:
    """Horizontal bars of shares in per cent, each with its interval."""
    values = [None if share is None else 100 * share for share in shares]
    figure = go.Figure(
        go.Bar(
            y=labels,
            x=values,
            orientation="h",
            marker={"color": INK},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [_gap(high, share) for high, share in zip(highs, shares, strict=True)],
                "arrayminus": [_gap(share, low) for share, low in zip(shares, lows, strict=True)],
                "color": WARN,
                "thickness": 1.5,
            },
            hovertemplate="%{y}: %{x:.1f} %<extra></extra>",
        )
    )
    figure.update_xaxes(range=[0, 100], ticksuffix=" %", automargin=True)
    return _layout(figure, labels, right_to_left=right_to_left)


def rank_sets(
    labels: list[str],
    ranks: list[int],
    best: list[int],
    worst: list[int],
    *,
    right_to_left: bool = False,
) -> dict[str, Any]:
    """A dot for each rank on the span of ranks it may hold."""
    figure = go.Figure(
        go.Scatter(
            y=labels,
            x=ranks,
            mode="markers",
            marker={"color": INK, "size": 11},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [high - rank for high, rank in zip(worst, ranks, strict=True)],
                "arrayminus": [rank - low for low, rank in zip(best, ranks, strict=True)],
                "color": SOFT,
                "thickness": 6,
                "width": 0,
            },
            customdata=list(zip(best, worst, strict=True)),
            hovertemplate="%{y}: %{x} (%{customdata[0]}–%{customdata[1]})<extra></extra>",
        )
    )
    figure.update_xaxes(range=[0.5, len(labels) + 0.5], dtick=1, automargin=True)
    return _layout(figure, labels, right_to_left=right_to_left)


def against_targets(
    labels: list[str],
    shares: list[float | None],
    targets: list[float | None],
    *,
    right_to_left: bool = False,
) -> dict[str, Any]:
    """Bars of who took part, with a mark where the target stands."""
    figure = go.Figure(
        go.Bar(
            y=labels,
            x=[None if share is None else 100 * share for share in shares],
            orientation="h",
            marker={"color": INK},
            hovertemplate="%{y}: %{x:.1f} %<extra></extra>",
        )
    )
    figure.add_scatter(
        y=labels,
        x=[None if target is None else 100 * target for target in targets],
        mode="markers",
        marker={"symbol": "line-ns", "size": 18, "line": {"width": 3, "color": WARN}},
        hovertemplate="%{y}: %{x:.1f} %<extra></extra>",
    )
    figure.update_xaxes(rangemode="tozero", ticksuffix=" %", automargin=True)
    return _layout(figure, labels, right_to_left=right_to_left)


def parts_of_groups(
    groups: list[str],
    parts: list[str],
    shares: list[list[float | None]],
    *,
    right_to_left: bool = False,
) -> dict[str, Any]:
    """One bar a group, divided into parts; `shares` has a row a group."""
    figure = go.Figure()
    for index, part in enumerate(parts):
        figure.add_bar(
            y=groups,
            x=[None if row[index] is None else 100 * (row[index] or 0) for row in shares],
            name=part,
            orientation="h",
            marker={"color": SCALE[index % len(SCALE)]},
            hovertemplate="%{y}, " + part + ": %{x:.1f} %<extra></extra>",
        )
    figure.update_layout(barmode="stack")
    figure.update_xaxes(range=[0, 100], ticksuffix=" %", automargin=True)
    found = _layout(figure, groups, right_to_left=right_to_left)
    found["layout"]["showlegend"] = True
    found["layout"]["legend"] = {"orientation": "h", "traceorder": "normal"}
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """One course over the periods: shares with their intervals, in colour or behind the others."""

    name: str
    shares: list[dict[str, float | None]]
    is_loud: bool


def courses(
    periods: list[str], lines: list[Line], *, right_to_left: bool = False
) -> dict[str, Any]:
    """Shares in per cent over periods; the loud lines with their intervals and in the legend."""
    figure = go.Figure()
    loud = [line for line in lines if line.is_loud]
    for line in lines:
        if not line.is_loud:
            _draw_line(figure, periods, line, {"color": FAINT, "width": 1}, None)
    for place, line in enumerate(loud):
        style = {"color": LINES[place % len(LINES)], "width": 2.5}
        _draw_line(figure, periods, line, style, MARKS[place % len(MARKS)])
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=periods)
    figure.update_yaxes(rangemode="tozero", ticksuffix=" %", automargin=True)
    figure.update_layout(
        margin={"l": 8, "r": 8, "t": 8, "b": 36},
        height=380 + 22 * len(loud),
        font={"family": "system-ui, sans-serif", "size": 14},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=bool(loud),
        legend={"orientation": "h", "y": -0.15, "yanchor": "top", "x": 0},
    )
    if right_to_left:
        figure.update_xaxes(autorange="reversed")
        figure.update_yaxes(side="right", automargin=False)
        figure.update_layout(margin_r=AXIS_PX)
    found: dict[str, Any] = json.loads(figure.to_json())
    return found


def _draw_line(
    figure: go.Figure, periods: list[str], line: Line, style: dict[str, Any], mark: str | None
) -> None:
    values = [share["share"] for share in line.shares]
    shares = [None if value is None else 100 * value for value in values]
    more: dict[str, Any] = {}
    if mark is not None:
        more = {
            "marker": {"symbol": mark, "size": 9},
            "error_y": {
                "type": "data",
                "symmetric": False,
                "array": [_gap(share["high"], share["share"]) for share in line.shares],
                "arrayminus": [_gap(share["share"], share["low"]) for share in line.shares],
                "thickness": 1.2,
            },
        }
    figure.add_scatter(
        x=periods,
        y=shares,
        name=escape(line.name)[:LONGEST_NAME],
        mode="lines" if mark is None else "lines+markers",
        line=style,
        showlegend=mark is not None,
        hovertemplate="%{fullData.name}<br>%{x}: %{y:.1f} %<extra></extra>",
        **more,
    )


def _gap(high: float | None, low: float | None) -> float | None:
    return None if high is None or low is None else 100 * (high - low)
