"""Responses of one row of channels: what is drawn is what was given, it can be read, and descriptions stay the same."""

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex

from helpers import plots
from helpers.plots.style import STYLES
from tests.figures import assert_described, assert_readable, assert_small, compared

BEFORE = np.where(np.arange(16) == 8, 4.0, 1.0)
AFTER = BEFORE / np.where(abs(np.arange(16) - 8) <= 2, 2.3, 1.3)

FIGURES = {
    "one": lambda: plots.responses({"k = 1, n = 5, α = 0.1, β = 0.75": (BEFORE, AFTER)}, y_limits=(0, 4.2)),
    "three": lambda: plots.responses(
        {"meant: n = 5, α = 0.1": (BEFORE, AFTER), "copied to TensorFlow": (BEFORE, AFTER / 1.1),
         "copied to PyTorch": (BEFORE, AFTER * 1.2)},
    ),
    "shaded": lambda: plots.responses(
        {"LRN": (BEFORE, AFTER)}, shaded=(6, 10), title="One loud channel among sixteen, and the five of its window"
    ),
    "signed": lambda: plots.responses({"LRN": (BEFORE - 1.5, AFTER - 1.5)}),
    "beyond": lambda: plots.responses({"LRN": (BEFORE, 10 * AFTER)}, y_limits=(0, 4.2)),
}


@pytest.fixture(scope="module")
def drawn():
    return {kind: draw() for kind, draw in FIGURES.items()}


@pytest.mark.parametrize("kind", FIGURES)
def test_all_text_is_on_the_canvas_large_and_dark_and_none_overlaps(drawn, kind):
    assert_readable(drawn[kind])


@pytest.mark.parametrize("kind", FIGURES)
def test_the_picture_is_small_and_as_wide_as_every_other(drawn, kind):
    assert_small(drawn[kind])


@pytest.mark.parametrize("kind", FIGURES)
def test_descriptions_are_the_same_every_time(drawn, kind):
    assert_described(drawn[kind], FIGURES[kind]())


def test_measured_numbers_in_descriptions_differ_only_behind_the_sign():
    texts = [plots.responses({"LRN": (BEFORE, size * AFTER)}).description for size in (1.0, 0.77)]
    assert texts[0] != texts[1]
    assert compared(texts[0]) == compared(texts[1])


def test_each_channel_has_a_stem_with_its_marker_before_and_after(drawn):
    axes = drawn["one"].axes[0]
    markers = {to_hex(line.get_color()): line for line in axes.lines if line.get_marker() == "o"}
    stems = [found for found in axes.collections if isinstance(found, LineCollection)]
    for name, values, lines in zip(("plain", "lrn"), (BEFORE, AFTER), stems, strict=True):
        line = markers[STYLES[name].color.lower()]
        np.testing.assert_array_equal(line.get_ydata(), values)
        np.testing.assert_array_equal(np.round(line.get_xdata()), np.arange(16))
        assert [segment[:, 1].tolist() for segment in lines.get_segments()] == [[0, value] for value in values]


def test_a_response_beyond_the_limits_has_no_marker_outside_the_picture(drawn):
    axes = drawn["beyond"].axes[0]
    for line in axes.lines:
        if line.get_marker() == "o":
            assert (line.get_ydata() <= 4.2).all()


def test_panels_share_the_axis_and_the_last_one_names_the_stems(drawn):
    figure = drawn["three"]
    assert len({axes.get_ylim() for axes in figure.axes}) == 1
    assert [[text.get_text() for text in axes.texts] for axes in figure.axes] == [[], [], ["before", "after"]]
    assert [axes.get_title(loc="left").replace("\n", " ") for axes in figure.axes] == [
        "meant: n = 5, α = 0.1", "copied to TensorFlow", "copied to PyTorch",
    ]


def test_repeated_responses_are_counted_in_the_description(drawn):
    assert "before, from channel 0 on: 8 times ≈ 1, ≈ 4, 7 times ≈ 1;" in drawn["one"].description
    assert "Channels 6 to 10 are shaded." in drawn["shaded"].description


@pytest.mark.parametrize("call, error, message", [
    (lambda: plots.responses({}), ValueError, "panels: expected at least one entry"),
    (lambda: plots.responses({str(i): (BEFORE, AFTER) for i in range(4)}), ValueError, "panels: expected at most 3, got 4"),
    (lambda: plots.responses({"LRN": BEFORE}), TypeError, "expected a pair"),
    (lambda: plots.responses({"LRN": (BEFORE, AFTER[1:])}), ValueError, "expected two rows of the same length"),
    (lambda: plots.responses({"LRN": (np.ones(25), np.ones(25))}), ValueError, "at most 24"),
    (lambda: plots.responses({"LRN": (BEFORE, np.nan * AFTER)}), ValueError, "expected finite numbers"),
    (lambda: plots.responses({"LRN": (BEFORE, AFTER)}, y_limits=(1, 0)), ValueError, "y_limits: expected"),
    (lambda: plots.responses({"LRN": (BEFORE, AFTER)}, shaded=(3, 2)), ValueError, "shaded: expected"),
])
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
