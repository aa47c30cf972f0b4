"""What a mean over few values leaves: of two values one bit, and of a random gradient a share of 1 − 2/m."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from helpers import nn

from . import checks
from .style import (
    INK,
    STYLES,
    CourseFigure,
    approximately,
    few_ticks,
    new_figure,
    number,
    styled,
    titled,
)

_MOST_PAIRS = 5
_DOT = 15  # points
_APART = 0.1  # of the range shown: what two names need
_LOOK = STYLES["batch"]


@styled
def few_values(
    pairs: Sequence[tuple[float, float]], shares: Mapping[int, ArrayLike], *, title: str = ""
) -> CourseFigure:
    """Two values before and after they are normalized, and the share of a random gradient that m values let through.

    pairs: one to five pairs (a, b) of different numbers, a row each: the two values that a mean is over, in a batch
    of two behind a dense layer. Normalized (without ε) they are −1 and 1, whatever they were.
    shares: the number m of values in a mean, at least two -> the measured share of a random gradient's squared length
    that is left behind the normalization. The line is 1 − 2/m: of m directions the gradient of notebook 03 takes
    away two, the mean and the one along x̂.

    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    before = checks.numbers(pairs, "pairs", "pairs", "2")
    if before.shape[1] != 2 or len(before) > _MOST_PAIRS:
        raise ValueError(f"pairs: expected one to {_MOST_PAIRS} pairs (a, b), got shape {before.shape}")
    if not np.isfinite(before).all() or (before[:, 0] == before[:, 1]).any():
        raise ValueError(f"pairs: expected finite numbers, different in each pair, got {before.tolist()}")
    measured = _shares(shares)
    after = nn.normalize(before, (1,), 0.0).x_hat

    figure = new_figure(4.0, title)
    left, middle, right = figure.subplots(1, 3, width_ratios=(1.25, 0.8, 1.5))
    for axes, values, name in ((left, before, "two values"), (middle, after, "normalized")):
        _rows(axes, values)
        axes.set_title(name)
    few_ticks(left.xaxis, 4)
    middle.set_xticks([-1, 1], [number(-1), number(1)])
    middle.set_xlim(-1.7, 1.7)
    _line(right, measured)
    figure.description = _describe(title, before, after, measured)
    return figure


def _shares(shares: Mapping[int, ArrayLike]) -> dict[int, float]:
    measured = {}
    for m, share in checks.nonempty_mapping(shares, "shares", "number of values: share").items():
        if isinstance(m, bool) or not isinstance(m, int | np.integer) or m < 2:
            raise ValueError(f"shares: expected whole numbers of values from 2, got {m!r}")
        measured[int(m)] = float(checks.numbers(share, f"shares[{m}]"))
        if not np.isfinite(measured[int(m)]):
            raise ValueError(f"shares[{m}]: expected a finite number, got {measured[int(m)]}")
    if len(measured) < 2:
        raise ValueError(f"shares: expected at least two numbers of values, got {len(measured)}")
    return dict(sorted(measured.items()))


def _rows(axes: Axes, values: np.ndarray) -> None:
    """Each pair on a line, the first at the top: a filled, b a ring, both named in the first row if there is room."""
    for row, (a, b) in enumerate(values):
        axes.axhline(row, color="#B3B3B3", linewidth=1.2, zorder=0)
        axes.plot(a, row, "o", color=INK, markersize=_DOT, markeredgewidth=3)
        axes.plot(b, row, "o", color="white", markeredgecolor=INK, markersize=_DOT, markeredgewidth=3)
    if np.ptp(values[0]) > _APART * np.ptp(values):
        for name, x in zip("ab", values[0], strict=True):
            axes.annotate(name, (x, 0), xytext=(0, 11), textcoords="offset points", ha="center", va="bottom",
                          fontsize=19)
    axes.set_ylim(len(values) - 0.4, -0.8)
    axes.margins(x=0.1)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.tick_params(labelsize=16)


def _line(axes: Axes, measured: Mapping[int, float]) -> None:
    sizes = np.array(list(measured))
    fine = np.geomspace(sizes[0], sizes[-1], 101)
    axes.plot(fine, 1 - 2 / fine, color="#A6A6A6", zorder=1)
    axes.plot(sizes, list(measured.values()), _LOOK.marker, color=_LOOK.color, markersize=12, zorder=2)
    axes.set_xscale("log")
    axes.set_xticks(sizes, [number(m) for m in sizes])
    axes.minorticks_off()
    axes.set_ylim(-0.05, 1.05)
    few_ticks(axes.yaxis, 4)
    axes.tick_params(labelsize=16)
    axes.set_xlabel("values in a mean, m")
    axes.set_title("share of gradient left")
    axes.text(0.97, 0.06, "line: 1 − 2/m", transform=axes.transAxes, ha="right", va="bottom", fontsize=17)


def _describe(title: str, before: np.ndarray, after: np.ndarray, measured: Mapping[int, float]) -> str:
    rows = "; ".join(
        f"({number(a)}, {number(b)}) becomes ({number(c.round(9))}, {number(d.round(9))})"
        for (a, b), (c, d) in zip(before, after, strict=True)
    )
    said = ", ".join(f"{approximately(round(share, 9))} at {m}" for m, share in measured.items())
    return (
        f"Three panels{titled(title)}. Two values (a, b) in each row, and what they are normalized: {rows}. On the "
        f"right the share of a random gradient that is left, against the number m of values in a mean (logarithmic): "
        f"{said}; along the line 1 − 2/m."
    )
