"""What the maps share: panels side by side, and one legend for all of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes

from . import checks
from .style import CourseFigure, few_ticks, footnote, wrap

_FONT = 15  # points
_ROW = 0.3  # inches
_CHARACTERS = 84  # what fits under the panels, beside each other


def check_count(panels: Mapping, entry: str, most: int) -> None:
    checks.nonempty_mapping(panels, "panels", entry)
    if len(panels) > most:
        raise ValueError(f"panels: expected at most {most}, got {len(panels)}")


def parts(value: Any, argument: str, expected: str, count: int) -> tuple:
    if not isinstance(value, tuple) or len(value) != count:
        came = f"{len(value)} of them" if isinstance(value, tuple) else type(value).__name__
        raise TypeError(f"{argument}: expected {expected}, got {came}")
    return value


def name_axes(axes: Axes, name: str, x_label: str, columns: int) -> None:
    axes.set_title(wrap(name, 56 // columns))
    axes.set_xlabel(wrap(x_label, 60 // columns))
    few_ticks(axes.xaxis, 6 - columns)
    few_ticks(axes.yaxis)


def legend(figure: CourseFigure, entries: Sequence[tuple], note: str = "") -> None:
    """What is what, a (handle, label, colour of the text) each, and how to read the figure under it.

    Beside a single panel, which would be too wide; else under the panels, in one row if it fits.
    """
    beside = len(figure.axes) == 1
    labels = [wrap(label, 22 if beside else 60) for _, label, _ in entries]
    widest = max((len(label) + 7 for label in labels), default=1)
    in_one_row = sum(len(label) + 7 for label in labels) < _CHARACTERS
    columns = 1 if beside else max(1, len(labels) if in_one_row else _CHARACTERS // widest)
    footnote(figure, note)
    if not beside:
        figure.set_figheight(figure.get_figheight() + _ROW * max(0, -(-len(labels) // columns) - 1))
    strip = 0 if beside or not note else _ROW  # or legend and note would lie on each other
    if strip:
        share = strip / figure.get_figheight()
        figure.get_layout_engine().set(rect=(0, share, 1, 1 - share))
    if not entries:
        return
    handles, _, colors = zip(*entries, strict=True)
    texts = figure.legend(
        handles, labels, loc="outside right center" if beside else "outside lower center", ncols=columns,
        fontsize=_FONT, frameon=False, handlelength=1.8,
        borderaxespad=0.5 + 72 * strip / _FONT,
    ).get_texts()
    for text, color in zip(texts, colors, strict=True):
        text.set_color(color)
