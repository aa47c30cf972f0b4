"""Notebook 04."""

import linecache

import numpy as np
import pytest

from helpers.exercises import batch_normalization_in_keras as module

keras = pytest.importorskip("keras")


# ---- my_batch_normalization

WEIGHTS = """
class MyBatchNormalization(keras.layers.Layer):
    def __init__(self, momentum=0.99, epsilon=1e-3):
        super().__init__()
        self.momentum = momentum
        self.epsilon = epsilon

    def build(self, shape):
        c = shape[-1]
        self.gamma = self.add_weight(shape=(c,), initializer="ones")
        self.beta = self.add_weight(shape=(c,), initializer="zeros")
        self.moving_mean = self.add_weight(shape=(c,), initializer="zeros", trainable=False)
        self.moving_variance = self.add_weight(shape=(c,), initializer="ones", trainable=False)

    def call(self, x, training=False):
        if training:
            mean, var = keras.ops.moments(x, axes=[0])
            m = self.momentum
            {mean}
            {var}
        else:
            mean, var = self.moving_mean, self.moving_variance
        {last}
        return x_hat * self.gamma + self.beta
"""
MEAN = "self.moving_mean.assign(m * self.moving_mean + (1 - m) * mean)"
VAR = "self.moving_variance.assign(m * self.moving_variance + (1 - m) * var)"
LAST = "x_hat = (x - mean) / keras.ops.sqrt(var + self.epsilon)"


def layer(*edits, mean=MEAN, var=VAR, last=LAST):
    source = WEIGHTS.format(mean=mean, var=var, last=last)
    for old, new in edits:
        assert old in source, old
        source = source.replace(old, new)
    name = f"<told {abs(hash(source))}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    space = {"keras": keras, "np": np}
    exec(compile(source, name, "exec"), space)
    return space["MyBatchNormalization"]


@pytest.mark.parametrize(
    ("names", "answer"),
    [
        (["moving variance never updated"], {"var": "pass"}),
        (["moving mean never updated"], {"mean": "pass"}),
        (["moving mean updated twice"], {"var": MEAN}),
        (["moving variance updated twice"], {"mean": VAR}),
        (["variance kept in the moving mean"], {"mean": MEAN, "var": VAR.replace("_variance.assign", "_mean.assign")}),
        (["updated mean kept in the moving variance"], {"var": MEAN.replace("_mean.assign", "_variance.assign")}),
        (["batch means averaged into the moving variance"], {"var": VAR.replace("* var", "* mean")}),
        (["momentum swapped in the moving mean"], {"mean": "self.moving_mean.assign((1 - m) * self.moving_mean + m * mean)"}),
        (["replaced in the moving variance"], {"var": "self.moving_variance.assign(var)"}),
        (["momentum swapped in the moving mean, never updated in the moving variance"],
         {"mean": "self.moving_mean.assign((1 - m) * self.moving_mean + m * mean)", "var": "pass"}),
        (["two square roots"], {"last": LAST.replace("var +", "keras.ops.sqrt(var) +")}),
        (["mean and variance swapped"], {"mean": "mean, var = var, mean\n            " + MEAN}),
        (["mean of the squares"], {"mean": "var = keras.ops.mean(x**2, axis=0)\n            " + MEAN}),
        (["epsilon left out in inference"], {"last": LAST.replace("self.epsilon", "(self.epsilon if training else 0)")}),
    ],
)
def test_layers_that_get_their_own_name(names, answer):
    verdict = module.my_batch_normalization.evaluate(layer(**answer))
    assert list(verdict.mistakes) == names, str(verdict)
    assert "nothing updates them" not in str(verdict)


@pytest.mark.parametrize(
    ("names", "edits"),
    [
        (["start: gamma at 0, the moving variance at 0"], [('"ones"', '"zeros"')]),
        (["start: beta at 1, the moving mean at 1"], [('"zeros"', '"ones"')]),
        (["momentum swapped", "moving variance starts at 0"],
         [("m = self.momentum", "m = 1 - self.momentum"), ('"ones", trainable', '"zeros", trainable')]),
        (["trainable: beta, the moving mean, the moving variance"],
         [(", trainable=False", ""), ('initializer="ones")\n        self.beta', 'trainable=False, initializer="ones")\n        self.beta')]),
    ],
)
def test_starts_and_trainable_weights_are_judged_by_themselves(names, edits):
    verdict = module.my_batch_normalization.evaluate(layer(*edits))
    assert sorted(verdict.mistakes) == sorted(names), str(verdict)


def test_layers_that_are_told_in_words():
    evaluate = module.my_batch_normalization.evaluate
    zeros = str(evaluate(layer(('initializer="ones", trainable', 'initializer="zeros", trainable'))))
    assert "starts at 0" in zeros and "had been set before the first call" in zeros
    assert "a plain tensor is put there" in str(evaluate(layer(mean="self.moving_mean = 0.5 * self.moving_mean + mean")))
    assert "Is an `initializer` missing?" in str(evaluate(layer(('initializer="ones"', "dtype=None"))))
    assert "is there a `keepdims=True`" in str(evaluate(layer(("axes=[0]", "axes=[0], keepdims=True"))))
    assert "default of `training`" in str(evaluate(layer(("training=False", "training"))))


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"mean": MEAN.replace("assign(m * self.moving_mean + (1 - m) * mean", "assign_sub((1 - m) * (self.moving_mean - mean)")},
        {"last": "x_hat = (x - mean) * keras.ops.rsqrt(var + self.epsilon)"},
        {"last": "x_hat = (x - mean) * (var + self.epsilon) ** -0.5"},
    ],
)
def test_right_layers_pass(answer):
    assert module.my_batch_normalization.evaluate(layer(**answer)).state == "correct"


# ---- recalibrate


def with_statistics(statistics):
    def answer(weights, means, variances, sizes):
        return [*weights[:2], *statistics(means, variances, np.asarray(sizes), weights)]

    return answer


def mean_of(m, n):
    return np.average(m, axis=0, weights=n)


def variance_of(m, v, n):
    return np.average(v + (m - mean_of(m, n)) ** 2, axis=0, weights=n)


def moved(old, batches):
    for batch in batches:
        old = 0.9 * old + 0.1 * batch
    return old


ALONE = {
    "mean of the variances": lambda m, v, n, w: mean_of(v, n) + np.average(m - mean_of(m, n), axis=0, weights=n) ** 2,
    "unweighted squared distances of the means": lambda m, v, n, w: mean_of(v, n) + ((m - mean_of(m, n)) ** 2).mean(axis=0),
    "unweighted mean of the variances beside weighted distances":
        lambda m, v, n, w: v.mean(axis=0) + mean_of((m - mean_of(m, n)) ** 2, n),
    "variances squared": lambda m, v, n, w: mean_of(v**2 + (m - mean_of(m, n)) ** 2, n),
    "unweighted variance about the unweighted mean": lambda m, v, n, w: v.mean(0) + m.var(0),
    "unweighted variance": lambda m, v, n, w: (v + (m - mean_of(m, n)) ** 2).mean(axis=0),
    "unweighted variance of the means alone": lambda m, v, n, w: np.var(m, axis=0),
    "unweighted mean of the variances": lambda m, v, n, w: v.mean(0),
    "pooled variance": lambda m, v, n, w: (n[:, None] * v).sum(0) / (n.sum() - len(n)),
    "pooled variance, n - 1": lambda m, v, n, w: ((n - 1)[:, None] * v).sum(0) / (n - 1).sum(),
    "m / (m - 1)": lambda m, v, n, w: np.average(v * (n / (n - 1))[:, None], axis=0, weights=n),
    "m / (m - 1), unweighted": lambda m, v, n, w: (v * n[:, None] / (n[:, None] - 1)).mean(0),
    "squared shares": lambda m, v, n, w: ((n / n.sum())[:, None] ** 2 * v).sum(axis=0),
    "second moment less the mean": lambda m, v, n, w: mean_of(v + m**2, n) - mean_of(m, n),
    "variance of the means with B - 1": lambda m, v, n, w: mean_of(v, n) + m.var(axis=0, ddof=1),
}


@pytest.mark.parametrize("name", ALONE)
def test_a_wrong_variance_does_not_accuse_the_mean(name):
    verdict = module.recalibrate.evaluate(
        with_statistics(lambda m, v, n, w: (mean_of(m, n), ALONE[name](m, v, n, w)))
    )
    assert verdict.mistakes == (name,), str(verdict)
    assert "`moving_mean`:" not in str(verdict) and "`moving_mean` and" not in str(verdict)
    assert "Right: `gamma`, `beta`, `moving_mean`." in verdict.paragraphs


@pytest.mark.parametrize(
    ("name", "statistics"),
    [
        ("algorithm 2", lambda m, v, n, w: (m.mean(0), (v * n[:, None] / (n[:, None] - 1)).mean(0))),
        ("unweighted", lambda m, v, n, w: (m.mean(0), v.mean(0) + m.var(0))),
        ("every batch as large as the first",
         lambda m, v, n, w: (mean := n @ m / (n[0] * len(n)), n @ (v + (m - mean) ** 2) / (n[0] * len(n)))),
        ("a tenth of each batch", lambda m, v, n, w: (moved(w[2], m), moved(w[3], v))),
        ("a tenth of each batch from the start", lambda m, v, n, w: (moved(0, m), moved(1, v))),
        ("a tenth of each batch from the start, m / (m - 1)",
         lambda m, v, n, w: (moved(0, m), moved(1, v * (n / (n - 1))[:, None]))),
    ],
)
def test_wrong_means_and_variances(name, statistics):
    verdict = module.recalibrate.evaluate(with_statistics(statistics))
    assert verdict.mistakes == (name,), str(verdict)


@pytest.mark.parametrize("shape", [(1, -1), (-1, 1)])
def test_an_axis_of_length_1_is_refused_with_the_reason(shape):
    answer = with_statistics(lambda m, v, n, w: (mean_of(m, n).reshape(shape), variance_of(m, v, n)))
    verdict = module.recalibrate.evaluate(answer)
    assert verdict.mistakes == ("axis of length 1",)
    assert "The numbers are right." in str(verdict) and "`set_weights` refuses" in str(verdict)


def test_a_wrong_number_comes_before_an_axis_of_length_1():
    answer = with_statistics(lambda m, v, n, w: (mean_of(m, n)[None], v.mean(0)[None]))
    assert module.recalibrate.evaluate(answer).mistakes == ("unweighted mean of the variances",)


def repeated(m, v, n, w):
    every = np.repeat(m, n, axis=0)
    return every.mean(axis=0), np.repeat(v, n, axis=0).mean(axis=0) + every.var(axis=0)


@pytest.mark.parametrize(
    "statistics",
    [
        repeated,
        lambda m, v, n, w: (np.float32(mean_of(m, n)), np.float32(variance_of(m, v, n))),
        lambda m, v, n, w: (np.einsum("b,bc->c", n / n.sum(), m), mean_of(v + m**2, n) - mean_of(m, n) ** 2),
    ],
)
def test_right_statistics_pass(statistics):
    assert module.recalibrate.evaluate(with_statistics(statistics)).state == "correct"


# ---- fold_batch_norm


def folding(kernel=lambda k, s: k * s, divisor=lambda v, e: np.sqrt(v + e), bias=lambda b, m, s, beta: (b - m) * s + beta):
    def answer(k, b, gamma, beta, mean, variance, epsilon=1e-3):
        scale = gamma / divisor(variance, epsilon)
        return kernel(k, scale), bias(b, mean, scale, beta)

    return answer


def epsilon_in_the_kernel_only(k, b, gamma, beta, mean, variance, epsilon=1e-3):
    return k * gamma / np.sqrt(variance + epsilon), (b - mean) * gamma / np.sqrt(variance) + beta


@pytest.mark.parametrize(
    ("names", "answer"),
    [
        (["two square roots"], folding(divisor=lambda v, e: np.sqrt(np.sqrt(v) + e))),
        (["variance squared"], folding(divisor=lambda v, e: np.sqrt(v**2 + e))),
        (["epsilon fixed at 1e-5"], folding(divisor=lambda v, e: np.sqrt(v + 1e-5))),
        (["bias 0"], folding(bias=lambda b, m, s, beta: np.zeros_like(b))),
        (["old bias dropped"], folding(bias=lambda b, m, s, beta: beta - m * s)),
        (["only the mean"], folding(bias=lambda b, m, s, beta: -m * s)),
        (["rows instead of columns"], folding(kernel=lambda k, s: k * s.reshape(-1, 1))),
        (["rows, by a matrix"], folding(kernel=lambda k, s: np.diag(s) @ k)),
        (["rows, turned and back"], folding(kernel=lambda k, s: (k.T * s).T)),
        (["turned and back"], folding(kernel=lambda k, s: (k.T * s[:, None]).T)),
        (["first of four axes"], folding(kernel=lambda k, s: k * s[:, None, None, None])),
        (["first axis"], folding(kernel=lambda k, s: k * s.reshape([-1] + [1] * (k.ndim - 1)))),
        (["epsilon left out in the bias"], epsilon_in_the_kernel_only),
        (["rows instead of columns", "old bias dropped"],
         folding(kernel=lambda k, s: k * s[:, None], bias=lambda b, m, s, beta: beta - m * s)),
        (["epsilon left out in the kernel", "old bias dropped, no epsilon"],
         folding(divisor=lambda v, e: np.sqrt(v), bias=lambda b, m, s, beta: beta - m * s)),
        (["another order"], lambda *args: folding()(*args)[::-1]),
    ],
)
def test_foldings(names, answer):
    verdict = module.fold_batch_norm.evaluate(answer)
    assert list(verdict.mistakes) == names, str(verdict)
    assert "(N, H, W, C)" not in str(verdict)


def test_a_loop_over_the_inputs_is_refused():
    def loop(kernel, scale):
        kernel = kernel.copy()
        for c in range(kernel.shape[-2]):
            kernel[..., c] *= scale[c]
        return kernel

    verdict = module.fold_batch_norm.evaluate(folding(kernel=loop))
    assert verdict.state == "wrong"
    assert "Checked for a dense layer with 1 input and 4 units" in str(verdict)


@pytest.mark.parametrize("kernel", [lambda k, s: np.einsum("...c,c->...c", k, s), lambda k, s: k @ np.diag(s)])
def test_right_foldings_pass(kernel):
    assert module.fold_batch_norm.evaluate(folding(kernel=kernel)).state == "correct"


# ---- predictions


def told(exercise, values):
    return exercise.evaluate(dict(zip(exercise.answers, values, strict=True)))


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ((6, 12, 6, 6, 8, 24), ["no biases throughout"]),
        ((7, 12, 6, 7, 8, 27), ["one bias a layer throughout"]),
        ((9, 6, 3, 8, 4, 25), ["gamma and beta throughout"]),
        ((9, 3, 3, 8, 2, 25), ["one number a unit throughout"]),
        ((9, 24, 12, 8, 16, 40), ["eight numbers a unit throughout"]),
        ((9, 12, 12, 8, 8, 40), ["everything trained throughout"]),
        ((9, 12, 3, 8, 8, 25), ["gamma only throughout"]),
        ((9, 8, 4, 8, 12, 30), ["numbers for the inputs throughout"]),
        ((9, 12, 6, 6, 8, 28), ["biases of Dense(2) forgotten"]),
    ],
)
def test_numbers(values, names):
    verdict = told(module.count_parameters, values)
    assert list(verdict.mistakes) == names, str(verdict)
    assert verdict.state == "known mistake"


def test_what_fits_a_wrong_number_is_not_wrong_in_itself():
    verdict = told(module.count_parameters, (9, 8, 4, 8, 8, 26))
    assert "`trained in BN after Dense(3)`: this fits your `BN after Dense(3)`" in str(verdict)


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (("batch",) * 6, ["inference by batch", "frozen only means untrained"]),
        (("moving",) * 6, ["training by moving"]),
        (("moving", "batch", "batch", "batch", "moving", "moving"), ["inference by batch", "training by moving"]),
    ],
)
def test_statistics(values, names):
    assert sorted(told(module.which_statistics, values).mistakes) == sorted(names)


@pytest.mark.parametrize(
    "values", [(0.904, 0.366, 0.349, 4.78), (0.904, 0.366, 0.348, 4.781), (0.99**10, 0.99**100, 0.9**10, 50 - 50 * 0.99**10)]
)
def test_three_digits_are_right(values):
    assert told(module.left_of_the_start, values).state == "correct"


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ((0.904, 0.349, 0.349, 4.78), ["momentum 0.9 after 100"]),
        ((0.904, 0.366, 0.366, 4.324), ["momentum 0.99 after 100", "nine updates of the mean"]),
        ((0.904, 0.366, 0.349, 0.0956), ["the share alone"]),
        ((0.904, 0.366, 0.35, 4.78), ["two digits of 0.9"]),
        ((0.90, 0.37, 0.35, 4.8), ["two digits throughout"]),
        ((0.9, 0, 0, 5), ["linear throughout"]),
        ((0, 0, 0, 50), ["PyTorch's momentum throughout"]),
        ((0, 0, 0, 0), ["nothing left throughout", "still 0"]),
        ((0, 0.366, 0.349, 4.78), ["nothing left"]),
        ((0.99**9, 0.99**99, 0.9**9, 50 - 50 * 0.99**9), ["one update too few throughout"]),
        ((90.4, 36.6, 34.9, 4.78), ["in percent", "in percent after 100", "in percent of 0.9"]),
    ],
)
def test_what_is_left(values, names):
    verdict = told(module.left_of_the_start, values)
    assert sorted(verdict.mistakes) == sorted(names), str(verdict)
    assert len([text for text in verdict.paragraphs if not text.startswith("Right")]) <= 2


# ---- late_statistics


@pytest.mark.parametrize(
    ("momentum", "steps", "moving", "full", "name"),
    [
        (0.99, 150, 0.898, 0.916, "too few steps"),
        (0.99, 250, 0.928, 0.935, "longer training"),
        (0.9, 200, 0.929, 0.933, "less momentum"),
        (0.995, 200, 0.921, 0.933, "no gap"),
        (0.997, 800, 0.93, 0.94, "caught up"),
        (0.999, 200, 0.769, 0.925, None),
        (0.0, 200, 0.906, 0.925, "less momentum"),
        (0.98, np.int64(200), 0.83, np.float32(0.93), None),
        (0.9999, 300, 0.6, 0.88, "not learned"),
    ],
)
def test_a_cause_is_told_where_the_numbers_show_it(momentum, steps, moving, full, name):
    exercise = module.late_statistics
    result = exercise.remember(lambda: {"momentum": momentum, "steps": steps, "moving": moving, "full": full})()
    verdict = exercise.evaluate(result)
    assert verdict.mistakes == ((name,) if name else ()), str(verdict)
    assert "direction is right" not in str(verdict)


def test_two_digits_are_told_once():
    verdict = told(module.left_of_the_start, (0.904, 0.37, 0.35, 4.78))
    assert verdict.state == "known mistake"
    assert str(verdict).count("give it to three digits") == 1


def test_no_open_line_is_given_away():
    verdict = str(told(module.left_of_the_start, (None, 0.349, None, 45.2)))
    assert "momentum 0.9 and fewer updates" in verdict and "0.904" not in verdict and "power" not in verdict


def test_a_gap_that_momentum_0_has_opened_is_not_called_closed():
    result = module.late_statistics.remember(lambda: {"momentum": 0.0, "steps": 200, "moving": 0.906, "full": 0.925})()
    assert "closed" not in str(module.late_statistics.evaluate(result))


def test_sizes_along_the_channels_are_told():
    verdict = str(module.recalibrate.evaluate(with_statistics(lambda m, v, n, w: ((m * n).sum(0) / n.sum(), v.mean(0)))))
    assert "batches are the first axis of `means`" in verdict


@pytest.mark.parametrize(
    ("name", "variance"),
    [
        ("one variance of the means for all channels", lambda m, v, n, w: mean_of(v, n) + np.var(m)),
        ("one variance of the means for all channels, unweighted", lambda m, v, n, w: v.mean(0) + np.var(m)),
    ],
)
def test_one_variance_for_all_channels_is_told(name, variance):
    verdict = module.recalibrate.evaluate(with_statistics(lambda m, v, n, w: (mean_of(m, n), variance(m, v, n, w))))
    assert verdict.mistakes == (name,), str(verdict)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("divided by the variance",
         lambda k, b, g, be, m, v, epsilon=1e-3: (k * g / v, (b - m) * g / v + be)),
        ("into the layer behind",
         lambda k, b, g, be, m, v, epsilon=1e-3: (
             (s := g / np.sqrt(v + epsilon))[:, None] * k, b + (be - m * s) @ k)),
    ],
)
def test_natural_wrong_foldings_are_known(name, answer):
    verdict = module.fold_batch_norm.evaluate(answer)
    assert verdict.mistakes == (name,), str(verdict)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (("shape=(c,), initializer=\"ones\")", "shape=(c), initializer=\"ones\")"), "`(C,)`, with the comma"),
        (("mean, var = keras.ops.moments(x, axes=[0])", "mean, var = x.mean(axis=0), x.var(axis=0)"), "has no such method"),
        (("return x_hat * self.gamma + self.beta", "return x_hat * self.gamma + self.beta, mean"), "several values"),
    ],
)
def test_everyday_errors_of_a_layer_have_a_remedy(edit, said):
    assert said in str(module.my_batch_normalization.evaluate(layer(edit)))


def test_keras_own_layer_is_not_an_answer():
    verdict = module.my_batch_normalization.evaluate(keras.layers.BatchNormalization)
    assert verdict.state == "unusable" and "Keras' own layer" in str(verdict)


def test_distances_that_cancel_are_not_told_as_missing():
    verdict = str(module.recalibrate.evaluate(with_statistics(
        lambda m, v, n, w: (mean_of(m, n), mean_of(v + m - mean_of(m, n), n))
    )))
    assert "cancel in a sum" in verdict and "missing" not in verdict
