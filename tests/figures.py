"""What every figure of the course keeps: its text fits and can be read, its picture is small, its description stands."""

import configparser
import itertools
import re
from pathlib import Path

import numpy as np
from matplotlib.text import Text

from helpers.plots.output import png
from helpers.plots.style import CourseFigure, contrast_on_white

WIDTH = 950  # of every picture, in pixels
SMALLEST_TEXT = 14  # points
LEAST_CONTRAST = 4.5  # of text, on white: WCAG 2, level AA


def visible_texts(figure: CourseFigure) -> dict:
    """Every piece of text that is drawn, without the ticks beyond an axis' ends, and its box in pixels."""
    hidden = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            on_paper = axis.get_transform().transform  # of a logarithmic axis: the logarithms
            low, high = sorted(on_paper(axis.get_view_interval()))
            margin = (high - low) * 1e-6
            for tick in axis.get_major_ticks() + axis.get_minor_ticks():
                if not axes.axison or not low - margin <= on_paper(np.array([tick.get_loc()]))[0] <= high + margin:
                    hidden.update([tick.label1, tick.label2])
            if not axes.axison:
                hidden.update([axis.label, axis.get_offset_text()])
    figure.canvas.draw()
    return {
        text: Text.get_window_extent(text)
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and text not in hidden
    }


def assert_text_fits(figure: CourseFigure) -> dict:
    """All text is on the canvas, and none overlaps another. Returns `visible_texts`."""
    texts = visible_texts(figure)
    width, height = figure.canvas.get_width_height()
    for text, box in texts.items():
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, text
    for (one, box), (other, its) in itertools.combinations(texts.items(), 2):
        across = min(box.x1, its.x1) - max(box.x0, its.x0)
        up = min(box.y1, its.y1) - max(box.y0, its.y0)
        assert across < 1 or up < 1, (one, other)
    return texts


def assert_readable(figure: CourseFigure) -> None:
    """All text fits, and is large and dark enough for the last row."""
    for text in assert_text_fits(figure):
        assert text.get_fontsize() >= SMALLEST_TEXT, text
        assert contrast_on_white(text.get_color()) >= LEAST_CONTRAST, text


def assert_small(figure: CourseFigure, most: int = 80_000) -> None:
    """The picture takes at most so many bytes, and is as wide as every other."""
    assert len(png(figure)) < most
    assert figure.canvas.get_width_height()[0] == WIDTH


def assert_described(figure: CourseFigure, again: CourseFigure) -> None:
    """The description is one line of sentences, the same for the same figure drawn again, and names no address."""
    text = figure.description
    assert text == again.description
    assert "object at" not in text and "np." not in text and "\n" not in text and text.endswith(".")


def compared(text: str) -> str:
    """What strict nbval compares of a description: all but the measured numbers."""
    sanitize = configparser.ConfigParser(interpolation=None)
    sanitize.read(Path(__file__).with_name("sanitize.cfg"), encoding="utf-8")
    measured = sanitize["measured number"]
    return re.sub(measured["regex"], measured["replace"], text)
