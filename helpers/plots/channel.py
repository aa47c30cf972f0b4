"""What normalization does to the values of one channel, step by step."""

import math

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from helpers import nn

from . import checks
from .style import INK, CourseFigure, approximately, few_ticks, footnote, new_figure, number, style, styled, titled

_MOST = 200  # values; more dots would be too small to see
_PLACES = 60  # along the number line: two values in the same one are stacked
_PITCH = 2.05  # from one row to the next, where the highest stack is 1 high
_DOT, _SMALLEST = 9.0, 3.0  # points; dots are smaller where a stack has more than _TALL
_TALL = 8
_STEPS = ("subtract the mean, divide by the standard deviation", "times γ, plus β")


@styled
def normalization_steps(
    x: ArrayLike, *, gamma: float, beta: float, epsilon: float = 1e-3, title: str = ""
) -> CourseFigure:
    """One channel of a batch as dots on one number line: as it comes, normalized, and scaled and shifted.

    x: (m,), 3 to 200 values of the channel, not all alike. gamma: above 0. beta: any number. epsilon: as in
    `nn.normalize`, which computes what is drawn.

    Values that nearly agree are stacked. Under each row a bar reaches from one standard deviation below the mean to
    one above it, with a tick at the mean. One example is darker, and a line follows it through the rows.

    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    x = checks.numbers(x, "x", "m")
    if not 3 <= len(x) <= _MOST or not np.isfinite(x).all() or np.ptp(x) == 0:
        raise ValueError(f"x: expected 3 to {_MOST} finite values that are not all alike, got {len(x)}"
                         + (f", all {number(x[0])}" if np.ptp(x) == 0 else ""))
    gamma, beta, epsilon = _one(gamma, "gamma"), _one(beta, "beta"), _one(epsilon, "epsilon")
    if gamma <= 0:
        raise ValueError(f"gamma: expected a number above 0, got {number(gamma)}")
    if epsilon < 0:
        raise ValueError(f"epsilon: expected 0 or a number above it, got {number(epsilon)}")
    x_hat = nn.normalize(x, (0,), epsilon).x_hat
    rows = {"x": x, "x̂": x_hat, "y = γ x̂ + β": gamma * x_hat + beta}
    followed = int(np.argsort(x, kind="stable")[int(0.9 * (len(x) - 1))])

    figure = new_figure(5.4, title)
    axes = figure.subplots()
    ends = np.concatenate([[*values, values.mean() - values.std(), values.mean() + values.std()]
                           for values in rows.values()])
    low, high = ends.min(), ends.max()
    place = (high - low) / _PLACES
    stacks = [_stacked(values, place) for values in rows.values()]
    tallest = max(int(stack.max()) for stack in stacks) + 1
    path = []
    for i, ((name, values), stack) in enumerate(zip(rows.items(), stacks, strict=True)):
        base, look = -_PITCH * i, style("batch" if i else "plain")
        heights = base + 0.1 + stack / max(tallest, _TALL)
        axes.plot([low - place, high + place], [base, base], color=INK, linewidth=1, zorder=2)
        axes.plot(values, heights, "o", color=look.color, markeredgecolor="white", markeredgewidth=0.6,
                  markersize=max(_DOT * min(1, _TALL / tallest), _SMALLEST), alpha=0.75, zorder=3)
        path.append((values[followed], heights[followed]))
        _bar(axes, values, base - 0.24, look.color)
        mean, spread = _rounded(values.mean()), _rounded(values.std())
        if i == 2:  # a small variance beside epsilon makes the standard deviation smaller than γ
            mean, spread = f"β = {number(beta)}", f"γ = {number(gamma)}" if spread == _rounded(gamma) else spread
        for text, height, size in ((name, 0.62, 21), (f"mean {mean}\nstd {spread}", 0.08, 16)):
            axes.annotate(text, (1.02, base + height), xycoords=("axes fraction", "data"), fontsize=size, va="center",
                          color=look.text_color)
    axes.plot(*np.transpose(path), color=INK, linewidth=1.5, marker="o", markersize=13, markeredgecolor="white",
              markeredgewidth=1.5, zorder=5)
    for i, step in enumerate(_STEPS):
        axes.annotate(f"↓  {step}", (0, -_PITCH * i - 0.62), xycoords=("axes fraction", "data"), fontsize=16,
                      va="center", bbox={"facecolor": "white", "edgecolor": "none", "pad": 2}, zorder=6)
    axes.set_xlim(low - place, high + place)
    axes.set_ylim(-2 * _PITCH - 0.5, 1.15)
    axes.axvline(0, color="#8A8A8A", linewidth=1, linestyle=":", zorder=1)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    few_ticks(axes.xaxis, 8)
    footnote(figure, "a dot: one example; bar: mean ± standard deviation (std); dark: the same example in each row")
    figure.description = _describe(title, rows, gamma, beta)
    return figure


def _one(value: float, argument: str) -> float:
    try:
        single = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{argument}: expected a number, got {type(value).__name__}") from None
    if not math.isfinite(single):
        raise ValueError(f"{argument}: expected a finite number, got {single}")
    return single


def _stacked(values: np.ndarray, place: float) -> np.ndarray:
    """How high each value lies, as low as it can without touching one before it."""
    levels: list[list[float]] = []
    stack = np.empty(len(values), dtype=int)
    for i, value in enumerate(values):
        free = (level for level, taken in enumerate(levels) if all(abs(value - other) >= place for other in taken))
        stack[i] = next(free, len(levels))
        if stack[i] == len(levels):
            levels.append([])
        levels[stack[i]].append(value)
    return stack


def _bar(axes: Axes, values: np.ndarray, height: float, color: str) -> None:
    mean, spread = values.mean(), values.std()
    axes.plot([mean - spread, mean + spread], [height, height], color=color, linewidth=5, solid_capstyle="butt",
              zorder=3)
    axes.plot([mean, mean], [height - 0.15, height + 0.15], color=INK, linewidth=3, zorder=4)


def _rounded(value: float) -> str:
    return number(round(float(value), 2) + 0.0)


def _describe(title: str, rows: dict[str, np.ndarray], gamma: float, beta: float) -> str:
    return " ".join([
        f"Dots in three rows on one number line{titled(title)}: the {len(rows['x'])} values of one channel, with a bar "
        "of one standard deviation to each side of the mean under each row. One example is followed through the rows.",
        *(f"{name}: mean {approximately(_zeroed(values.mean()))}, standard deviation {approximately(values.std())}, "
          f"from {approximately(values.min())} to {approximately(values.max())}." for name, values in rows.items()),
        f"Between x and x̂: {_STEPS[0]}. Between x̂ and y: {_STEPS[1]}, with γ = {number(gamma)} and "
        f"β = {number(beta)}.",
    ])


def _zeroed(value: float) -> float:
    """A mean that is 0 but for rounding errors, which no other machine repeats."""
    return 0.0 if abs(value) < 1e-6 else value
