"""Notebook 12, the second patient: moving averages with so much momentum that they never arrive."""

from __future__ import annotations

import copy

import numpy as np

from helpers import nn
from helpers.exercises.engine import DiagnoseExercise, Mistake, Patient, PredictExercise, TreatExercise
from helpers.exercises.engine.clinic import accuracy_of, held_out_digits, percent, plain
from helpers.exercises.model_clinic._shared import best_epoch, classes_in, held_out_accuracy, parts, pixels_in, scores_of


def _inference_mode(run):
    x, y = run["training"]
    right = accuracy_of(scores_of(run["model"], x), y)
    return f"In inference mode {percent(right)} of the training rows are right."


def _moving_means(run):
    """How far the first BN layer's moving mean is from the mean over the training rows, in standard deviations."""
    model = run["model"]
    layer = next(layer for layer in model.layers if isinstance(layer, nn.BatchNormalization))
    inputs = model.inputs_of(nn.BatchNormalization, run["training"][0])[0]
    away = np.abs(layer.weights["moving_mean"] - inputs.mean(axis=0)) / inputs.std(axis=0)
    share = np.median(layer.weights["moving_mean"] / inputs.mean(axis=0))
    return (
        f"The moving means of the first BN layer are {plain(np.median(away))} standard deviations away from the means of the "
        f"training rows, and have gone {percent(100 * share)} of the way to them (medians over its channels)."
    )


slow_averages = Patient(
    measurements={
        "classes in both parts": lambda run: f"Classes, {classes_in(parts(run, 'y'))}.",
        "training rows in inference mode": _inference_mode,
        "best epoch": lambda run: best_epoch(run["history"]),
        "pixels of both parts": lambda run: f"Pixels, {pixels_in(parts(run, 'x'))}.",
        "moving mean against the data": _moving_means,
    }
)


diagnose_slow_averages = DiagnoseExercise(
    slow_averages,
    cause="moving averages lag behind",
    measurement="training rows in inference mode",
    also=["moving mean against the data"],
    causes={
        "overfitting": (
            "training rows in inference mode",
            "overfitting is the difference between rows that were learned and others. This network misses most of the rows that it "
            "has learned, as soon as it runs in inference mode.",
        ),
        "classes are missing from training": (
            "classes in both parts",
            "that was the first patient. Here all classes are in both parts.",
        ),
        "inputs on another scale": (
            "pixels of both parts",
            "inputs on another scale show in their mean and standard deviation. Here the two parts differ by a few percent, too "
            "little to matter.",
        ),
    },
    measurements={
        "classes in both parts": "it excludes the first patient's illness, and no other.",
        "best epoch": "it says how bad it is. It does not tell averages that lag from a fault of the rows.",
        "pixels of both parts": "it shows that the scale of the inputs is not to blame, and nothing else.",
    },
    hints=[
        "`fit` measures the training accuracy in training mode and the validation accuracy in inference mode. Which of the two "
        "differences is it: other rows, or another mode?",
        "Take the rows out of the comparison: evaluate the *training* rows in the mode in which the validation rows are "
        "evaluated.",
    ],
    insight="The weights are good: in training mode the rows are right. In inference mode the layer uses its moving averages, and "
    "with a momentum of 0.9997 these need thousands of steps. This run had 300.",
)


def _judge(run):
    """Percent right in inference mode, 500 rows at a time and one at a time, and with the statistics of the batch."""
    model, (x, y) = run["model"], held_out_digits()
    ask = model.predict if isinstance(model, nn.Sequential) else model  # Keras' predict takes long for one row
    alone = np.concatenate([np.asarray(ask(row[None])) for row in x[:200]])
    numbers = held_out_accuracy(model) | {"alone": accuracy_of(alone, y[:200])}
    if not isinstance(model, nn.Sequential):
        return numbers
    model = copy.deepcopy(model)  # training mode moves the averages
    for layer in model.layers:
        if isinstance(layer, nn.Dropout):
            layer.rate = 0.0
    scores = np.concatenate([np.asarray(model(x[at : at + 500], training=True)) for at in range(0, len(x), 500)])
    return numbers | {"by the batch": accuracy_of(scores, y)}


def _learned_little(n):
    return n.get("by the batch", 100.0) < 80


treat_slow_averages = TreatExercise(
    slow_averages,
    wants=("model",),
    judge=_judge,
    met=lambda n: min(n["accuracy"], n["alone"]) >= 80,
    report=lambda n: f"On digits that the network has not seen {percent(n['accuracy'])} are right in inference mode" + (
        f", {percent(n['by the batch'])} with the statistics of the batch." if "by the batch" in n else "."
    ),
    mistakes=[
        Mistake(
            "learned little",
            "With the statistics of the batch, as in training, too few digits are right as well. So the averages are not the only "
            "trouble: this run has learned too little. Look at its training accuracy, and at what you changed in the training.",
            lambda n, settings: _learned_little(n),
        ),
        Mistake(
            "not in inference mode",
            "Many digits at a time come out well, and a digit that comes alone does not. Its answer still depends on the rows beside "
            "it, as in training mode.",
            lambda n, settings: n["accuracy"] >= 80,
        ),
        Mistake(
            "momentum hardly lower",
            "The averages still move too slowly. After t steps the start counts for momentum to the power t: work it out for "
            "your momentum and your number of steps.",
            lambda n, settings: 0 < settings.get("momentum", 0) < 0.9997
            and settings["momentum"] ** _steps(settings) > 0.02,
        ),
        Mistake(
            "more steps",
            "More steps bring the averages closer, but slowly: after t steps the start still counts for 0.9997 to the power t. "
            "How much is that after yours?",
            lambda n, settings: settings.get("momentum") == 0.9997 and _steps(settings) > 300,
        ),
        Mistake(
            "averages as far away",
            "With the statistics of the batch the digits are right, so the weights are good. The averages are no nearer than in "
            "the patient's run: look for what decides how fast they follow.",
            lambda n, settings: settings.get("momentum") == 0.9997 and _steps(settings) <= 300,
        ),
    ],
    otherwise="At least 80 % must be right in inference mode, also one digit at a time. Compare what your network uses in inference "
    "mode with the mean and variance of all training rows.",
    cures=[
        """
        treated = train_slowly(momentum=0.9)
        """,
        """
        @exercises.slow_averages.admit
        def with_full_statistics():
            run = train_slowly()
            network = run["model"]
            normalizers = [layer for layer in network.layers if isinstance(layer, nn.BatchNormalization)]
            for number, layer in enumerate(normalizers):
                inputs = network.inputs_of(nn.BatchNormalization, x[:3000])[number]
                layer.set_weights(layer.weights | {
                    "moving_mean": inputs.mean(axis=0), "moving_variance": inputs.var(axis=0)})
            return run

        treated = with_full_statistics()
        """,
    ],
    hints=[
        "Which number decides how fast the moving averages follow? It is one of the script's settings.",
        "After t steps the start values still count for momentum^t. With 300 steps, which momentum makes that small? Or take the "
        "statistics of all training rows at the end (notebook 03).",
    ],
    insight="One way is to make the averages faster; another is to replace them at the end by the statistics of the full training "
    "set. The patient's weights were good all along, and that is why its training accuracy was.",
)


def _steps(settings):
    return settings.get("epochs", 5) * 3000 // settings.get("batch", 50)


explain_slow_averages = PredictExercise(
    {"sentence": "b"},
    variable="explanation",
    choices={"sentence": ("a", "b", "c", "d")},
    mistakes={
        "sentence": [
            Mistake("capacity", "that explains a difference between rows. Here the same rows come out well in one mode and badly in "
                    "the other.", "a"),
            Mistake("population", "validation and training rows were drawn from the same digits, in random order.", "c"),
            Mistake("batch of one", "that is true of inference mode, and it is what one wants. It explains no loss of "
                    "accuracy.", "d"),
        ]
    },
    hints=[
        "The rows are the same and the accuracies differ. What else differs?",
        "Two modes use two kinds of statistics. Which sentence says when the two agree?",
    ],
    insight="Training uses the batch's statistics, inference those that were remembered. The two agree only once the averages have "
    "arrived; until then `fit` and `evaluate` describe two different networks.",
)
