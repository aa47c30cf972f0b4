"""Blind spots: the table shows what the layers do, and names what it cannot draw."""

import numpy as np
import pytest

from helpers import nn, plots
from tests.figures import assert_described, assert_readable, assert_small

X = np.random.default_rng(0).normal(3, 2, size=(4, 3, 3, 6))
LAYERS = {"BN": nn.BatchNormalization(), "IN": nn.InstanceNormalization(), "LN": nn.LayerNormalization(axis=(1, 2, 3))}
CHANGES = {"the image × 3": (0, 3, 0), "channel 2 of all images × 3": (np.s_[..., 2], 3, 0)}


def plain(x, training):
    return x


def drawn():
    return plots.blind_spots(LAYERS, X, CHANGES)


def test_the_table_is_what_the_layers_do():
    figure = drawn()
    written = [text.get_text() for text in figure.axes[0].texts]
    assert written == ["notices", "blind", "blind", "blind", "blind", "notices"]
    assert len(figure.axes[0].patches) == written.count("blind")


def test_only_the_first_example_counts_and_what_epsilon_may_do_does_not():
    figure = plots.blind_spots({"plain": plain}, X, {"another": (1, 3, 0), "itself": (0, 1, 0.02), "hardly": (0, 1, 1e-3)})
    assert [text.get_text() for text in figure.axes[0].texts] == ["blind", "notices", "blind"]


def test_it_can_be_read_and_is_described():
    figure = drawn()
    assert_readable(figure)
    assert_small(figure)
    assert_described(figure, drawn())
    assert "the image × 3: blind: IN, LN; notice it: BN." in figure.description


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        (({}, X, CHANGES), ValueError, "layers"),
        (({"BN": 3}, X, CHANGES), TypeError, "layers['BN']: expected a layer"),
        ((LAYERS, X, {"half": 3}), TypeError, "changes['half']: expected (where, factor, shift)"),
        ((LAYERS, X, {"half": (7, 3, 0)}), ValueError, "changes['half']: expected an index of x"),
    ],
)
def test_arguments_are_named(arguments, error, said):
    with pytest.raises(error) as caught:
        plots.blind_spots(*arguments)
    assert said in str(caught.value)
