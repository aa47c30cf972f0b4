"""Networks as circles and lines, with some units taken out."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from .panels import check_count
from .style import INK, PALE, CourseFigure, new_figure, style, styled, titled, wrap

_MOST_UNITS = 12  # in a layer; more would touch each other


@styled
def thinned_networks(
    panels: Mapping[str, Sequence[ArrayLike]],
    *,
    title: str = "",
    look: str = "first",
) -> CourseFigure:
    """Fully connected networks, drawn: what is kept in colour, a dropped unit as a crossed, empty circle.

    Args:
        panels: title -> the layers from the input up, each an array (units,) of True (kept) or False
            (dropped); one to four panels, side by side. Only lines between units that are kept are drawn.
        look: the colour of what is kept, a name that `style` knows.

    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    check_count(panels, "title: masks of the layers", 4)
    drawn = {name: _layers(masks, f"panels[{name!r}]") for name, masks in panels.items()}
    color = style(look).color
    figure = new_figure(4.4, title)
    row = figure.subplots(1, len(drawn), squeeze=False)[0]
    for axes, (name, layers) in zip(row, drawn.items(), strict=True):
        _network(axes, layers, color)
        axes.set_title(wrap(name, 56 // len(drawn)), loc="center")
    figure.description = " ".join([
        f"Network{'s' * (len(drawn) > 1)} drawn as circles in rows, the input at the bottom, with lines between "
        f"neighbouring rows{titled(title)}. Dropped units are crossed out and have no lines.",
        *(f"{name}: {'; '.join(map(_row_in_words, range(len(layers)), layers))}." for name, layers in drawn.items()),
    ])
    return figure


def _layers(masks: Sequence[ArrayLike], argument: str) -> list[np.ndarray]:
    if isinstance(masks, np.ndarray) and masks.ndim < 2 or not isinstance(masks, Sequence | np.ndarray):
        raise TypeError(f"{argument}: expected a list of masks, one a layer, got {type(masks).__name__}")
    if len(masks) < 2:
        raise ValueError(f"{argument}: expected at least two layers, got {len(masks)}")
    layers = []
    for i, mask in enumerate(masks):
        mask = np.asarray(mask)
        if mask.dtype != bool or mask.ndim != 1 or not 1 <= len(mask) <= _MOST_UNITS:
            raise ValueError(
                f"{argument}[{i}]: expected True or False for 1 to {_MOST_UNITS} units, got {mask.dtype} "
                f"of shape {mask.shape}"
            )
        layers.append(mask)
    return layers


def _network(axes: Axes, layers: Sequence[np.ndarray], color: str) -> None:
    places = [(np.arange(len(mask)) - (len(mask) - 1) / 2) / _MOST_UNITS for mask in layers]
    heights = np.linspace(0.06, 0.94, len(layers))
    for below in range(len(layers) - 1):
        for x0 in places[below][layers[below]]:
            for x1 in places[below + 1][layers[below + 1]]:
                axes.plot([x0, x1], heights[below:below + 2], color=color, linewidth=1, alpha=0.5, zorder=1)
    for mask, across, height in zip(layers, places, heights, strict=True):
        for kept, x in zip(mask, across, strict=True):
            axes.plot(x, height, "o", markersize=17, color=color if kept else "white",
                      markeredgecolor=color if kept else PALE, markeredgewidth=2, zorder=2)
            if not kept:
                axes.plot(x, height, "x", markersize=10, color=INK, markeredgewidth=2, zorder=3)
    widest = max(len(mask) for mask in layers)
    axes.set_xlim(-(widest / 2) / _MOST_UNITS, (widest / 2) / _MOST_UNITS)
    axes.set_ylim(0, 1)
    axes.axis("off")


def _row_in_words(number: int, mask: np.ndarray) -> str:
    return f"row {number + 1}, {len(mask)} unit{'s' * (len(mask) != 1)}, {int((~mask).sum())} dropped"
