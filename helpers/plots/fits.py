"""A fitted function beside the points it was fitted to, and beside the truth where that is known."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patheffects import Normal, Stroke
from numpy.typing import ArrayLike

from . import checks
from .panels import check_count, legend, name_axes, parts
from .style import INK, CourseFigure, Style, approximately, new_figure, number, style, styled, titled, wrap

_GREY = "#6E6E6E"  # of the points: darker than a background, fainter than a line
_DASHES = (0, (4, 2))


@styled
def fitted_curves(
    panels: Mapping[str, tuple[ArrayLike | None, ArrayLike, ArrayLike]],
    x_label: str,
    y_label: str,
    *,
    truth: tuple[ArrayLike, ArrayLike] | None = None,
    y_limits: tuple[float, float] | None = None,
    title: str = "",
    styles: Mapping[str, str] | None = None,
) -> CourseFigure:
    """Functions fitted to points: one with its points, or many, from as many data sets, with their mean.

    Args:
        panels: title -> (points (N, 2) or None, x (T,), fits (T,) or (K, T)), one to three, side by side on
            one pair of axes' limits. x increases. With K > 1 each fit is a thin line and their mean a thick one.
        truth: x (S,) and values (S,) of the function behind the points, the same in every panel.
        y_limits: the lowest and highest y shown; without it, those of the points, the truth and the fits.
        styles: title -> a name that `style` knows; without it all fits look like "first".

    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    check_count(panels, "title: (points, x, fits)", 3)
    drawn = {name: _panel(entry, f"panels[{name!r}]") for name, entry in panels.items()}
    looks = {name: style((styles or {}).get(name, "first")) for name in drawn}
    behind = None if truth is None else _truth(truth)
    if y_limits is not None and not y_limits[0] < y_limits[1]:
        raise ValueError(f"y_limits: expected (low, high) with low < high, got {y_limits}")

    figure = new_figure(4.6, title)
    row = figure.subplots(1, len(drawn), squeeze=False, sharex=True, sharey=True)[0]
    for axes, (name, (points, x, fits)) in zip(row, drawn.items(), strict=True):
        _fits(axes, x, fits, looks[name])
        if behind is not None:
            axes.plot(*behind, color=INK, linestyle=_DASHES, linewidth=2, zorder=5)
        if points is not None:
            axes.plot(*points.T, "o", color=_GREY, markeredgecolor="white", markersize=8, zorder=3)
        axes.margins(x=0.02)
        name_axes(axes, name, x_label, len(drawn))
    if y_limits is not None:
        row[0].set_ylim(y_limits)
    row[0].set_ylabel(wrap(y_label, 30))
    legend(figure, _entries(drawn, looks, behind is not None))
    figure.description = _describe(title, x_label, y_label, y_limits, drawn, behind)
    return figure


def _panel(entry: tuple, argument: str) -> tuple[np.ndarray | None, np.ndarray, np.ndarray]:
    points, x, fits = parts(entry, argument, "(points (N, 2) or None, x (T,), fits (T,) or (K, T))", 3)
    if points is not None:
        points = checks.numbers(points, f"{argument} points", "N", "2")
        if points.shape[1] != 2 or not np.isfinite(points).all():
            raise ValueError(f"{argument} points: expected finite numbers of shape (N, 2), got {points.shape}")
    fits = np.asarray(fits, dtype=float) if isinstance(fits, list | tuple) else fits
    fits = fits[None] if isinstance(fits, np.ndarray) and fits.ndim == 1 else fits
    fits = checks.numbers(fits, f"{argument} fits", "K", "T")
    x = checks.steps(x, f"{argument} x", fits.shape[1])
    return points, x, fits


def _truth(value: tuple[ArrayLike, ArrayLike]) -> tuple[np.ndarray, np.ndarray]:
    x, values = checks.pair(value, "truth", "(x (S,), values (S,))")
    values = checks.numbers(values, "truth values", "S")
    return checks.steps(x, "truth x", len(values)), values


def _fits(axes: Axes, x: np.ndarray, fits: np.ndarray, look: Style) -> None:
    if len(fits) > 1:
        axes.plot(x, fits.T, color=look.color, linewidth=1, alpha=0.35, zorder=2)
    halo = [Stroke(linewidth=5, foreground="white"), Normal()] if len(fits) > 1 else []
    axes.plot(x, fits.mean(axis=0), color=look.color, linewidth=3, path_effects=halo, zorder=4)


def _entries(drawn: Mapping, looks: Mapping[str, Style], with_truth: bool) -> list[tuple]:
    colors = {look.color for look in looks.values()}
    color = colors.pop() if len(colors) == 1 else _GREY
    many = max(len(fits) for _, _, fits in drawn.values())
    entries = []
    if any(points is not None for points, _, _ in drawn.values()):
        dot = Line2D([], [], color=_GREY, marker="o", markersize=8, markeredgecolor="white", linestyle="none")
        entries.append((dot, "measured", INK))
    if many > 1:
        entries.append((Line2D([], [], color=color, linewidth=1), "a fit to one data set", INK))
    entries.append((Line2D([], [], color=color, linewidth=3), "mean of the fits" if many > 1 else "fit", INK))
    if with_truth:
        entries.append((Line2D([], [], color=INK, linestyle=_DASHES, linewidth=2), "truth", INK))
    return entries


def _describe(title, x_label, y_label, y_limits, drawn, behind) -> str:
    several = " side by side on the same axes" if len(drawn) > 1 else ""
    shown = f", shown from {number(y_limits[0])} to {number(y_limits[1])}" if y_limits else ""
    said = [
        f"Fitted curve{'s' * (len(drawn) > 1)}{several}{titled(title)}. x: {x_label}. y: {y_label}{shown}."
        + (" A dashed line is the truth." if behind is not None else "")
    ]
    for name, (points, x, fits) in drawn.items():
        what = f"{len(points)} points and " if points is not None else ""
        what += "one fit" if len(fits) == 1 else f"{len(fits)} fits, thin, and their mean, thick"
        if behind is not None:
            distance = np.sqrt(((fits - np.interp(x, *behind)) ** 2).mean())
            what += f"; from the truth they lie {approximately(distance)} away" if len(fits) > 1 else (
                f"; from the truth it lies {approximately(distance)} away"
            )
            what += " (root of the mean square)"
        said.append(f"{name}: {what}.")
    return " ".join(said)
