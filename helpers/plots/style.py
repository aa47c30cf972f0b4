"""The course's one look: sizes, colours, and which colour belongs to which method.

A colour says *which method*, a line style says *which data* (train solid, validation dashed, test dotted).
Colour never stands alone: each method also has a marker, and its name stands beside it.
"""

import contextlib
import functools
import textwrap
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

WIDTH = 9.5  # inches; with DPI, the pixels JupyterLab shows without scaling on a lecture's projector
DPI = 100
_TITLE_CHARACTERS = 58  # what fits on one line of WIDTH at the title's size
_TITLE_LINE = 0.32  # inches
INK = "#222222"
PALE = "#D9D9D9"
_LABEL_X = 1.04  # where the labels at the lines' ends begin, in widths of the axes
_LABEL_GAP = 4  # pixels between two of them

_RC = {
    "font.family": "DejaVu Sans",  # comes with Matplotlib, so that a figure is the same on every machine
    "font.size": 15,
    "figure.titlesize": 17,
    "axes.titlesize": 16,
    "axes.labelsize": 16,
    "xtick.labelsize": 14,
    "ytick.labelsize": 14,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.linewidth": 1.3,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.formatter.useoffset": False,
    "lines.linewidth": 3,
    "lines.markersize": 9,
    "xtick.major.size": 6,
    "ytick.major.size": 6,
    "figure.dpi": DPI,
    "savefig.dpi": DPI,
    "figure.facecolor": "white",  # opaque: JupyterLab's dark theme would show through
    "savefig.facecolor": "white",
}


@dataclass(frozen=True)
class Style:
    """How one named thing is drawn: a colour, a marker, and the line of the data set."""

    color: str
    marker: str
    linestyle: str = "-"

    @property
    def text_color(self) -> str:
        """The colour, darkened until text in it has WCAG's contrast of 4.5 on white."""
        rgb = np.array(to_rgb(self.color))
        while contrast_on_white(rgb) < 4.5:
            rgb = rgb * 0.95
        return to_hex(rgb)


def contrast_on_white(color: str | Sequence[float]) -> float:
    """WCAG 2's contrast ratio of a colour on white: 1 (white) to 21 (black)."""
    rgb = np.array(to_rgb(color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return 1.05 / (float(linear @ (0.2126, 0.7152, 0.0722)) + 0.05)


# Okabe & Ito (2008), "Color Universal Design". Its yellow is left out: too faint for a line on white.
BLUE, VERMILLION, GREEN = "#0072B2", "#D55E00", "#009E73"
PURPLE, ORANGE, SKY, GREY = "#CC79A7", "#E69F00", "#56B4E9", "#4D4D4D"
INDIGO = "#5A2FC0"  # not theirs: as a line it stands out from white (8 to 1), which their orange does not

STYLES = {
    "plain": Style(GREY, "o"),
    "batch": Style(BLUE, "s"),
    "layer": Style(VERMILLION, "^"),
    "instance": Style(PURPLE, "D"),
    "group": Style(GREEN, "v"),
    "rms": Style(ORANGE, "P"),
    "lrn": Style(SKY, "X"),
    "l1": Style(INDIGO, "<"),
    "l2": Style(VERMILLION, ">"),
    "dropout": Style(PURPLE, "p"),
    "augmentation": Style(GREEN, "h"),
    "early stopping": Style(SKY, "*"),
    "train": Style(GREY, "o"),
    "validation": Style(VERMILLION, "s", "--"),
    "test": Style(BLUE, "^", ":"),
    "first": Style(BLUE, "o"),
    "second": Style(VERMILLION, "s"),
    "third": Style(GREEN, "^"),
    "fourth": Style(PURPLE, "D"),
    "fifth": Style(ORANGE, "v"),
    "sixth": Style(GREY, "P"),
}

# What may share a figure, and so must be told apart by every reader.
FAMILIES = (
    ("plain", "batch", "layer", "instance", "group", "rms", "lrn"),
    ("plain", "batch", "l1", "l2", "dropout", "augmentation", "early stopping"),
    ("train", "validation", "test"),
    ("first", "second", "third", "fourth", "fifth", "sixth"),
)

_SPLITS = ("train", "validation", "test")

_DISPLAY_LABELS = {
    "without": "plain",
    "without normalization": "plain",
    "without batch normalization": "plain",
    "without dropout": "plain",
    "baseline": "plain",
    "batch normalization": "batch",
    "with batch normalization": "batch",
    "bn": "batch",
    "layer normalization": "layer",
    "ln": "layer",
    "instance normalization": "instance",
    "in": "instance",
    "group normalization": "group",
    "gn": "group",
    "rms normalization": "rms",
    "local response normalization": "lrn",
    "with dropout": "dropout",
    "data augmentation": "augmentation",
    "training": "train",
}


def style(label: str, styles: Mapping[str, str] | None = None) -> Style:
    """The style that belongs to a label, the same in every figure of the course.

    `label` is a name of the table (`"batch"`), one of its display labels (`"with batch normalization"`), or
    a method and a data set with a comma between (`"batch, validation"`: the method's colour, the data
    set's line style). Case does not matter. `styles` maps other labels to these: `{"BN, 5 × the rate":
    "batch"}`. For things that are no method of the course there are "first" to "sixth".

    Raises ValueError for an unknown name, and lists the known ones.
    """
    name = (styles or {}).get(label, label)
    known = _lookup(name)
    if known is not None:
        return known
    method, comma, split = name.rpartition(",")
    base, data = _lookup(method), split.strip().casefold()
    if comma and base is not None and data in _SPLITS:
        return replace(base, linestyle=STYLES[data].linestyle)
    raise ValueError(
        f"no style is known for {name!r}. Known: {', '.join(STYLES)}; and {', '.join(_DISPLAY_LABELS)}. "
        f"Say which one it looks like: styles={{{label!r}: 'batch'}}."
    )


def _lookup(name: str) -> Style | None:
    name = name.strip().casefold()
    return STYLES.get(_DISPLAY_LABELS.get(name, name))


class CourseFigure(Figure):
    """A Matplotlib figure that carries its text twin, and shows both as the last line of a cell."""

    description: str

    def _ipython_display_(self) -> None:
        # Not _repr_png_: Matplotlib's inline backend would put its own cropped picture in place of it.
        from .output import show

        show(self)


# Matplotlib's settings are the process' own, and a slider's figure is drawn in a thread beside the cells'.
_settings = threading.RLock()


@contextlib.contextmanager
def look() -> Iterator[None]:
    """Draw with the course's settings whatever the user's are, and leave the user's as they were."""
    with _settings, matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_RC)
        yield


def styled(draw: Callable[..., CourseFigure]) -> Callable[..., CourseFigure]:
    """Decorate a figure function: it draws with `look()`, and its ticks are made before it returns."""

    @functools.wraps(draw)
    def drawn(*arguments, **options):
        with look():
            figure = draw(*arguments, **options)
            figure.draw_without_rendering()
        return figure

    return drawn


def new_figure(height: float, title: str) -> CourseFigure:
    """An empty figure, WIDTH × `height` inches and the title's lines; its layout makes room for all text."""
    title = wrap(title, _TITLE_CHARACTERS)
    lines = title.count("\n") + 1 if title else 0
    figure = CourseFigure(figsize=(WIDTH, height + _TITLE_LINE * lines), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.08, h_pad=0.08)
    FigureCanvasAgg(figure)
    if title:
        figure.suptitle(title, x=0.01, ha="left")
    return figure


def footnote(figure: Figure, text: str) -> None:
    """How to read the figure, small, under it on the right."""
    if text:
        figure.supxlabel(wrap(text, 100), x=0.99, ha="right", fontsize=14, color="#555555")


def wrap(text: str, characters: int) -> str:
    return "\n".join(textwrap.wrap(text, characters, break_long_words=False))


def titled(title: str) -> str:
    """A figure's title as it stands in the first sentence of its description."""
    return f" “{title}”" if title else ""


def number(value: float) -> str:
    """A number that is exact by construction: a step, a count, a limit. 50000 -> "50,000"."""
    return f"{float(value):,.10g}".replace("-", "\N{MINUS SIGN}")


def approximately(value: float) -> str:
    """A measured number, three significant digits, in the form that nbval's sanitize file replaces."""
    if 0 < abs(value) < 1e-12:  # a row of zeros, to be counted
        return f"≈ {value:.2e}"
    return "≈ " + np.format_float_positional(value, precision=3, fractional=False, trim="-")


def median_and_range(values: np.ndarray) -> str:
    low, high = approximately(values.min()), approximately(values.max())
    return f"{approximately(np.median(values))} (from {low} to {high})"


def few_ticks(axis: Axis, most: int = 5, *, logarithmic: bool = False, whole: bool = False) -> None:
    """About `most` ticks, with thousands marked off; `whole` numbers only, for steps and epochs."""
    if logarithmic:
        low, high = axis.get_view_interval()
        # Between 2 and 30 there is one power of ten only, and one tick is no scale.
        parts = (1, 2, 5) if high < 100 * low else (1,)
        axis.set_major_locator(LogLocator(subs=parts, numticks=most + 1))
        axis.set_minor_locator(NullLocator())
    else:
        axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 2.5, 5, 10], integer=whole))
    axis.set_major_formatter(FuncFormatter(lambda value, position: number(value)))


def label_ends(axes: Axes, ends: Sequence[tuple[str, float, float, str]]) -> None:
    """Write each (label, x, y, colour) to the right of the axes, at its own height or as near as fits.

    Call it once everything else is drawn: it lays the figure out to learn where the heights are.
    """
    low, high = sorted(axes.get_ylim())
    texts = [
        axes.annotate(
            label, xy=(x, min(max(y, low), high)), xytext=(_LABEL_X, 0.5), textcoords="axes fraction",
            ha="left", va="center", color=color, annotation_clip=False, linespacing=1.0,
            arrowprops={"arrowstyle": "-", "color": color, "linewidth": 1.2, "relpos": (0, 0.5),
                        "shrinkA": 2, "shrinkB": 3},
        )
        for label, x, y, color in ends
    ]
    axes.figure.draw_without_rendering()
    box = axes.get_window_extent()
    wanted = [axes.transData.transform(text.xy)[1] for text in texts]
    # The text alone: the annotation's own extent would include its leader line.
    heights = [Text.get_window_extent(text).height + _LABEL_GAP for text in texts]
    for text, place in zip(texts, spread(wanted, heights, box.y0, box.y1), strict=True):
        text.set_position((_LABEL_X, (place - box.y0) / box.height))


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Centres nearest to `wanted` for labels of these `heights`, none overlapping, all in [low, high].

    Where they do not all fit, they keep their distances and stick out at the bottom.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    places = [float(w) for w in wanted]
    edge = low
    for i in order:
        places[i] = max(places[i], edge + heights[i] / 2)
        edge = places[i] + heights[i] / 2
    edge = high
    for i in reversed(order):
        places[i] = min(places[i], edge - heights[i] / 2)
        edge = places[i] - heights[i] / 2
    return places
