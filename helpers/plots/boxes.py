"""Many numbers in each of a few groups."""

from collections.abc import Mapping

import numpy as np
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

_BOX = (25, 75)  # percentiles
_WHISKERS = (5, 95)


@styled
def boxes(
    groups: Mapping[str, ArrayLike],
    *,
    x_label: str,
    title: str = "",
    x_limits: tuple[float, float] | None = None,
    level: float | None = None,
    styles: Mapping[str, str] | None = None,
    unit: str = "seed",
) -> CourseFigure:
    """A row for each group: a box with the middle half of its values, the median, and whiskers from 5 to 95 %.

    groups: label -> values (seeds,), finite; for few values see `points`.
    x_label: with the unit, if there is one. x_limits: the lowest and highest x shown.
    level: a number to compare with, such as 1 for quotients: a thin line.
    styles: see `style`. unit: what one value is, where it is no seed, in the singular.

    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    drawn = {}
    for label, values in checks.nonempty_mapping(groups, "groups", "label: values").items():
        values = checks.numbers(values, f"groups[{label!r}]", "seeds")
        if not np.isfinite(values).all():
            raise ValueError(f"groups[{label!r}]: expected finite numbers")
        drawn[label] = values, style(label, styles)
    if x_limits is not None and not x_limits[0] < x_limits[1]:
        raise ValueError(f"x_limits: expected (low, high) with low < high, got {x_limits}")

    figure = new_figure(1.3 + 0.85 * len(drawn), title)
    axes = figure.subplots()
    if level is not None:
        axes.axvline(level, color=INK, linewidth=1.2, zorder=0)
    for row, (values, look) in enumerate(drawn.values()):
        low, high = np.percentile(values, _WHISKERS)
        first, third = np.percentile(values, _BOX)
        axes.plot([low, high], [row, row], color=look.color, linewidth=2.5, zorder=1)
        axes.barh(row, third - first, left=first, height=0.52, color=look.color, edgecolor="white", zorder=2)
        axes.plot([np.median(values)] * 2, [row - 0.33, row + 0.33], color=INK, linewidth=3, zorder=3)
    axes.set_yticks(range(len(drawn)), [wrap(label, 24) for label in drawn])
    axes.tick_params(axis="y", length=0, labelsize=16)
    for tick, (_, look) in zip(axes.get_yticklabels(), drawn.values(), strict=True):
        tick.set_color(look.text_color)
    axes.set_ylim(len(drawn) - 0.45, -0.55)
    if x_limits is not None:
        axes.set_xlim(x_limits)
    few_ticks(axes.xaxis, 6)
    axes.set_xlabel(x_label)
    footnote(figure, f"box: the middle half of the {unit}s; bar: median; line: 5 to 95 %")
    figure.description = " ".join([
        f"Boxes in rows{titled(title)}, from the lower to the upper quartile, with a bar at the median and a line from 5 to "
        f"95 %. x: {x_label}." + ("" if level is None else f" A line at {number(level)}."),
        *(
            f"{label}: {len(values)} {unit}{'s' * (len(values) != 1)}, median {approximately(np.median(values))}, "
            f"quartiles {_two(values, _BOX)}, 5 and 95 % {_two(values, _WHISKERS)}."
            for label, (values, _) in drawn.items()
        ),
    ])
    return figure


def _two(values: np.ndarray, percentiles: tuple[int, int]) -> str:
    low, high = np.percentile(values, percentiles)
    return f"{approximately(low)} and {approximately(high)}"
