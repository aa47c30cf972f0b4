"""Notebook 03: answers to its exercises, and what the checks say of them."""

import numpy as np
import pytest

from helpers.exercises import batch_normalization_from_scratch as exercises


def judged(exercise, answer, names, said=""):
    verdict = exercise.evaluate(answer)
    assert not verdict.passed
    assert verdict.mistakes == names, str(verdict)
    assert said in str(verdict)
    return str(verdict)


# ---- batch_norm ---------------------------------------------------------------------------------


def channels(x):
    return tuple(range(x.ndim - 1))


def normalized(spread, axes=channels):
    def batch_norm(x, gamma, beta, epsilon=1e-3):
        return gamma * (x - x.mean(axes(x))) / spread(x, axes(x), epsilon) + beta

    return batch_norm


def over_positions(x):
    return (0,) if x.ndim == 2 else (0, 1)


@pytest.mark.parametrize(
    ("answer", "names", "said"),
    [
        (normalized(lambda x, axes, e: np.sqrt(x.std(axes) + e)), ("root of std + epsilon",), ""),
        (normalized(lambda x, axes, e: x.std(axes, ddof=1) + e), ("ddof=1 + std + epsilon",), ""),
        (normalized(lambda x, axes, e: np.sqrt(x.var(axes, ddof=1))), ("ddof=1 + epsilon left out",), ""),
        (normalized(lambda x, axes, e: np.sqrt(x.var() + e)), ("one variance for all",), ""),
        (normalized(lambda x, axes, e: np.sqrt(np.maximum(x.var(axes), e))), (), "Look at where epsilon is added"),
        (normalized(lambda x, axes, e: np.sqrt(x.var(axes) + e**2)), (), "Look at where epsilon is added"),
        (normalized(lambda x, axes, e: 2 * np.sqrt(x.var(axes) + e)), (), "should be gamma (up to epsilon)"),
        (lambda x, gamma, beta, epsilon=1e-3: np.sqrt(-1 - x * x), (), "got nan"),
    ],
)
def test_batch_norm(answer, names, said):
    judged(exercises.batch_norm, answer, names, said)


def test_batch_norm_by_part_of_a_channel_is_not_told_of_epsilon():
    def batch_norm(x, gamma, beta, epsilon=1e-3):
        axes = over_positions(x)
        factor = 1 if x.ndim == 2 else 1.1
        return gamma * (x - x.mean(axes)) / (factor * np.sqrt(x.var(axes) + epsilon)) + beta

    text = judged(exercises.batch_norm, batch_norm, (), "some part of a channel")
    assert "how epsilon enters" not in text


# ---- batch_norm_backward ------------------------------------------------------------------------


def dx_only(dx):
    def batch_norm_backward(dy, x_hat, gamma, inverse_std):
        return dx(dy, x_hat, gamma, inverse_std), np.sum(dy * x_hat, 0), np.sum(dy, 0)

    return batch_norm_backward


def walked_back(half=-0.5, two=2.0, centred=lambda x_hat, r: x_hat / r, power=3, ddof=0):
    """Step by step, as students write it down."""

    def dx(dy, x_hat, gamma, r):
        c, d = centred(x_hat, r), dy * gamma
        dvariance = (d * c * half * r**power).sum(0)
        return d * r + dvariance * two * c / (len(dy) - ddof) - (d * r).sum(0) / len(dy)

    return dx_only(dx)


def product_of_the_means(dy, x_hat, gamma, r):
    return gamma * r * (dy - dy.mean(0) - x_hat * dy.mean(0) * x_hat.mean(0))


def all_by_features(dy, x_hat, gamma, r):
    dgamma, dbeta = (dy * x_hat).sum(1), dy.sum(1)
    return gamma * r * (dy - dbeta / len(dy) - x_hat * dgamma / len(dy)), dgamma, dbeta


def with_dx(dx, dgamma=lambda dy, x_hat: (dy * x_hat).sum(0), dbeta=lambda dy, x_hat: dy.sum(0)):
    def batch_norm_backward(dy, x_hat, gamma, inverse_std):
        return dx(dy, x_hat, gamma, inverse_std), dgamma(dy, x_hat), dbeta(dy, x_hat)

    return batch_norm_backward


def direct(dy, x_hat, gamma, r):
    return gamma * r * dy


def without_gamma(dy, x_hat, gamma, r):
    return r * (dy - dy.mean(0) - x_hat * np.mean(dy * x_hat, 0))


def with_gamma(dy, x_hat, gamma, r):
    return gamma * without_gamma(dy, x_hat, gamma, r)


def without_n_before_dy(dy, x_hat, gamma, r):
    return gamma * r / len(dy) * (dy - dy.sum(0) - x_hat * (dy * x_hat).sum(0))


def overwritten(dy, x_hat, gamma, r):
    c = x_hat / r
    d_c = -0.5 * (dy * gamma * c).sum(0) * r**3 * 2 * c / len(dy)
    return d_c - d_c.mean(0)


SWAPPED = {"dgamma": lambda dy, x_hat: dy.sum(0), "dbeta": lambda dy, x_hat: (dy * x_hat).sum(0)}
MEANS = {"dgamma": lambda dy, x_hat: (dy * x_hat).mean(0), "dbeta": lambda dy, x_hat: dy.mean(0)}


def dgamma_is_dbeta(dy, x_hat, gamma, r):
    total = dy.sum(0)
    return gamma * r * (dy - total / len(dy) - x_hat * total / len(dy)), total, total


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        (dx_only(lambda dy, x_hat, gamma, r: dy * gamma * r * (1 - 1 / len(dy) - x_hat**2 / len(dy))),
         ("only the Jacobian's diagonal",)),
        (walked_back(ddof=1), ("N - 1 in the variance's term",)),
        (walked_back(two=1), ("variance's term halved",)),
        (walked_back(half=-1), ("variance's term doubled",)),
        (walked_back(half=0.5), ("sign of the variance's term",)),
        (walked_back(centred=lambda x_hat, r: x_hat), ("variance's term times inverse_std**2",)),
        (walked_back(power=2), ("variance's term times inverse_std**-1",)),
        (dx_only(product_of_the_means), ("variance constant",)),
        (dx_only(lambda dy, *rest: np.zeros_like(dy)), ("dx is 0",)),
        (dx_only(lambda dy, x_hat, gamma, r: r * (dy - dy.sum(0) - x_hat * (dy * x_hat).sum(0))),
         ("1/N missing + gamma left out of dx",)),
        (dx_only(lambda dy, x_hat, gamma, r: gamma * r * (dy + dy.mean(0) - x_hat * (dy * x_hat).sum(0))),
         ("sign of the mean's term + 1/N missing from the variance's term",)),
        (all_by_features, ("averaged over features, without keepdims",)),
        (dgamma_is_dbeta, ("dgamma without x_hat, and dx from it",)),
        (dx_only(without_n_before_dy), ("N missing from dy",)),
        (dx_only(overwritten), ("only the variance's term",)),
        (with_dx(direct, **SWAPPED), ("mean and variance constant", "dgamma and dbeta swapped")),
        (with_dx(without_gamma, **SWAPPED), ("gamma left out of dx", "dgamma and dbeta swapped")),
        (with_dx(lambda dy, x_hat, gamma, r: gamma * r**2 * dy, **SWAPPED), ("another order",)),
        (with_dx(with_gamma, **MEANS), ("means for dgamma and dbeta",)),
        (with_dx(without_n_before_dy, **MEANS), ("N missing from dy", "means for dgamma and dbeta")),
        (with_dx(with_gamma, MEANS["dbeta"], MEANS["dgamma"]), ("dgamma and dbeta swapped, and means",)),
        (with_dx(with_gamma, lambda dy, x_hat: dy * x_hat, lambda dy, x_hat: dy), ("dgamma and dbeta not summed",)),
        (lambda *args: with_dx(without_gamma)(*args)[1:] + with_dx(without_gamma)(*args)[:1],
         ("another order", "gamma left out of dx")),
        (lambda *args: with_dx(direct)(*args)[::-1], ("another order", "mean and variance constant")),
    ],
)
def test_batch_norm_backward(answer, names):
    judged(exercises.batch_norm_backward, answer, names)


def test_a_gradient_of_0_sums_to_0():
    text = judged(exercises.batch_norm_backward, dx_only(lambda dy, *rest: 0 * dy), ("dx is 0",))
    assert "here it" not in text


def test_a_variance_term_of_0_is_not_said_to_be_forgotten_only():
    text = judged(exercises.batch_norm_backward, dx_only(product_of_the_means), ("variance constant",), "or it is 0")
    assert "not the mean of dy times the mean of x_hat" in text


@pytest.mark.parametrize("order", [(1, 0, 2), (2, 1, 0), (0, 2, 1), (1, 2, 0), (2, 0, 1)])
def test_the_gradients_in_another_order(order):
    def batch_norm_backward(*args):
        right = exercises.batch_norm_backward._solution(*args)
        return [right[k] for k in order]

    verdict = exercises.batch_norm_backward.evaluate(batch_norm_backward)
    assert verdict.mistakes[0] in ("another order", "order of the return", "dgamma and dbeta swapped")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (walked_back(power=-3), "proportional to x_hat"),
        (dx_only(lambda dy, x_hat, gamma, r: np.abs(gamma) * r * (
            dy - dy.mean(0) - x_hat * (dy * x_hat).mean(0))), "the right one times a number"),
        (dx_only(lambda dy, x_hat, gamma, r: np.sqrt(-1 - dy**2)), "got nan"),
    ],
)
def test_an_unknown_gradient_is_told_what_its_error_looks_like(answer, said):
    text = judged(exercises.batch_norm_backward, answer, (), said)
    assert said != "got nan" or "In every channel" not in text


# ---- moving_statistics --------------------------------------------------------------------------


def followed(share=lambda m: m, start=(0, 1), variance=lambda b: b.var(0), counts=lambda t: t, default=0.99):
    def moving_statistics(batches, training, momentum=default):
        mean, spread = start
        for batch, t in zip(batches, training):
            if counts(t):
                a = share(momentum)
                mean, spread = a * mean + (1 - a) * batch.mean(0), a * spread + (1 - a) * variance(batch)
        return mean, spread

    return moving_statistics


def stops(batches, training, momentum=0.99):
    mean, variance = np.zeros(batches.shape[2]), np.ones(batches.shape[2])
    for batch, t in zip(batches, training):
        if t:
            mean, variance = momentum * mean + (1 - momentum) * batch.mean(0), momentum * variance + (
                1 - momentum) * batch.var(0)
            return mean, variance


def without_axis(batches, training, momentum=0.99):
    mean, variance = 0.0, 1.0
    for batch in batches[np.array(training)]:
        mean = momentum * mean + (1 - momentum) * batch.mean()
        variance = momentum * variance + (1 - momentum) * batch.var()
    return mean, variance


def recipe_2(batches, training, momentum=0.99):
    x = batches[np.array(training)].reshape(-1, batches.shape[2])
    return x.mean(0), x.var(0)


def asked(which):
    """The statistics of those batches that ``which(training)`` marks."""
    return lambda batches, training, momentum=0.99: followed()(batches, which(training), momentum)


def set_back(batches, training, momentum=0.99):
    mean, variance = 0 * batches[0, 0], 1 + 0 * batches[0, 0]
    for batch, t in zip(batches, training):
        if t:
            mean = momentum * mean + (1 - momentum) * batch.mean(0)
            variance = momentum * variance + (1 - momentum) * batch.var(0)
        else:
            mean, variance = 0 * mean, 1 + 0 * variance
    return mean, variance


def asked_of_all(batches, training, momentum=0.99):
    mean, variance = np.zeros(batches.shape[2]), np.ones(batches.shape[2])
    if all(training):
        return followed()(batches, training, momentum)
    return mean, variance


def normalized_before(batches, training, momentum=0.99, epsilon=1e-3):
    spread = np.sqrt(batches.var(1, keepdims=True) + epsilon)
    return followed()((batches - batches.mean(1, keepdims=True)) / spread, training, momentum)


def from_the_first(batches, training, momentum=0.99):
    mean, variance = batches[0].mean(0), batches[0].var(0)
    return followed(start=(mean, variance))(batches[1:], training[1:], momentum)


def one_line_outside(batches, training, momentum=0.99):
    return followed()(batches, training, momentum)[0], followed(counts=lambda t: True)(batches, training, momentum)[1]


def copied(batches, training, momentum=0.99):
    mean = variance = np.zeros(batches.shape[2])
    for batch, t in zip(batches, training):
        if t:
            mean = momentum * mean + (1 - momentum) * batch.mean(0)
            variance = momentum * mean + (1 - momentum) * batch.var(0)
    return mean, variance


def turned(answer):
    return lambda *args: answer(*args)[::-1]


def swapped_in_the_mean(*args):
    return followed(lambda m: 1 - m)(*args)[0], followed()(*args)[1]


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        (followed(lambda m: 1 - m, variance=lambda b: b.var(0, ddof=1)), ("momentum swapped + ddof=1",)),
        (followed(start=(0, 0), counts=lambda t: True), ("updated in inference + moving variance starts at 0",)),
        (followed(start=(0, 0), variance=lambda b: b.std(0)), ("moving variance starts at 0 + standard deviation stored",)),
        (followed(lambda m: 1 - m, counts=lambda t: True), ("momentum swapped + updated in inference",)),
        (followed(default=0.9), ("default momentum 0.9",)),
        (followed(default=0.1), ("default momentum 0.1",)),
        (stops, ("first training batch only",)),
        (without_axis, ("one number for all channels",)),
        (recipe_2, ("all training values together",)),
        (swapped_in_the_mean, ("momentum swapped: moving_mean",)),
        (lambda *args: followed()(*args)[::-1], ("order of the return",)),
        (asked_of_all, ("all or none",)),
        (asked(lambda training: [training[0]] * len(training)), ("the first entry decides, from numbers",)),
        (set_back, ("set back in inference",)),
        (asked(lambda training: training[: (*training, False).index(False)]),
         ("stops at the first batch in inference, from numbers",)),
        (lambda batches, training, momentum=0.99: followed(start=(np.zeros(2), np.ones(2)),
                                                           variance=lambda b: b.var(0, ddof=1))(
            batches, training[: (*training, False).index(False)], momentum
         ), ("stops at the first batch in inference + ddof=1",)),
        (normalized_before, ("of the normalized batch",)),
        (lambda *args: normalized_before(*args, epsilon=0) if len(args) == 3 else normalized_before(*args, 0.99, 0),
         ("never updated",)),
        (from_the_first, ("starts with batch 0",)),
        (one_line_outside, ("updated in inference: moving_variance",)),
        (copied, ("moving mean in the variance's line, after its update",)),
        (asked(lambda training: training[:-1]), ("last batch left out",)),
        (turned(followed(counts=lambda t: True)), ("order of the return + updated in inference",)),
    ],
)
def test_moving_statistics(answer, names):
    judged(exercises.moving_statistics, answer, names)


@pytest.mark.parametrize("answer", [
    turned(followed(counts=lambda t: True)), turned(followed(lambda m: 0.8)), turned(followed(variance=lambda b: b.std(0)))
])
def test_a_mean_in_the_variances_place_is_not_called_a_variance_of_yours(answer):
    said = str(exercises.moving_statistics.evaluate(answer))
    assert "one of yours is" not in said
    assert "changed places" in said or "another order" in said or "Is the mean in its place" in said


def test_momentum_0_is_a_momentum():
    def moving_statistics(batches, training, momentum=0.99):
        return followed()(batches, training, momentum or 0.99)

    judged(exercises.moving_statistics, moving_statistics, (), "momentum 0")


def test_the_averages_may_start_as_numbers():
    assert exercises.moving_statistics.evaluate(followed()).passed


# ---- batch_norm_call ----------------------------------------------------------------------------


def called(training=lambda x: (x.mean(0), x.var(0)), inference=lambda m, v: (m, v), root=lambda v, e: np.sqrt(v + e),
           default=False, epsilon=1e-3):
    fallback = epsilon

    def batch_norm_call(x, gamma, beta, moving_mean, moving_variance, training_=default, epsilon=fallback):
        mean, variance = training(x) if training_ else inference(moving_mean, moving_variance)
        return gamma * (x - mean) / root(variance, epsilon) + beta

    return batch_norm_call


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        (called(lambda x: (x.mean(0), x.std(0))), ("root of std + epsilon in training",)),
        (called(lambda x: (x.mean(0), x.std(0)), root=lambda v, e: v + e), ("std in training, variance in inference",)),
        (called(lambda x: (x.mean(0), x.var(0, ddof=1)), root=lambda v, e: np.sqrt(v) + e),
         ("ddof=1 in training + std + epsilon",)),
        (called(lambda x: (x.mean(), x.var())), ("one mean for all channels in training",)),
        (called(lambda x: (x.mean(0), x.var())), ("one variance for all channels in training",)),
        (called(lambda x: (x.mean(1), x.var(1))), ("axis=1 in training, without keepdims",)),
        (called(epsilon=1e-5), ("default epsilon 1e-5",)),
        (called(default=True), ("training by default",)),
        (called(root=lambda v, e: np.sqrt(v) + np.sqrt(e)), ()),
    ],
)
def test_batch_norm_call(answer, names):
    judged(exercises.batch_norm_call, answer, names)


def test_a_batch_of_one_has_its_own_statistics():
    def batch_norm_call(x, gamma, beta, moving_mean, moving_variance, training=False, epsilon=1e-3):
        alone = len(x) == 1
        mean, variance = (x.mean(0), x.var(0)) if training and not alone else (moving_mean, moving_variance)
        return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta

    judged(exercises.batch_norm_call, batch_norm_call, ("batch of one by the moving statistics",))


# ---- The predictions ----------------------------------------------------------------------------


def told(exercise, *values):
    verdict = exercise.evaluate(dict(zip(exercise.answers, values)))
    return verdict.mistakes, [p for p in verdict.paragraphs if not p.startswith("Right:")]


@pytest.mark.parametrize(
    ("values", "names", "count"),
    [
        (((1,), (3,), 16, 25088), ("the axes that stay",), 1),
        (((1,), (1, 2, 3), 32, 12544), ("layer normalization",), 1),
        (((0,), (0, 1, 2), 25088, 16), ("counts swapped",), 1),
        (((0,), 3, 25088, 16), ("averaged over the channels",), 1),
        (((0,), (0, 2, 3), 28, 14336), ("channels first",), 3),  # and twice: it follows
        (((0,), (-3, -2), 512, 784), ("instance axes",), 3),
    ],
)
def test_one_cause_of_several_counts_is_told_once(values, names, count):
    mistakes, said = told(exercises.share_a_mean, *values)
    assert mistakes == names and len(said) == count
    assert sum("this fits your" in text for text in said) == count - 1


def test_gradients_over_the_features_are_one_mistake_told_once():
    assert len(told(exercises.gradient_facts, 100, 100, 0)[1]) == 1
    assert told(exercises.gradient_facts, 60, 0, 1 / 60)[0] == ("mean of dy alone",)


# ---- widen_the_gap ------------------------------------------------------------------------------


def raced(initial_std, without, batch):
    result = {"initial_std": initial_std, "without": without, "batch": batch}
    exercises.widen_the_gap.remember(lambda: result)()
    return exercises.widen_the_gap.evaluate(result)


@pytest.mark.parametrize(
    ("result", "state", "name"),
    [
        ((100, 0.10, 0.11), "known mistake", "neither learns"),
        ((100, 0.12, 0.11), "known mistake", "neither learns"),
        ((0.0, 0.10, 0.10), "known mistake", "both at chance"),
        ((0.3, 0.15, 0.19), "known mistake", "neither learns"),  # at another learning rate
        ((0.1, 0.11, 0.74), "known mistake", "too slow"),
        ((0.003, 0.10, 0.79), "known mistake", "too small"),
        ((5, 0.23, 0.71), "known mistake", "too large"),
        ((0.5, 0.86, 0.88), "known mistake", "both learn"),
        ((0.03, 0.5, 0.4), "known mistake", "not ahead"),
        ((0.3, 0.86, 0.90), "not attempted", None),
        ((np.float32(0.03), 0.10, 0.90), "correct", None),
    ],
)
def test_what_a_race_is_told_agrees_with_its_numbers(result, state, name):
    verdict = raced(*result)
    assert verdict.state == state
    assert verdict.mistakes == ((name,) if name else ())
    assert "plain network is ahead" not in str(verdict)
