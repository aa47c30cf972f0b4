"""Notebook 04, predict: which statistics does a call use."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_BOTH = ("batch", "moving")


which_statistics = PredictExercise(
    {
        "model.fit(x, y)": "batch",
        "model.evaluate(x, y)": "moving",
        "model.predict(x)": "moving",
        "model(x)": "moving",
        "model(x, training=True)": "batch",
        "model(x, training=True), BN frozen": "moving",
    },
    variable="statistics",
    choices=dict.fromkeys(
        (
            "model.fit(x, y)",
            "model.evaluate(x, y)",
            "model.predict(x)",
            "model(x)",
            "model(x, training=True)",
            "model(x, training=True), BN frozen",
        ),
        _BOTH,
    ),
    patterns=[
        Mistake(
            "inference by batch",
            "these calls are inference, and inference uses the moving statistics. With the batch's own, the answer for a row "
            "would depend on its neighbours.",
            {"model.evaluate(x, y)": "batch", "model.predict(x)": "batch", "model(x)": "batch"},
        ),
        Mistake(
            "training by moving",
            "these calls run in training mode, which normalizes with the batch's own statistics and only *updates* the moving "
            "ones.",
            {"model.fit(x, y)": "moving", "model(x, training=True)": "moving"},
        ),
    ],
    mistakes={
        "model.fit(x, y)": [
            Mistake(
                "fit is inference",
                "`fit` trains, and training normalizes with the batch's own statistics: the gradient flows through them.",
                "moving",
            )
        ],
        "model.evaluate(x, y)": [
            Mistake(
                "evaluate like fit",
                "`evaluate` is given labels as `fit` is, but it only measures: it is inference.",
                "batch",
            )
        ],
        "model.predict(x)": [
            Mistake(
                "predict by batch",
                "`predict` is inference. With the batch's statistics the answer for a row would depend on its neighbours.",
                "batch",
            )
        ],
        "model(x)": [
            Mistake(
                "a bare call trains",
                "a call without `training` is inference: the default is False. Whoever writes a training loop by hand must "
                "pass `training=True`.",
                "batch",
            )
        ],
        "model(x, training=True)": [
            Mistake(
                "only fit trains",
                "the argument decides, whoever calls. This call also *moves* the moving statistics, although no weight "
                "is trained.",
                "moving",
            )
        ],
        "model(x, training=True), BN frozen": [
            Mistake(
                "frozen only means untrained",
                "for batch normalization alone Keras gives `trainable = False` a second meaning. What would happen to "
                "the frozen gamma and beta if the statistics went on changing?",
                "batch",
            )
        ],
    },
    points=2,
    hints=[
        "Ask of each call: is a weight going to change? Then ask which calls let *you* decide.",
        "The last one is Keras' own rule, made for fine-tuning: a frozen normalization should do exactly what it did "
        "before.",
    ],
    insight="Only `fit` (and its relative `train_on_batch`) and `training=True` use the batch's statistics. `trainable=False` wins "
    "over `training=True`, for batch normalization and for no other layer.",
)
