"""Notebook 06: what students' answers that are not in the catalogue are told."""

import numpy as np
import pytest

from helpers import nn
from helpers.exercises import layer_instance_and_group_normalization as exercises
from helpers.exercises.layer_instance_and_group_normalization.instance_norm import normalize_groups


def normalized(x, axes, epsilon=1e-3):
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + epsilon)


def by_std(x, axes, epsilon, ddof=0):
    return (x - x.mean(axes, keepdims=True)) / (x.std(axes, keepdims=True, ddof=ddof) + epsilon)


def all_but_first(x):
    return tuple(range(1, x.ndim))


def weighted(x_hat):
    """An answer to ``layer_norm`` or ``instance_norm``; x_hat takes x and epsilon."""
    return lambda x, gamma, beta, epsilon=1e-3: gamma * x_hat(x, epsilon) + beta


def centred(x):
    return x - x.mean(all_but_first(x), keepdims=True)


def other_default(x, gamma, beta, eps=1e-5):
    return gamma * normalized(x, all_but_first(x), eps) + beta


def column(x, gamma, beta, epsilon=1e-3):
    return normalized(x, all_but_first(x), epsilon) * gamma[:, None] + beta[:, None]


def guarded(x, epsilon):
    std = x.std(all_but_first(x), keepdims=True)
    return centred(x) / np.where(std == 0, 1, std)


LAYER = {
    "torch.std": (weighted(lambda x, e: by_std(x, all_but_first(x), e, ddof=1)), "ddof=1, std + epsilon"),
    "Keras' default, and the std": (weighted(lambda x, e: by_std(x, -1, e)), "last axis only, std + epsilon"),
    "over the batch, no epsilon": (weighted(lambda x, e: (x - x.mean(0)) / x.std(0)), "axis 0, epsilon left out"),
    "x_hat without epsilon": (
        lambda x, gamma, beta, epsilon=1e-3: centred(x) / x.std(all_but_first(x), keepdims=True),
        "epsilon left out, gamma and beta left out",
    ),
    "var without an axis": (
        weighted(lambda x, e: centred(x) / np.sqrt(x.var() + e)), "variance of all examples together"
    ),
    "mean without an axis": (
        weighted(lambda x, e: (x - x.mean()) / np.sqrt(x.var(all_but_first(x), keepdims=True) + e)),
        "mean of all examples together",
    ),
    "the course's normalize without epsilon": (
        weighted(lambda x, e: normalized(x, all_but_first(x))), "epsilon fixed at 1e-3"
    ),
    "1e-8": (weighted(lambda x, e: normalized(x, all_but_first(x), 1e-8)), "epsilon left out"),
    "a guard for 0": (weighted(guarded), "epsilon left out"),
    "PyTorch's default": (other_default, "default of 1e-5"),
    "a column": (column, "gamma as a column, behind"),
    "a range": (weighted(lambda x, e: normalized(x, range(1, x.ndim), e)), "axes as a range"),
    "no squares": (
        weighted(lambda x, e: centred(x) / np.sqrt(centred(x).mean(all_but_first(x), keepdims=True) + e)),
        "deviations not squared",
    ),
}


@pytest.mark.parametrize(("answer", "name"), LAYER.values(), ids=LAYER)
def test_layer_norm_is_named(answer, name):
    assert exercises.layer_norm.evaluate(answer).mistakes == (name,)


def test_two_mistakes_are_not_told_that_rows_come_out_right():
    said = exercises.layer_norm.evaluate(LAYER["Keras' default, and the std"][0])
    assert "it is right" not in str(said) and "Epsilon is added to the standard deviation" in str(said)


def test_epsilon_that_has_no_effect_is_not_said_to_give_nan():
    assert "is NaN" not in str(exercises.layer_norm.evaluate(LAYER["1e-8"][0]))


@pytest.mark.parametrize("left", [0, 1])
def test_a_loop_that_ends_early_is_asked_how_far_it_goes(left):
    def answer(x, gamma, beta, epsilon=1e-3):
        y = np.zeros(x.shape)
        for n in range(len(x) - 1):
            y[n] = normalized(x[n], None, epsilon) * gamma + beta
        return y + left * beta * (np.arange(len(x)) == len(x) - 1).reshape(-1, *[1] * (x.ndim - 1))

    assert "Is it reached by the loop" in str(exercises.layer_norm.evaluate(answer))


def grouped(x_hat):
    """An answer to ``group_norm``; x_hat takes the five axes, and epsilon."""

    def answer(x, groups, gamma, beta, epsilon=1e-3):
        N, H, W, C = x.shape
        if C % groups:
            raise ValueError("groups")
        return gamma * x_hat(x.reshape(N, H, W, groups, C // groups), epsilon).reshape(x.shape) + beta

    return answer


def sliced(part, x_hat=lambda x, e: normalized(x, (1, 2, 3), e), weigh=None, count=None):
    """An answer in a loop over ``part(g, C, groups)``."""

    def answer(x, groups, gamma, beta, epsilon=1e-3):
        if x.shape[-1] % groups:
            raise ValueError
        y = np.zeros(x.shape)
        for g in range(count(groups, x) if count else groups):
            at = part(g, x.shape[-1], groups)
            y[..., at] = x_hat(x[..., at], epsilon)
            if weigh:
                y[..., at] = weigh(gamma, g, at) * y[..., at] + weigh(beta, g, at)
        return y if weigh else gamma * y + beta

    return answer


def neighbours(g, C, groups):
    return slice(g * (C // groups), (g + 1) * (C // groups))


def pasted(x, groups, gamma, beta, epsilon=1e-3):
    N, C, H, W = x.shape
    x = normalized(x.reshape(N, groups, C // groups, H, W), (2, 3, 4), epsilon).reshape(N, C, H, W)
    return x * gamma.reshape(1, C, 1, 1) + beta.reshape(1, C, 1, 1)


def pasted_but_for_gamma(x, groups, gamma, beta, epsilon=1e-3):
    N, C, H, W = x.shape
    if C % groups:
        raise ValueError
    return normalized(x.reshape(N, groups, C // groups, H, W), (2, 3, 4), epsilon).reshape(N, C, H, W) * gamma + beta


def gamma_in_front(x, groups, gamma, beta, epsilon=1e-3):
    return gamma[None, :, None, None] * normalize_groups(x, groups, epsilon) + beta[None, :, None, None]


def left_in_front(x, groups, gamma, beta, epsilon=1e-3):
    y = normalize_groups(x, groups, epsilon).transpose(0, 3, 1, 2)
    return y * gamma[:, None, None] + beta[:, None, None]


def float_size(x, groups, gamma, beta, epsilon=1e-3):
    return gamma * normalized(x.reshape(*x.shape[:3], groups, x.shape[3] / groups), (1, 2, 4), epsilon) + beta


def looking_at(wrong):
    """Right where the groups divide the channels, but ``wrong(x, groups)`` raises the ValueError."""

    def answer(x, groups, gamma, beta, epsilon=1e-3):
        if wrong(x, groups):
            raise ValueError("groups")
        y = np.zeros(x.shape)
        for g in range(groups):
            y[..., neighbours(g, x.shape[3], groups)] = normalized(
                x[..., neighbours(g, x.shape[3], groups)], (1, 2, 3), epsilon
            )
        return gamma * y + beta

    return answer


GROUP = {
    "pasted, gamma along the last axis": (pasted_but_for_gamma, "blocks of memory"),
    "(2, 3, 4)": (grouped(lambda x, e: normalized(x, (2, 3, 4), e)), "axes of channels first"),
    "(1, 4)": (grouped(lambda x, e: normalized(x, (1, 4), e)), "each column by itself"),
    "(3, 4)": (grouped(lambda x, e: normalized(x, (3, 4), e)), "each position over all its channels"),
    "(1, 2)": (grouped(lambda x, e: normalized(x, (1, 2), e)), "each channel by itself"),
    "(1, 2, 3, 4)": (grouped(lambda x, e: normalized(x, (1, 2, 3, 4), e)), "one group"),
    "torch.std": (grouped(lambda x, e: by_std(x, (1, 2, 4), e, ddof=1)), "ddof=1, std + epsilon"),
    "var of the image": (
        grouped(lambda x, e: (x - x.mean((1, 2, 4), keepdims=True)) / np.sqrt(x.var((1, 2, 3, 4), keepdims=True) + e)),
        "variance of the whole image",
    ),
    "every second channel": (sliced(lambda g, C, groups: slice(g, None, groups)), "strided channels"),
    "every second channel, and the std": (
        sliced(lambda g, C, groups: slice(g, None, groups), lambda x, e: by_std(x, (1, 2, 3), e)),
        "strided channels, std + epsilon",
    ),
    "slices of `groups` channels": (
        sliced(lambda g, C, groups: slice(g * groups, (g + 1) * groups), count=lambda groups, x: x.shape[3] // groups),
        "groups for their size",
    ),
    "slices over the batch": (sliced(neighbours, lambda x, e: normalized(x, None, e)), "over the batch"),
    "gamma[g]": (sliced(neighbours, weigh=lambda w, g, at: w[g]), "gamma for each group"),
    "gamma[g], Bessel": (
        sliced(neighbours, lambda x, e: (x - x.mean((1, 2, 3), keepdims=True)) / np.sqrt(
            x.var((1, 2, 3), keepdims=True, ddof=1) + e), lambda w, g, at: w[g]),
        "gamma for each group, ddof=1",
    ),
    "gamma[:size]": (
        sliced(neighbours, weigh=lambda w, g, at: w[: at.stop - at.start]), "gamma of the first group"
    ),
    "channels left in front": (left_in_front, "channels first in the result"),
    "C / groups": (float_size, "size as a float"),
    "looks at the images": (looking_at(lambda x, groups: x.shape[0] % groups), "another axis divided"),
    "looks at the height": (looking_at(lambda x, groups: x.shape[1] % groups), "another axis divided"),
    "looks at the width": (looking_at(lambda x, groups: x.shape[2] % groups), "another axis divided"),
    "the wrong way round": (looking_at(lambda x, groups: groups % x.shape[3]), "another axis divided"),
    "too many groups only": (
        looking_at(lambda x, groups: groups > x.shape[3]), "groups that do not divide the channels"
    ),
}


@pytest.mark.parametrize(("answer", "name"), GROUP.values(), ids=GROUP)
def test_group_norm_is_named(answer, name):
    assert exercises.group_norm.evaluate(answer).mistakes == (name,)


@pytest.mark.parametrize("answer", [pasted, gamma_in_front])
def test_channels_first_is_told_the_layout(answer):
    verdict = exercises.group_norm.evaluate(answer)
    assert verdict.state == "unusable"
    assert "Here the channels come last" in str(verdict)


def test_another_error_is_not_called_an_accident():
    def answer(x, groups, gamma, beta, epsilon=1e-3):
        if x.shape[-1] % groups:
            raise TypeError("groups must divide the channels")
        return sliced(neighbours)(x, groups, gamma, beta, epsilon)

    verdict = exercises.group_norm.evaluate(answer)
    assert verdict.mistakes == ("another error",)
    assert "accident" not in str(verdict)


def test_the_last_group_left_out_is_asked_how_far_the_loop_goes():
    answer = sliced(neighbours, count=lambda groups, x: groups - 1)
    assert "does the loop reach every group?" in str(exercises.group_norm.evaluate(answer))


def with_einsum(x, groups, gamma, beta, epsilon=1e-3):
    if x.shape[-1] % groups:
        raise ValueError
    parts = x.reshape(len(x), -1, groups, x.shape[-1] // groups)
    count = parts[0, :, 0].size
    parts = parts - np.einsum("npgc->ng", parts)[:, None, :, None] / count
    variance = np.einsum("npgc,npgc->ng", parts, parts)[:, None, :, None] / count
    return gamma * (parts / np.sqrt(variance + epsilon)).reshape(x.shape) + beta


def weighted_on_five_axes(x, groups, gamma, beta, epsilon=1e-3):
    parts = normalized(x.reshape(*x.shape[:3], groups, x.shape[3] // groups), (1, 2, 4), epsilon)  # raises by itself
    return (gamma.reshape(groups, -1) * parts + beta.reshape(groups, -1)).reshape(x.shape)


def in_float32(x, groups, gamma, beta, epsilon=1e-3):
    return with_einsum(x.astype(np.float32), groups, gamma, beta, epsilon).astype(np.float32)


@pytest.mark.parametrize(
    "answer",
    [
        with_einsum, weighted_on_five_axes, in_float32, sliced(neighbours),
        sliced(neighbours, weigh=lambda w, g, at: w[at]),
    ],
)
def test_other_ways_to_group_norm_are_right(answer):
    assert exercises.group_norm.evaluate(answer).passed


def group_norm(x, groups, gamma, beta, epsilon=1e-3):
    return gamma * normalize_groups(x, groups, epsilon) + beta


INSTANCE = {
    "one group, no epsilon": (weighted(lambda x, e: normalize_groups(x, 1)), "one group, epsilon fixed at 1e-3"),
    "x_hat only, no epsilon": (
        lambda x, gamma, beta, epsilon=1e-3: normalize_groups(x, x.shape[-1]),
        "epsilon fixed at 1e-3, gamma and beta left out",
    ),
    "gamma twice": (
        lambda x, gamma, beta, epsilon=1e-3: gamma * group_norm(x, x.shape[-1], gamma, beta, epsilon) + beta,
        "gamma and beta twice",
    ),
    "pasted axes and Bessel": (
        weighted(lambda x, e: (x - x.mean((2, 3), keepdims=True)) / np.sqrt(x.var((2, 3), keepdims=True, ddof=1) + e)),
        "channels-first axes, ddof=1",
    ),
    "var without an axis": (
        weighted(lambda x, e: (x - x.mean((1, 2), keepdims=True)) / np.sqrt(x.var() + e)),
        "variance of all images together",
    ),
    "positions": (
        lambda x, gamma, beta, epsilon=1e-3: gamma * normalize_groups(x, x[0, ..., 0].size * 7, epsilon) + beta,
        "groups that do not divide the channels",
    ),
}


@pytest.mark.parametrize(("answer", "name"), INSTANCE.values(), ids=INSTANCE)
def test_instance_norm_is_named(answer, name):
    assert exercises.instance_norm.evaluate(answer).mistakes == (name,)


def test_not_every_value_error_is_one_of_groups():
    def answer(x, gamma, beta, epsilon=1e-3):
        return normalize_groups(x, x.shape[-1], epsilon) * gamma.reshape(1, 1, 1, 1) + beta

    assert exercises.instance_norm.evaluate(answer).state == "unusable"


def test_a_call_within_a_comprehension_is_seen():
    def answer(x, gamma, beta, epsilon=1e-3):
        return np.concatenate([gamma * normalize_groups(one[None], len(gamma), epsilon) + beta for one in x])

    verdict = exercises.instance_norm.evaluate(answer)
    assert verdict.passed and "normalize_groups" not in str(verdict)


def told(exercise, **wrong):
    entries = {name.replace("__", ", ").replace("_", " "): value for name, value in wrong.items()}
    return exercise.evaluate(exercise.answers | entries)


def test_axes_that_stay_are_told_once():
    verdict = told(exercises.axis_table, axes__batch=(3,), axes__layer=(0,), axes__instance=(0, 3))
    assert verdict.mistakes == ("the axes that stay",)


def test_two_layers_exchanged_are_told_once_and_their_means_follow():
    verdict = told(
        exercises.axis_table, axes__batch=(1, 2, 3), axes__layer=(0, 1, 2), means__batch=4, means__layer=6
    )
    assert verdict.mistakes == ("batch and layer exchanged",)
    assert str(verdict).count("this fits your") == 2


def test_one_layer_for_another_is_not_called_an_exchange():
    assert "swapped" not in str(told(exercises.axis_table, axes__batch=(1, 2, 3), means__batch=4))


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"axes__batch": (0, 2, 3), "axes__instance": (2, 3)}, "channels first"),
        ({"axes__layer": (0, 1, 2), "axes__instance": (0, 1)}, "axes of one image"),
        ({"means__batch": 256, "means__layer": 384, "means__instance": 64}, "values and means exchanged"),
        ({"means__layer": 1, "means__instance": 6, "means__group": 3}, "means of one image"),
        ({"means__group": 24, "values_in_each_mean__group": 64}, "group: a mean per channel"),
    ],
)
def test_one_cause_in_the_table_is_told_once(wrong, name):
    assert told(exercises.axis_table, **wrong).mistakes == (name,)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"layer": True, "instance": True, "group": True}, "all change"),
        ({"batch__training": False, "batch__inference": True}, "training and inference exchanged"),
        ({"batch__training": False, "batch__inference": True, "layer": True, "instance": True, "group": True},
         "turned round"),
    ],
)
def test_one_cause_of_dependence_is_told_once(wrong, name):
    assert told(exercises.batch_dependence, **wrong).mistakes == (name,)


WHERE = {  # of the changes in ``blind_to``: an index, times, plus
    "the image × 3": (0, 3, 0),
    "the image + 2": (0, 1, 2),
    "channel 2 of the image × 3": (np.s_[0, :, :, 2], 3, 0),
    "channels 2 and 3 of the image + 2": (np.s_[0, :, :, 2:4], 1, 2),
    "channel 2 of all images × 3": (np.s_[..., 2], 3, 0),
}


@pytest.mark.parametrize("change", WHERE)
def test_the_layers_are_blind_to_what_the_solution_says(change):
    x = np.random.default_rng(0).normal(3, 2, size=(4, 8, 8, 6))
    layers = {
        "BN": nn.BatchNormalization(epsilon=0), "IN": nn.InstanceNormalization(epsilon=0),
        "LN": nn.LayerNormalization(axis=(1, 2, 3), epsilon=0), "GN": nn.GroupNormalization(3, epsilon=0),
        "RMS": nn.RMSNormalization(axis=(1, 2, 3), epsilon=0),
    }
    (where, times, plus), new = WHERE[change], x.copy()
    new[where] = times * new[where] + plus
    blind = {name for name, layer in layers.items() if np.allclose(layer(new, True)[0], layer(x, True)[0], atol=1e-9)}
    assert exercises.blind_to.answers[change] == blind


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"channel 2 of the image × 3": {"GN"}, "channel 2 of all images × 3": {"BN", "GN"}}, "IN and GN exchanged"),
        ({"channel 2 of the image × 3": {"IN", "LN"}, "channels 2 and 3 of the image + 2": {"IN", "GN", "LN"}},
         "LN sees one channel"),
        ({"the image × 3": {"BN", "IN", "LN", "GN", "RMS"}, "the image + 2": {"BN", "IN", "LN", "GN"}},
         "BN sees one image"),
        ({"the image × 3": {"BN"}, "the image + 2": {"BN", "RMS"}}, "blind and seeing exchanged"),
        ({"the image + 2": {"IN", "LN", "GN", "RMS"}}, "the image + 2: RMS"),
    ],
)
def test_one_cause_of_blindness_is_told_once(wrong, name):
    assert exercises.blind_to.evaluate(exercises.blind_to.answers | wrong).mistakes == (name,)


@pytest.mark.parametrize("given", [{"IN", "GN"}, ["gn", "in"], ("GN", " IN "), "IN, GN", np.array(["IN", "GN"])])
def test_names_of_layers_come_in_any_order_and_form(given):
    answer = exercises.blind_to.answers | {"channels 2 and 3 of the image + 2": given}
    assert exercises.blind_to.evaluate(answer).state == "correct"


@pytest.mark.parametrize("given", [{"XX"}, 3, True, {"IN", 3}])
def test_what_is_no_set_of_layers_is_asked_for_again(given):
    verdict = exercises.blind_to.evaluate(exercises.blind_to.answers | {"the image × 3": given})
    assert verdict.state == "unusable" and "takes a set of names" in str(verdict)


def test_an_empty_pair_of_braces_is_the_empty_set():
    verdict = exercises.blind_to.evaluate(exercises.blind_to.answers | {"the image × 3": {}})
    assert verdict.mistakes == ("the image × 3: IN, LN, GN, RMS",)


def test_names_in_one_string_of_a_set_are_taken_apart():
    answer = exercises.blind_to.answers | {"channel 2 of all images × 3": {"BN, IN"}}
    assert exercises.blind_to.evaluate(answer).passed


@pytest.mark.parametrize("change", exercises.blind_to.answers)
def test_a_wrong_set_is_asked_about_one_layer_and_not_told_the_sides(change):
    verdict = str(exercises.blind_to.evaluate(exercises.blind_to.answers | {change: set()}))
    assert "on the wrong side" in verdict and "does not notice" not in verdict and "do not notice" not in verdict


def test_sets_of_nothing_do_not_buy_the_solution():
    verdict = str(exercises.blind_to.evaluate(dict.fromkeys(exercises.blind_to.answers, set())))
    assert "RMS do not" not in verdict and len(verdict.split()) < 200


def test_18_values_are_those_of_the_drawing():
    answer = exercises.axis_table.answers | {"values in each mean, group": 18}
    assert exercises.axis_table.evaluate(answer).mistakes == ("group values: of the drawing",)


def test_each_value_its_own_mean_is_not_blamed_on_a_loop():
    answer = weighted(lambda x, e: normalized(x, tuple(range(1, x.ndim - 1)), e))
    assert "no axis is averaged over" in str(exercises.layer_norm.evaluate(answer))


def test_values_follow_from_images():
    own, values = "images in a mean, BN on each worker", "values in a mean, BN on each worker"
    verdict = exercises.workers.evaluate(exercises.workers.answers | {own: 16, values: 784})
    assert verdict.mistakes == ("all images of a step",)
    assert "this fits your" in str(verdict) and "swapped" not in str(verdict)


@pytest.mark.parametrize(
    ("settings", "batch", "group", "name", "never"),
    [
        ((8, 8, 0.3), 0.81, 0.38, "group normalization fails", "either"),
        ((4, 12, 0.1), 0.30, 0.28, "both fail", "ahead"),
        ((2, 4, 0.1), 0.85, 0.86, "batch below 4", "easy"),
        ((32, 2, 0.1), 0.85, 0.90, "large batch", "little to lose"),
        ((4, 2, 0.3), 0.87, 0.87, "shallow", "is ahead"),
        ((4, 6, 0.3), 0.80, 0.80, None, "is ahead"),
    ],
)
def test_the_race_is_told_what_its_numbers_show(settings, batch, group, name, never):
    result = dict(zip(("batch_size", "depth", "learning_rate"), settings)) | {"batch": batch, "group": group}
    exercises.hurt_batch_norm.remember(lambda: result)()
    verdict = exercises.hurt_batch_norm.evaluate(result)
    assert verdict.mistakes == ((name,) if name else ())
    assert never not in str(verdict)


def test_settings_of_numpy_and_a_lead_of_exactly_a_tenth_are_taken():
    result = {"batch_size": np.int64(4), "depth": np.int64(6), "learning_rate": np.float32(0.1),
              "batch": np.float64(0.7), "group": np.float64(0.8)}
    exercises.hurt_batch_norm.remember(lambda: result)()
    assert exercises.hurt_batch_norm.evaluate(result).passed


# ---- What a reader found ------------------------------------------------------------------------


def cut(divide, default=1e-3, axes=(1, 2, 4)):
    """Groups by a view of five axes; ``divide(centred, parts, epsilon)`` gives x_hat."""

    def answer(x, groups, gamma, beta, epsilon=default):
        if x.shape[3] % groups:
            raise ValueError("no")
        parts = x.reshape(*x.shape[:3], groups, -1)
        centred = parts - parts.mean(axes, keepdims=True)
        return gamma * divide(centred, parts, epsilon).reshape(x.shape) + beta

    return answer


def papers_own(x, groups, gamma, beta, eps=1e-5):
    N, C, H, W = x.shape
    x = np.reshape(x, [N, groups, C // groups, H, W])
    mean, var = x.mean((2, 3, 4), keepdims=True), x.var((2, 3, 4), keepdims=True)
    return np.reshape((x - mean) / np.sqrt(var + eps), [N, C, H, W]) * gamma + beta


def all_but_the_last(x, groups, gamma, beta, epsilon=1e-3):
    if x.shape[3] % groups:
        raise ValueError("no")
    y, size = x.copy(), x.shape[3] // groups
    for g in range(groups - 1):
        part = x[..., g * size:(g + 1) * size]
        y[..., g * size:(g + 1) * size] = (part - part.mean((1, 2, 3), keepdims=True)) / np.sqrt(
            part.var((1, 2, 3), keepdims=True) + epsilon)
    return gamma * y + beta


def root(variance, epsilon):
    return np.sqrt(variance + epsilon)


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (cut(lambda c, p, e: c / np.maximum(p.std((1, 2, 4), keepdims=True), e)), "epsilon for the least spread"),
        (cut(lambda c, p, e: c / np.sqrt(np.clip(p.var((1, 2, 4), keepdims=True), e, None))), "epsilon for the least variance"),
        (cut(lambda c, p, e: c / (p.std((1, 2, 4), keepdims=True) + 1e-12)), "epsilon left out"),
        (cut(lambda c, p, e: c / root(p.var((1, 2, 4), keepdims=True), e or 1e-3)), "epsilon 0 taken for none"),
        (cut(lambda c, p, e: c / root((c**2).sum((1, 2, 4), keepdims=True), e)), "squares summed"),
        (cut(lambda c, p, e: c / root((c**2).mean((1, 2), keepdims=True), e)), "squares averaged channel by channel"),
        (cut(lambda c, p, e: c / (p.std((0, 1, 2, 4), keepdims=True) + e), axes=(0, 1, 2, 4)), "over the batch, std + epsilon"),
        (papers_own, "blocks of memory, default of 1e-5"),
        (all_but_the_last, "last group left as it was"),
    ],
)
def test_group_norm_names_what_a_reader_tried(answer, name):
    assert exercises.group_norm.evaluate(answer).mistakes == (name,)


@pytest.mark.parametrize("exercise", ["layer_norm", "instance_norm"])
def test_epsilon_0_may_be_passed(exercise):
    axes = {"layer_norm": lambda x: tuple(range(1, x.ndim)), "instance_norm": lambda x: (1, 2)}[exercise]

    def answer(x, gamma, beta, epsilon=1e-3):
        if not epsilon:
            epsilon = 1e-3
        return gamma * (x - x.mean(axes(x), keepdims=True)) / root(x.var(axes(x), keepdims=True), epsilon) + beta

    assert getattr(exercises, exercise).evaluate(answer).mistakes == ("epsilon 0 taken for none",)
