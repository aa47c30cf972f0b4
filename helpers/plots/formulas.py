"""What was measured, and the formula that predicts it."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from . import checks
from .curves import _LOGARITHMIC, _heights, _limits, _points, _steps
from .panels import parts
from .style import (
    INK,
    CourseFigure,
    Style,
    approximately,
    few_ticks,
    label_ends,
    new_figure,
    number,
    style,
    styled,
    titled,
    wrap,
)

_DASHES = (0, (2.5, 1.5))
_MOST = 4


@styled
def measured_and_formula(
    curves: Mapping[str, tuple[ArrayLike, ArrayLike, ArrayLike | None]],
    *,
    x_label: str,
    y_label: str,
    title: str = "",
    y_limits: tuple[float, float] | None = None,
    log_x: bool = False,
    log_y: bool = False,
    level: tuple[str, float] | None = None,
    styles: Mapping[str, str] | None = None,
) -> CourseFigure:
    """Measured curves as thick coloured lines, and the formula for each dashed on top of it.

    curves: label -> (x (T,), measured (T,), formula (T,) or None), one to four; x increases. Where a formula is NaN it
    is not drawn: there it does not claim to hold.
    x_label, y_label: with the unit, if there is one.
    y_limits: the lowest and highest y shown. log_x, log_y: a logarithmic axis; what is drawn must then be above 0.
    level: a name and a height to compare with: a thin line across.
    The labels stand at the lines' ends; where a line leaves the axes above, beside that place.
    styles: see `style`.

    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    drawn = {}
    for label, entry in checks.nonempty_mapping(curves, "curves", "label: (x, measured, formula)").items():
        of = f"curves[{label!r}]"
        x, measured, formula = parts(entry, of, "(x (T,), measured (T,), formula (T,) or None)", 3)
        measured = _heights(checks.numbers(measured, f"{of} measured", "T"), f"{of} measured", log_y)
        x = _steps(x, f"{of} x", len(measured), log_x)
        if formula is not None:
            formula = _heights(checks.numbers(formula, f"{of} formula", "T"), f"{of} formula", log_y)
            if formula.shape != measured.shape:
                raise ValueError(f"{of} formula: expected {len(measured)} values, one for each x, got {len(formula)}")
        drawn[label] = x, measured, formula, style(label, styles)
    if len(drawn) > _MOST:
        raise ValueError(f"curves: expected at most {_MOST}, got {len(drawn)}")

    figure = new_figure(4.9, title)
    axes = figure.subplots()
    if level is not None:
        axes.axhline(level[1], color=INK, linewidth=1, zorder=0)
    for x, measured, formula, look in drawn.values():
        axes.plot(x, measured, color=look.color, linewidth=6, alpha=0.6, solid_capstyle="butt", zorder=2)
        if formula is not None:
            axes.plot(x, formula, color=INK, linestyle=_DASHES, linewidth=2, zorder=3)
    if log_x:
        axes.set_xscale("log")
    if log_y:
        axes.set_yscale("log")
    if y_limits is not None:
        axes.set_ylim(_limits(y_limits))
    axes.margins(x=0.02)
    few_ticks(axes.xaxis, 6, logarithmic=log_x, whole=all((x == np.round(x)).all() for x, *_ in drawn.values()))
    few_ticks(axes.yaxis, logarithmic=log_y)
    axes.set_xlabel(x_label)
    axes.set_ylabel(wrap(y_label, 34))
    if any(formula is not None for _, _, formula, _ in drawn.values()):
        dashes = Line2D([], [], color=INK, linestyle=_DASHES, linewidth=2)
        axes.legend([dashes], ["formula"], loc="lower left", frameon=False, fontsize=15, handlelength=2.4)
    ends = []
    for label, (x, measured, _, look) in drawn.items():
        if measured[-1] <= axes.get_ylim()[1]:
            ends.append((wrap(label, 16), x[-1], measured[-1], look.text_color))
        else:
            _name_where_it_leaves(axes, label, x, measured, look)
    if level is not None:
        ends.append((level[0], max(x[-1] for x, *_ in drawn.values()), level[1], INK))
    label_ends(axes, ends)
    figure.description = " ".join([
        f"Line chart{titled(title)}. x: {x_label}{_LOGARITHMIC * log_x}. y: {y_label}{_LOGARITHMIC * log_y}"
        + (f", shown from {number(y_limits[0])} to {number(y_limits[1])}" if y_limits else "") + ".",
        *([f"A thin line across at {number(level[1])}: {level[0]}."] if level else []),
        *(_told(label, *entry[:3]) for label, entry in drawn.items()),
    ])
    return figure


def _name_where_it_leaves(axes: Axes, label: str, x: np.ndarray, measured: np.ndarray, look: Style) -> None:
    """The label of a line whose end is above the axes: beside the place where it crosses their upper edge."""
    high = axes.get_ylim()[1]
    inside = np.flatnonzero(measured <= high)
    last = inside[-1] if len(inside) else 0
    axes.annotate(wrap(label, 16), (x[last], high), xytext=(14, -4), textcoords="offset points", ha="left", va="top",
                  color=look.text_color)


def _told(label: str, x: np.ndarray, measured: np.ndarray, formula: np.ndarray | None) -> str:
    text = f"{label}: {_points(len(x))} from {number(x[0])} to {number(x[-1])}, {approximately(measured[0])} at the first, "
    text += f"{approximately(measured[-1])} at the last"
    if formula is None:
        return text + "."
    shown = np.flatnonzero(np.isfinite(formula))
    return text + (f"; its formula, dashed, from {number(x[shown[0]])}: {approximately(formula[shown[-1]])} at the last."
                   if len(shown) else ".")
