"""Which class a rule gives to every point of a plane."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from . import checks
from .panels import check_count, legend, name_axes, parts
from .style import INK, CourseFigure, Style, approximately, new_figure, style, styled, titled, wrap

_GRID = 360  # places a side at which `decide` is asked
_TINTS = (0.38, 0.24, 0.14)  # of lightness unlike each other, for a print without colours
_CLASS_STYLES = ("first", "second", "third", "fourth", "fifth", "sixth")


@styled
def decision_regions(
    panels: Mapping[str, tuple[ArrayLike, ArrayLike, Callable[[np.ndarray], ArrayLike]]],
    x_label: str,
    y_label: str,
    *,
    class_names: Sequence[str] | Mapping[int, str] | None = None,
    share_axes: bool = True,
    threshold: float | None = None,
    title: str = "",
    styles: Mapping[str, str] | None = None,
) -> CourseFigure:
    """Which class a rule gives to every point of a plane, and the points it was made for.

    Args:
        panels: title -> (points (N, 2), labels (N,) of whole numbers, decide), one to four.
            `decide(points (M, 2))` gives class numbers (M,), or scores (M, K) for the classes 0 to K - 1, of
            which the highest decides; or, with `threshold`, one score a point, (M,) or (M, 1).
        class_names: The names of the classes 0, 1, ..., or a dict by number; without it, "class 0" and so on.
        share_axes: Whether all panels show the same part of the plane.
        threshold: A score above it means the higher of two classes: 0.5 for probabilities, 0 for logits.
        styles: class name -> a name that `style` knows; without it, "first", "second", ... in order.

    Points in the region of another class are ringed.
    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    check_count(panels, "title: (points, labels, decide)", 4)
    data = {name: _classified(entry, f"panels[{name!r}]") for name, entry in panels.items()}
    names = _class_names(class_names)
    known = sorted({int(label) for _, labels, _ in data.values() for label in labels} | set(names))
    together = _limits(np.concatenate([points for points, _, _ in data.values()]))
    drawn = {}
    for name, (points, labels, decide) in data.items():
        x, y = (np.linspace(low, high, _GRID) for low, high in (together if share_axes else _limits(points)))
        everywhere = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        places = np.vstack([everywhere, points])
        classes, scores = _decided(decide, places, known, threshold, f"panels[{name!r}] decide")
        wrong = classes[scores[len(everywhere):].argmax(axis=1)] != labels
        drawn[name] = points, labels, wrong, x, y, _leads(classes, scores[: len(everywhere)])
    names = _all_named(names, sorted(set(known).union(*(leads for *_, leads in drawn.values()))))
    looks = _class_looks(names, styles)

    rows, columns = (2, 2) if len(drawn) == 4 else (1, len(drawn))
    figure = new_figure(1.1 + 3.9 * rows, title)
    grid = figure.subplots(rows, columns, squeeze=False, sharex=share_axes, sharey=share_axes)
    for axes, (name, panel) in zip(grid.flat, drawn.items(), strict=True):
        _regions(axes, panel, looks)
        name_axes(axes, name, x_label, columns)
        if share_axes:
            axes.label_outer()
    for row in grid:
        row[0].set_ylabel(wrap(y_label, 30))
    legend(figure, _class_entries(names, looks, any(wrong.any() for _, _, wrong, *_ in drawn.values())))
    figure.description = _describe_regions(title, x_label, y_label, share_axes, names, drawn)
    return figure


def _classified(entry: tuple, argument: str) -> tuple[np.ndarray, np.ndarray, Callable]:
    points, labels, decide = parts(entry, argument, "(points (N, 2), labels (N,), decide)", 3)
    points = checks.numbers(points, f"{argument} points", "N", "2")
    if points.shape[1] != 2 or not np.isfinite(points).all():
        raise ValueError(f"{argument} points: expected finite numbers of shape (N, 2), got {points.shape}")
    labels = checks.numbers(labels, f"{argument} labels", "N")
    if len(labels) != len(points) or not _are_whole(labels).all():
        raise ValueError(
            f"{argument} labels: expected {len(points)} whole numbers, one a point, got shape {labels.shape}"
        )
    if not callable(decide):
        raise TypeError(f"{argument} decide: expected a function of points (M, 2), got {type(decide).__name__}")
    return points, labels.astype(int), decide


def _are_whole(numbers: np.ndarray) -> np.ndarray:
    """Which are whole numbers of a size that classes have."""
    return (numbers == np.round(numbers)) & (np.abs(numbers) < 1e9)


def _class_names(value: Sequence[str] | Mapping[int, str] | None) -> dict[int, str]:
    if value is None:
        return {}
    if isinstance(value, str) or not isinstance(value, Sequence | Mapping):
        raise TypeError(f"class_names: expected names, or a dict of number: name, got {type(value).__name__}")
    names = dict(value) if isinstance(value, Mapping) else dict(enumerate(value))
    for one, name in names.items():
        if not isinstance(one, int | np.integer) or not isinstance(name, str):
            raise TypeError(f"class_names: expected number: text, got {one!r}: {name!r}")
    return names


def _all_named(names: Mapping[int, str], classes: Sequence[int]) -> dict[int, str]:
    missing = [one for one in classes if one not in names]
    if names and missing:
        raise ValueError(f"class_names: expected a name for each of the classes {classes}, got none for {missing}")
    return {one: names.get(one, f"class {one}") for one in classes}


def _limits(points: np.ndarray) -> list[tuple[float, float]]:
    """The part of the plane that holds all points, with some room around them."""
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.where(high > low, 0.07 * (high - low), 0.5)
    return list(zip(low - room, high + room, strict=True))


def _decided(
    decide: Callable, points: np.ndarray, known: Sequence[int], threshold: float | None, argument: str
) -> tuple[np.ndarray, np.ndarray]:
    """The classes (K,), and a score for each at each point (M, K), of which the highest decides."""
    count = len(points)
    output = np.asarray(decide(points))
    if output.shape == (count, 1):
        output = output[:, 0]
    if output.ndim not in (1, 2) or len(output) != count:
        raise ValueError(
            f"{argument}: expected class numbers ({count},) or scores ({count}, K), got shape {output.shape}"
        )
    if output.dtype.kind not in "biuf" or np.isnan(output).any():
        came = "NaN" if output.dtype.kind == "f" else f"an array of {output.dtype}"
        raise ValueError(f"{argument}: expected class numbers or scores, got {came}")
    scores = np.clip(output.astype(float), -1e30, 1e30)
    if scores.ndim == 2:
        return np.arange(scores.shape[1]), scores
    if threshold is not None:
        return _two(known, argument), np.stack([threshold - scores, scores - threshold], axis=1)
    broken = scores[~_are_whole(scores)]
    if len(broken):
        raise ValueError(
            f"{argument}: expected whole class numbers ({count},), got {broken[0]:.3g}; for scores, give "
            "threshold (0.5 for probabilities, 0 for logits)"
        )
    classes = np.union1d(scores.astype(int), known)
    return classes, (scores[:, None] == classes).astype(float)


def _two(known: Sequence[int], argument: str) -> np.ndarray:
    classes = sorted(known) if len(known) == 2 else sorted({0, 1} | set(known))
    if len(classes) != 2:
        raise ValueError(f"{argument}: expected two classes, since threshold is given, got {classes}")
    return np.array(classes)


def _leads(classes: np.ndarray, scores: np.ndarray) -> dict[int, np.ndarray]:
    """By how much a class leads over the others on the grid (below 0: is behind), for those that ever do."""
    scores = scores.reshape(_GRID, _GRID, -1)
    if np.isin(scores, (0, 1)).all():
        scores = _softened(scores)
    nobody = np.full((_GRID, _GRID, 1), scores.min() - 1)
    order = np.sort(np.concatenate([nobody, scores], axis=-1), axis=-1)
    best, second = order[..., -1:], order[..., -2:-1]
    leads = scores - np.where(scores == best, second, best)
    return {int(one): leads[..., i] for i, one in enumerate(classes) if leads[..., i].max() > 0}


def _softened(scores: np.ndarray) -> np.ndarray:
    """Averaged over neighbours: a border drawn from class numbers alone would be a staircase."""
    for axis in (0, 1) * 4:
        padded = np.pad(scores, [(1, 1) if one == axis else (0, 0) for one in range(3)], mode="edge")
        before, after = padded.take(range(_GRID), axis), padded.take(range(2, _GRID + 2), axis)
        scores = (before + 2 * scores + after) / 4
    return scores


def _class_looks(names: Mapping[int, str], styles: Mapping[str, str] | None) -> dict[int, Style]:
    if len(names) > len(_CLASS_STYLES):
        raise ValueError(f"panels: expected at most {len(_CLASS_STYLES)} classes, got {list(names)}")
    return {
        one: style((styles or {}).get(name, first))
        for (one, name), first in zip(names.items(), _CLASS_STYLES, strict=False)
    }


def _tints(looks: Mapping[int, Style]) -> dict[int, tuple]:
    return {
        one: tuple(1 - strength * (1 - np.array(to_rgb(look.color))))
        for (one, look), strength in zip(looks.items(), _TINTS * 2, strict=False)
    }


def _regions(axes: Axes, panel: tuple, looks: Mapping[int, Style]) -> None:
    points, labels, wrong, x, y, leads = panel
    for one, tint in _tints(looks).items():
        if one in leads:
            axes.contourf(x, y, leads[one], [0, 2 * leads[one].max()], colors=[tint])
            if leads[one].min() < 0:
                axes.contour(x, y, leads[one], [0], colors=INK, linewidths=2)
    size = 9 if len(points) <= 120 else 7 if len(points) <= 500 else 5
    # The rings lie over the other points and under the ringed ones: all are seen where many are ringed.
    for drawn, zorder in [(~wrong, 3), (wrong, 5)]:
        for one, look in looks.items():
            axes.plot(*points[drawn & (labels == one)].T, look.marker, color=look.color, markersize=size,
                      markeredgecolor="white", zorder=zorder)
    axes.plot(*points[wrong].T, "o", markerfacecolor="none", markeredgecolor=INK, markeredgewidth=0.2 * size,
              markersize=size + 6, zorder=4)
    axes.set_xlim(x[0], x[-1])
    axes.set_ylim(y[0], y[-1])


def _class_entries(names: Mapping[int, str], looks: Mapping[int, Style], ringed: bool) -> list[tuple]:
    tints = _tints(looks)
    entries = [
        ((Rectangle((0, 0), 1, 1, color=tints[one]),
          Line2D([], [], color=look.color, marker=look.marker, markeredgecolor="white", linestyle="none")),
         names[one], look.text_color)
        for one, look in looks.items()
    ]
    if ringed:
        ring = Line2D([], [], markerfacecolor="none", markeredgecolor=INK, markeredgewidth=1.8, marker="o",
                      markersize=13, linestyle="none")
        entries.append((ring, "in the wrong region", INK))
    return entries


def _describe_regions(title, x_label, y_label, share_axes, names, drawn) -> str:
    several = f" side by side{', on the same axes' * share_axes}" if len(drawn) > 1 else ""
    parts = [f"Decision regions and points{several}{titled(title)}. x: {x_label}. y: {y_label}."]
    for name, (points, labels, wrong, _, _, leads) in drawn.items():
        counts = [f"{(labels == one).sum()} of {names[one]}" for one in names if (labels == one).any()]
        shares = [
            f"{names[one]} on {approximately(100 * float((lead > 0).mean()))} %"
            for one, lead in leads.items()
        ]
        parts.append(
            f"{name}: {len(points)} point{'s' * (len(points) != 1)}, {', '.join(counts)}; "
            f"{approximately(wrong.sum())} in the wrong region. Of the panel's area: {', '.join(shares)}."
        )
    return " ".join(parts)
