"""What a layer makes of one row of channels, channel by channel."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from . import checks
from .panels import check_count
from .style import (
    INK,
    PALE,
    STYLES,
    CourseFigure,
    Style,
    approximately,
    few_ticks,
    footnote,
    label_ends,
    new_figure,
    number,
    styled,
    titled,
    wrap,
)

_MOST = 3  # panels
_MOST_CHANNELS = 24  # more stems cannot be told apart from the last row
_APART = 0.17  # channels: half the distance between the two stems of one channel


@styled
def responses(
    panels: Mapping[str, tuple[ArrayLike, ArrayLike]],
    *,
    title: str = "",
    y_limits: tuple[float, float] | None = None,
    shaded: tuple[int, int] | None = None,
) -> CourseFigure:
    """Two stems for each channel, its response before a layer and after it; one to three panels on one y axis.

    Args:
        panels: title -> (before (N,), after (N,)), finite, N at most 24.
        y_limits: the lowest and highest response shown; without it, what is drawn decides.
        shaded: the first and the last channel of a window, marked in each panel.

    Raises:
        TypeError, ValueError: naming the argument, what was expected and what came.
    """
    check_count(panels, "title: (before, after)", _MOST)
    drawn = {name: _pair(entry, f"panels[{name!r}]") for name, entry in panels.items()}
    if y_limits is not None and not y_limits[0] < y_limits[1]:
        raise ValueError(f"y_limits: expected (low, high) with low < high, got {y_limits}")
    if shaded is not None and not shaded[0] <= shaded[1]:
        raise ValueError(f"shaded: expected (first, last) with first <= last, got {shaded}")

    figure = new_figure(4.6, title)
    row = figure.subplots(1, len(drawn), sharey=True, squeeze=False)[0]
    before_look, after_look = STYLES["plain"], STYLES["lrn"]
    for axes, (name, (before, after)) in zip(row, drawn.items(), strict=True):
        if shaded is not None:
            axes.axvspan(shaded[0] - 0.5, shaded[1] + 0.5, color=PALE, alpha=0.6, linewidth=0, zorder=0)
        size = 10 if len(drawn) == 1 else 7
        _stems(axes, before, -_APART, before_look, size, y_limits, hollow=True)
        _stems(axes, after, _APART, after_look, size, y_limits, hollow=False)
        axes.axhline(0, color=INK, linewidth=1, zorder=1)
        axes.set_xlim(-0.7, len(before) - 0.3)
        few_ticks(axes.xaxis, 8 if len(drawn) == 1 else 4, whole=True)
        axes.set_xlabel("channel")
        axes.set_title(wrap(name, 54 // len(drawn)))
    if y_limits is not None:
        row[0].set_ylim(y_limits)
    few_ticks(row[0].yaxis)
    row[0].set_ylabel("response")
    footnote(figure, "" if shaded is None else f"shaded: channels {shaded[0]} to {shaded[1]}")
    before, after = list(drawn.values())[-1]
    last = len(before) - 1
    label_ends(row[-1], [
        ("before", last - _APART, before[-1], before_look.text_color),
        ("after", last + _APART, after[-1], after_look.text_color),
    ])
    figure.description = _describe(title, drawn, y_limits, shaded)
    return figure


def _pair(entry: tuple, argument: str) -> tuple[np.ndarray, np.ndarray]:
    before, after = checks.pair(entry, argument, "(before (N,), after (N,))")
    before, after = checks.numbers(before, f"{argument} before", "N"), checks.numbers(after, f"{argument} after", "N")
    if before.shape != after.shape or len(before) > _MOST_CHANNELS:
        raise ValueError(f"{argument}: expected two rows of the same length, at most {_MOST_CHANNELS}, "
                         f"got {before.shape} and {after.shape}")
    if not (np.isfinite(before).all() and np.isfinite(after).all()):
        raise ValueError(f"{argument}: expected finite numbers")
    return before, after


def _stems(axes: Axes, values: np.ndarray, shift: float, look: Style, size: float, y_limits, hollow: bool) -> None:
    at = np.arange(len(values)) + shift
    low, high = (-np.inf, np.inf) if y_limits is None else y_limits
    shown = (values >= low) & (values <= high)  # beyond, the stem runs out of the picture and has no marker
    axes.vlines(at, 0, values, color=look.color, linewidth=1.5 if hollow else 3, zorder=2)
    axes.plot(at[shown], values[shown], "o", color=look.color, markersize=size, markeredgewidth=2, zorder=3,
              clip_on=False, markerfacecolor="white" if hollow else look.color)


def _describe(title: str, drawn: Mapping[str, tuple], y_limits, shaded) -> str:
    count = len(next(iter(drawn.values()))[0])
    parts = [f"Stems{titled(title)}: the responses of {count} channels before a layer and after it."
             + (f" Shown from {number(y_limits[0])} to {number(y_limits[1])}." if y_limits else "")
             + (f" Channels {shaded[0]} to {shaded[1]} are shaded." if shaded else "")]
    for name, (before, after) in drawn.items():
        parts.append(f"{name}: before, from channel 0 on: {_listed(before)}; after: {_listed(after)}.")
    return " ".join(parts)


def _listed(values: np.ndarray) -> str:
    """Each value, with repetitions counted: a row of equal channels is no list to be read out."""
    texts = [approximately(value) for value in values]
    runs: list[list] = []
    for text in texts:
        if runs and runs[-1][0] == text:
            runs[-1][1] += 1
        else:
            runs.append([text, 1])
    return ", ".join(text if count == 1 else f"{count} times {text}" for text, count in runs)
