"""One number a run, compared between variants."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from . import checks
from .style import (
    INK,
    CourseFigure,
    few_ticks,
    footnote,
    median_and_range,
    new_figure,
    number,
    style,
    styled,
    titled,
    wrap,
)


@styled
def points(
    groups: Mapping[str, ArrayLike],
    *,
    y_label: str,
    title: str = "",
    y_limits: tuple[float, float] | None = None,
    styles: Mapping[str, str] | None = None,
    unit: str = "seed",
    level: float | None = None,
) -> CourseFigure:
    """Each seed a point, in the order given from left to right; a bar at the median of each group.

    groups: label -> values (seeds,). y_label: with the unit, if there is one. styles: see `style`.
    unit: what one point is, where it is no seed, in the singular: "data set".
    level: a height to compare with, such as 0 for differences: a thin line across.

    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    drawn = {
        label: (checks.numbers(values, f"groups[{label!r}]", "seeds"), style(label, styles))
        for label, values in checks.nonempty_mapping(groups, "groups", "label: values").items()
    }
    figure = new_figure(4.8, title)
    axes = figure.subplots()
    if level is not None:
        axes.axhline(level, color=INK, linewidth=1, zorder=0)
    for i, (values, look) in enumerate(drawn.values()):
        across = i + (np.linspace(-0.25, 0.25, len(values)) if len(values) > 1 else np.zeros(1))
        axes.plot(across, values, look.marker, color=look.color, markeredgecolor="white", markersize=11)
        axes.plot([i - 0.36, i + 0.36], [np.median(values)] * 2, color=INK, linewidth=2.5, zorder=3)
    axes.set_xticks(range(len(drawn)), [wrap(label, max(6, 62 // len(drawn))) for label in drawn])
    axes.tick_params(axis="x", length=0, labelsize=15)
    for tick, (_, look) in zip(axes.get_xticklabels(), drawn.values(), strict=True):
        tick.set_color(look.text_color)
    axes.set_xlim(-0.6, len(drawn) - 0.4)
    if y_limits is not None:
        axes.set_ylim(y_limits)
    few_ticks(axes.yaxis)
    axes.set_ylabel(wrap(y_label, 30))
    footnote(figure, f"a point: one {unit}; bar: median")
    figure.description = " ".join([
        f"Points{titled(title)}, one for each {unit}, with a bar at the median. y: {y_label}."
        + ("" if level is None else f" A line across at {number(level)}."),
        *(
            f"{label}: {len(values)} {unit}{'s' * (len(values) != 1)}, median {median_and_range(values)}."
            for label, (values, _) in drawn.items()
        ),
    ])
    return figure
