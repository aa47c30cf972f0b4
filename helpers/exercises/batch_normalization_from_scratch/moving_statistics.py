"""Notebook 03, code: moving statistics."""

from __future__ import annotations

import functools
import itertools

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property


def moving_statistics(batches, training, momentum=0.99):
    channels = batches.shape[-1]
    moving_mean, moving_variance = np.zeros(channels), np.ones(channels)
    for batch, is_training in zip(batches, training):
        if is_training:
            moving_mean = momentum * moving_mean + (1 - momentum) * batch.mean(axis=0)
            moving_variance = momentum * moving_variance + (1 - momentum) * batch.var(axis=0)
    return moving_mean, moving_variance


def _moving_cases():
    rng = np.random.default_rng(8)
    batches = rng.normal([1.0, -2.0], [0.5, 1.8], size=(6, 5, 2))
    # One mean and one spread per batch, so that no two batches can be taken for each other.
    batches = batches * np.array([1, 2, 3, 4, 2, 3]).reshape(6, 1, 1) / 2 + rng.normal(size=(6, 1, 2))
    some, other = [False, True, False, True, True, False], [True, False, True, True, False, True]
    return [
        Case("on four training batches with momentum 0.9", (batches[:4], [True] * 4, 0.9)),
        Case("on four training batches with the default momentum", (batches[:4], [True] * 4)),
        Case("on six batches, three of them (the first, too) in inference, with momentum 0.7", (batches, some, 0.7)),
        Case("on six batches, the second and the fifth in inference, with momentum 0.8", (batches, other, 0.8)),
        Case("with momentum 0, where the last training batch alone counts", (batches, some, 0.0), edge=True),
    ]


_OUTPUTS = ["moving_mean", "moving_variance"]


def _in_steps(batches, training, momentum=0.99):
    mean, variance = np.zeros((1, batches.shape[2]), np.float32), np.ones((1, batches.shape[2]), np.float32)
    for i in range(len(batches)):
        if not training[i]:
            continue
        mean = mean + (batches[i].mean(0, keepdims=True) - mean) * (1 - momentum)
        variance -= (1 - momentum) * (variance - batches[i].var(0, keepdims=True))
    return mean, variance


def _mean_square(batch, axis):
    return (batch**2).mean(axis=axis)


def _followed(keep=lambda momentum: momentum, starts=(0.0, 1.0), moment=np.var, counts=bool, scalars=False):
    """Moving statistics with one thing changed.

    Args:
        starts: of the mean and the variance; "first batch" takes that batch's own.
        counts: whether a batch counts, from its entry in ``training``.
        scalars: whether the starts are plain numbers, and stay so where no batch counts.
    """

    def wrong(batches, training, momentum=0.99):
        first = starts == "first batch"
        mean, variance = ((0.0, 1.0) if first else starts)
        if not scalars:
            mean, variance = (np.full(batches.shape[-1], start) for start in (mean, variance))
        share = keep(momentum)
        for batch, is_training in zip(batches, training):
            if not counts(is_training):
                continue
            spread = moment(batch, axis=0)
            if first:
                mean, variance, first = batch.mean(axis=0), spread, False
            else:
                mean = share * mean + (1 - share) * batch.mean(axis=0)
                variance = share * variance + (1 - share) * spread
        return mean, variance

    return wrong


def _updated(update, moments=lambda batch: (batch.mean(axis=0), batch.var(axis=0))):
    """Moving statistics with another ``update(old, new, momentum)``, or of other moments."""

    def wrong(batches, training, momentum=0.99):
        mean, variance = np.zeros(batches.shape[-1]), np.ones(batches.shape[-1])
        for batch, is_training in zip(batches, training):
            if is_training:
                new_mean, new_variance = moments(batch)
                mean, variance = update(mean, new_mean, momentum), update(variance, new_variance, momentum)
        return mean, variance

    return wrong


def _counted(batches, training):
    return batches[np.asarray(training, bool)]


def _around_the_moving_mean(batches, training, momentum, new):
    mean, variance = np.zeros(batches.shape[-1]), np.ones(batches.shape[-1])
    for batch, is_training in zip(batches, training):
        if is_training:
            before, mean = mean, momentum * mean + (1 - momentum) * batch.mean(axis=0)
            center = mean if new else before
            variance = momentum * variance + (1 - momentum) * ((batch - center) ** 2).mean(axis=0)
    return mean, variance


def _together(batches):
    return batches.mean(axis=(0, 1)), batches.var(axis=(0, 1))


def _shrinking(batches, training, momentum=0.99):
    mean, variance = np.zeros(batches.shape[-1]), np.ones(batches.shape[-1])
    for batch, is_training in zip(batches, training):
        share = (1 - momentum) * is_training
        mean = momentum * mean + share * batch.mean(axis=0)
        variance = momentum * variance + share * batch.var(axis=0)
    return mean, variance


def _from_batch_0(batches, training, momentum=0.99):
    """The first batch's statistics as the start, whatever its entry; if it counts again, that makes no difference."""
    mean, variance = batches[0].mean(axis=0), batches[0].var(axis=0)
    for batch, is_training in zip(batches, training):
        if is_training:
            mean = momentum * mean + (1 - momentum) * batch.mean(axis=0)
            variance = momentum * variance + (1 - momentum) * batch.var(axis=0)
    return mean, variance


def _mean_in_the_variances_line(batches, training, momentum, new):
    mean, variance = np.zeros(batches.shape[-1]), np.ones(batches.shape[-1])
    for batch, is_training in zip(batches, training):
        if is_training:
            before, mean = mean, momentum * mean + (1 - momentum) * batch.mean(axis=0)
            variance = momentum * (mean if new else before) + (1 - momentum) * batch.var(axis=0)
    return mean, variance


def _of_squares(batches, training, momentum=0.99):
    mean, squares = _followed(moment=_mean_square)(batches, training, momentum)
    return mean, squares - mean**2


def _weights_reversed(batches, training, momentum=0.99):
    chosen = _counted(batches, training)
    weights = (1 - momentum) * momentum ** np.arange(len(chosen))
    return weights @ chosen.mean(axis=1), momentum ** len(chosen) + weights @ chosen.var(axis=1)


def _as_in_adam(batches, training, momentum=0.99):
    with np.errstate(all="ignore"):
        return [moving / (1 - momentum ** sum(training)) for moving in _followed()(batches, training, momentum)]


def _of_the_normalized_batch(batches, training, momentum=0.99):
    variances = batches.var(axis=1, keepdims=True)
    return _followed()((batches - batches.mean(axis=1, keepdims=True)) / np.sqrt(variances + 1e-3), training, momentum)


def _variance_by(function):
    """The right mean, and ``function(variance)`` in the variance's place."""

    def wrong(batches, training, momentum=0.99):
        mean, variance = _followed()(batches, training, momentum)
        return mean, function(variance)

    return wrong


def _one_of_two(output, **change):
    """One output with one thing changed, the other as it should be."""

    def wrong(*args):
        return [_followed(**(change if name == output else {}))(*args)[k] for k, name in enumerate(_OUTPUTS)]

    return wrong


def _plain_average(batches, training, momentum=0.99):
    chosen = _counted(batches, training)
    return chosen.mean(axis=(0, 1)), chosen.var(axis=1).mean(axis=0)


# What can be wrong with the line of one output, or with both: a name, its message, and the update.
_UPDATES = [
    (
        "new value not weighted",
        "The batch's value is added with full weight: the factor 1 - momentum is missing.",
        lambda old, new, momentum: momentum * old + new,
    ),
    (
        "old value not weighted",
        "The old value is kept with full weight: the factor momentum is missing.",
        lambda old, new, momentum: old + (1 - momentum) * new,
    ),
    (
        "both weighted by momentum",
        "The old and the new value are both weighted by momentum. The shares should sum to 1.",
        lambda old, new, momentum: momentum * old + momentum * new,
    ),
    (
        "subtracted",
        "The batch's value is subtracted. It should be added, weighted by 1 - momentum.",
        lambda old, new, momentum: momentum * old - (1 - momentum) * new,
    ),
    (
        "brackets",
        "Put brackets around 1 - momentum where it is a factor: multiplication comes before subtraction.",
        lambda old, new, momentum: momentum * old + 1 - momentum * new,
    ),
]


def _in_one_line(update, output):
    """The update of one output alone is another."""

    def wrong(*args):
        return [(_updated(update) if name == output else _followed())(*args)[k] for k, name in enumerate(_OUTPUTS)]

    return wrong


def _known_updates():
    for name, message, update in _UPDATES:
        yield Mistake(name, message, _updated(update))
    in_one_line = [
        *_UPDATES,
        ("momentum swapped", "momentum and 1 - momentum have changed places.",
         lambda old, new, momentum: (1 - momentum) * old + momentum * new),
        ("replaced", "Each batch's value replaces the old one. A share of the old value should stay.",
         lambda old, new, momentum: new),
    ]
    for (name, message, update), output in itertools.product(in_one_line, _OUTPUTS):
        yield Mistake(f"{name}: {output}", f"`{output}`: {message}", _in_one_line(update, output), (output,))


# What can be wrong on its own or beside another: a name, its message, and the changes that make it.
_FAULTS = [
    (
        "momentum swapped",
        "momentum and 1 - momentum have changed places. In Keras momentum is the share of the old value, so with 0.99 "
        "the statistics move slowly. In PyTorch it is the share of the new value: PyTorch's 0.01 is Keras' 0.99.",
        {"keep": lambda momentum: 1 - momentum},
    ),
    (
        "updated in inference",
        "The statistics also follow the inference batches. They should describe the training data: a batch whose "
        "entry in `training` is False leaves them unchanged.",
        {"counts": lambda is_training: True},
    ),
    (
        "updated in inference only",
        "The condition is reversed: the statistics follow the batches whose entry in `training` is False.",
        {"counts": lambda is_training: not is_training},
    ),
    (
        "moving variance starts at 0",
        "The moving variance starts at 0. It should start at 1, so that a fresh layer in inference passes x on almost "
        "unchanged instead of dividing it by almost nothing.",
        {"starts": (0.0, 0.0)},
    ),
    ("moving mean starts at 1", "The moving mean starts at 1. It should start at 0.", {"starts": (1.0, 1.0)}),
    (
        "starts swapped",
        "The mean starts at 1 and the variance at 0. It should be the other way round.",
        {"starts": (1.0, 0.0)},
    ),
    (
        "starts with the first batch",
        "You start with the first training batch's statistics. Keras starts at mean 0 and variance 1 and moves from "
        "there (which is why many steps are needed).",
        {"starts": "first batch"},
    ),
    (
        "ddof=1",
        "The batch's variance is computed with N - 1. PyTorch does that for the moving variance (and only there); "
        "Keras divides by N there, too.",
        {"moment": functools.partial(np.var, ddof=1)},
    ),
    ("standard deviation stored", "You average the standard deviation. Average the variance "
                                  "instead.", {"moment": np.std}),
    (
        "standard deviation with N - 1 stored",
        "You average the standard deviation, and you compute it with N - 1, not N. Average the variance instead, "
        "computed with N.",
        {"moment": functools.partial(np.std, ddof=1)},
    ),
    (
        "variance around 0",
        "The moving variance averages the batches' means of x². A variance is the mean of (x - mean)².",
        {"moment": _mean_square},
    ),
    (
        "squares summed",
        "You sum the batch's squared deviations. The variance is their mean.",
        {"moment": lambda batch, axis: batch.var(axis=axis) * len(batch)},
    ),
    (
        "momentum fixed at 0.99",
        "You use 0.99 whatever momentum is passed. Use the argument.",
        {"keep": lambda momentum: 0.99},
    ),
    (
        "momentum fixed at 0.9",
        "You use 0.9 whatever momentum is passed. Use the argument; its default is 0.99.",
        {"keep": lambda momentum: 0.9},
    ),
]


def _known_faults():
    """Each fault alone, and every two that do not change the same thing."""
    for name, message, change in _FAULTS:
        yield Mistake(name, message, _followed(**change))
    for (one, first, change), (other, second, change_2) in itertools.combinations(_FAULTS, 2):
        if change.keys() != change_2.keys():
            yield Mistake(f"{one} + {other}", f"{first} {second}", _followed(**change, **change_2))


# Which batches count at all: a name, its message, and the batches and entries that are left.
_FLOWS = [
    (
        "stops at the first batch in inference",
        "You stop at the first inference batch. Skip that batch and go on: training may continue after it.",
        lambda batches, training: (batches, training[: (*training, False).index(False)]),
    ),
    (
        "set back in inference",
        "An inference batch sets the statistics back to 0 and 1. It should leave them unchanged.",
        lambda batches, training: _after(batches, training, len(training) - (False, *training)[::-1].index(False)),
    ),
    (
        "all or none",
        "As soon as one batch is in inference, no batch counts, and the result is the starting values, 0 and 1. Each "
        "entry of `training` decides for its own batch.",
        lambda batches, training: (batches, training if all(training) else []),
    ),
    (
        "the first entry decides",
        "The first entry of `training` decides for all batches. Each batch has its own entry.",
        lambda batches, training: (batches, [training[0]] * len(training)),
    ),
    (
        "first batch only",
        "Only the first batch counts. Is the `return` inside the loop?",
        lambda batches, training: (batches, training[:1]),
    ),
    (
        "first training batch only",
        "Only the first training batch counts. Is the `return` inside the loop?",
        lambda batches, training: (batches, training[: [*training, True].index(True) + 1]),
    ),
    (
        "started anew with each training batch",
        "Every training batch starts from 0 and 1 again, so only the last one counts. Are the starting values set "
        "inside the loop?",
        lambda batches, training: _after(_counted(batches, training), [True] * sum(training), sum(training) - 1),
    ),
    (
        "started anew with each batch",
        "Every batch starts from 0 and 1 again, so only the last one counts. Are the starting values set inside "
        "the loop?",
        lambda batches, training: _after(batches, training, len(training) - 1),
    ),
    (
        "last batch left out",
        "The last batch never counts. Does the loop end one batch too early?",
        lambda batches, training: (batches, training[:-1]),
    ),
    (
        "first batch left out",
        "The first batch never counts. Does the loop begin one batch too late?",
        lambda batches, training: _after(batches, training, 1),
    ),
]


# Where the first batch is in inference, no batch counts, and starts that are plain numbers are returned as such.
_PERHAPS_NONE = (
    "stops at the first batch in inference", "all or none", "the first entry decides", "first batch only",
)


def _after(batches, training, first):
    return batches[first:], training[first:]


def _flowing(choose, **change):
    return lambda batches, training, momentum=0.99: _followed(**change)(*choose(batches, training), momentum)


def _known_flows():
    """Each alone, and beside the likeliest faults of another kind."""
    beside = [fault for fault in _FAULTS if fault[0] in (
        "momentum swapped", "ddof=1", "standard deviation stored", "moving variance starts at 0"
    )]
    for name, message, choose in _FLOWS:
        yield Mistake(name, message, _flowing(choose))
        for other, second, change in beside:
            yield Mistake(f"{name} + {other}", f"{message} {second}", _flowing(choose, **change))
        if name in _PERHAPS_NONE:
            yield Mistake(f"{name}, from numbers", message, _flowing(choose, scalars=True))


def _turned_round():
    """Each fault beside another order of the two results."""
    for name, message, change in _FAULTS:
        yield Mistake(
            f"order of the return + {name}", f"The two results have changed places: return the mean first. {message}",
            lambda *args, change=change: _followed(**change)(*args)[::-1],
        )


def _within_range(got, start, values):
    low, high = np.minimum(start, values.min(axis=0)), np.maximum(start, values.max(axis=0))
    return not np.isfinite(got).all() or bool(np.all((low - 1e-4 <= got) & (got <= high + 1e-4)))


moving_statistics = CodeExercise(
    moving_statistics,
    outputs=_OUTPUTS,
    cases=_moving_cases,
    variants=[_in_steps],
    mistakes=[
        *_known_faults(),
        *_known_updates(),
        *_known_flows(),
        *_turned_round(),
        *(
            Mistake(
                f"updated in inference: {output}",
                f"`{output}` also follows the inference batches. Does its line stand under the `if`?",
                _one_of_two(output, counts=lambda is_training: True),
                (output,),
            )
            for output in _OUTPUTS
        ),
        Mistake(
            "of the normalized batch",
            "These are the statistics of the normalized batches: every mean is 0, and every variance is about 1. Take them from "
            "the batch as it comes in.",
            _of_the_normalized_batch,
        ),
        Mistake(
            "never updated",
            "The moving mean is still 0 and the moving variance 1, as in a fresh layer. Are the updates stored, and "
            "are they made with the batch's own mean and variance?",
            lambda batches, training, momentum=0.99: (np.zeros(batches.shape[-1]), np.ones(batches.shape[-1])),
        ),
        *(
            Mistake(
                f"moving mean in the variance's line, {when} its update",
                "`moving_variance`: the old value in its line is the moving mean.",
                lambda batches, training, momentum=0.99, new=new: _mean_in_the_variances_line(
                    batches, training, momentum, new
                ),
                ("moving_variance",),
            )
            for when, new in (("after", True), ("before", False))
        ),
        Mistake(
            "starts with batch 0",
            "You start with the first batch's statistics, even where that batch is in inference. Keras starts at mean "
            "0 and variance 1 and moves from there (which is why many steps are needed).",
            _from_batch_0,
        ),
        Mistake(
            "root of the moving variance",
            "`moving_variance` is the root of the right result. Return the variance itself.",
            _variance_by(np.sqrt),
            ("moving_variance",),
        ),
        Mistake(
            "mean square minus squared mean",
            "`moving_variance` is the moving average of x² minus the square of the moving mean. That also counts how "
            "far the batches' means are from each other, and from 0. Average each batch's own variance.",
            _of_squares,
            ("moving_variance",),
        ),
        Mistake(
            "weights reversed",
            "The weights of the batches are in reverse order: the last batch should count most.",
            _weights_reversed,
        ),
        Mistake(
            "corrected as in Adam",
            "The averages are divided by 1 - momentum to the power of the number of updates, as in Adam. Keras does "
            "not correct for the start.",
            _as_in_adam,
        ),
        Mistake(
            "replaced",
            "The moving statistics are replaced by those of the last batch that counts. They should be an average: a "
            "share of the old value should stay.",
            _followed(keep=lambda momentum: 0.0),
        ),
        Mistake(
            "mean never updated",
            "The moving mean is still 0, as in a fresh layer. Is its update stored, and is it made with the batch's "
            "own mean?",
            lambda batches, training, momentum=0.99: (
                np.zeros(batches.shape[-1]), _followed()(batches, training, momentum)[1]
            ),
            ("moving_mean",),
        ),
        Mistake(
            "variance never updated",
            "The moving variance is still 1, as in a fresh layer. Is its update stored?",
            lambda batches, training, momentum=0.99: (
                _followed()(batches, training, momentum)[0], np.ones(batches.shape[-1])
            ),
            ("moving_variance",),
        ),
        Mistake(
            "order of the return",
            "Both results are right, but they have changed places: return the mean first, then the variance.",
            lambda batches, training, momentum=0.99: _in_steps(batches, training, momentum)[::-1],
        ),
        Mistake(
            "averaged over features",
            "The mean and the variance run over axis 1, which leaves one value per example. Average over axis 0 of each "
            "batch.",
            _updated(_UPDATES[0][2], moments=lambda batch: (batch.mean(axis=1), batch.var(axis=1))),
        ),
        Mistake(
            "mean in the variance's place",
            "The moving variance averages the batches' means.",
            lambda batches, training, momentum=0.99: (
                _followed()(batches, training, momentum)[0],
                _followed(moment=np.mean)(batches, training, momentum)[1],
            ),
            ("moving_variance",),
        ),
        Mistake(
            "one mean for all channels",
            "One mean and one variance are used for all channels. Each channel has its own: `mean` and `var` need an "
            "axis.",
            lambda batches, training, momentum=0.99: _updated(
                lambda old, new, momentum: momentum * old + (1 - momentum) * new, moments=lambda b: (b.mean(), b.var())
            )(batches, training, momentum),
        ),
        Mistake(
            "variance around the moving mean",
            "The batch's variance is taken around the moving mean. It should be taken around the batch's own mean.",
            lambda batches, training, momentum=0.99: _around_the_moving_mean(batches, training, momentum, new=True),
            ("moving_variance",),
        ),
        Mistake(
            "variance around the moving mean, before its update",
            "The batch's variance is taken around the moving mean. It should be taken around the batch's own mean.",
            lambda batches, training, momentum=0.99: _around_the_moving_mean(batches, training, momentum, new=False),
            ("moving_variance",),
        ),
        Mistake(
            "all training values together",
            "These are the mean and the variance of all training batches taken together, which is recipe 2. Momentum does "
            "not enter.",
            lambda batches, training, momentum=0.99: _together(_counted(batches, training)),
        ),
        Mistake(
            "all values together",
            "These are the mean and the variance of all batches taken together. Neither momentum nor `training` enters.",
            lambda batches, training, momentum=0.99: _together(batches),
        ),
        Mistake(
            "old value shrinks in inference",
            "In inference the old value is still multiplied by momentum. An inference batch should leave the "
            "statistics unchanged.",
            _shrinking,
        ),
        *(
            Mistake(
                f"default momentum {default}",
                f"The result is right when momentum is passed. When it is not, your default is {default}. Here the "
                "default is 0.99, as in Keras.",
                lambda batches, training, momentum=default: _followed()(batches, training, momentum),
            )
            for default in (0.1, 0.9)
        ),
        Mistake(
            "one number for all channels",
            "Each result is one number. Each channel has a mean and a variance of its own: `mean` and `var` need an axis.",
            lambda batches, training, momentum=0.99: [
                moving[0] for moving in _updated(
                    lambda old, new, momentum: momentum * old + (1 - momentum) * new, lambda b: (b.mean(), b.var())
                )(batches, training, momentum)
            ],
        ),
        Mistake(
            "plain average",
            "These are the plain averages of the training batches' means and variances. Momentum does not enter.",
            _plain_average,
        ),
    ],
    properties=[
        Property(
            "The second result has a negative value, but a variance cannot be negative. Is the mean in its place, or "
            "is something subtracted?",
            lambda args, outputs: not np.any(outputs[1] < 0),
        ),
        Property(
            "`moving_mean` lies outside the range of its start, 0, and the training batches' means. No average of them does.",
            lambda args, outputs: _within_range(outputs[0], 0.0, _counted(*args[:2]).mean(axis=1)),
        ),
        Property(
            "`moving_variance` lies outside the range of its start, 1, and the training batches' variances. No average of "
            "them does.",
            lambda args, outputs: _within_range(outputs[1], 1.0, _counted(*args[:2]).var(axis=1)),
        ),
    ],
    points=3,
    hints=[
        "Make two arrays of shape (C,) before the loop: which values do they start with?",
        "new = momentum · old + (1 - momentum) · the batch's value: once for the mean, and once for the variance.",
        "`for batch, is_training in zip(batches, training):` and do nothing where `is_training` is False.",
    ],
    insight="With momentum 0.99 a batch's share halves every 69 steps, so four batches hardly move the statistics. A "
    "network that is tested after a few steps is tested with the wrong statistics.",
)
