"""Notebook 12, the second patient: moving averages with so much momentum that they never arrive."""

from __future__ import annotations

import numpy as np

from helpers import nn
from helpers.exercises.engine import DiagnoseExercise, Mistake, Patient, PredictExercise, TreatExercise
from helpers.exercises.engine.clinic import accuracy_of, percent, plain
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
            "a network that overfits is right on the rows that it has learned by heart. This one misses most of its own "
            "training rows as soon as it runs in inference mode.",
        ),
        "classes are missing from training": (
            "classes in both parts",
            "that was the first patient. Here all classes are in both parts.",
        ),
        "other inputs in validation": (
            "pixels of both parts",
            "inputs on another scale show in their mean and standard deviation, and the two parts have the same.",
        ),
    },
    measurements={
        "classes in both parts": "it excludes the first patient's illness, and no other.",
        "best epoch": "it says how bad it is. Both averages that lag and overfitting can keep a validation accuracy low.",
        "pixels of both parts": "it clears the inputs of suspicion. It says nothing about the network.",
    },
    hints=[
        "`fit` measures the training accuracy in training mode and the validation accuracy in inference mode. Which of the two "
        "differences is it: other rows, or another mode?",
        "Take the rows out of the comparison: evaluate the *training* rows in the mode in which the validation rows are "
        "evaluated.",
    ],
    insight="The same rows, two modes, two accuracies: it is the mode. In inference mode the layer uses its moving averages, and "
    "with a momentum of 0.9997 they need thousands of steps. This run had 300.",
)


treat_slow_averages = TreatExercise(
    slow_averages,
    wants=("model",),
    judge=lambda run: held_out_accuracy(run["model"]),
    met=lambda n: n["accuracy"] >= 87,
    report=lambda n: f"On digits that nobody has seen {percent(n['accuracy'])} are right.",
    mistakes=[
        Mistake(
            "momentum turned round",
            "Momentum 0 takes the last batch's statistics alone, 50 rows: better than averages that never arrive, but noisy. "
            "Keep some of the past.",
            lambda n, settings: settings.get("momentum", 1) < 0.3,
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
            "How many steps would it take to get that below 0.01? Within the time given, change something else.",
            lambda n, settings: settings.get("momentum") == 0.9997 and _steps(settings) > 300,
        ),
        Mistake(
            "against overfitting",
            "Fewer steps or more noise are remedies for overfitting, and this network does not overfit. The averages are as far "
            "behind as before.",
            lambda n, settings: settings.get("momentum") == 0.9997 and _steps(settings) <= 300,
        ),
        Mistake(
            "hardly trained",
            "The averages have arrived, but the network has learned little: too few steps, or a learning rate that does not suit "
            "it.",
            lambda n, settings: 0.3 <= settings.get("momentum", 0) and settings["momentum"] ** _steps(settings) <= 0.02,
        ),
    ],
    otherwise="At least 87 % must be right on new digits, in inference mode. Compare the moving averages of your network with the "
    "mean and variance of all training rows.",
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
    insight="Either the averages are made faster, or they are replaced at the end by the statistics of the full training set: the "
    "weights were good all along. That is why the training accuracy was.",
)


def _steps(settings):
    return settings.get("epochs", 5) * 3000 // settings.get("batch", 50)


explain_slow_averages = PredictExercise(
    {"sentence": "b"},
    variable="explanation",
    choices={"sentence": ("a", "b", "c", "d")},
    mistakes={
        "sentence": [
            Mistake("capacity", "a network that has learned its training rows by heart is right on them, in either mode.", "a"),
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
