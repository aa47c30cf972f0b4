"""Notebook 06: what group_norm does where the groups do not divide the channels, and other special answers."""

import numpy as np
import pytest

from helpers.exercises import layer_instance_and_group_normalization as exercises
from helpers.exercises.layer_instance_and_group_normalization.instance_norm import _by_loops


def slices(x, groups, gamma, beta, epsilon, parts):
    y = np.zeros(x.shape)
    for part in parts:
        chosen = x[..., part]
        mean, variance = chosen.mean(axis=(1, 2, 3), keepdims=True), chosen.var(axis=(1, 2, 3), keepdims=True)
        y[..., part] = (chosen - mean) / np.sqrt(variance + epsilon)
    return gamma * y + beta


def unequal(x, groups, gamma, beta, epsilon=1e-3):
    return slices(x, groups, gamma, beta, epsilon, np.array_split(np.arange(x.shape[-1]), groups))


def left_out(x, groups, gamma, beta, epsilon=1e-3):
    size = x.shape[-1] // groups
    return slices(x, groups, gamma, beta, epsilon, [slice(g * size, (g + 1) * size) for g in range(groups)])


def nothing(x, groups, gamma, beta, epsilon=1e-3):
    return None if x.shape[-1] % groups else unequal(x, groups, gamma, beta, epsilon)


def raising(error):
    def answer(x, groups, gamma, beta, epsilon=1e-3):
        if x.shape[-1] % groups:
            raise error
        return unequal(x, groups, gamma, beta, epsilon)

    return answer


def returning(value):
    def answer(x, groups, gamma, beta, epsilon=1e-3):
        return value if x.shape[-1] % groups else unequal(x, groups, gamma, beta, epsilon)

    return answer


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (unequal, "groups that do not divide the channels"),
        (left_out, "groups that do not divide the channels"),
        (nothing, "nothing returned"),
        (returning("no"), "nothing returned"),
        (returning(ValueError("no")), "error returned"),
        (returning(ValueError), "error returned"),
        (raising(AssertionError()), "assert for a ValueError"),
        (raising(ZeroDivisionError()), "another error"),
    ],
)
def test_groups_that_do_not_divide_the_channels_must_be_refused(answer, name):
    verdict = exercises.group_norm.evaluate(answer)
    assert verdict.state == "known mistake"
    assert verdict.mistakes == (name,)


def test_a_value_error_is_right():
    assert exercises.group_norm.evaluate(raising(ValueError("no"))).state == "correct"


def test_an_endless_loop_where_the_groups_do_not_divide_is_not_taken_for_numbers():
    def answer(x, groups, gamma, beta, epsilon=1e-3):
        while x.shape[-1] % groups:
            pass
        return unequal(x, groups, gamma, beta, epsilon)

    assert exercises.group_norm.evaluate(answer).state == "unusable"


def test_other_mistakes_are_told_first():
    verdict = exercises.group_norm.evaluate(lambda x, groups, gamma, beta, epsilon=1e-3: unequal(x, 1, gamma, beta, epsilon))
    assert verdict.mistakes == ("one group",)


def test_instance_norm_by_other_ways_is_right_and_told_what_was_asked():
    asked = exercises.instance_norm.evaluate(exercises.instance_norm._solution)
    other = exercises.instance_norm.evaluate(_by_loops)
    assert asked.state == other.state == "correct"
    assert "normalize_groups" not in asked.paragraphs[0]
    assert "normalize_groups" in other.paragraphs[0]


def test_instance_norm_with_a_number_of_groups_that_does_not_divide():
    def normalize_groups(x, groups, epsilon):
        raise ValueError("no such groups")

    cell = {"normalize_groups": normalize_groups}  # as in a notebook, where both names are global
    exec("def wrong(x, gamma, beta, epsilon=1e-3):\n    return normalize_groups(x, 6, epsilon)", cell)
    verdict = exercises.instance_norm.evaluate(cell["wrong"])
    assert verdict.mistakes == ("groups that do not divide the channels",)


def test_a_race_without_hidden_layers_is_told_so():
    result = {"batch_size": 16, "depth": 0, "learning_rate": 0.1, "batch": 0.8, "group": 0.8}
    exercises.hurt_batch_norm.remember(lambda: result)()
    assert exercises.hurt_batch_norm.evaluate(result).mistakes == ("no hidden layer",)
