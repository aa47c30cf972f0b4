"""Something measured again and again while a network trains."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from . import checks
from .style import (
    CourseFigure,
    Style,
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

_FEW_SEEDS = 5  # up to here single seeds can be followed by eye, in front of their band
_MOST_BANDS = 3  # more would cover each other: the spread is then shown by thin lines
_MOST_THIN = 10  # more seeds than this are a haze: their quartiles are drawn in their place
_FEW_POINTS = 6  # that many places get a tick each on a logarithmic axis
_LABEL_CHARACTERS = 16
_LOGARITHMIC = " (logarithmic)"


@styled
def learning_curves(
    curves: Mapping[str, tuple[ArrayLike, ArrayLike]],
    *,
    x_label: str,
    y_label: str,
    title: str = "",
    y_limits: tuple[float, float] | None = None,
    zoom: tuple[float, float] | None = None,
    log_x: bool = False,
    log_y: bool = False,
    live: Mapping[str, tuple[ArrayLike, ArrayLike]] | None = None,
    styles: Mapping[str, str] | None = None,
    unit: str = "seed",
) -> CourseFigure:
    """Curves over training, each the median of its seeds in a band from the lowest seed to the highest.

    curves: label -> (steps (T,), values (seeds, T)). Up to five seeds are also drawn one by one. With more
    than three curves of several seeds there are no bands, which would cover each other: a thin line for each
    seed, or, where one of the curves has more than ten, for the two quartiles.
    x_label, y_label: with the unit, if there is one.
    y_limits: the lowest and highest y shown. zoom: a second panel that shows only these y.
    log_x, log_y: a logarithmic axis; all that is drawn must then be above 0 there.
    live: label -> (steps (T,), values (T,)): a short run, drawn as open markers on the recorded curves.
    styles: see `style`. A label may be given both in `curves` and in `live`: it looks the same.
    unit: what one row of the values is, where it is no seed, in the singular: "data set".

    NaN is not drawn: there the curve has a gap.
    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    drawn = {}
    for label, entry in checks.nonempty_mapping(curves, "curves", "label: (steps, values)").items():
        argument = f"curves[{label!r}]"
        at, values = checks.pair(entry, argument, "(steps (T,), values (seeds, T))")
        values = _heights(checks.numbers(values, f"{argument} values", "seeds", "T"), argument, log_y)
        drawn[label] = _steps(at, f"{argument} steps", values.shape[1], log_x), values, style(label, styles)
    overlay = {}
    for label, entry in (live or {}).items():
        argument = f"live[{label!r}]"
        at, values = checks.pair(entry, argument, "(steps (T,), values (T,))")
        values = _heights(checks.numbers(values, f"{argument} values", "T"), argument, log_y)
        overlay[label] = _steps(at, f"{argument} steps", len(values), log_x), values, style(label, styles)

    spread = _spread(drawn)
    figure = new_figure(max(4.4, 1.8 + 0.8 * len(drawn)), title)
    panels = np.atleast_1d(figure.subplots(1, 1 if zoom is None else 2))
    for axes, limits in zip(panels, [y_limits] if zoom is None else [y_limits, zoom], strict=True):
        for label, (at, values, look) in drawn.items():
            _seeds(axes, at, values, look, spread)
            _median(axes, at, values, look, len(drawn), list(drawn).index(label), log_x)
        for at, values, look in overlay.values():
            axes.plot(at, values, look.marker, color=look.text_color, markersize=10, markeredgewidth=2.2,
                      markerfacecolor="white", zorder=5)
        if log_x:
            axes.set_xscale("log")
        if log_y:
            axes.set_yscale("log")
        if limits is not None:
            axes.set_ylim(_limits(limits))
        axes.margins(x=0.02)
        few_ticks(axes.xaxis, 6 if zoom is None else 3, logarithmic=log_x, whole=_whole(drawn))
        measured = np.unique(np.concatenate([at for at, _, _ in drawn.values()]))
        if log_x and len(measured) <= _FEW_POINTS:
            axes.set_xticks(measured)
        few_ticks(axes.yaxis, logarithmic=log_y)
        axes.set_xlabel(x_label)
    panels[0].set_ylabel(wrap(y_label, 34))
    if zoom is not None:
        panels[1].set_title("the same, closer")
    footnote(figure, _note(drawn, spread, bool(overlay), unit))
    for axes in panels:
        low, high = axes.get_ylim()
        label_ends(axes, [
            (wrap(label, _LABEL_CHARACTERS), *end, look.text_color)
            for label, (at, values, look) in drawn.items()
            if (end := _end(at, values)) is not None and (axes is panels[0] or low <= end[1] <= high)
        ])
    scales = x_label + _LOGARITHMIC * log_x, y_label + _LOGARITHMIC * log_y
    figure.description = _describe(title, *scales, y_limits, zoom, drawn, spread, overlay, unit)
    return figure


def _steps(value: ArrayLike, argument: str, count: int, log_x: bool) -> np.ndarray:
    array = checks.steps(value, argument, count)
    if log_x and array[0] <= 0:
        raise ValueError(f"{argument}: expected steps above 0, since log_x is set, got {number(array[0])}")
    return array


def _heights(values: np.ndarray, argument: str, log_y: bool) -> np.ndarray:
    if log_y and (values <= 0).any():
        lowest = number(np.nanmin(values))
        raise ValueError(f"{argument} values: expected values above 0, since log_y is set, got {lowest}")
    return values


def _limits(limits: tuple[float, float]) -> tuple[float, float]:
    low, high = limits
    if not low < high:
        raise ValueError(f"y limits: expected (low, high) with low < high, got {limits}")
    return low, high


def _whole(drawn: Mapping[str, tuple]) -> bool:
    """Whether x counts something: all steps are whole numbers."""
    return all((entry[0] == np.round(entry[0])).all() for entry in drawn.values())


def _center(values: np.ndarray) -> np.ndarray:
    """The median over seeds; NaN as soon as one seed is NaN, as a diverged seed must not vanish."""
    return np.median(values, axis=0)


def _spread(drawn: Mapping[str, tuple]) -> str:
    """How the spread over seeds is shown, the same for all curves: "bands", "seeds" or "quartiles"."""
    counts = [len(values) for _, values, _ in drawn.values() if len(values) > 1]
    if len(counts) <= _MOST_BANDS:
        return "bands"
    return "seeds" if max(counts) <= _MOST_THIN else "quartiles"


def _seeds(axes: Axes, at: np.ndarray, values: np.ndarray, look: Style, spread: str) -> None:
    if len(values) == 1:
        return
    if spread == "bands":
        axes.fill_between(at, values.min(axis=0), values.max(axis=0), color=look.color, alpha=0.25, linewidth=0)
    if spread == "quartiles":
        # Between NaN and a number there is no quartile; the median has its gap there too.
        axes.plot(at, np.percentile(values, [25, 75], axis=0).T, look.linestyle, color=look.color, linewidth=1.2)
    elif spread == "seeds" or len(values) <= _FEW_SEEDS:
        alpha = 0.7 if spread == "bands" else 0.5
        axes.plot(at, values.T, look.linestyle, color=look.color, linewidth=1, alpha=alpha)


def _median(
    axes: Axes, at: np.ndarray, values: np.ndarray, look: Style, count: int, index: int, log_x: bool
) -> None:
    every = max(1, len(at) // 6)
    # Staggered, so that the markers of curves that lie on each other do not.
    start = min(len(at) - 1, index * every // count)
    # On a logarithmic axis every n-th point would crowd the right end: go by distance on the page there.
    markers = (0.12 * index / count, 0.12) if log_x and every > 1 else (start, every)
    axes.plot(at, _center(values), linestyle=look.linestyle, color=look.color, marker=look.marker,
              markevery=markers, markeredgecolor="white", markeredgewidth=1, zorder=4)


def _end(at: np.ndarray, values: np.ndarray) -> tuple[float, float] | None:
    center = _center(values)
    finite = np.flatnonzero(np.isfinite(center))
    return (at[finite[-1]], center[finite[-1]]) if len(finite) else None


def _note(drawn: Mapping, spread: str, live: bool, unit: str) -> str:
    counts = sorted({len(values) for _, values, _ in drawn.values()})
    parts = []
    if counts[-1] > 1:
        seeds = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
        each = f"; thin: each {unit}" if counts[-1] <= _FEW_SEEDS else ""
        shown = {"bands": f"band: lowest to highest{each}", "seeds": f"thin lines: single {unit}s",
                 "quartiles": "thin lines: quartiles"}
        parts.append(f"line: median of {seeds} {unit}s; {shown[spread]}")
    if live:
        parts.append("open markers: a live run")
    return "; ".join(parts)


def _describe(title, x_label, y_label, y_limits, zoom, drawn, spread, overlay, unit) -> str:
    shown = {"bands": "with a band from the lowest to the highest", "seeds": f"with a thin line for each {unit}",
             "quartiles": "with thin lines at the quartiles"}[spread]
    parts = [f"Line chart{titled(title)}. x: {x_label}. y: {y_label}"
             + (f", shown from {number(y_limits[0])} to {number(y_limits[1])}" if y_limits else "") + "."]
    if zoom:
        parts.append(f"A second panel shows y from {number(zoom[0])} to {number(zoom[1])}.")
    for label, (at, values, _) in drawn.items():
        span = f"{_points(len(at))} from {number(at[0])} to {number(at[-1])}"
        if len(values) > 1:
            parts.append(
                f"{label}: median of {len(values)} {unit}s, {shown}, {span}; at the end "
                f"{median_and_range(values[:, -1])}."
            )
        else:
            parts.append(f"{label}: one run, {span}; at the end {approximately(values[0, -1])}.")
    for label, (at, values, _) in overlay.items():
        span = f"{_points(len(at))} from {number(at[0])} to {number(at[-1])}"
        parts.append(f"{label}, live: open markers, {span}; at the end {approximately(values[-1])}.")
    return " ".join(parts)


def _points(count: int) -> str:
    return f"{count} point{'s' * (count != 1)}"


@styled
def percentile_bands(
    variants: Mapping[str, tuple[ArrayLike, ArrayLike]],
    *,
    x_label: str,
    y_label: str,
    title: str = "",
    log_x: bool = False,
    percentiles: Sequence[int] = (15, 50, 85),
    styles: Mapping[str, str] | None = None,
) -> CourseFigure:
    """Three percentiles of one quantity over training, a panel for each variant, on one y axis.

    As Fig. 1 (b, c) of Ioffe & Szegedy (2015), "Batch Normalization": the input of one sigmoid.

    variants: label -> (steps (T,), values (T, 3)), the columns in the order of `percentiles`, low to high.
    x_label, y_label: with the unit, if there is one. log_x: logarithmic steps, which must then be above 0.
    styles: see `style`.

    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    if len(percentiles) != 3 or sorted(set(percentiles)) != list(percentiles):
        raise ValueError(f"percentiles: expected three that increase, got {tuple(percentiles)}")
    drawn = {}
    for label, entry in checks.nonempty_mapping(variants, "variants", "label: (steps, values)").items():
        argument = f"variants[{label!r}]"
        at, values = checks.pair(entry, argument, "(steps (T,), values (T, 3))")
        values = checks.numbers(values, f"{argument} values", "T", "3")
        if values.shape[1] != 3:
            raise ValueError(f"{argument} values: expected shape (T, 3), got {values.shape}")
        drawn[label] = _steps(at, f"{argument} steps", len(values), log_x), values, style(label, styles)

    figure = new_figure(4.8, title)
    panels = np.atleast_1d(figure.subplots(1, len(drawn), sharey=True))
    for axes, (label, (at, values, look)) in zip(panels, drawn.items(), strict=True):
        axes.fill_between(at, values[:, 0], values[:, 2], color=look.color, alpha=0.25, linewidth=0)
        for column, width in enumerate((2, 3.5, 2)):
            axes.plot(at, values[:, column], color=look.color, linewidth=width)
        axes.set_title(wrap(label, 56 // len(drawn)), color=look.text_color)
        axes.set_xlabel(x_label)
        if log_x:
            axes.set_xscale("log")
        axes.margins(x=0.02)
        few_ticks(axes.xaxis, 3, logarithmic=log_x, whole=_whole(drawn))
        few_ticks(axes.yaxis)
    panels[0].set_ylabel(wrap(y_label, 30))
    for axes, (at, values, look) in zip(panels, drawn.values(), strict=True):
        label_ends(axes, [
            (f"{percent} %", at[-1], values[-1, column], look.text_color)
            for column, percent in enumerate(percentiles)
        ])
    low, middle, high = percentiles
    figure.description = " ".join([
        f"Line charts side by side on one y axis{titled(title)}. x: {x_label}"
        f"{' (logarithmic)' if log_x else ''}. y: {y_label}. In each, the "
        f"{low}th, {middle}th and {high}th percentiles, the space between the outer two shaded.",
        *(
            f"{label}: {_points(len(at))} from {number(at[0])} to {number(at[-1])}; percentiles "
            f"{_three(values[0])} at the start, {_three(values[-1])} at the end."
            for label, (at, values, _) in drawn.items()
        ),
    ])
    return figure


def _three(values: np.ndarray) -> str:
    return ", ".join(approximately(value) for value in values)
