"""A loss over two weights, as a map."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.lines import Line2D
from matplotlib.patheffects import Normal, Stroke
from numpy.typing import ArrayLike

from . import checks
from .panels import check_count, legend, name_axes, parts
from .style import INK, CourseFigure, Style, approximately, new_figure, style, styled, titled, wrap

_LEVELS = 10
_CLOSED = 0.3  # this share of the contour lines goes round the lowest loss
_HEIGHTS = LinearSegmentedColormap.from_list("heights", ["#FFFFFF", "#C4C4C4"])
_MANY_STEPS = 25  # more than this are drawn with a thinner line and smaller dots
_ARROW = 0.09  # the length of an arrow at the border, in widths of the panel


@styled
def loss_contours(
    panels: Mapping[str, tuple[ArrayLike, ArrayLike, ArrayLike, Mapping[str, ArrayLike]]],
    x_label: str,
    y_label: str,
    *,
    title: str = "",
    styles: Mapping[str, str] | None = None,
) -> CourseFigure:
    """A loss as a map of its contour lines, and the ways that training takes through it.

    Args:
        panels: title -> (x (X,), y (Y,), loss (Y, X), paths), one to three, side by side, each with axes of
            its own. x and y increase. paths: label -> (T, 2), the weights after each step, the start first;
            it may be empty. A path that leaves the panel for good ends in an arrow at the border.
        styles: As in `style`; there are "first" to "sixth" for paths that are no method of the course.

    The lines lie closer to each other towards the lowest loss, so that the floor of a narrow valley shows.
    The lowest loss is marked with a cross, unless it is at the border or outside. Losses that are not
    finite are left white.

    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    check_count(panels, "title: (x, y, loss, paths)", 3)
    maps = {name: _map(entry, f"panels[{name!r}]") for name, entry in panels.items()}
    looks = {label: style(label, styles) for *_, paths in maps.values() for label in paths}

    figure = new_figure(4.9, title)
    row = figure.subplots(1, len(maps), squeeze=False)[0]
    lowest = []
    for axes, (name, (x, y, loss, paths)) in zip(row, maps.items(), strict=True):
        axes.set_xlim(x[0], x[-1])
        axes.set_ylim(y[0], y[-1])
        lowest.append(_lowest(x, y, loss))
        _contours(axes, x, y, loss)
        if lowest[-1] is not None:
            axes.plot(*lowest[-1], "x", color=INK, markersize=13, markeredgewidth=3, zorder=6)
        for label, path in paths.items():
            _path(axes, path, looks[label])
        _starts(axes, {label: path[0] for label, path in paths.items()}, looks)
        name_axes(axes, name, x_label, len(maps))
    row[0].set_ylabel(wrap(y_label, 30))
    entries = [
        (Line2D([], [], color=look.color, marker=look.marker, markersize=11, markeredgecolor="white"), label,
         look.text_color)
        for label, look in looks.items()
    ]
    if any(place is not None for place in lowest):
        cross = Line2D([], [], color=INK, marker="x", markersize=12, markeredgewidth=3, linestyle="none")
        entries.append((cross, "lowest loss", INK))
    legend(figure, entries, _how_to_read(maps))
    figure.description = _describe_contours(title, x_label, y_label, maps, lowest)
    return figure


def _map(entry: tuple, argument: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    x, y, loss, paths = parts(entry, argument, "(x (X,), y (Y,), loss (Y, X), paths)", 4)
    x, y = _grid(x, f"{argument} x", "X"), _grid(y, f"{argument} y", "Y")
    loss = checks.numbers(loss, f"{argument} loss", "Y", "X")
    if loss.shape != (len(y), len(x)):
        raise ValueError(f"{argument} loss: expected shape (Y, X) = {(len(y), len(x))}, got {loss.shape}")
    if not np.isfinite(loss).any():
        raise ValueError(f"{argument} loss: expected at least one finite number, got none")
    if not isinstance(paths, Mapping):
        raise TypeError(f"{argument} paths: expected a dict of label: (T, 2), got {type(paths).__name__}")
    drawn = {}
    for label, path in paths.items():
        drawn[label] = checks.numbers(path, f"{argument} paths[{label!r}]", "T", "2")
        if drawn[label].shape[1] != 2:
            raise ValueError(f"{argument} paths[{label!r}]: expected shape (T, 2), got {drawn[label].shape}")
    return x, y, loss, drawn


def _grid(value: ArrayLike, argument: str, axis: str) -> np.ndarray:
    array = checks.numbers(value, argument, axis)
    if len(array) < 2 or not np.isfinite(array).all() or not (np.diff(array) > 0).all():
        raise ValueError(f"{argument}: expected at least two finite numbers that increase, got {array.tolist()}")
    return array


def _contours(axes: Axes, x: np.ndarray, y: np.ndarray, loss: np.ndarray) -> None:
    heights = np.ma.masked_invalid(loss)
    low, high = float(heights.min()), float(heights.max())
    if low == high:
        return
    # Equal steps of the root show a round bowl as evenly spaced rings; a narrow valley needs a higher root.
    edge = np.ma.concatenate([heights[0], heights[-1], heights[:, 0], heights[:, -1]]).compressed()
    floor = (float(edge.min()) - low) / (high - low) if len(edge) else 0
    power = min(max(math.log(floor) / math.log(_CLOSED), 2), 7) if floor > 0 else 2
    # A ring narrower than the grid's steps would fall into pearls.
    row, column = np.unravel_index(heights.argmin(), heights.shape)
    near = heights[max(0, row - 1): row + 2, max(0, column - 1): column + 2]
    narrowest = min(((float(near.max()) - low) / (high - low)) ** (1 / power), 0.5)
    rings = np.linspace(max(1 / _LEVELS, narrowest), 1, _LEVELS) ** power
    levels = np.unique(np.append(low, low + (high - low) * rings))
    axes.contourf(x, y, heights, levels, colors=_HEIGHTS(np.linspace(0, 1, len(levels) - 1)))
    if len(levels) > 2:
        axes.contour(x, y, heights, levels[1:-1], colors=INK, linewidths=1, alpha=0.45)


def _lowest(x: np.ndarray, y: np.ndarray, loss: np.ndarray) -> tuple[float, float] | None:
    """Where the loss is lowest, between the grid's points; None if that is at the border or outside.

    On the floor of a narrow valley that lies aslant the lowest point of the grid can be far from the lowest
    loss. So a parabola is laid through the 25 points around it, and followed as far as it can be trusted.
    """
    row, column = np.unravel_index(np.nanargmin(np.where(np.isfinite(loss), loss, np.nan)), loss.shape)
    at_border = row in (0, len(y) - 1) or column in (0, len(x) - 1)
    place = None if at_border else (float(x[column]), float(y[row]))
    rows, columns = (slice(max(0, min(at - 2, size - 5)), max(0, min(at - 2, size - 5)) + 5)
                     for at, size in ((row, len(y)), (column, len(x))))
    around = loss[rows, columns]
    if around.shape != (5, 5) or not np.isfinite(around).all():
        return place
    # In steps of the grid, so that the sizes of the two axes do not matter.
    step = np.array([x[-1] - x[0], y[-1] - y[0]]) / (len(x) - 1, len(y) - 1)
    u, v = np.meshgrid((x[columns] - x[column]) / step[0], (y[rows] - y[row]) / step[1])
    terms = np.stack([np.ones_like(u), u, v, u * u / 2, u * v, v * v / 2], axis=-1).reshape(25, 6)
    fit, *_ = np.linalg.lstsq(terms, around.ravel(), rcond=None)
    curvature = np.array([[fit[3], fit[4]], [fit[4], fit[5]]])
    if np.linalg.eigvalsh(curvature)[0] <= 0:
        return place
    move = np.linalg.solve(curvature, -fit[1:3])
    error = np.abs(terms @ fit - around.ravel()).max()
    if np.abs(move).max() > 1.5 and error > 1e-6 * np.ptp(around):
        return place
    found = np.array([x[column], y[row]]) + move * step
    inside = x[0] < found[0] < x[-1] and y[0] < found[1] < y[-1]
    return (float(found[0]), float(found[1])) if inside else None


def _path(axes: Axes, path: np.ndarray, look: Style) -> None:
    inside = _is_inside(axes, path)
    if not inside.any():
        return
    last = np.flatnonzero(inside)[-1]
    line = np.clip(_fraction(axes, path[: last + 1]), -1e3, 1e3)
    way = np.zeros(2)
    if last + 1 < len(path):
        way = np.clip(_fraction(axes, path[last + 1]), -1e150, 1e150) - line[-1]
    if np.isfinite(way).all() and way.any():
        border = _border(line[-1], way)
        line = np.vstack([line, border])
        axes.annotate(
            "", xy=border, xytext=border - _ARROW * way / np.hypot(*way), xycoords="axes fraction", zorder=7,
            arrowprops={"arrowstyle": "-|>", "color": look.color, "linewidth": 2, "mutation_scale": 26,
                        "shrinkA": 0, "shrinkB": 0},
        )
    width, size = (2.2, 7) if len(path) <= _MANY_STEPS else (1, 4)
    halo = [Stroke(linewidth=width + 1.6, foreground="white"), Normal()]
    axes.plot(*line.T, transform=axes.transAxes, color=look.color, linewidth=width, path_effects=halo, zorder=4)
    axes.plot(*path[inside].T, "o", color=look.color, markersize=size, markeredgewidth=0, zorder=5)


def _border(point: np.ndarray, way: np.ndarray) -> np.ndarray:
    """Where one who walks this way from a point in the panel, all in widths of the panel, leaves it."""
    room = np.where(way > 0, 1 - point, point)[way != 0]
    return point + np.min(room / np.abs(way[way != 0])) * way


def _starts(axes: Axes, starts: Mapping[str, np.ndarray], looks: Mapping[str, Style]) -> None:
    """A large marker at each start; where several begin in one place, one in the other."""
    left = [(label, start) for label, start in starts.items() if _is_inside(axes, start[None]).all()]
    while left:
        label, start = left.pop(0)
        near = sum(np.abs(_fraction(axes, other) - _fraction(axes, start)).max() < 0.03 for _, other in left)
        axes.plot(*start, looks[label].marker, color=looks[label].color, markeredgecolor="white",
                  markersize=13 + 7 * near, zorder=7)


def _fraction(axes: Axes, points: np.ndarray) -> np.ndarray:
    """Points in widths and heights of the panel, from its lower left corner."""
    low, high = np.array([axes.get_xlim(), axes.get_ylim()]).T
    with np.errstate(over="ignore", invalid="ignore"):  # a path may run to infinity
        return (points - low) / (high - low)


def _is_inside(axes: Axes, points: np.ndarray) -> np.ndarray:
    """Which of these points (T, 2) lie in the panel."""
    places = _fraction(axes, points)
    return ((places >= 0) & (places <= 1)).all(axis=1)


def _how_to_read(maps: Mapping) -> str:
    paths = any(paths for *_, paths in maps.values())
    return "darker: a higher loss" + ("; large marker: start; dots: steps" if paths else "")


def _describe_contours(title, x_label, y_label, maps, lowest) -> str:
    several = " side by side, each with axes of its own" if len(maps) > 1 else ""
    parts = [f"Contour map{'s' * (len(maps) > 1)} of a loss{several}{titled(title)}. x: {x_label}. y: {y_label}."]
    for (name, (x, y, _, paths)), place in zip(maps.items(), lowest, strict=True):
        parts.append(
            f"{name}: x from {approximately(x[0])} to {approximately(x[-1])}, "
            f"y from {approximately(y[0])} to {approximately(y[-1])}; "
            + ("the lowest loss is at the border or outside." if place is None
               else f"the lowest loss, a cross, is at {_point(place, x, y)}.")
        )
        for label, path in paths.items():
            count = len(path) - 1
            start, end = (_point(point, x, y) for point in (path[0], path[-1]))
            parts.append(f"{label}: {count} step{'s' * (count != 1)} from {start} to {end}.")
    return " ".join(parts)


def _point(point: Sequence[float], x: np.ndarray, y: np.ndarray) -> str:
    if not all(axis[0] <= at <= axis[-1] for at, axis in zip(point, (x, y), strict=True)):
        return "outside the panel"
    return f"({', '.join(_coarsely(at, axis) for at, axis in zip(point, (x, y), strict=True))})"


def _coarsely(value: float, axis: np.ndarray) -> str:
    """In hundredths of the axis' order of magnitude: finer than this the picture does not show it."""
    unit = 10.0 ** (math.floor(math.log10(axis[-1] - axis[0])) - 2)
    return approximately(round(value / unit) * unit + 0.0)
