"""What a penalty leaves of one weight, against what least squares would have taken."""

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from . import checks
from .style import INK, PALE, CourseFigure, Style, few_ticks, footnote, new_figure, number, style, styled, titled

_QUIET = "#6E6E6E"  # the line without a penalty, and its name
_STYLES = {"L2": "l2", "L1": "l1", "hard threshold": "plain"}
_DOES = {"L2": "multiplies", "L1": "subtracts", "hard threshold": "keeps or drops"}
_ARROWS = (0.4, 0.85)  # where they stand, in shares of the limit
_LEAST = 0.1  # the shortest arrow, in shares of the limit: a shorter one would be a head alone
_POINTS = 1001  # of a line

Left = Callable[[ArrayLike], np.ndarray]


@styled
def shrinkage(
    curvature: float,
    strength: float,
    *,
    limit: float = 2.0,
    title: str = "",
    styles: Mapping[str, str] | None = None,
) -> CourseFigure:
    """One weight with a penalty against the weight of least squares: L2, L1 and the hard threshold side by side.

    Args:
        curvature: h above 0, of the loss h (w − w*)² around its lowest point w*; its slope is 2h (w − w*).
        strength: λ, at least 0, of the penalties λw² (L2), λ|w| (L1), and λ for every w but 0 (hard threshold).
        limit: The largest |w*| shown, above 0, in the unit of the weight.
        styles: "L2", "L1" or "hard threshold" -> a name that `style` knows.

    Drawn is the w where loss plus penalty is lowest (Hastie, Tibshirani and Friedman 2009, "The Elements of
    Statistical Learning", table 3.4, here in the course's convention):

        L2              h / (h + λ) · w*
        L1              sign(w*) · max(|w*| − λ / (2h), 0)
        hard threshold  w* if |w*| > √(λ / h), else 0

    A thin line is the weight without a penalty. Arrows lead from it to the weight with one, at two w*. Shaded is
    where w is exactly 0 (under L2 it is so at w* = 0 only).

    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    h, strength, limit = _above("curvature", curvature), _above("strength", strength, or_0=True), _above("limit", limit)
    for name in styles or {}:
        if name not in _STYLES:
            raise ValueError(f"styles: expected names of panels ({', '.join(_STYLES)}), got {name!r}")
    looks = {name: style(name, _STYLES | dict(styles or {})) for name in _STYLES}
    factor, amount, threshold = h / (h + strength), strength / (2 * h), float(np.sqrt(strength / h))
    formulas = {"L2": f"h/(h + λ) = {_short(factor)}", "L1": f"λ/(2h) = {_short(amount)}",
                "hard threshold": f"√(λ/h) = {_short(threshold)}"}
    lefts: dict[str, Left] = {
        "L2": lambda w: factor * w,
        "L1": lambda w: np.sign(w) * np.maximum(np.abs(w) - amount, 0),
        "hard threshold": lambda w: np.where(np.abs(w) > threshold, w, 0),
    }
    zeros = {"L2": 0.0, "L1": amount, "hard threshold": threshold}

    figure = new_figure(4.4, title)
    row = figure.subplots(1, len(looks), sharex=True, sharey=True)
    for axes, (name, look) in zip(row, looks.items(), strict=True):
        _panel(axes, lefts[name], min(zeros[name], limit), limit, look)
        axes.text(-0.95 * limit, 0.93 * limit, formulas[name], va="top", color=look.text_color)
        axes.set_title(f"{name}\n{_DOES[name]}", color=look.text_color)
    row[0].text(-0.62 * limit, -0.72 * limit, "no penalty", va="center", color=_QUIET)
    row[0].set_ylabel("w with the penalty")
    row[1].set_xlabel("w* without a penalty")
    footnote(figure, "arrows: what the penalty takes; shaded: w is exactly 0")
    figure.description = _describe(title, h, strength, limit, factor, amount, threshold)
    return figure


def _above(argument: str, value: float, or_0: bool = False) -> float:
    array = checks.numbers(value, argument)
    if not (0 < array < np.inf or or_0 and array == 0):
        raise ValueError(f"{argument}: expected a finite number {'of at least' if or_0 else 'above'} 0, got {array:g}")
    return float(array)


def _short(value: float) -> str:
    return number(float(f"{value:.2g}"))


def _panel(axes: Axes, left: Left, zero: float, limit: float, look: Style) -> None:
    """The weight that is left of w*, exactly 0 up to `zero`."""
    axes.axhline(0, color=INK, linewidth=1, zorder=1)
    axes.plot([-limit, limit], [-limit, limit], color=_QUIET, linewidth=1.5, zorder=2)
    side = np.linspace(zero, limit, _POINTS)[1:] if zero < limit else np.empty(0)
    jumps = int(len(side) > 0 and abs(left(side[0])) > 0.01 * limit)
    gap = np.full(jumps, np.nan)
    w = np.concatenate([-side[::-1], gap, [-zero, zero], gap, side])
    axes.plot(w, left(w), color=look.color, linewidth=4, solid_capstyle="butt", zorder=4)
    if zero > 0:
        axes.axvspan(-zero, zero, color=PALE, alpha=0.6, linewidth=0, zorder=0)
        axes.text(0.1 * limit, -0.25 * limit, "exactly 0", va="center", color=look.text_color)
    for at in np.array(_ARROWS) * limit:
        end = float(left(at))
        if at - end >= _LEAST * limit:
            axes.annotate("", (at, end), (at, at), zorder=5, arrowprops={
                "arrowstyle": "-|>", "color": INK, "linewidth": 2, "mutation_scale": 18, "shrinkA": 0, "shrinkB": 0,
            })
    axes.set_xlim(-limit, limit)
    axes.set_ylim(-limit, limit)
    axes.set_aspect("equal")
    few_ticks(axes.xaxis, 4)
    few_ticks(axes.yaxis, 4)


def _describe(title, h, strength, limit, factor, amount, threshold) -> str:
    return (
        f"Line charts side by side on the same axes{titled(title)}. x: the weight w* without a penalty, from "
        f"{number(-limit)} to {number(limit)}. y: the weight w with the penalty. A thin line is w = w*. The loss is "
        f"h (w − w*)² with h = {number(h)}, and λ = {number(strength)}. L2, penalty λw²: a line through 0, "
        f"w = {_short(factor)} w*. L1, penalty λ|w|: w is exactly 0 where |w*| is at most {_short(amount)}, and "
        f"elsewhere {_short(amount)} nearer to 0 than w*. Hard threshold, penalty λ for every w but 0: w is exactly 0 "
        f"where |w*| is at most {_short(threshold)}, and w* elsewhere."
    )
