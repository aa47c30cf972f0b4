"""Notebook 03, code: moving statistics."""

from __future__ import annotations

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
    batches = rng.normal([1.0, -2.0], [0.5, 1.8], size=(4, 5, 2))
    # One mean and one spread per batch, so that no two batches can be taken for each other.
    batches = batches * np.array([1, 2, 3, 4]).reshape(4, 1, 1) / 2 + rng.normal(size=(4, 1, 2))
    everything, every_other = [True] * 4, [True, False, True, False]
    return [
        Case("on four training batches with momentum 0.9", (batches, everything, 0.9)),
        Case("on four training batches with the default momentum", (batches, everything)),
        Case("on four batches, the second and the last in inference, with momentum 0.7", (batches, every_other, 0.7)),
    ]


def _in_steps(batches, training, momentum=0.99):
    mean, variance = np.zeros((1, batches.shape[2]), np.float32), np.ones((1, batches.shape[2]), np.float32)
    for i in range(len(batches)):
        if not training[i]:
            continue
        mean = mean + (batches[i].mean(0, keepdims=True) - mean) * (1 - momentum)
        variance -= (1 - momentum) * (variance - batches[i].var(0, keepdims=True))
    return mean, variance


def _followed(
    keep=lambda momentum: momentum, starts=(0.0, 1.0), ddof=0, moment=np.var, always=False, first=False
):
    """Moving statistics with one thing changed."""

    def wrong(batches, training, momentum=0.99):
        mean, variance = (np.full(batches.shape[-1], start) for start in starts)
        share = keep(momentum)
        seen = False
        for batch, is_training in zip(batches, training):
            if not (is_training or always):
                continue
            spread = moment(batch, axis=0, ddof=ddof)
            if first and not seen:
                mean, variance = batch.mean(axis=0), spread
            else:
                mean = share * mean + (1 - share) * batch.mean(axis=0)
                variance = share * variance + (1 - share) * spread
            seen = True
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


def _stopping(batches, training, momentum=0.99):
    stop = (*training, False).index(False)
    return _followed()(batches[:stop], training, momentum)


def _started_anew(batches, training, momentum=0.99):
    return _followed()(batches[-1:], training[-1:], momentum)


def _around_the_moving_mean(batches, training, momentum, new):
    mean, variance = np.zeros(batches.shape[-1]), np.ones(batches.shape[-1])
    for batch, is_training in zip(batches, training):
        if is_training:
            before, mean = mean, momentum * mean + (1 - momentum) * batch.mean(axis=0)
            center = mean if new else before
            variance = momentum * variance + (1 - momentum) * ((batch - center) ** 2).mean(axis=0)
    return mean, variance


def _plain_average(batches, training, momentum=0.99):
    chosen = batches[np.asarray(training)]
    return chosen.mean(axis=(0, 1)), chosen.var(axis=1).mean(axis=0)


moving_statistics = CodeExercise(
    moving_statistics,
    outputs=["moving_mean", "moving_variance"],
    cases=_moving_cases,
    variants=[_in_steps],
    mistakes=[
        Mistake(
            "momentum swapped",
            "momentum and 1 - momentum have changed places. In Keras momentum is the share of the old value, so "
            "0.99 moves slowly. In PyTorch it is the share of the new one: its 0.01 is Keras' 0.99.",
            _followed(keep=lambda momentum: 1 - momentum),
        ),
        Mistake(
            "updated in inference",
            "The statistics also follow the inference batches. They should describe the training data: a batch whose "
            "entry in `training` is False leaves them unchanged.",
            _followed(always=True),
        ),
        Mistake(
            "moving variance starts at 0",
            "The moving variance starts at 0. It should start at 1, so that a fresh layer in inference lets x pass "
            "instead of dividing it by almost nothing.",
            _followed(starts=(0.0, 0.0)),
        ),
        Mistake(
            "moving mean starts at 1",
            "The moving mean starts at 1. It should start at 0.",
            _followed(starts=(1.0, 1.0)),
        ),
        Mistake(
            "replaced",
            "The moving statistics are replaced by the last batch's. They should be an average: a share of the old "
            "value stays.",
            _followed(keep=lambda momentum: 0.0),
        ),
        Mistake(
            "mean never updated",
            "The moving mean is still 0, as in a fresh layer. Is its update stored?",
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
            "starts with the first batch",
            "The first batch's statistics are taken as the start. Keras starts at mean 0 and variance 1 and moves "
            "from there (which is why many steps are needed).",
            _followed(first=True),
        ),
        Mistake(
            "ddof=1",
            "The batch's variance is computed with N - 1. PyTorch does that for the moving variance (and only there); "
            "Keras divides by N there, too.",
            _followed(ddof=1),
        ),
        Mistake(
            "standard deviation stored",
            "The standard deviation is averaged where the variance should be.",
            _followed(moment=np.std),
        ),
        Mistake(
            "order of the return",
            "Both are right but have changed places: return the mean first, then the variance.",
            lambda batches, training, momentum=0.99: _in_steps(batches, training, momentum)[::-1],
        ),
        Mistake(
            "new value not weighted",
            "The batch's value is added with full weight: the factor 1 - momentum is missing.",
            _updated(lambda old, new, momentum: momentum * old + new),
        ),
        Mistake(
            "momentum fixed at 0.99",
            "It uses 0.99 whatever momentum is passed. Use the argument.",
            _followed(keep=lambda momentum: 0.99),
        ),
        Mistake(
            "momentum fixed at 0.9",
            "It uses 0.9 whatever momentum is passed. Use the argument; its default is 0.99.",
            _followed(keep=lambda momentum: 0.9),
        ),
        Mistake(
            "updated in inference only",
            "The condition is reversed: the statistics follow the batches whose entry in `training` is False.",
            lambda batches, training, momentum=0.99: _followed()(batches, [not t for t in training], momentum),
        ),
        Mistake(
            "stops at the first batch in inference",
            "It stops at the first inference batch. Skip that batch and go on: training may continue after it.",
            _stopping,
        ),
        Mistake(
            "first batch only",
            "Only the first batch counts. Is the `return` inside the loop?",
            lambda batches, training, momentum=0.99: _followed()(batches[:1], training, momentum),
        ),
        Mistake(
            "started anew with each batch",
            "Every batch starts from 0 and 1 again, so only the last one counts. Are the starting values set inside "
            "the loop?",
            _started_anew,
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
            "variance around 0",
            "The moving variance averages the mean of x². The variance is the mean of (x - mean)².",
            _followed(moment=lambda batch, axis, ddof: (batch**2).mean(axis=axis)),
            ("moving_variance",),
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
            "plain variance of all values",
            "This is the variance of all batches taken together; momentum does not enter.",
            lambda batches, training, momentum=0.99: (
                batches.mean(axis=(0, 1)), batches[np.asarray(training)].var(axis=(0, 1))
            ),
            ("moving_variance",),
        ),
        Mistake(
            "plain average",
            "This is the plain average over all batches; momentum does not enter. (Recipe 2 is "
            "something else: all training data at once, after training.)",
            _plain_average,
        ),
    ],
    properties=[
        Property(
            "A variance cannot be negative, and one of yours is.",
            lambda args, outputs: bool(np.all(outputs[1] >= 0)),
        ),
        Property(
            "After only a few steps with a large momentum the statistics must still lie near their start, 0 and 1; "
            "yours have moved too far.",
            lambda args, outputs: len(args) > 2 or bool(np.all(np.abs(outputs[0]) < 0.2)),
        ),
    ],
    points=3,
    hints=[
        "Two arrays of shape (C,), made before the loop: which values do they start with?",
        "new = momentum · old + (1 - momentum) · the batch's value. Once for the mean, once for the variance.",
        "`for batch, is_training in zip(batches, training):` and nothing happens where `is_training` is False.",
    ],
    insight="With momentum 0.99 a batch's share halves every 69 steps. Four batches have hardly moved the statistics: "
    "a network tested after a few steps is tested with the wrong statistics.",
)
