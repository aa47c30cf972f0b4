"""Notebook 12, the first patient: `validation_split` on rows that are sorted by class."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import DiagnoseExercise, Mistake, Patient, PredictExercise, TreatExercise
from helpers.exercises.engine.clinic import accuracy_of, percent
from helpers.exercises.model_clinic._shared import best_epoch, classes_in, held_out_accuracy, parts, pixels_in, scores_of


def _inference_mode(run):
    x, y = run["training"]
    return f"In inference mode {percent(accuracy_of(scores_of(run['model'], x), y))} of the training rows are right."


sorted_rows = Patient(
    measurements={
        "classes in both parts": lambda run: f"Classes, {classes_in(parts(run, 'y'))}.",
        "training rows in inference mode": _inference_mode,
        "best epoch": lambda run: best_epoch(run["history"]),
        "pixels of both parts": lambda run: f"Pixels, {pixels_in(parts(run, 'x'))}.",
    }
)


diagnose_sorted_rows = DiagnoseExercise(
    sorted_rows,
    cause="classes are missing from training",
    measurement="classes in both parts",
    causes={
        "overfitting": (
            "best epoch",
            "overfitting alone leaves a network better than guessing on new rows of the classes that it knows, and guessing gives "
            "10 %. This one is never right on its validation rows, in any epoch. Which rows are these?",
        ),
        "moving averages lag behind": (
            "training rows in inference mode",
            "averages that lag harm every row that is evaluated in inference mode, training rows included. Here the training "
            "rows come out well in that mode (and this network has no moving averages).",
        ),
        "inputs on another scale": (
            "pixels of both parts",
            "inputs on another scale show in their mean and standard deviation. Here the two parts differ by a few percent, too "
            "little to matter.",
        ),
    },
    measurements={
        "training rows in inference mode": "it shows that the mode is not to blame, and no more: a network that overfits would also "
        "be right on its training rows.",
        "best epoch": "it says how bad it is. It does not say why the network is never right.",
        "pixels of both parts": "it shows that the scale of the inputs is not to blame. Look at what the validation rows are, not "
        "how bright they are.",
    },
    hints=[
        "Guessing gives 10 %. What must be true of rows of which a network gets *none* right?",
        "Keras takes the last rows for `validation_split`, and shuffles only what is left. In which order is the table?",
    ],
    insight="The validation rows hold only classes that the network has never seen, and its outputs for them were trained "
    "towards zero. Neither number of the curve says anything about digits in general: nothing was learned about 8 and 9, and "
    "nothing was validated about 0 to 7.",
)


_FEWEST = 5  # validation rows of each class


def _part(run, name):
    """The rows (N, 784) and labels (N,) of a part; both empty where there is none."""
    part = run[name]
    if part is None:
        return np.empty((0, 784), np.float32), np.empty(0, int)
    if not isinstance(part, (tuple, list)) or len(part) != 2:
        raise TypeError(f"`{name}` must be rows and labels, such as `(x[:100], y[:100])`")
    rows, labels = np.asarray(part[0], np.float32).reshape(-1, 784), np.asarray(part[1]).ravel()
    if len(rows) != len(labels):
        raise ValueError(f"`{name}` has {len(rows)} rows and {len(labels)} labels")
    return rows, labels


def _judge(run):
    (x, y), (rows, labels) = _part(run, "training"), _part(run, "validation")
    trained_on = {row.tobytes() for row in x}
    return held_out_accuracy(run["model"]) | {
        "reported": accuracy_of(scores_of(run["model"], rows), labels) if len(rows) else 0.0,
        "validation rows": float(len(rows)),
        "of the rarest class": float(min(np.sum(labels == digit) for digit in range(10))),
        "classes trained": float(len(np.unique(y))),
        "in both parts": float(sum(row.tobytes() in trained_on for row in rows)),
    }


def _good(n):
    return n["accuracy"] >= 85 and n["worst class"] >= 65


def _fair(n):
    return n["of the rarest class"] >= _FEWEST and not n["in both parts"]


treat_sorted_rows = TreatExercise(
    sorted_rows,
    wants=("model", "training", "validation"),
    judge=_judge,
    met=lambda n: _good(n) and _fair(n) and abs(n["reported"] - n["accuracy"]) <= 8,
    report=lambda n: f"On digits that the network has not seen {percent(n['accuracy'])} are right, {percent(n['worst class'])} in "
    "the worst class; " + (
        f"of its {n['validation rows']:.0f} validation rows {percent(n['reported'])}." if n["validation rows"]
        else "it has no validation rows."
    ),
    mistakes=[
        Mistake(
            "no validation",
            "Nothing is left to validate this network: the next fault will go unnoticed. Keep rows of every class aside.",
            lambda n, settings: not n["validation rows"],
        ),
        Mistake(
            "rows in both parts",
            "Some validation rows are also among the training rows. A row that the network was trained on says nothing about new "
            "ones.",
            lambda n, settings: n["in both parts"] > 0,
        ),
        Mistake(
            "a class is still missing",
            "At least one class is not among the rows that the network trains on. What decides which rows these are?",
            lambda n, settings: n["classes trained"] < 10,
        ),
        Mistake(
            "classes missing from validation",
            f"At least one class has fewer than {_FEWEST} validation rows, so nothing is validated about it. Are the validation rows "
            "a random sample of the table, and enough of them?",
            lambda n, settings: n["of the rarest class"] < _FEWEST,
        ),
        Mistake(
            "hardly trained",
            "All classes are in both parts, and too many new digits are missed all the same. The split is no longer the trouble. Do "
            "labels and rows still belong together? Is the network held back, or trained too little?",
            lambda n, settings: not _good(n),
        ),
    ],
    otherwise="The validation accuracy is more than 8 points away from that on new digits. Are the validation rows a random sample "
    "of the digits, and enough of them?",
    cures=[
        """
        treated = train_on_table(order=np.random.default_rng(1).permutation(3000))
        """,
        """
        @exercises.sorted_rows.admit
        def every_fifth_row():
            kept = np.arange(len(y_table)) % 5 == 0
            model = small_network()
            model.fit(x_table[~kept], y_table[~kept], epochs=5, batch_size=50, verbose=0)
            return {"model": model, "training": (x_table[~kept], y_table[~kept]),
                    "validation": (x_table[kept], y_table[kept])}

        treated = every_fifth_row()
        """,
    ],
    hints=[
        "`fit` shuffles its training rows in every epoch, but only after it has put the last ones aside.",
        "Put the rows into a random order before `fit` sees them, or choose the validation rows yourself.",
    ],
    insight="Every class is now in both parts, and no row is in both. Where a class is rare, take the same share of each class; "
    "where rows belong together (one patient, one writer, one day), keep them together.",
)


explain_sorted_rows = PredictExercise(
    {"sentence": "c"},
    variable="explanation",
    choices={"sentence": ("a", "b", "c", "d")},
    mistakes={
        "sentence": [
            Mistake("capacity", "it may have, but of rows learned by heart nothing follows for classes that were never shown.",
                    "a"),
            Mistake("mode", "that is true of batch normalization, and this network has none.", "b"),
            Mistake("leak", "no row is in both parts, and a leak makes a validation number too good, not too bad.", "d"),
        ]
    },
    hints=[
        "Which of the four speaks of *which rows* are where?",
        "A number measured on a sample speaks of the population that the sample was drawn from.",
    ],
    insight="A validation set is a sample. It says something about new data only if it was drawn from the same population as "
    "they are, and so was the training set.",
)
