"""Notebook 12, the seventh patient: early stopping that watches a quantity which `fit` does not report."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np

from helpers.exercises.engine import DiagnoseExercise, Mistake, Patient, PredictExercise, TreatExercise
from helpers.exercises.engine.clinic import finite_scores, percent, plain
from helpers.exercises.model_clinic._shared import best_epoch, held_out_accuracy, scores_of

ENOUGH = 75  # percent of the held-out digits: the last epoch's weights give 60 to 65, the best epoch's 79 to 84
ROOM = 1  # points of validation accuracy below the best epoch: the lowest validation loss may be in a neighbour of it
EPOCHS = 12  # a run that stops by itself needs about 8, the patient takes 16


def _epoch_of_weights(run):
    """Which epoch of its own history a network comes from, counted from 1; 0 where it is none of them.

    An epoch with the network's accuracy on the validation rows. Of several it is the last, so that a network which was
    never restored is not taken for an earlier one, unless the losses contradict: then the last one with this loss.
    """
    rows, labels = run["validation"]
    scores = finite_scores(scores_of(run["model"], rows))
    if not np.isfinite(scores).all():
        return 0
    right = (scores.argmax(axis=1) == labels).mean()
    alike = np.flatnonzero(np.abs(np.asarray(run["history"]["val_accuracy"]) - right) < 0.5 / len(labels))
    if len(alike) > 1 and "val_loss" in run["history"]:
        losses = np.asarray(run["history"]["val_loss"])[alike]
        same = np.isclose(losses, _cross_entropy(scores, labels), rtol=1e-3)
        alike = alike[same] if same.any() else alike
    return int(alike[-1]) + 1 if len(alike) else 0


def _cross_entropy(scores, labels):
    """Mean over the rows; scores (N, 10) are probabilities, or logits where a row does not add up to 1."""
    if scores.min() < 0 or not np.allclose(scores.sum(axis=1), 1, atol=1e-3):
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        scores /= scores.sum(axis=1, keepdims=True)
    return -np.log(np.maximum(scores[np.arange(len(labels)), labels], 1e-7)).mean()


def _warnings(run):
    """What the callback says when it is told of each epoch once more: a warning, or nothing."""
    values, said = run["history"], []
    for epoch in range(len(values["loss"])):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            run["stopper"].get_monitor_value({name: values[name][epoch] for name in values})
        said += [str(warning.message) for warning in caught]
    return said


def _said(run):
    said = _warnings(run)
    told = f"The callback was told of the {len(run['history']['loss'])} epochs once more. It gave {len(said) or 'no'} "
    return told + ("warnings." if not said else f"warnings, the last: \"{said[-1]}\".")


def _memory(run):
    stopper = run["stopper"]
    best = "none" if stopper.best is None else plain(float(stopper.best))
    kept = "none" if stopper.best_weights is None else f"those of epoch {stopper.best_epoch + 1}"
    return (
        f"At the end the callback remembers: best value so far: {best}; epochs counted without improvement: "
        f"{stopper.wait}; weights kept: {kept}."
    )


def _decline(run):
    values = np.asarray(run["history"]["val_accuracy"])
    return (
        f"The validation accuracy is highest in epoch {values.argmax() + 1}. After it come "
        f"{len(values) - 1 - values.argmax()} epochs that are not better; the patience is {run['stopper'].patience}."
    )


def _whose_weights(run):
    rows, labels = run["validation"]
    right = 100 * (scores_of(run["model"], rows).argmax(axis=1) == labels).mean()
    return (
        f"The returned network is right on {percent(right)} of the validation rows, as after epoch "
        f"{_epoch_of_weights(run)} of {len(run['history']['loss'])}."
    )


long_night = Patient(
    measurements={
        "best epoch": lambda run: best_epoch(run["history"]),
        "epochs after the best": _decline,
        "memory of the callback": _memory,
        "warnings of the callback": _said,
        "whose weights": _whose_weights,
    }
)


diagnose_long_night = DiagnoseExercise(
    long_night,
    cause="what it watches does not exist",
    measurement="warnings of the callback",
    also=["memory of the callback"],
    causes={
        "its patience is too long": (
            "epochs after the best",
            "a callback with this patience that sees this curve stops long before the end.",
        ),
        "it looks in the wrong direction": (
            "memory of the callback",
            "a callback that looks in the wrong direction notes a value, too: the worst instead of the best, beginning "
            "with the first epoch. This one has noted none.",
        ),
        "it restores weights only when it stops": (
            "memory of the callback",
            "in Keras 3 the best weights come back also when the epochs run out first. Here there were none to bring "
            "back. And this cause would not explain why nothing stopped.",
        ),
    },
    measurements={
        "best epoch": "it says what the wrong epoch costs. It does not say why the callback did not act.",
        "epochs after the best": "it clears the patience of suspicion. It does not say what the callback saw.",
        "whose weights": "it confirms the complaint: these are the last epoch's weights. It does not say why.",
    },
    hints=[
        "After the best epoch the curve falls for many epochs. Did the callback see this curve?",
        "A notebook often hides what a library says during training. Ask the callback itself: what does it say of each "
        "epoch, and what does it remember?",
    ],
    insight="Keras 3 does not stop you from watching a quantity that is not there: if `mode` is given, it warns after each "
    "epoch (Python shows only the first of equal warnings, and this notebook none), and training goes on. Without a value "
    "there is no best epoch, nothing to count, and nothing to restore. Look at the keys of `history` for the names that "
    "exist.",
)


def _usable(run):
    """Raise for a result that cannot be judged; the message is for the student.

    Raises:
        TypeError: `history` is not a dictionary, or `validation` is not a pair.
        ValueError: `history` has no `"val_accuracy"`, or not one number per epoch.
    """
    history, validation = run["history"], run["validation"]
    if not isinstance(history, Mapping):
        raise TypeError(
            f"`history` must be a dictionary, not a `{type(history).__name__}`. What `fit` returns has this dictionary "
            "as its attribute `history`."
        )
    if "val_accuracy" not in history:
        names = ", ".join(f'"{name}"' for name in history) or "nothing"
        raise ValueError(f'`history` has no "val_accuracy", one value per epoch. It has: {names}.')
    values = np.asarray(history["val_accuracy"])
    if values.ndim != 1 or not len(values) or values.dtype.kind not in "fiu":
        raise ValueError('`history["val_accuracy"]` must be a list of numbers, one per epoch.')
    if not isinstance(validation, (tuple, list)) or len(validation) != 2 or len(validation[0]) != len(validation[1]):
        raise TypeError("`validation` must be a pair: the rows, and as many labels.")


def _judge(run):
    _usable(run)
    accuracy = held_out_accuracy(run["model"])["accuracy"]
    values = np.asarray(run["history"]["val_accuracy"])
    epoch = _epoch_of_weights(run)
    silent = not hasattr(run.get("stopper"), "get_monitor_value") or "loss" not in run["history"]
    return {
        "accuracy": accuracy,
        "epochs": len(values),
        "epoch": epoch,
        "best": int(values.argmax()) + 1,
        "behind the best": float(100 * (values.max() - values[epoch - 1])) if epoch else 0.0,  # points
        "warnings": -1 if silent else len(_warnings(run)),  # -1: no such callback that could be asked
    }


def _report(n):
    epochs = "1 epoch" if n["epochs"] == 1 else f"{n['epochs']} epochs"
    alike = f"as after epoch {n['epoch']}" if n["epoch"] else "as after none of them"
    return (
        f"On digits that nobody has seen {percent(n['accuracy'])} are right. `history` has {epochs}, the best is epoch "
        f"{n['best']}; on its validation rows the network does {alike}."
    )


def _ran_out(n):
    return n["epochs"] > EPOCHS


def _last(n):
    return n["epoch"] == n["epochs"]


def _near_best(n):
    return n["epoch"] > 0 and n["behind the best"] <= ROOM + 1e-4


def _watched(settings):
    return f"{settings.get('monitor')} {settings.get('mode')}"


treat_long_night = TreatExercise(
    long_night,
    wants=("model", "history", "validation"),
    judge=_judge,
    met=lambda n: n["accuracy"] >= ENOUGH and not _ran_out(n) and _near_best(n) and not _last(n),
    report=_report,
    mistakes=[
        Mistake(
            "another history",
            "On the rows of `validation` the network has an accuracy that none of the epochs in `history` has. Return "
            "the weights of one of these epochs, and the rows and labels on which they were measured.",
            lambda n, settings: n["epoch"] == 0,
        ),
        Mistake(
            "number of epochs set",
            "The network is good. But the callback of this run still finds nothing to compare: something else ended "
            "the run, such as a number of epochs that suits this curve. With other data it can be the wrong number. "
            "Let the run find it.",
            lambda n, settings: n["warnings"] > 0 and _last(n) and not _ran_out(n) and n["accuracy"] >= ENOUGH,
        ),
        Mistake(
            "still not there",
            "The callback of this run still finds nothing to compare, whatever its other settings are. Ask for the "
            "warnings of the first run, and read them to the end: they list the names that it could have watched.",
            lambda n, settings: n["warnings"] > 0 and _last(n),
        ),
        Mistake(
            "wrong direction",
            "The callback now has something to watch, but `mode` does not suit it: the epoch that it takes for the "
            "best has the worst value that it has seen.",
            lambda n, settings: n["warnings"] == 0
            and _watched(settings) in {"val_loss max", "val_accuracy min", "loss max", "accuracy min"},
        ),
        Mistake(
            "watches the training rows",
            "The callback watches a quantity that is measured on the training rows. It keeps improving while the "
            "network learns the wrong labels by heart.",
            lambda n, settings: n["warnings"] == 0 and _ran_out(n) and _watched(settings) in {
                "loss min", "loss auto", "accuracy max", "accuracy auto"
            },
        ),
        Mistake(
            "another epoch",
            "The network has the weights of an epoch before the last. But another epoch of this run is over "
            f"{ROOM} point better on the validation rows. Return the weights of the best of all epochs.",
            lambda n, settings: not _last(n) and not _near_best(n),
        ),
        Mistake(
            "too long",
            f"The network is good, and its weights are not the last epoch's. But the run took more than {EPOCHS} "
            "epochs. Let it wait for a shorter time after its best epoch, or learn faster.",
            lambda n, settings: n["accuracy"] >= ENOUGH and _ran_out(n) and not _last(n),
        ),
        Mistake(
            "declines less",
            f"The network is good enough. But the run took more than {EPOCHS} epochs, and no later epoch shows whether "
            "its last one was the best.",
            lambda n, settings: n["accuracy"] >= ENOUGH and _ran_out(n) and _last(n),
        ),
        Mistake(
            "last epoch",
            "The network is good, but its weights are those of the last epoch. The run has not seen a later epoch that "
            "is worse, or has not gone back. With other data or another seed this may be the wrong epoch: let the run "
            "go past its best epoch and then return to it.",
            lambda n, settings: n["accuracy"] >= ENOUGH and _last(n),
        ),
        Mistake(
            "hardly trained",
            "The last epoch was the best so far: when the run ended, the network was still learning. Let it learn "
            f"faster. A run of fewer than {EPOCHS} epochs may also be longer.",
            lambda n, settings: n["accuracy"] < ENOUGH and _last(n) and n["best"] == n["epochs"],
        ),
        Mistake(
            "nothing stopped it",
            "The best epoch of this run lies before its end. But the network has the last epoch's weights, like the "
            "patient.",
            lambda n, settings: n["accuracy"] < ENOUGH and _last(n),
        ),
    ],
    otherwise=f"At least {ENOUGH} % must be right on new digits, after at most {EPOCHS} epochs, with weights of the "
    "best epoch, which is not the last. Draw the run's validation accuracy and mark the epoch that the weights come "
    "from.",
    cures=[
        """
        treated = train_at_night(monitor="val_accuracy")
        """,
        """
        treated = train_at_night(monitor="val_loss", mode="min")
        """,
        """
        @exercises.long_night.admit
        def keep_the_best():
            model, checked = night_network(), (x[2000:3000], y[2000:3000])
            best, kept, since, seen = -1, None, 0, []
            while since < 3:
                model.fit(x[:2000], typed[:2000], batch_size=250, verbose=0)
                right = (model.predict(checked[0], verbose=0).argmax(axis=1) == checked[1]).mean()
                seen.append(right)
                since += 1
                if right > best:
                    best, kept, since = right, model.get_weights(), 0
            model.set_weights(kept)
            return {"model": model, "history": {"val_accuracy": seen}, "validation": checked}

        treated = keep_the_best()
        """,
    ],
    hints=[
        "The names that a callback can watch are the keys of the run's `history`. Which of them shows the decline?",
        "Give `monitor` one of these names, with the `mode` that suits it: is more of it better, or less?",
    ],
    insight="The weights of the best epoch are back, or those of an epoch that is at most one point worse on the "
    "validation rows. Several ways lead here: another name, another quantity with its own direction, or keeping the "
    "best weights without this callback. All of them go past the best epoch: only worse epochs show that it was the "
    "best.",
)


explain_long_night = PredictExercise(
    {"sentence": "c"},
    variable="explanation",
    choices={"sentence": ("a", "b", "c", "d")},
    mistakes={
        "sentence": [
            Mistake(
                "memorizing",
                "it explains why the curve falls after its best epoch. It does not explain why nothing reacted to "
                "that.",
                "a",
            ),
            Mistake(
                "selection",
                "that makes the best epoch's number a little too good. Here no epoch was chosen at all.",
                "b",
            ),
            Mistake(
                "epoch average",
                "that is why training accuracy and validation accuracy of one epoch belong to different weights. "
                "Nothing here depends on it: the callback had no value of either.",
                "d",
            ),
        ]
    },
    hints=[
        "Two things went wrong at once: no stop, and nothing restored. Which sentence has both?",
        "What does the callback need from each epoch before it can do either?",
    ],
    insight="One comparison per epoch does all the work: is this value better than the best so far? If there is no "
    "value, there is no best, no count and no copy of the weights.",
)
