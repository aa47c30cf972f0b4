"""What a penalty on weights does: where its contours touch the loss's, and how weights shrink along it."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patheffects import Normal, Stroke
from matplotlib.ticker import FuncFormatter, NullLocator
from numpy.typing import ArrayLike

from . import checks
from .landscape import _contours, _grid, _lowest, _point
from .panels import check_count, legend, name_axes, parts
from .style import (
    INK,
    CourseFigure,
    Style,
    approximately,
    few_ticks,
    footnote,
    new_figure,
    number,
    style,
    styled,
    titled,
    wrap,
)

_GREY = "#6E6E6E"
_DASHES = (0, (4, 2))
_HALO = [Stroke(linewidth=4, foreground="white"), Normal()]
_CROSS = 12  # pixels around the lowest loss that its cross takes
_ZEROS_SHARE = 0.4  # of a panel's width: what the words for "all exactly 0" need


@styled
def touching_contours(
    panels: Mapping[str, tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike, ArrayLike]],
    x_label: str,
    y_label: str,
    *,
    title: str = "",
    styles: Mapping[str, str] | None = None,
) -> CourseFigure:
    """A loss over two weights, and the contour of a penalty that touches it in the cost's lowest point.

    Args:
        panels: title -> (x (X,), y (Y,), loss (Y, X), ring (T, 2), touching (2,)), one to three, side by side.
            x and y increase. ring: points on the penalty's contour, the first also the last. touching: where
            loss plus penalty is lowest, which lies on the ring.
        styles: title -> a name that `style` knows.

    A cross marks the lowest loss. The axes have one scale, so that a circle is round. Where one weight of a touching
    point is exactly 0, the panel says so if there is room.

    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    check_count(panels, "title: (x, y, loss, ring, touching)", 3)
    drawn = {name: _touching(entry, f"panels[{name!r}]") for name, entry in panels.items()}
    looks = {name: style(name, styles) for name in drawn}

    figure = new_figure(5.2, title)
    row = figure.subplots(1, len(drawn), squeeze=False)[0]
    lowest = {}
    for axes, (name, (x, y, loss, ring, touching)) in zip(row, drawn.items(), strict=True):
        _contours(axes, x, y, loss)
        axes.axhline(0, color=INK, linewidth=1, zorder=2)
        axes.axvline(0, color=INK, linewidth=1, zorder=2)
        lowest[name] = _lowest(x, y, loss)
        if lowest[name] is not None:
            axes.plot(*lowest[name], "x", color=INK, markersize=13, markeredgewidth=3, zorder=6)
        axes.fill(*ring.T, color=looks[name].color, alpha=0.25, linewidth=0, zorder=3)
        axes.plot(*ring.T, color=looks[name].color, zorder=4)
        axes.plot(*touching, "o", color=looks[name].color, markeredgecolor="white", markersize=15,
                  markeredgewidth=1.5, zorder=7)
        axes.set_xlim(x[0], x[-1])
        axes.set_ylim(y[0], y[-1])
        axes.set_aspect("equal")
        name_axes(axes, name, x_label, len(drawn))
        axes.set_title(axes.get_title(loc="left"), color=looks[name].text_color)
    row[0].set_ylabel(wrap(y_label, 30))
    entries = [
        (Line2D([], [], color=look.color, marker="o", markersize=13, markeredgecolor="white"),
         "penalty, and where loss + penalty is lowest" if len(looks) == 1 else f"{name}: lowest cost",
         look.text_color)
        for name, look in looks.items()
    ]
    if any(place is not None for place in lowest.values()):
        cross = Line2D([], [], color=INK, marker="x", markersize=12, markeredgewidth=3, linestyle="none")
        entries.append((cross, "lowest loss", INK))
    legend(figure, entries, "darker: a higher loss; coloured: all weights whose penalty is no larger")
    for axes, (name, (*_, touching)) in zip(row, drawn.items(), strict=True):
        _name_corner(axes, touching, (x_label, y_label), lowest[name], looks[name])
    figure.description = _describe_touching(title, x_label, y_label, drawn, lowest)
    return figure


def _touching(entry: tuple, argument: str) -> tuple[np.ndarray, ...]:
    x, y, loss, ring, touching = parts(entry, argument, "(x (X,), y (Y,), loss (Y, X), ring, touching)", 5)
    x, y = _grid(x, f"{argument} x", "X"), _grid(y, f"{argument} y", "Y")
    loss = checks.numbers(loss, f"{argument} loss", "Y", "X")
    if loss.shape != (len(y), len(x)) or not np.isfinite(loss).all():
        raise ValueError(f"{argument} loss: expected finite numbers of shape {(len(y), len(x))}, got {loss.shape}")
    ring = checks.numbers(ring, f"{argument} ring", "T", "2")
    touching = checks.numbers(touching, f"{argument} touching", "2")
    if ring.shape[1] != 2 or touching.shape != (2,) or not (np.isfinite(ring).all() and np.isfinite(touching).all()):
        raise ValueError(
            f"{argument}: expected a ring (T, 2) and a touching point (2,), finite, got {ring.shape} and "
            f"{touching.shape}"
        )
    return x, y, loss, ring, touching


def _name_corner(
    axes: Axes, touching: np.ndarray, labels: tuple[str, str], lowest: tuple[float, float] | None, look: Style
) -> None:
    """Say which weight is exactly 0 beside the touching point, unless that would leave the panel or cover the cross.

    Call it once everything else is drawn: it lays the figure out to learn where there is room.
    """
    for label, weight in zip(labels, touching, strict=True):
        if weight != 0 or not touching.any():
            continue
        left = touching[0] < 0  # away from the origin, where the penalty's contour is
        text = axes.annotate(f"{label}:\nexactly 0", touching, xytext=(-14 if left else 14, 0), zorder=8,
                             textcoords="offset points", ha="right" if left else "left", path_effects=_HALO,
                             va=("top", "center", "bottom")[int(np.sign(touching[1])) + 1], color=look.text_color)
        text.set_in_layout(False)  # or the panel would move under the place that was found free
        axes.figure.draw_without_rendering()
        box, panel = text.get_window_extent(), axes.get_window_extent()
        inside = panel.x0 <= box.x0 and box.x1 <= panel.x1 and panel.y0 <= box.y0 and box.y1 <= panel.y1
        cross = lowest is not None and box.padded(_CROSS).contains(*axes.transData.transform(lowest))
        if cross or not inside:
            text.remove()


def _describe_touching(title, x_label, y_label, drawn, lowest) -> str:
    several = " side by side" if len(drawn) > 1 else ""
    said = [
        f"Contour map{'s' * (len(drawn) > 1)} of a loss{several}{titled(title)}, with the contour of a penalty around "
        f"the origin that touches it. x: {x_label}. y: {y_label}."
    ]
    for name, (x, y, _, _, touching) in drawn.items():
        cross = "" if lowest[name] is None else f"; the lowest loss, a cross, is at {_point(lowest[name], x, y)}"
        said.append(f"{name}: it touches at {_point(touching, x, y)}{cross}.")
    return " ".join(said)


@styled
def weight_paths(
    panels: Mapping[str, tuple[ArrayLike, ArrayLike]],
    x_label: str,
    y_label: str,
    *,
    at: Mapping[str, float] | None = None,
    fits: Mapping[str, tuple[ArrayLike, ArrayLike, ArrayLike]] | None = None,
    fit_labels: tuple[str, str] = ("x", "y"),
    fit_limits: tuple[float, float] | None = None,
    truth: tuple[ArrayLike, ArrayLike] | None = None,
    names: Sequence[str] | None = None,
    log_from: float | None = None,
    title: str = "",
    styles: Mapping[str, str] | None = None,
) -> CourseFigure:
    """Every weight against the strength of its penalty, one line for each weight; above it, if given, the fit.

    Args:
        panels: title -> (strengths (T,), weights (T, D)), one to three, side by side. strengths increase, are
            above 0 and shown on a logarithmic axis. The panels share both axes.
        at: title -> a strength, marked by a vertical line, and each weight there by a dot (hollow: exactly 0).
        fits: title -> (points (N, 2), x (S,), fit (S,)), drawn above the title's paths, with the axes'
            `fit_labels`, y in `fit_limits` and `truth` (x, values) as a dashed line.
        names: the weights' names (D,), the same in all panels. They stand where the lines begin, the longest
            weights first, as far as there is room.
        log_from: a size above 0: beyond it, on both sides of 0, the axis of the weights is logarithmic, so that
            weights that come near 0 can be told from those that are 0. Without it the axis is linear.
        styles: title -> a name that `style` knows.

    Where all weights of a panel are exactly 0 from some strength on, the panel says so if there is room.

    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    check_count(panels, "title: (strengths, weights)", 3)
    drawn = {name: _paths(entry, f"panels[{name!r}]") for name, entry in panels.items()}
    looks = {name: style(name, styles) for name in drawn}
    marks = {name: _mark(value, name, drawn) for name, value in (at or {}).items()}
    above = {name: _fit(entry, f"fits[{name!r}]") for name, entry in (fits or {}).items()}
    if above and set(above) != set(drawn):
        raise ValueError(f"fits: expected one for each of {', '.join(drawn)}, got {', '.join(above)}")
    if truth is not None:
        x, values = checks.pair(truth, "truth", "(x (S,), values (S,))")
        values = checks.numbers(values, "truth values", "S")
        truth = checks.steps(x, "truth x", len(values)), values

    for name, (_, weights) in drawn.items() if names is not None else ():
        if len(names) != weights.shape[1]:
            raise ValueError(f"names: expected {weights.shape[1]}, one for each weight of {name!r}, got {len(names)}")
    if log_from is not None and not 0 < log_from < np.inf:
        raise ValueError(f"log_from: expected a finite number above 0, got {log_from}")

    # Low, so that it fits on a projector together with its sliders.
    figure = new_figure(5.6 if above else 4.8, title)
    grid = figure.subplots(1 + bool(above), len(drawn), squeeze=False, sharex="row", sharey="row",
                           height_ratios=(1, 1.4) if above else None)
    for axes, (name, (points, x, fit)) in zip(grid[0], above.items(), strict=False):
        axes.plot(*points.T, "o", color=_GREY, markeredgecolor="white", markersize=8, zorder=3)
        axes.plot(x, fit, color=looks[name].color, zorder=4)
        if truth is not None:
            axes.plot(*truth, color=INK, linestyle=_DASHES, linewidth=2, zorder=5)
        if fit_limits is not None:
            axes.set_ylim(fit_limits)
        axes.margins(x=0.02)
        name_axes(axes, name, fit_labels[0], len(drawn))
        axes.set_title(axes.get_title(loc="left"), color=looks[name].text_color)
    for axes, (name, (strengths, weights)) in zip(grid[-1], drawn.items(), strict=True):
        _lines(axes, strengths, weights, looks[name], marks.get(name))
        axes.margins(y=0.08 if names else 0.05)
        name_axes(axes, "" if above else name, x_label, len(drawn))
        axes.set_title(axes.get_title(loc="left"), color=looks[name].text_color)
        axes.set_xscale("log")
        few_ticks(axes.xaxis, (6, 3, 2)[len(drawn) - 1], logarithmic=True)
    if log_from is not None:
        _logarithmic(grid[-1], log_from)
    for axes, (name, (strengths, weights)) in zip(grid[-1], drawn.items(), strict=True):
        _name_lines(axes, strengths, weights, names or (), looks[name])
        _name_zeros(axes, strengths, weights, looks[name])
    grid[0][0].set_ylabel(wrap(fit_labels[1] if above else y_label, 30))
    grid[-1][0].set_ylabel(wrap(y_label, 30))
    footnote(figure, _reading(above, truth, marks, log_from))
    figure.description = _describe_paths(title, x_label, y_label, drawn, marks, above, truth, log_from)
    return figure


def _paths(entry: tuple, argument: str) -> tuple[np.ndarray, np.ndarray]:
    strengths, weights = checks.pair(entry, argument, "(strengths (T,), weights (T, D))")
    weights = checks.numbers(weights, f"{argument} weights", "T", "D")
    strengths = checks.steps(strengths, f"{argument} strengths", len(weights))
    if strengths[0] <= 0:
        raise ValueError(f"{argument} strengths: expected numbers above 0, got {number(strengths[0])}")
    return strengths, weights


def _mark(value: float, name: str, drawn: Mapping) -> int:
    if name not in drawn:
        raise ValueError(f"at: expected titles of panels ({', '.join(drawn)}), got {name!r}")
    strengths = drawn[name][0]
    place = int(np.abs(np.log(strengths / float(value))).argmin()) if float(value) > 0 else 0
    if not np.isclose(strengths[place], float(value)):
        raise ValueError(f"at[{name!r}]: expected one of the panel's strengths, got {number(value)}")
    return place


def _fit(entry: tuple, argument: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    points, x, fit = parts(entry, argument, "(points (N, 2), x (S,), fit (S,))", 3)
    points = checks.numbers(points, f"{argument} points", "N", "2")
    if points.shape[1] != 2:
        raise ValueError(f"{argument} points: expected shape (N, 2), got {points.shape}")
    fit = checks.numbers(fit, f"{argument} fit", "S")
    return points, checks.steps(x, f"{argument} x", len(fit)), fit


def _lines(axes: Axes, strengths: np.ndarray, weights: np.ndarray, look: Style, place: int | None) -> None:
    width, alpha = (2.2, 0.9) if weights.shape[1] <= 20 else (1.2, 0.55)
    axes.axhline(0, color=INK, linewidth=1, zorder=1)
    axes.plot(strengths, weights, color=look.color, linewidth=width, alpha=alpha, zorder=3)
    axes.margins(x=0.02)
    if place is None:
        return
    axes.axvline(strengths[place], color=INK, linestyle=":", linewidth=2, zorder=2)
    here = weights[place]
    for group, fill in ((here != 0, look.color), (here == 0, "white")):
        axes.plot(np.full(group.sum(), strengths[place]), here[group], "o", color=look.text_color, markersize=8,
                  markerfacecolor=fill, markeredgewidth=1.5, path_effects=_HALO, zorder=5)


def _logarithmic(row: Sequence[Axes], log_from: float) -> None:
    """Make the weights' axis, which the row shares, logarithmic beyond ±log_from, with two or three ticks a side."""
    for axes in row:
        axes.set_yscale("symlog", linthresh=log_from, linscale=0.5)
        axes.autoscale(axis="y")
    low, high = row[0].get_ylim()
    highest = np.floor(np.log10(max(-low, high)))
    powers = np.arange(highest, min(highest - 0.5, np.log10(log_from) + 0.5), -1)  # the lowest would crowd the 0
    powers = powers[::-(-len(powers) // 3)]
    row[0].set_yticks([*-(10**powers), 0, *10 ** powers[::-1]])
    row[0].yaxis.set_minor_locator(NullLocator())
    row[0].yaxis.set_major_formatter(FuncFormatter(lambda value, position: number(value)))
    row[0].set_ylim(low, high)


def _name_lines(axes: Axes, strengths: np.ndarray, weights: np.ndarray, names: Sequence[str], look: Style) -> None:
    """Call it when all panels are drawn: they share the axis that says how much room a name needs."""
    if not names:
        return
    left, right = axes.get_xlim()
    axes.set_xlim(left=min(left, strengths[0] * (strengths[0] / right) ** 0.14))
    on_paper = axes.yaxis.get_transform().transform  # of a logarithmic axis: the logarithms
    low, high = on_paper(np.array(axes.get_ylim()))
    taken = [0.0]
    for i, here in sorted(enumerate(on_paper(weights[0])), key=lambda entry: -abs(entry[1])):
        if np.abs(np.array(taken) - here).min() > 0.12 * (high - low):
            taken.append(here)
            axes.annotate(names[i], (strengths[0], weights[0, i]), xytext=(-6, 0), textcoords="offset points",
                          ha="right", va="center", color=look.text_color)


def _name_zeros(axes: Axes, strengths: np.ndarray, weights: np.ndarray, look: Style) -> None:
    """Say it where all lines have arrived at 0; the axes must be as they will stay."""
    first = len(strengths) - int((weights[::-1] == 0).all(axis=1).cumprod().sum())
    if first == len(strengths):
        return
    left, begin, end, right = np.log([axes.get_xlim()[0], strengths[first], strengths[-1], axes.get_xlim()[1]])
    if end - begin > _ZEROS_SHARE * (right - left):
        axes.annotate("all exactly 0", (np.exp((begin + end) / 2), 0), xytext=(0, 8), textcoords="offset points",
                      ha="center", va="bottom", color=look.text_color, path_effects=_HALO, zorder=6)


def _reading(above: Mapping, truth, marks: Mapping, log_from: float | None) -> str:
    said = [] if not above else ["points: measured; line: fit" + ("; dashed: truth" if truth is not None else "")]
    said.append("each line: a weight")
    if marks:
        said.append("dotted: the strength of the fit" if above else "dotted: a strength")
        said.append("hollow: exactly 0")
    if log_from is not None:
        said.append(f"logarithmic beyond ±{number(log_from)}")
    return "; ".join(said)


def _describe_paths(title, x_label, y_label, drawn, marks, above, truth, log_from) -> str:
    several = " side by side" if len(drawn) > 1 else ""
    said = [f"Line chart{'s' * (len(drawn) > 1)}{several}{titled(title)}, one line for each weight. x: {x_label} "
            f"(logarithmic). y: {y_label}" + (f" (logarithmic beyond ±{number(log_from)})" if log_from else "") + "."]
    if above:
        said.append("Above each, the curve that was fitted, with its points"
                    + (" and the truth, dashed." if truth is not None else "."))
    for name, (strengths, weights) in drawn.items():
        size = np.abs(weights).sum(axis=1)
        left, right = ((row != 0).sum() for row in (weights[0], weights[-1]))
        said.append(
            f"{name}: {weights.shape[1]} weights, from {number(float(f'{strengths[0]:.3g}'))} to "
            f"{number(float(f'{strengths[-1]:.3g}'))}; not exactly 0 at the left {approximately(left)}, at the right "
            f"{approximately(right)}; the sum of their sizes goes from {approximately(size[0])} to "
            f"{approximately(size[-1])}."
        )
        if name in marks:
            here = weights[marks[name]]
            said.append(f"Marked at {number(float(f'{strengths[marks[name]]:.3g}'))}, where "
                        f"{approximately((here != 0).sum())} are not exactly 0.")
        if name in above and truth is not None:
            _, x, fit = above[name]
            distance = np.sqrt(((fit - np.interp(x, *truth)) ** 2).mean())
            said.append(f"The fit lies {approximately(distance)} from the truth (root of the mean square).")
    return " ".join(said)
