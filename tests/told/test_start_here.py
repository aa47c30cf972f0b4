"""Notebook 00: the first checks that a student meets."""

import numpy as np
import pytest

from helpers.exercises import start_here as exercises


# ---- center -------------------------------------------------------------------------------------


def by_rows_in_a_loop(x):
    return np.array([row - row.mean() for row in x])


def by_columns_in_a_loop(x):
    result = np.zeros_like(x)
    for j in range(x.shape[1]):
        result[:, j] = x[:, j] - sum(x[:, j]) / len(x[:, j])
    return result


def by_means_of_rows(x):
    means = [np.mean(row) for row in x]
    return x - np.array(means).reshape(-1, 1)


def by_axes_of_a_row(x):
    return x.T - np.mean(x, axis=1)


def standardized(x):
    return (x - np.mean(x, 0)) / np.std(x, 0)


def as_pandas_does(x):
    return (x - np.mean(x, 0)) / np.sqrt(np.sum((x - np.mean(x, 0)) ** 2, 0) / (len(x) - 1))


ZEROS = np.zeros((5, 3))


def of_the_cell_above(z):
    return ZEROS - ZEROS.mean(axis=0)


WRONG = [
    (by_rows_in_a_loop, "axis=1"),
    (by_means_of_rows, "axis=1"),
    (lambda x: (x.T - x.mean(axis=1)).T, "axis=1"),
    (by_axes_of_a_row, "axis=1, transposed"),
    (lambda x: x - np.average(x, axis=-1), "axis=1, without keepdims"),
    (lambda x: (x.T - x.mean(0)[:, None]), "transposed"),
    (lambda x: x - np.mean(x.mean(axis=0)), "one mean for all"),
    (lambda x: x - x[:, 0].mean(), "mean of the first column"),
    (lambda x: x - x.mean(axis=0) - x.mean(axis=1, keepdims=True) + x.mean(), "rows, then columns"),
    (lambda x: x - sum(x), "sum"),
    (lambda x: x - x.sum(0) / len(x[0]), "divided by the number of columns"),
    (lambda x: np.mean(x, 0) - x, "sign turned"),
    (lambda x: x / np.mean(x, 0), "divided by the mean"),
    (lambda x: np.mean(x, 0), "the mean itself"),
    (lambda x: np.mean(x, axis=1), "the mean of each row"),
    (lambda x: np.mean(x), "the mean of all"),
    (standardized, "divided"),
    (as_pandas_does, "divided, ddof=1"),
    (lambda x: np.square(x - np.mean(x, 0)), "squared"),
    (lambda x: abs(x - np.mean(x, 0)), "absolute value"),
    (of_the_cell_above, "another x"),
    (lambda x: x + 0, "unchanged"),
    (lambda x: x - x, "nothing but zeros"),
]


@pytest.mark.parametrize(("answer", "name"), WRONG, ids=[name for _, name in WRONG])
def test_center_is_named(answer, name):
    assert exercises.center.evaluate(answer).mistakes == (name,)


def in_place(x):
    x -= x.mean(axis=0)
    return x


def without_return(x):
    x - x.mean(axis=0)


REFUSED = [
    (in_place, "It wrote into its input `x`."),
    (without_return, "Is the `return` missing"),
    (lambda x: (x - x.mean(axis=0)).tolist(), "Return a NumPy array"),
    (lambda x: np.round(x - x.mean(axis=0), 2), "rounded to 2 digits"),
    (lambda x: 2 * (x - x.mean(axis=0)), "Every value is 2 times what is expected"),
    (lambda x: x - x.max(axis=0), "should have mean 0"),
    (lambda x: x - x.mean(axis=1, keepdims=True) / x.std(axis=1, keepdims=True), "should have mean 0"),
    (lambda x: x[0] - x.mean(axis=0), "has shape (3,), expected (5, 3)"),
    (lambda x: x - x.mean(axis=2), "axis 2 is out of bounds"),
    (np.zeros((5, 3)), "Pass the name without calling it"),
]


@pytest.mark.parametrize(("answer", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_center_is_refused_with_a_word(answer, said):
    verdict = exercises.center.evaluate(answer)
    assert not verdict.passed and not verdict.mistakes
    assert said in " ".join(verdict.paragraphs)


RIGHT = [
    by_columns_in_a_loop,
    lambda x: x - np.einsum("nc->c", x) / len(x),
    lambda x: np.apply_along_axis(lambda column: column - column.mean(), 0, x),
    lambda x: (x.T - x.T.mean(axis=1, keepdims=True)).T,
    lambda x: (np.eye(len(x)) - 1 / len(x)) @ x,
    lambda x: np.array([row - x.mean(axis=0) for row in x]),
    lambda x: np.subtract(x, np.average(x, 0), dtype=np.float32),
]


@pytest.mark.parametrize("answer", RIGHT)
def test_center_is_right_in_other_styles(answer):
    assert exercises.center.evaluate(answer).state == "correct"


# ---- shape_of_the_mean --------------------------------------------------------------------------


def told(*values):
    return exercises.shape_of_the_mean.evaluate(dict(zip(exercises.shape_of_the_mean.answers, values)))


@pytest.mark.parametrize(("values", "names"), [
    (((5,), (3,), ()), {"axes swapped"}),
    (((5,), (3,), (1,)), {"axes swapped", "one number as (1,)"}),
    (((5,), (5,), ()), {"the axis kept"}),
    (((1, 3), (5, 1), (1, 1)), {"length 1 kept", "length 1 kept (axis 1)", "lengths 1 kept"}),
    (((3, 1), (1, 5), ()), {"a column", "a row (axis 1)"}),
    (((5, 3), (5, 3), (5, 3)), {"the shape of x", "the shape of x (axis 1)", "the shape of x (no axis)"}),
    (((3,), (5,), (0,)), {"no numbers"}),
])
def test_a_shape_is_named(values, names):
    verdict = told(*values)
    assert set(verdict.mistakes) == names
    assert verdict.state == "known mistake"


@pytest.mark.parametrize("values", [((1, 3), (5, 1), (1, 1)), ((5, 3), (5, 3), (5, 3)), ((5,), (3,), ())])
def test_one_cause_of_several_shapes_is_told_once(values):
    verdict = told(*values)
    assert len([text for text in verdict.paragraphs if not text.startswith("Right")]) == 1


@pytest.mark.parametrize("values", [
    (3, 5, ()),  # without the comma a bracket is no tuple
    ("(3,)", "(5,)", "()"),
    ((3,), (5,), 1),
])
def test_what_is_no_shape_is_asked_for_again(values):
    verdict = told(*values)
    assert verdict.state == "unusable"
    assert "a tuple of whole numbers" in verdict.paragraphs[0]


@pytest.mark.parametrize("values", [([3], [5], []), (np.zeros(3).shape, np.zeros(5).shape, np.float64(0).shape)])
def test_a_shape_may_be_a_list_or_computed(values):
    assert told(*values).passed
