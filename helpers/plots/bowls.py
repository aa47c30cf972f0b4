"""The loss of a linear model with two weights, drawn from its data."""

from collections.abc import Mapping

import numpy as np
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from . import checks
from .landscape import loss_contours
from .panels import check_count, legend, parts
from .style import INK, CourseFigure, few_ticks, new_figure, number, style, styled, titled

_PLACES = 191  # a side of the map
_RATES = 400
_LOWEST, _HIGHEST = 1e-6, 2.0  # of the losses drawn


def least_squares_bowls(
    panels: Mapping[str, tuple[ArrayLike, ArrayLike, ArrayLike]],
    *,
    weights: tuple[float, float] = (-1.3, 0.6),
    x_label: str = "first weight",
    y_label: str = "second weight",
    title: str = "",
) -> CourseFigure:
    """The loss Σ(w·x − t)²/(2N) over both weights as a map, with the path of gradient descent.

    Args:
        panels: title -> (x (N, 2), t (N,), path (T, 2)), one to three, side by side: the features, the targets, and
            the weights after each step, the start first.
        weights: The lowest and the highest weight shown, on both axes.
        x_label, y_label: The names of the two weights.

    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    check_count(panels, "title: (x, t, path)", 3)
    low, high = weights
    if not low < high:
        raise ValueError(f"weights: expected (low, high) with low < high, got {weights}")
    axis = np.linspace(low, high, _PLACES)
    w = np.stack(np.meshgrid(axis, axis), axis=-1)
    maps = {}
    for name, entry in panels.items():
        argument = f"panels[{name!r}]"
        x, t, path = parts(entry, argument, "(x (N, 2), t (N,), path (T, 2))", 3)
        x, t = _data(x, t, argument)
        curvature, slope = x.T @ x / len(x), x.T @ t / len(x)
        loss = ((w @ curvature) * w).sum(axis=-1) / 2 - w @ slope + (t**2).mean() / 2
        maps[name] = axis, axis, loss, {"gradient descent": path}
    return loss_contours(maps, x_label, y_label, title=title, styles={"gradient descent": "first"})


@styled
def least_squares_rates(
    curves: Mapping[str, tuple[ArrayLike, ArrayLike]],
    *,
    steps: int = 30,
    rates: tuple[float, float] = (1e-5, 6.0),
    title: str = "",
    styles: Mapping[str, str] | None = None,
) -> CourseFigure:
    """How far above its minimum the loss Σ(w·x − t)²/(2N) is after some steps from w = 0, at each learning rate.

    Args:
        curves: label -> (x (N, 2), t (N,)), one to three: the features and the targets.
        steps: Steps of gradient descent over all N examples, at least 1.
        rates: The lowest and the highest learning rate shown, above 0.
        styles: As in `style`.

    A dotted line in the curve's colour marks 2/λmax, the limit of its learning rate, with λmax the largest eigenvalue
    of XᵀX/N. Losses below 10⁻⁶ are drawn as 10⁻⁶; where the loss diverges, the curve leaves the figure at the top.

    Raises TypeError or ValueError that names the argument, what was expected and what came.
    Source: LeCun, Bottou, Orr & Müller 1998, section 5.1.
    """
    check_count(curves, "label: (x, t)", 3)
    low, high = rates
    if not 0 < low < high:
        raise ValueError(f"rates: expected (low, high) with 0 < low < high, got {rates}")
    if steps < 1:
        raise ValueError(f"steps: expected at least 1, got {steps}")
    at = np.geomspace(low, high, _RATES)
    drawn = {}
    for label, entry in curves.items():
        argument = f"curves[{label!r}]"
        x, t = _data(*parts(entry, argument, "(x (N, 2), t (N,))", 2), argument)
        eigenvalues, directions = np.linalg.eigh(x.T @ x / len(x))
        distance = directions.T @ np.linalg.lstsq(x, t, rcond=None)[0]
        factors = np.minimum(np.abs(1 - at[:, None] * eigenvalues), 1e3)  # (rates, 2); 1e3 is far outside
        above = (eigenvalues / 2 * (distance * factors**steps) ** 2).sum(axis=1)
        drawn[label] = above, 2 / eigenvalues[-1], style(label, styles)

    figure = new_figure(4.4, title)
    axes = figure.subplots()
    axes.set_xscale("log")
    axes.set_yscale("log")
    for above, limit, look in drawn.values():
        inside = np.cumsum(above > _HIGHEST) <= 1  # and the first point outside, to which the line is drawn
        axes.plot(at[inside], above[inside].clip(_LOWEST), color=look.color, linewidth=3)
        axes.axvline(limit, color=look.color, linestyle=":", linewidth=2.4, zorder=1)
    axes.set_xlim(low, high)
    axes.set_ylim(_LOWEST / 1.6, _HIGHEST)
    few_ticks(axes.xaxis, 6, logarithmic=True)
    few_ticks(axes.yaxis, logarithmic=True)
    axes.set_xlabel("learning rate")
    axes.set_ylabel("loss above its minimum")
    entries = [(Line2D([], [], color=look.color, linewidth=3), label, look.text_color)
               for label, (_, _, look) in drawn.items()]
    legend(figure, [*entries, (Line2D([], [], color=INK, linestyle=":", linewidth=2.4), "its 2/λmax", INK)])
    figure.description = " ".join([
        f"Line chart{titled(title)}. x: learning rate (logarithmic), from {number(low)} to {number(high)}. y: loss "
        f"above its minimum after {steps} steps (logarithmic); below {number(_LOWEST)} drawn as {number(_LOWEST)}.",
        *(
            f"{label}: lowest ≈ {max(above.min(), _LOWEST):.2g}, at a learning rate of ≈ {at[above.argmin()]:.2g}; "
            f"2/λmax ≈ {limit:.2g}, a dotted line, beyond which the loss diverges."
            for label, (above, limit, _) in drawn.items()
        ),
    ])
    return figure


def _data(x: ArrayLike, t: ArrayLike, argument: str) -> tuple[np.ndarray, np.ndarray]:
    x, t = checks.numbers(x, f"{argument} x", "N", "2"), checks.numbers(t, f"{argument} t", "N")
    if x.shape != (len(t), 2):
        raise ValueError(f"{argument} x: expected shape (N, 2) = {(len(t), 2)}, got {x.shape}")
    return x, t
