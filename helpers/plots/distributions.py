"""How the values inside a network are spread."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from . import checks
from .style import (
    INK,
    CourseFigure,
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

_BINS = 60
_OVERLAP = 1.5  # a ridge may reach half-way over the one behind it


@styled
def histograms_over_training(
    variants: Mapping[str, tuple[ArrayLike, Sequence[ArrayLike] | np.ndarray]],
    *,
    x_label: str,
    y_label: str = "training step",
    title: str = "",
    limits: tuple[float, float] | None = None,
    styles: Mapping[str, str] | None = None,
) -> CourseFigure:
    """A distribution at several training steps, as ridges: the first step behind, the last in front.

    variants: label -> (steps (T,), T one-dimensional samples or one array (T, samples)); a panel each, on
    one x axis. x_label: the quantity, with its unit. limits: the lowest and highest x shown; without
    them, from the 0.5th to the 99.5th percentile of all samples. styles: see `style`.

    Each ridge is scaled to the same height, so compare where and how wide they are. Infinite and NaN
    samples are left out.
    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    drawn = {}
    for label, entry in checks.nonempty_mapping(variants, "variants", "label: (steps, samples)").items():
        argument = f"variants[{label!r}]"
        at, samples = checks.pair(entry, argument, "(steps (T,), T samples)")
        samples = [_finite(sample, f"{argument} samples[{i}]") for i, sample in enumerate(samples)]
        drawn[label] = checks.steps(at, f"{argument} steps", len(samples)), samples, style(label, styles)
    low, high = _range([sample for _, samples, _ in drawn.values() for sample in samples], limits)
    edges = np.linspace(low, high, _BINS + 1)

    rows = max(len(at) for at, _, _ in drawn.values())
    figure = new_figure(max(4.8, 1.8 + 0.42 * rows), title)
    panels = figure.subplots(1, len(drawn), sharex=True, squeeze=False)[0]
    for axes, (label, (at, samples, look)) in zip(panels, drawn.items(), strict=True):
        for row, sample in enumerate(samples):
            _ridge(axes, sample, edges, base=len(at) - 1 - row, color=look.color, order=row)
        axes.set_yticks(range(len(at) - 1, -1, -1), [number(step) for step in at])
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.set_ylim(-0.15, len(at) - 1 + _OVERLAP + 0.05)
        axes.set_xlim(low, high)
        few_ticks(axes.xaxis, max(3, 6 // len(drawn)))
        axes.set_xlabel(wrap(x_label, 60 // len(drawn)))
        axes.set_title(wrap(label, 56 // len(drawn)), color=look.text_color)
    panels[0].set_ylabel(y_label)
    figure.description = " ".join([
        f"Ridge plot, panels side by side on one x axis{titled(title)}. x: {x_label}, from "
        f"{_limit(low, limits)} to {_limit(high, limits)}. Rows: {y_label}, the first at the top. "
        "Each ridge is a histogram scaled to the same height.",
        *(
            f"{label}: at {', '.join(number(step) for step in at)}; standard deviation in the first row "
            f"{approximately(samples[0].std())}, in the last {approximately(samples[-1].std())}."
            for label, (at, samples, _) in drawn.items()
        ),
    ])
    return figure


def _ridge(axes: Axes, sample: np.ndarray, edges: np.ndarray, base: int, color: str, order: int) -> None:
    counts, _ = np.histogram(sample, edges)
    heights = base + _OVERLAP * counts / max(1, counts.max())
    # White first: what lies behind must not shine through the tint.
    axes.stairs(heights, edges, baseline=base, fill=True, color="white", zorder=order)
    axes.stairs(heights, edges, baseline=base, fill=True, color=color, alpha=0.35, zorder=order + 0.1)
    axes.stairs(heights, edges, baseline=base, color=color, linewidth=1.8, zorder=order + 0.2)


@styled
def activation_histograms(
    variants: Mapping[str, Mapping[str, ArrayLike]],
    *,
    x_label: str,
    title: str = "",
    saturated_beyond: float | None = None,
    show_std: bool = False,
    limits: tuple[float, float] | None = None,
    styles: Mapping[str, str] | None = None,
) -> CourseFigure:
    """Histograms of the values in each layer: a column for each layer, a row for each variant.

    variants: label -> {layer name: samples of any shape}; every variant has the same layers.
    x_label: the quantity, with its unit. saturated_beyond: mark |value| above it, and say which share
    lies there. show_std: write the standard deviation of all values into each panel (not together with
    saturated_beyond). limits and styles: as in `histograms_over_training`. All panels share the x axis, and each
    is scaled to its own peak: it is the width that is to be compared.

    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    drawn = {}
    for label, layers in checks.nonempty_mapping(variants, "variants", "label: {layer: samples}").items():
        argument = f"variants[{label!r}]"
        checks.nonempty_mapping(layers, argument, "layer: samples")
        drawn[label] = {
            name: _finite(np.ravel(samples), f"{argument}[{name!r}]") for name, samples in layers.items()
        }
    names = list(next(iter(drawn.values())))
    for label, layers in drawn.items():
        if list(layers) != names:
            raise ValueError(f"variants[{label!r}]: expected the layers {names}, got {list(layers)}")
    if saturated_beyond is not None and saturated_beyond <= 0:
        raise ValueError(f"saturated_beyond: expected a number above 0, got {saturated_beyond}")
    if saturated_beyond is not None and show_std:
        raise ValueError("show_std: expected False together with saturated_beyond, which writes in the same place")
    low, high = _range([sample for layers in drawn.values() for sample in layers.values()], limits)
    edges = np.linspace(low, high, _BINS + 1)

    figure = new_figure(1.5 + 1.75 * len(drawn), title)
    grid = figure.subplots(len(drawn), len(names), sharex=True, squeeze=False)
    for row, (label, layers) in zip(grid, drawn.items(), strict=True):
        look = style(label, styles)
        row[0].set_ylabel(wrap(label, 16), color=look.text_color)
        for axes, sample in zip(row, layers.values(), strict=True):
            counts, _ = np.histogram(sample, edges)
            axes.stairs(counts / max(1, counts.max()), edges, fill=True, color=look.color)
            axes.set_ylim(0, 1.35 if saturated_beyond is not None or show_std else 1.05)
            if show_std:
                text = f"std {approximately(sample.std())}"
                axes.text(0.5, 0.98, text, transform=axes.transAxes, ha="center", va="top")
            if saturated_beyond is not None:
                for side in (-saturated_beyond, saturated_beyond):
                    if low < side < high:
                        axes.axvline(side, ymax=0.78, color=INK, linestyle=":", linewidth=2)
                share = approximately(_saturated_percent(sample, saturated_beyond))
                axes.text(0.5, 0.98, f"{share} %", transform=axes.transAxes, ha="center", va="top")
            axes.set_xlim(low, high)
            few_ticks(axes.xaxis, 3)
            axes.set_yticks([])
    for axes, name in zip(grid[0], names, strict=True):
        axes.set_title(wrap(name, 48 // len(names)))
    for axes in grid[-1]:
        axes.set_xlabel(wrap(x_label, 54 // len(names)))
    if saturated_beyond is not None:
        footnote(figure, f"≈ % of the values beyond ±{number(saturated_beyond)} (dotted)")
    figure.description = _describe_activations(title, x_label, low, high, limits, saturated_beyond, drawn)
    return figure


def _describe_activations(title, x_label, low, high, limits, saturated_beyond, drawn) -> str:
    marked = "" if saturated_beyond is None else (
        f" Dotted lines at {number(-saturated_beyond)} and {number(saturated_beyond)}; each panel says which "
        "share of the values lies beyond them."
    )
    span = f"from {_limit(low, limits)} to {_limit(high, limits)}"
    parts = [
        "Histograms in a grid, a column for each layer and a row for each variant, on the same x axis"
        f"{titled(title)}. x: {x_label}, {span}. "
        f"y: how many values, each panel scaled to its own peak.{marked}"
    ]
    for label, layers in drawn.items():
        panels = [
            f"{name} standard deviation {approximately(sample.std())}"
            + ("" if saturated_beyond is None
               else f", beyond {approximately(_saturated_percent(sample, saturated_beyond))} %")
            for name, sample in layers.items()
        ]
        parts.append(f"{label}: {'; '.join(panels)}.")
    return " ".join(parts)


def _saturated_percent(sample: np.ndarray, limit: float) -> float:
    """To a tenth of a percent: the rest is chance."""
    return round(100 * float((np.abs(sample) > limit).mean()), 1)


def _finite(sample: ArrayLike, argument: str) -> np.ndarray:
    array = checks.numbers(sample, argument, "samples")
    finite = array[np.isfinite(array)]
    if finite.size == 0:
        raise ValueError(f"{argument}: expected at least one finite number, got none")
    return finite


def _range(samples: Sequence[np.ndarray], limits: tuple[float, float] | None) -> tuple[float, float]:
    if limits is not None:
        low, high = limits
        if not low < high:
            raise ValueError(f"limits: expected (low, high) with low < high, got {limits}")
        return float(low), float(high)
    low, high = np.percentile(np.concatenate(samples), [0.5, 99.5])
    return (low, high) if low < high else (low - 0.5, high + 0.5)


def _limit(value: float, limits: tuple[float, float] | None) -> str:
    """Limits that the caller chose are exact; those taken from the samples are measured."""
    return number(value) if limits is not None else approximately(value)
