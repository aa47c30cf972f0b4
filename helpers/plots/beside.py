"""Several measures of the same runs, a panel each; and a paper's numbers among one's own."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from . import checks
from .curves import _FEW_POINTS, _LOGARITHMIC, _end, _heights, _median, _note, _points, _seeds, _spread, _steps, _whole
from .style import (
    INK,
    CourseFigure,
    approximately,
    few_ticks,
    footnote,
    label_ends,
    median_and_range,
    new_figure,
    number,
    style,
    styled,
    titled,
    wrap,
)

_MOST_PANELS = 3
_MOST_CURVES = 3  # in a panel: their bands would cover each other
_COVER = {"facecolor": "white", "edgecolor": "none", "pad": 1}  # text in front of the line


@styled
def curves_beside(
    panels: Mapping[str, Mapping[str, tuple[ArrayLike, ArrayLike]]],
    *,
    y_label: str,
    x_label: str | None = None,
    title: str = "",
    y_limits: tuple[float, float] | None = None,
    log_x: bool = False,
    log_y: bool = False,
    styles: Mapping[str, str] | None = None,
    unit: str = "seed",
) -> CourseFigure:
    """Curves in panels side by side on one y axis, each the median of its seeds in a band from lowest to highest.

    panels: title -> label -> (x (T,), values (seeds, T)). At most three panels, and three curves in each. The
    labels stand at the ends of the last panel's lines.
    y_label, x_label: of all, with the unit, if there is one. Without x_label the panels' titles say what their x is.
    y_limits: the lowest and highest y shown.
    log_x, log_y: logarithmic axes; all that is drawn must then be above 0 there.
    styles: see `style`. unit: what one row of the values is, where it is no seed, in the singular.

    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    drawn = {
        name: _curves(name, curves, log_x, log_y, styles)
        for name, curves in checks.nonempty_mapping(panels, "panels", "title: {label: (x, values)}").items()
    }
    if len(drawn) > _MOST_PANELS:
        raise ValueError(f"panels: expected at most {_MOST_PANELS}, got {len(drawn)}")

    figure = new_figure(4.8, title)
    every = np.atleast_1d(figure.subplots(1, len(drawn), sharey=True))
    for axes, (name, curves) in zip(every, drawn.items(), strict=True):
        spread = _spread(curves)
        for index, (at, values, look) in enumerate(curves.values()):
            _seeds(axes, at, values, look, spread)
            _median(axes, at, values, look, len(curves), index, log_x)
        if log_x:
            axes.set_xscale("log")
        axes.margins(x=0.02)
        if x_label is not None:
            axes.set_title(wrap(name, 60 // len(drawn)))
        axes.set_xlabel(wrap(name if x_label is None else x_label, 60 // len(drawn)))
        few_ticks(axes.xaxis, 6 - len(drawn), logarithmic=log_x, whole=_whole(curves))
        measured = np.unique(np.concatenate([at for at, _, _ in curves.values()]))
        if log_x and len(measured) <= _FEW_POINTS:
            axes.set_xticks(measured)
    if log_y:
        every[0].set_yscale("log")
    if y_limits is not None:
        every[0].set_ylim(*y_limits)
    few_ticks(every[0].yaxis, logarithmic=log_y)
    every[0].set_ylabel(wrap(y_label, 32))
    merged = {(name, label): entry for name, curves in drawn.items() for label, entry in curves.items()}
    footnote(figure, _note(merged, "bands", False, unit))
    label_ends(every[-1], [
        (wrap(label, 14), *end, look.text_color)
        for label, (at, values, look) in list(drawn.values())[-1].items()
        if (end := _end(at, values)) is not None
    ])
    figure.description = " ".join([
        f"Line charts side by side on one y axis{titled(title)}. y: {y_label}{_LOGARITHMIC * log_y}"
        + (f", shown from {number(y_limits[0])} to {number(y_limits[1])}" if y_limits else "") + ".",
        *(
            (f"x: {name}" if x_label is None else f"{name}, x: {x_label}") + f"{_LOGARITHMIC * log_x}. " + " ".join(
                _told(label, at, values, unit) for label, (at, values, _) in curves.items()
            )
            for name, curves in drawn.items()
        ),
    ])
    return figure


def _curves(name: str, curves: Mapping, log_x: bool, log_y: bool, styles: Mapping[str, str] | None) -> dict:
    drawn = {}
    argument = f"panels[{name!r}]"
    for label, entry in checks.nonempty_mapping(curves, argument, "label: (x, values)").items():
        of = f"{argument}[{label!r}]"
        at, values = checks.pair(entry, of, "(x (T,), values (seeds, T))")
        values = _heights(checks.numbers(values, f"{of} values", "seeds", "T"), of, log_y)
        drawn[label] = _steps(at, f"{of} x", values.shape[1], log_x), values, style(label, styles)
    if len(drawn) > _MOST_CURVES:
        raise ValueError(f"{argument}: expected at most {_MOST_CURVES} curves, got {len(drawn)}")
    return drawn


def _told(label: str, at: np.ndarray, values: np.ndarray, unit: str) -> str:
    span = f"{_points(len(at))} from {number(at[0])} to {number(at[-1])}"
    medians = np.median(values, axis=0)
    ends = f"{approximately(medians[0])} at the first, {approximately(medians[-1])} at the last"
    if len(values) == 1:
        return f"{label}: one run, {span}; {ends}."
    return f"{label}: median of {len(values)} {unit}s, with a band from the lowest to the highest, {span}; {ends}."


@styled
def reported(
    rows: Mapping[str, tuple[float | None, ArrayLike]],
    *,
    x_label: str,
    never: str = "never",
    title: str = "",
    level: float | None = None,
    styles: Mapping[str, str] | None = None,
    unit: str = "seed",
) -> CourseFigure:
    """What a paper reports and what one's own runs give, a row for each thing compared, on a logarithmic axis.

    rows: label -> (the paper's number, or None; one's own, (seeds,)). A number that is 0 or None is none at all: its
    row says `never` in its place, for a seed as for the paper.
    x_label: with the unit, if there is one. level: a number to compare with, such as 1: a thin line.
    styles: see `style`. unit: what one point is, where it is no seed, in the singular.

    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    drawn = {}
    for label, entry in checks.nonempty_mapping(rows, "rows", "label: (paper's, own)").items():
        theirs, own = checks.pair(entry, f"rows[{label!r}]", "(the paper's number, own (seeds,))")
        own = checks.numbers(own, f"rows[{label!r}] own", "seeds")
        if (own < 0).any() or (theirs or 0) < 0:
            raise ValueError(f"rows[{label!r}]: expected no number below 0")
        drawn[label] = theirs or None, own, style(label, styles)

    figure = new_figure(1.4 + 0.9 * len(drawn), title)
    axes = figure.subplots()
    axes.set_xscale("log")
    if level is not None:
        axes.axvline(level, color=INK, linewidth=1.2, zorder=0)
    for row, (theirs, own, look) in enumerate(drawn.values()):
        reached = own[own > 0]
        axes.plot(reached, np.full(len(reached), row + 0.14), look.marker, color=look.color, markeredgecolor="white",
                  markersize=11)
        missing = len(own) - len(reached)
        if missing == len(own):
            axes.annotate(f"ours: {never}", (0.02, row + 0.14), xycoords=("axes fraction", "data"), va="center",
                          color=look.text_color, bbox=_COVER)
        if theirs is None:
            axes.annotate(f"paper: {never}", (0.02, row - 0.24), xycoords=("axes fraction", "data"), va="center",
                          bbox=_COVER)
        else:
            axes.plot(theirs, row - 0.24, "d", color=INK, markersize=13)
            axes.annotate(f"paper: {number(theirs)}", (theirs, row - 0.24), xytext=(-12, 0), ha="right", va="center",
                          textcoords="offset points")
    axes.set_yticks(range(len(drawn)), [wrap(label, 16) for label in drawn])
    axes.tick_params(axis="y", length=0, labelsize=16)
    for tick, (_, _, look) in zip(axes.get_yticklabels(), drawn.values(), strict=True):
        tick.set_color(look.text_color)
    axes.set_ylim(len(drawn) - 0.5, -0.55)
    low, high = axes.get_xlim()
    axes.set_xlim(low * 0.8, high * 1.15)
    few_ticks(axes.xaxis, 8, logarithmic=True)
    axes.set_xlabel(x_label)
    footnote(figure, f"coloured: ours, a point for each {unit}; diamond: the paper's")
    figure.description = " ".join([
        f"Points in rows{titled(title)}, ours and the paper's. x: {x_label}{_LOGARITHMIC}."
        + ("" if level is None else f" A line at {number(level)}."),
        *(
            f"{label}: the paper {never if theirs is None else number(theirs)}; ours {_ours(own, never, unit)}."
            for label, (theirs, own, _) in drawn.items()
        ),
    ])
    return figure


def _ours(own: np.ndarray, never: str, unit: str) -> str:
    reached = own[own > 0]
    if not len(reached):
        return f"{never}, in all {len(own)} {unit}s"
    without = len(own) - len(reached)
    return f"{median_and_range(reached)} in {len(reached)} {unit}s" + f", {never} in {without}" * bool(without)
