"""Drawn networks: what is crossed out is what was dropped, and the description says so."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from helpers import plots
from helpers.plots.output import png
from helpers.plots.style import INK, STYLES

ALL = [np.ones(4, bool), np.ones(3, bool), np.ones(2, bool)]
SOME = [np.array([True, False, True, True]), np.array([False, True, False]), np.ones(2, bool)]


def marks(axes, marker):
    return [line for line in axes.lines if line.get_marker() == marker]


def lines(axes):
    return [line for line in axes.lines if line.get_linestyle() == "-" and len(line.get_xdata()) == 2]


def test_units_lines_and_crosses_are_those_of_the_masks():
    figure = plots.thinned_networks({"all": ALL, "some": SOME}, look="dropout")
    whole, thinned = figure.axes
    assert [len(marks(axes, "o")) for axes in figure.axes] == [9, 9]
    assert [len(marks(axes, "x")) for axes in figure.axes] == [0, 3]
    assert [len(lines(axes)) for axes in figure.axes] == [4 * 3 + 3 * 2, 3 * 1 + 1 * 2]
    assert {to_hex(line.get_color()) for line in lines(thinned)} == {to_hex(STYLES["dropout"].color)}
    assert {line.get_color() for line in marks(thinned, "x")} == {INK}
    crossed = {(line.get_xdata()[0], line.get_ydata()[0]) for line in marks(thinned, "x")}
    ends = {point for line in lines(thinned) for point in zip(line.get_xdata(), line.get_ydata())}
    assert not crossed & ends


def test_the_description_counts_what_is_dropped():
    figure = plots.thinned_networks({"some": SOME}, title="One example")
    assert figure.description == (
        "Network drawn as circles in rows, the input at the bottom, with lines between neighbouring rows "
        "“One example”. Dropped units are crossed out and have no lines. some: row 1, 4 units, 1 dropped; "
        "row 2, 3 units, 2 dropped; row 3, 2 units, 0 dropped."
    )
    assert png(figure).startswith(b"\x89PNG")


def test_rows_of_an_array_are_layers_too():
    assert "row 2, 3 units, 3 dropped" in plots.thinned_networks({"none": np.zeros((2, 3), bool)}).description


@pytest.mark.parametrize(
    ("panels", "error", "message"),
    [
        ({}, ValueError, "at least one"),
        ([ALL], TypeError, "panels"),
        ({str(i): ALL for i in range(5)}, ValueError, "at most 4"),
        ({"a": ALL[:1]}, ValueError, "at least two layers, got 1"),
        ({"a": np.ones(3, bool)}, TypeError, "a list of masks"),
        ({"a": 3}, TypeError, "a list of masks"),
        ({"a": [np.ones(3), np.ones(2)]}, ValueError, r"\[0\]: expected True or False"),
        ({"a": [np.ones(3, bool), np.ones(13, bool)]}, ValueError, r"\[1\]: expected .* 1 to 12 units"),
        ({"a": [np.ones((3, 3), bool), np.ones(2, bool)]}, ValueError, "got bool of shape"),
    ],
)
def test_what_cannot_be_drawn_is_refused(panels, error, message):
    with pytest.raises(error, match=message):
        plots.thinned_networks(panels)
