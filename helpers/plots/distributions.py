"""How the values inside a network are spread."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from . import checks
from .style import (
    CourseFigure,
    approximately,
    few_ticks,
    new_figure,
    number,
    style,
    styled,
    titled,
    wrap,
)

_BINS = 60


@styled
def activation_histograms(
    variants: Mapping[str, Mapping[str, ArrayLike]],
    *,
    x_label: str,
    title: str = "",
    show_std: bool = False,
    notes: Mapping[str, Sequence[str]] | None = None,
    limits: tuple[float, float] | None = None,
    styles: Mapping[str, str] | None = None,
) -> CourseFigure:
    """Histograms of the values in each layer: a column for each layer, a row for each variant.

    variants: label -> {layer name: samples of any shape}; every variant has the same layers.
    x_label: the quantity, with its unit. show_std: write the standard deviation of all values into each panel.
    notes: label -> a short text for each of its layers, written into the panel. limits: the lowest and highest x shown;
    without them, from the 0.5th to the 99.5th percentile of all samples. styles: see `style`. All panels share the x
    axis, and each is scaled to its own peak: it is the width that is to be compared.

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
    texts = {label: _texts(label, layers, notes or {}, show_std) for label, layers in drawn.items()}
    for label in notes or {}:
        if label not in drawn:
            raise ValueError(f"notes: expected variants ({', '.join(drawn)}), got {label!r}")
    low, high = _range([sample for layers in drawn.values() for sample in layers.values()], limits)
    edges = np.linspace(low, high, _BINS + 1)

    figure = new_figure(1.5 + 1.75 * len(drawn), title)
    grid = figure.subplots(len(drawn), len(names), sharex=True, squeeze=False)
    for row, (label, layers) in zip(grid, drawn.items(), strict=True):
        look = style(label, styles)
        row[0].set_ylabel(wrap(label, 16), color=look.text_color)
        for axes, sample, text in zip(row, layers.values(), texts[label], strict=True):
            counts, _ = np.histogram(sample, edges)
            axes.stairs(counts / max(1, counts.max()), edges, fill=True, color=look.color)
            axes.set_ylim(0, (1.05, 1.35, 1.75)[text.count("\n") + 1 if text else 0])
            if text:
                axes.text(0.5, 0.98, text, transform=axes.transAxes, ha="center", va="top")
            axes.set_xlim(low, high)
            few_ticks(axes.xaxis, 3)
            axes.set_yticks([])
    for axes, name in zip(grid[0], names, strict=True):
        axes.set_title(wrap(name, 48 // len(names)))
    for axes in grid[-1]:
        axes.set_xlabel(wrap(x_label, 54 // len(names)))
    figure.description = _describe_activations(title, x_label, low, high, limits, drawn, notes or {})
    return figure


def _texts(label: str, layers: Mapping[str, np.ndarray], notes: Mapping[str, Sequence[str]], std: bool) -> list[str]:
    """What is written into each panel of a row."""
    lines = [[f"std {approximately(sample.std())}"] * std for sample in layers.values()]
    if label in notes:
        if isinstance(notes[label], str) or len(notes[label]) != len(lines):
            raise ValueError(f"notes[{label!r}]: expected one for each of {list(layers)}, got {notes[label]!r}")
        lines = [[note, *line] for note, line in zip(notes[label], lines, strict=True)]
    return ["\n".join(line) for line in lines]


def _describe_activations(title, x_label, low, high, limits, drawn, notes) -> str:
    span = f"from {_limit(low, limits)} to {_limit(high, limits)}"
    parts = [
        "Histograms in a grid, a column for each layer and a row for each variant, on the same x axis"
        f"{titled(title)}. x: {x_label}, {span}. "
        f"y: how many values, each panel scaled to its own peak."
    ]
    for label, layers in drawn.items():
        panels = [
            f"{name}{f', {note},' if note else ''} standard deviation {approximately(sample.std())}"
            for (name, sample), note in zip(layers.items(), notes.get(label, [""] * len(layers)), strict=True)
        ]
        parts.append(f"{label}: {'; '.join(panels)}.")
    return " ".join(parts)


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
