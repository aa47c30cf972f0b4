"""The same quantity measured in several ways, one after another: where does it fall?"""

from collections.abc import Mapping, Sequence

from numpy.typing import ArrayLike

from . import checks
from .style import CourseFigure, approximately, few_ticks, label_ends, new_figure, style, styled, titled, wrap


@styled
def stations(
    lines: Mapping[str, ArrayLike],
    *,
    places: Sequence[str],
    y_label: str,
    title: str = "",
    y_limits: tuple[float, float] | None = None,
    styles: Mapping[str, str] | None = None,
) -> CourseFigure:
    """A line per label through its values at named places, from left to right.

    lines: label -> values (P,). places: P names, such as the rows and the mode of an accuracy. y_label: with the unit,
    if there is one. styles: see `style`.

    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    if isinstance(places, str) or len(places) < 2:
        raise ValueError(f"places: expected at least two names, got {places!r}")
    drawn = {}
    for label, values in checks.nonempty_mapping(lines, "lines", "label: values").items():
        values = checks.numbers(values, f"lines[{label!r}]", "P")
        if len(values) != len(places):
            raise ValueError(f"lines[{label!r}]: expected {len(places)} values, one per place, got {len(values)}")
        drawn[label] = values, style(label, styles)
    figure = new_figure(4.6, title)
    axes = figure.subplots()
    for values, look in drawn.values():
        axes.plot(range(len(places)), values, look.linestyle, color=look.color, marker=look.marker, markersize=12,
                  markeredgecolor="white", linewidth=3.5)
    axes.set_xticks(range(len(places)), [wrap(place, max(8, 48 // len(places))) for place in places])
    axes.set_xlim(-0.3, len(places) - 0.8)
    if y_limits is not None:
        axes.set_ylim(y_limits)
    few_ticks(axes.yaxis)
    axes.set_ylabel(wrap(y_label, 30))
    axes.grid(axis="x", color="#DDDDDD", linewidth=1)
    axes.set_axisbelow(True)
    label_ends(axes, [
        (wrap(label, 16), len(places) - 1, values[-1], look.text_color) for label, (values, look) in drawn.items()
    ])
    figure.description = " ".join([
        f"Lines through {len(places)} places{titled(title)}: {'; '.join(places)}. y: {y_label}.",
        *(f"{label}: {', '.join(map(approximately, values))}." for label, (values, _) in drawn.items()),
    ])
    return figure
