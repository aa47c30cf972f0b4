"""What a mean over few values leaves: two values, always −1 and 1; the measured shares on the line 1 − 2/m."""

import functools

import numpy as np
import pytest

from helpers import plots
from helpers.plots.style import STYLES
from tests.figures import assert_described, assert_readable, assert_small, compared

PAIRS = [(2, 5), (9, -3), (7, 7.6), (0, 10)]
SHARES = {2: 1e-28, 3: 0.34, 4: 0.49, 8: 0.75, 32: 0.94}

FIGURES = {
    "four pairs": lambda: plots.few_values(PAIRS, SHARES),
    "one pair, titled": lambda: plots.few_values([(3, 1)], {2: 0, 98: 0.98}, title="Two values leave one bit"),
    "five pairs, far": lambda: plots.few_values([*PAIRS, (-4000, 1)], {m: 1 - 2 / m for m in (2, 4, 8, 16, 32, 392)}),
}


@functools.cache
def drawn(kind):
    return FIGURES[kind]()


@pytest.mark.parametrize("kind", FIGURES)
def test_all_text_is_on_the_canvas_can_be_read_and_none_overlaps_another(kind):
    assert_readable(drawn(kind))
    assert_small(drawn(kind))
    assert_described(drawn(kind), FIGURES[kind]())


def test_two_values_become_minus_one_and_one_in_their_order():
    before, after, _ = drawn("four pairs").axes
    for axes, values in ((before, PAIRS), (after, [(-1, 1), (1, -1), (-1, 1), (-1, 1)])):
        dots = [line.get_xydata()[0] for line in axes.lines if line.get_marker() == "o"]
        expected = [(value, row) for row, pair in enumerate(values) for value in pair]
        np.testing.assert_allclose(dots, expected)


def test_the_measured_shares_stand_beside_their_formula():
    line, points = drawn("four pairs").axes[2].lines
    x, y = line.get_xydata().T
    np.testing.assert_allclose(y, 1 - 2 / x)
    assert (x[0], x[-1]) == pytest.approx((2, 32))
    assert dict(points.get_xydata().tolist()) == SHARES
    assert points.get_color() == STYLES["batch"].color


def test_the_description_says_what_is_seen_and_only_measured_numbers_differ():
    text = drawn("four pairs").description
    assert "(9, −3) becomes (1, −1); (7, 7.6) becomes (−1, 1)" in text
    assert "≈ 0 at 2, ≈ 0.34 at 3, ≈ 0.49 at 4, ≈ 0.75 at 8, ≈ 0.94 at 32; along the line 1 − 2/m." in text
    other = plots.few_values(PAIRS, {m: share + 0.0123 for m, share in SHARES.items()}).description
    assert text != other and compared(text) == compared(other)


@pytest.mark.parametrize("pairs, shares, error, message", [
    ([1, 2], SHARES, ValueError, r"pairs: expected numbers of shape \(pairs, 2\), got shape \(2,\)"),
    ([(1, 2, 3)], SHARES, ValueError, r"pairs: expected one to 5 pairs \(a, b\), got shape \(1, 3\)"),
    ([(1, 2)] * 6, SHARES, ValueError, r"pairs: expected one to 5 .* got shape \(6, 2\)"),
    ([(1, 1)], SHARES, ValueError, "pairs: expected finite numbers, different in each pair"),
    ([(1, np.inf)], SHARES, ValueError, "pairs: expected finite numbers"),
    (PAIRS, [0.5], TypeError, "shares: expected a dict of number of values: share, got list"),
    (PAIRS, {1: 0.5, 2: 0}, ValueError, "shares: expected whole numbers of values from 2, got 1"),
    (PAIRS, {2: 0}, ValueError, "shares: expected at least two numbers of values, got 1"),
    (PAIRS, {2: 0, 4: np.nan}, ValueError, r"shares\[4\]: expected a finite number, got nan"),
    (PAIRS, {2: [0], 4: 0.5}, ValueError, r"shares\[2\]: expected numbers of shape \(\)"),
])
def test_bad_input_is_named(pairs, shares, error, message):
    with pytest.raises(error, match=message):
        plots.few_values(pairs, shares)
