"""Notes in the panels of histograms: each in its own panel, readable, and in the description."""

import numpy as np
import pytest

from helpers import plots
from tests.figures import assert_described, assert_readable, assert_small

LAYERS = {name: np.random.default_rng(i).normal(size=500) / i for i, name in enumerate(("none", "weak", "strong"), 1)}
ROWS = {"L2": LAYERS, "L1": LAYERS}
NOTES = {"L2": ["λ = 0", "λ = 0.003", "λ = 0.01"], "L1": ["λ = 0", "λ = 0.001", "λ = 0.003"]}


def noted(**options):
    return plots.activation_histograms(ROWS, x_label="weight", **options)


@pytest.mark.parametrize("std", [False, True])
@pytest.mark.parametrize("notes", [NOTES, {"L1": NOTES["L1"]}], ids=["all", "one row"])
def test_a_note_stands_in_its_panel_above_the_bars_and_can_be_read(notes, std):
    figure = noted(notes=notes, show_std=std)
    assert_readable(figure)
    assert_small(figure)
    assert_described(figure, noted(notes=notes, show_std=std))
    for i, axes in enumerate(figure.axes):
        label = list(ROWS)[i // 3]
        written = "\n".join(text.get_text() for text in axes.texts)
        lines = [NOTES[label][i % 3]] * (label in notes) + ["std"] * std
        assert [line[:3] if line.startswith("std") else line for line in written.splitlines()] == lines
        for text in axes.texts:
            top = axes.transData.transform((0, 1))[1]
            assert text.get_window_extent().y0 > top


def test_notes_are_in_the_description_and_without_them_it_is_as_it_was():
    said = noted(notes=NOTES).description
    assert "L1: none, λ = 0, standard deviation ≈" in said and "strong, λ = 0.003, standard deviation ≈" in said
    assert "L2: none standard deviation ≈" in noted().description


@pytest.mark.parametrize("notes, message", [
    ({"L3": ["a", "b", "c"]}, r"notes: expected variants \(L2, L1\), got 'L3'"),
    ({"L2": ["a", "b"]}, r"notes\['L2'\]: expected one for each of \['none', 'weak', 'strong'\], got \['a', 'b'\]"),
    ({"L2": "abc"}, r"notes\['L2'\]: expected one for each of .* got 'abc'"),
])
def test_bad_notes_are_named(notes, message):
    with pytest.raises(ValueError, match=message):
        noted(notes=notes)
