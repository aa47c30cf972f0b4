"""Curves that begin apart and come to the same height, and the height that a formula foretells."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import Normal, Stroke
from numpy.typing import ArrayLike

from . import checks
from .style import (
    INK,
    CourseFigure,
    approximately,
    few_ticks,
    footnote,
    median_and_range,
    new_figure,
    number,
    style,
    styled,
    titled,
    wrap,
)

_MOST_CURVES = 4
_MOST_LEVELS = 2
_ORDER = ("first", "third", "sixth", "fourth")  # without "second", which is the colour of validation
_DASHES = (0, (4, 2))
_HALO = [Stroke(linewidth=5, foreground="white"), Normal()]
_GAP = 7  # points between a line and its name
_ROOM = 38  # pixels that a name takes with its gaps


@styled
def balance(
    curves: Mapping[str, tuple[ArrayLike, ArrayLike]],
    *,
    x_label: str,
    y_label: str,
    levels: Mapping[str, float] | None = None,
    title: str = "",
    styles: Mapping[str, str] | None = None,
    unit: str = "seed",
) -> CourseFigure:
    """Curves on logarithmic axes that begin apart and meet, each with its name where it begins.

    Args:
        curves: label -> (steps (T,), values (seeds, T)), all above 0, one to four. A thick line is the median of
            the seeds, thin lines are the seeds.
        x_label, y_label: with the unit, if there is one.
        levels: label -> a height above 0, as a formula foretells it: a dashed line. At most two.
        styles: As in `style`; without it "first", "third", "sixth" and "fourth" in order.
        unit: what one row of the values is, where it is no seed, in the singular.

    Names stand above the lines' beginnings, or below, where another line begins close above. Curves that begin
    closer to each other than a name is high cannot be named.

    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    checks.nonempty_mapping(curves, "curves", "label: (steps, values)")
    for argument, given, most in (("curves", curves, _MOST_CURVES), ("levels", levels or {}, _MOST_LEVELS)):
        if len(given) > most:
            raise ValueError(f"{argument}: expected at most {most}, got {len(given)}")
    drawn = {label: _curve(entry, f"curves[{label!r}]") for label, entry in curves.items()}
    heights = {label: _height(value, f"levels[{label!r}]") for label, value in (levels or {}).items()}
    looks = {label: style(label, dict(zip(drawn, _ORDER, strict=False)) | dict(styles or {})) for label in drawn}

    figure = new_figure(4.6, title)
    axes = figure.subplots()
    axes.set_xscale("log")
    axes.set_yscale("log")
    for value in heights.values():
        axes.axhline(value, color=INK, linestyle=_DASHES, linewidth=2, zorder=5)
    for label, (at, values) in drawn.items():
        axes.plot(at, values.T, color=looks[label].color, linewidth=1, alpha=0.5, zorder=3)
        axes.plot(at, np.median(values, axis=0), color=looks[label].color, zorder=4)
    axes.margins(x=0.01, y=0.14)
    few_ticks(axes.xaxis, 6, logarithmic=True)
    few_ticks(axes.yaxis, 6, logarithmic=True)
    axes.set_xlabel(x_label)
    axes.set_ylabel(wrap(y_label, 34))
    said = [f"thick: median; thin: each {unit}"] if max(len(values) for _, values in drawn.values()) > 1 else []
    footnote(figure, "; ".join(said + ["dashed: by the formula"] * bool(heights)))
    left = min(at[0] for at, _ in drawn.values())
    _name(axes, [
        *((label, at[0], np.median(values[:, 0]), looks[label].text_color) for label, (at, values) in drawn.items()),
        *((label, left, value, INK) for label, value in heights.items()),
    ])
    figure.description = _describe(title, x_label, y_label, unit, drawn, heights)
    return figure


def _curve(entry: tuple, argument: str) -> tuple[np.ndarray, np.ndarray]:
    at, values = checks.pair(entry, argument, "(steps (T,), values (seeds, T))")
    values = checks.numbers(values, f"{argument} values", "seeds", "T")
    at = checks.steps(at, f"{argument} steps", values.shape[1])
    if at[0] <= 0 or not ((0 < values) & (values < np.inf)).all():
        raise ValueError(f"{argument}: expected finite steps and values above 0")
    return at, values


def _height(value: float, argument: str) -> float:
    height = checks.numbers(value, argument)
    if not 0 < height < np.inf:
        raise ValueError(f"{argument}: expected a finite number above 0, got {height:g}")
    return float(height)


def _name(axes: Axes, names: Sequence[tuple[str, float, float, str]]) -> None:
    """Write each (label, x, y, colour) above its place, or below where another place or name is too close above.

    Call it once everything else is drawn: it lays the figure out to learn where the heights are.
    """
    axes.figure.draw_without_rendering()
    taken = np.inf  # down to here, in pixels
    for label, x, y, color in sorted(names, key=lambda name: -name[2]):
        place = axes.transData.transform((x, y))[1]
        above = taken - place >= _ROOM
        taken = place - (0 if above else _ROOM)
        axes.annotate(label, (x, y), xytext=(4, _GAP if above else -_GAP), textcoords="offset points",
                      va="bottom" if above else "top", color=color, path_effects=_HALO, zorder=6)


def _describe(title, x_label, y_label, unit, drawn, heights) -> str:
    said = [f"Line chart{titled(title)}. x: {x_label} (logarithmic). y: {y_label} (logarithmic)."]
    for label, (at, values) in drawn.items():
        what = f"median of {len(values)} {unit}s, each a thin line" if len(values) > 1 else f"one {unit}"
        first, last = (median_and_range(column) if len(values) > 1 else approximately(column[0])
                       for column in values.T[[0, -1]])
        said.append(f"{label}: {what}, from {number(at[0])} to {number(at[-1])}; {first} at the first, {last} at the "
                    "last.")
    said += [f"Dashed line, {label}: {approximately(value)}." for label, value in heights.items()]
    return " ".join(said)
