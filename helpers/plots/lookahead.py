"""The loss that a network would have after steps of several lengths, from where it stands."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import Normal, Stroke
from numpy.typing import ArrayLike

from . import checks
from .style import (
    INK,
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

_MOST_PANELS = 3
_MOST_LINES = 3
_HALO = [Stroke(linewidth=6, foreground="white"), Normal()]


@styled
def losses_ahead(
    panels: Mapping[str, Mapping[str, ArrayLike]],
    lengths: Sequence[float],
    *,
    title: str = "",
    styles: Mapping[str, str] | None = None,
) -> CourseFigure:
    """How the loss changes along the gradient, at several moments of training, on one logarithmic axis.

    Args:
        panels: moment -> label -> losses (seeds, L), one to three moments, side by side, with the same one to
            three labels in each. The losses are above 0; the first is the one where the network stands.
        lengths: (L,), how far each is ahead, in steps that training takes; they increase from 0.
        styles: As in `style`.

    A thick line for the median of the seeds, a thin one for each. A dotted line marks one step.

    Raises TypeError or ValueError that names the argument, what was expected and what came.
    """
    checks.nonempty_mapping(panels, "panels", "moment: {label: losses (seeds, L)}")
    drawn = {moment: _lines(entry, f"panels[{moment!r}]", len(lengths)) for moment, entry in panels.items()}
    at = checks.steps(lengths, "lengths", len(lengths))
    if at[0] != 0:
        raise ValueError(f"lengths: expected 0 first, got {number(at[0])}")
    labels = list(next(iter(drawn.values())))
    if len(drawn) > _MOST_PANELS or len(labels) > _MOST_LINES:
        raise ValueError(f"panels: expected at most {_MOST_PANELS}, of at most {_MOST_LINES} labels, got {len(drawn)} "
                         f"of {len(labels)}")
    for moment, lines in drawn.items():
        if list(lines) != labels:
            raise ValueError(f"panels[{moment!r}]: expected the labels {labels}, got {list(lines)}")
    looks = {label: style(label, styles) for label in labels}

    figure = new_figure(4.6, title)
    row = figure.subplots(1, len(drawn), sharey=True, squeeze=False)[0]
    for axes, (moment, lines) in zip(row, drawn.items(), strict=True):
        axes.axvline(1, color=INK, linewidth=1.5, linestyle=":", zorder=1)
        for label, losses in lines.items():
            _draw(axes, at, losses, looks[label])
        axes.set_title(wrap(moment, 56 // len(drawn)))
        axes.set_yscale("log")
        axes.margins(x=0.04)
        axes.set_xticks(at[at == np.round(at)])
        axes.xaxis.set_major_formatter(lambda value, position: number(value))
        few_ticks(axes.yaxis, logarithmic=True)
    row[0].set_ylabel("loss")
    row[len(row) // 2].set_xlabel("steps ahead, along the gradient")
    footnote(figure, "thick: median; thin: single seeds; dotted: the step that training takes")
    last = list(drawn.values())[-1]
    label_ends(row[-1], [(label, at[-1], np.median(losses[:, -1]), looks[label].text_color)
                         for label, losses in last.items()])
    figure.description = _describe(title, drawn, at)
    return figure


def _lines(entry: Mapping, argument: str, count: int) -> dict[str, np.ndarray]:
    lines = {}
    for label, losses in checks.nonempty_mapping(entry, argument, "label: losses (seeds, L)").items():
        lines[label] = checks.numbers(losses, f"{argument}[{label!r}]", "seeds", "L")
        if lines[label].shape[1] != count:
            raise ValueError(f"{argument}[{label!r}]: expected {count} losses, one per length, got "
                             f"{lines[label].shape[1]}")
        if not (lines[label] > 0).all():
            raise ValueError(f"{argument}[{label!r}]: expected losses above 0, got {number(np.min(losses))}")
    return lines


def _draw(axes: Axes, at: np.ndarray, losses: np.ndarray, look: Style) -> None:
    axes.plot(at, losses.T, color=look.color, linewidth=1, alpha=0.45, zorder=2)
    middle = np.median(losses, axis=0)
    axes.plot(at, middle, color=look.color, linewidth=4, path_effects=_HALO, zorder=4)
    axes.plot(at, middle, look.marker, color=look.color, markersize=10, markeredgewidth=0, zorder=5)


def _describe(title: str, drawn: Mapping, at: np.ndarray) -> str:
    several = "s side by side, all of one scale" if len(drawn) > 1 else ""
    said = [f"Line chart{several}{titled(title)}: the loss (logarithmic) at {', '.join(map(number, at[:-1]))} and "
            f"{number(at[-1])} steps ahead along the gradient, the median of the seeds with a thin line for each."]
    for moment, lines in drawn.items():
        for label, losses in lines.items():
            middle = np.median(losses, axis=0)
            said.append(f"{moment}, {label}: {len(losses)} seed{'s' * (len(losses) > 1)}; from "
                        f"{approximately(middle[0])} over {', '.join(map(approximately, middle[1:-1]))} to "
                        f"{median_and_range(losses[:, -1])}.")
    return " ".join(said)
