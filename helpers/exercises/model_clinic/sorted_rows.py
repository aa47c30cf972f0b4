"""Notebook 12, the first patient: `validation_split` on rows that are sorted by class."""

from __future__ import annotations

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
            "a network that overfits has learned something: on new rows it does better than guessing, which gives 10 %. This "
            "one is never right there, in any epoch.",
        ),
        "moving averages lag behind": (
            "training rows in inference mode",
            "averages that lag harm every row that is evaluated in inference mode, training rows included. Here the training "
            "rows come out well in that mode.",
        ),
        "other inputs in validation": (
            "pixels of both parts",
            "inputs on another scale show in their mean and standard deviation. Here the two parts differ little, as "
            "digits of different classes do.",
        ),
    },
    measurements={
        "training rows in inference mode": "it clears the moving averages of suspicion, and no more: a network that overfits "
        "would also be right on its training rows.",
        "best epoch": "it says how bad it is, and speaks against overfitting. It does not say why the network is never right.",
        "pixels of both parts": "it clears the scale of the inputs of suspicion. Look at what the validation rows are, not how "
        "bright they are.",
    },
    hints=[
        "Guessing gives 10 %. What must be true of rows of which a network gets *none* right?",
        "Keras takes the last rows for `validation_split`, and shuffles only what is left. In which order is the table?",
    ],
    insight="The validation rows hold only classes that the network has never seen, and its outputs for them were trained "
    "towards zero. Neither number of the curve says anything about digits in general: nothing was learned about 8 and 9, and "
    "nothing was validated about 0 to 7.",
)


def _judge(run):
    reported = run["history"].get("val_accuracy")
    return held_out_accuracy(run["model"]) | {"reported": 100 * reported[-1] if reported else -1.0}


treat_sorted_rows = TreatExercise(
    sorted_rows,
    wants=("model", "history"),
    judge=_judge,
    met=lambda n: n["accuracy"] >= 85 and n["worst class"] >= 65 and abs(n["reported"] - n["accuracy"]) <= 6,
    report=lambda n: f"On digits that nobody has seen {percent(n['accuracy'])} are right, {percent(n['worst class'])} in the "
    "worst class; " + (
        f"the run reported a validation accuracy of {percent(n['reported'])}." if n["reported"] >= 0
        else "the run has no validation accuracy."
    ),
    mistakes=[
        Mistake(
            "no validation",
            "The network knows all the digits now. But nothing is left to validate it: the next fault will go unnoticed. Keep "
            "rows of every class aside.",
            lambda n, settings: n["reported"] < 0 and n["worst class"] >= 65,
        ),
        Mistake(
            "a class is still missing",
            "At least one class is never recognized, as before: its rows are not among those that the network trains on. "
            "What decides which rows these are?",
            lambda n, settings: n["worst class"] < 5 and n["accuracy"] > 50,
        ),
        Mistake(
            "validation that flatters or scares",
            "All classes are recognized, but the validation accuracy is far from what new digits give. Are its rows a random "
            "sample of all of them?",
            lambda n, settings: n["worst class"] >= 65 and abs(n["reported"] - n["accuracy"]) > 6,
        ),
        Mistake(
            "hardly trained",
            "Every class is missed often, new digits and validation rows alike: this run has learned little. Train for longer, "
            "or hold the network back less.",
            lambda n, settings: n["accuracy"] < 85 and abs(n["reported"] - n["accuracy"]) <= 6,
        ),
    ],
    otherwise="At least 85 % must be right on new digits, 65 % in each class, and the validation accuracy within 6 points of "
    "that. Which rows does the network train on, and which does it keep?",
    cures=[
        """
        treated = train_on_table(order=np.random.default_rng(1).permutation(3000))
        """,
        """
        @exercises.sorted_rows.admit
        def every_fifth_row():
            kept = np.arange(len(y_table)) % 5 == 0
            model = small_network()
            history = model.fit(
                x_table[~kept], y_table[~kept], validation_data=(x_table[kept], y_table[kept]),
                epochs=5, batch_size=50, verbose=0)
            return {"model": model, "history": history.history}

        treated = every_fifth_row()
        """,
    ],
    hints=[
        "`fit` shuffles its training rows in every epoch, but only after it has put the last ones aside.",
        "Put the rows into a random order before `fit` sees them, or choose the validation rows yourself.",
    ],
    insight="Either the rows are in random order before they are split, or you choose the validation rows yourself. Where a "
    "class is rare, take the same share of each class; where rows belong together (one patient, one writer, one day), keep "
    "them together.",
)


explain_sorted_rows = PredictExercise(
    {"sentence": "c"},
    variable="explanation",
    choices={"sentence": ("a", "b", "c", "d")},
    mistakes={
        "sentence": [
            Mistake("capacity", "the network is neither too large nor too small: with the same one the treated run does well.",
                    "a"),
            Mistake("mode", "training mode and inference mode agree on this network's training rows.", "b"),
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
