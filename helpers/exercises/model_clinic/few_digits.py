"""Notebook 12, the fourth patient: digits are copied before the rows are split; a scaler is suspected."""

from __future__ import annotations

import copy
import functools
from collections.abc import Mapping
from typing import Any

import numpy as np

from helpers import datasets, nn
from helpers.exercises.engine import DiagnoseExercise, Mistake, Patient, PredictExercise, TreatExercise
from helpers.exercises.engine.clinic import accuracy_of, held_out_digits, percent
from helpers.exercises.model_clinic._shared import best_epoch, pixels_in, scores_of

_SAMPLE = 1000  # rows of a part whose distance to the training rows is measured
_LOOKED_AT = 2000  # validation rows whose digit is looked for, at most
_COPIES = 10  # percent of the validation rows that may look like copies
_APART = 8  # points between the validation accuracy and that on held-out digits
_DIGITS = 100  # different digits among the validation rows, at least
_SAME_SHAPE = 0.99  # cosine; half-pixel copies of a digit have at least 0.994, other digits hardly ever 0.99
_TARGET = 82  # percent of the held-out digits
_STEPS = [(0, 0), (0.5, 0), (-0.5, 0), (0, 0.5), (0, -0.5)]  # the patient's copies


def _nearest(run):
    """Median distance to the nearest training row: from validation rows (also to other digits) and from new digits."""
    new = run["new"][0][:_SAMPLE]
    parts = run["x_validation"][:_SAMPLE], new, _shifted(new)
    kept, fresh, shifted = (f"≈ {np.median(_distances(rows, run['x'])):.1f}" for rows in parts)
    other = np.median(_distances_to_other_digits(run["x_validation"][:_SAMPLE], run["x"]))
    return (
        f"The distance from a validation row to the nearest training row is {kept}, and ≈ {other:.1f} to the nearest "
        f"one that shows another digit. From a new digit the nearest training row is {fresh} away, from a new digit "
        f"shifted by half a pixel {shifted} (Euclidean distances, medians)."
    )


def _shifted(rows: np.ndarray) -> np.ndarray:
    """Each of ``rows`` (N, 784) half a pixel lower, as a fifth of the patient's rows are."""
    return nn.shift(rows.reshape(-1, 28, 28, 1), 0.5, 0, fill_mode="constant").reshape(len(rows), -1)


def _distances(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Euclidean distance from each of ``rows`` (N, D) to the nearest of ``others`` (M, D): (N,)."""
    squares = (rows**2).sum(axis=1)[:, None] - 2 * rows @ others.T + (others**2).sum(axis=1)
    return np.sqrt(np.maximum(squares.min(axis=1), 0))


def _distances_to_other_digits(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """As ``_distances``, without the rows of ``others`` that have the same shape, so without moved copies: (N,)."""
    squares = (rows**2).sum(axis=1)[:, None] - 2 * rows @ others.T + (others**2).sum(axis=1)
    alike = _shapes(rows.reshape(-1, 28, 28)) @ _shapes(others.reshape(-1, 28, 28)).T
    squares[alike > _SAME_SHAPE] = np.inf
    return np.sqrt(np.maximum(squares.min(axis=1), 0))


def _scaler(run):
    """Validation accuracy with the scaler's statistics from the training rows alone; on a copy of the network."""
    x, y = run["x_validation"], run["y_validation"]
    model = copy.deepcopy(run["model"])
    scaler = next(layer for layer in model.layers if isinstance(layer, nn.Normalization))
    before, mean, std = accuracy_of(scores_of(model, x), y), scaler.mean.copy(), np.sqrt(scaler.variance)
    scaler.adapt(run["x"])
    moved = np.abs(scaler.mean - mean) / np.maximum(std, scaler.epsilon)
    return (
        f"The scaler's means move by ≈ {moved.max():.2f} standard deviations at most when they come from the "
        f"training rows alone. With the same weights, nothing trained again, the validation accuracy was "
        f"{percent(before)} and is {percent(accuracy_of(scores_of(model, x), y))} then."
    )


def _new_ones_shifted(run):
    """Accuracy on the new digits as they are and shifted by half a pixel, as most of the validation rows are."""
    x, y = run["new"]
    return (
        f"Of the new digits {percent(accuracy_of(scores_of(run['model'], x), y))} are right as they are, "
        f"{percent(accuracy_of(scores_of(run['model'], _shifted(x)), y))} when they are shifted by half a pixel."
    )


few_digits = Patient(
    measurements={
        "best epoch": lambda run: best_epoch(run["history"]),
        "nearest training row": _nearest,
        "new digits, shifted as well": _new_ones_shifted,
        "pixels of both parts": lambda run: "Pixels, "
        + pixels_in({"validation rows": run["x_validation"], "new digits": run["new"][0]}) + ".",
        "scaler from the training rows": _scaler,
    }
)


diagnose_few_digits = DiagnoseExercise(
    few_digits,
    cause="digits are in both parts",
    measurement="nearest training row",
    causes={
        "overfitting": (
            "best epoch",
            "the network may well know its training rows by heart. On rows that it was not trained on, that shows "
            "as a low accuracy. The validation accuracy is high: why do the validation rows not show what the new "
            "digits show?",
        ),
        "the scaler has seen the validation rows": (
            "scaler from the training rows",
            "a scaler must not see the validation rows, that is true. Its share in this complaint can be measured, "
            "and it is far too small for a gap of this size.",
        ),
        "other inputs in the new digits": (
            "new digits, shifted as well",
            "the new digits have not been shifted, most validation rows have. If that were the difference, shifted new "
            "digits would do as well as the validation rows.",
        ),
    },
    measurements={
        "best epoch": "it says how good the number is that misled. It does not say why.",
        "new digits, shifted as well": "it shows that the shift does not make the digits easier on the whole. "
        "Something else is special about the validation rows.",
        "pixels of both parts": "it clears the scale of the inputs of suspicion. The differences are small: the "
        "shift by half a pixel blurs, and the first 600 digits happen to be thinner.",
        "scaler from the training rows": "it clears the scaler of suspicion, and no more.",
    },
    hints=[
        "Take one validation row. What do its neighbours in the training rows look like?",
        "One digit makes five rows. When these rows are dealt out at random, where do they end up?",
    ],
    insight="Nearly every validation row has a twin among the training rows: the same digit, at most one pixel "
    "away. The new digits have none. The scaler did see the validation rows, which is a fault as well, but one that "
    "changes almost nothing here.",
)


# ---- Which rows show the same digit? --------------------------------------------------------------


def _shapes(pictures: np.ndarray) -> np.ndarray:
    """What of a picture does not change when it is moved or dimmed: (N, 28, 28) to unit vectors (N, 88), float32.

    The low frequencies of its Fourier transform, counted from the centre of the ink.
    """
    ink = np.clip(np.asarray(pictures, np.float32), 0, None)
    total = np.maximum(ink.sum(axis=(1, 2)), 1e-6)
    place = np.arange(28, dtype=np.float32)
    row, column = ink.sum(axis=2) @ place / total, ink.sum(axis=1) @ place / total
    down, right = np.r_[0:5, -4:0], np.arange(5)
    waves = np.fft.rfft2(ink, axes=(1, 2))[:, down][:, :, right]
    phase = down[:, None] * row[:, None, None] + right * column[:, None, None]
    waves = (waves * np.exp(2j * np.pi / 28 * phase)).reshape(len(ink), -1)[:, 1:]
    shapes = np.concatenate([waves.real, waves.imag], axis=1).astype(np.float32)
    return shapes / np.maximum(np.linalg.norm(shapes, axis=1, keepdims=True), 1e-6)


@functools.cache
def _library() -> np.ndarray:
    """The shapes of all 60,000 training digits: (60000, 88)."""
    (pictures, _), _ = datasets.load_mnist()
    return np.concatenate([_shapes(pictures[start:start + 5000]) for start in range(0, len(pictures), 5000)])


def _most_alike(shapes: np.ndarray, among: np.ndarray) -> np.ndarray:
    """The number of the shape in ``among`` (M, K) that is most like each of ``shapes`` (N, K)."""
    parts = np.array_split(shapes, max(1, len(shapes) // 50))
    return np.concatenate([(part @ among.T).argmax(axis=1) for part in parts])


def _same_digit(rows: np.ndarray, training_rows: np.ndarray) -> tuple[float, int]:
    """Percent of ``rows`` whose digit is in the training rows, too, wherever in the picture; how many digits they show.

    A row and the training row most like it show the same digit if the same one of all 60,000 is nearest to both.
    """
    if len(rows) > _LOOKED_AT:
        rows = rows[np.random.default_rng(0).choice(len(rows), _LOOKED_AT, replace=False)]
    shapes = _shapes(rows.reshape(-1, 28, 28))
    trained_on = np.concatenate([
        _shapes(training_rows[start:start + 5000].reshape(-1, 28, 28)) for start in range(0, len(training_rows), 5000)
    ])
    twins = trained_on[_most_alike(shapes, trained_on)]
    digits = _most_alike(shapes, _library())
    return 100 * float(np.mean(digits == _most_alike(twins, _library()))), len(np.unique(digits))


def _judge(run: Mapping[str, Any]) -> dict[str, float]:
    parts = {name: np.asarray(run[name]) for name in ("x", "x_validation")}
    for name, rows in parts.items():
        if rows.ndim < 2 or not len(rows) or rows[0].size != 784 or rows.dtype.kind not in "fiu":
            raise ValueError(f"`{name}` must hold rows of 784 pixels, and has shape {rows.shape}")
        if not 0.05 < rows.mean() < 0.3:
            if rows.min() < -0.01 or rows.max() > 1.01:
                raise ValueError(f"`{name}` must hold pixels from 0 to 1, and they reach from {rows.min():.2f} to "
                                 f"{rows.max():.2f}: put the scaler into the network")
            raise ValueError(f"the rows of `{name}` do not look like digits: their mean is {rows.mean():.2f}, that of "
                             "digits is about 0.13")
    labels = np.asarray(run["y_validation"])
    if labels.shape != parts["x_validation"].shape[:1]:
        raise ValueError(f"`y_validation` must hold one label per row of `x_validation`, and has shape {labels.shape}")
    new, new_labels = held_out_digits()
    copies, digits = _same_digit(parts["x_validation"].reshape(-1, 784), parts["x"].reshape(-1, 784))
    return {
        "reported": accuracy_of(scores_of(run["model"], parts["x_validation"]), labels),
        "accuracy": accuracy_of(scores_of(run["model"], new.reshape(-1, *parts["x_validation"].shape[1:])), new_labels),
        "copies": copies,
        "digits": digits,
    }


def _copied(numbers):
    return numbers["copies"] > _COPIES


def _other_steps(settings):
    """Whether the run had steps, and others than the patient's."""
    try:
        return "steps" in settings and [tuple(map(float, step)) for step in settings["steps"]] != _STEPS
    except (TypeError, ValueError):  # a function of the student's own may have `steps` of another kind
        return False


treat_few_digits = TreatExercise(
    few_digits,
    wants=("model", "x", "x_validation", "y_validation"),
    judge=_judge,
    met=lambda n: not _copied(n) and abs(n["reported"] - n["accuracy"]) <= _APART and n["accuracy"] >= _TARGET
    and n["digits"] >= _DIGITS,
    report=lambda n: f"The validation accuracy is {percent(n['reported'])}, on digits that nobody has seen "
    f"{percent(n['accuracy'])}. {percent(n['copies'])} of the validation rows were recognized as digits that were "
    "trained on.",
    mistakes=[
        Mistake(
            "the scaler alone",
            "The scaler takes its statistics from the training rows alone now, as it should. Something "
            "else makes validation rows familiar to the network, and it is still there.",
            lambda n, settings: _copied(n) and settings.get("scale_all") is False and settings.get("kept") is None,
        ),
        Mistake(
            "other rows kept",
            "You have chosen the validation rows, and they still show digits that are among the training rows, in "
            "other copies. Which rows of the table show the same digit?",
            lambda n, settings: _copied(n) and settings.get("kept") is not None,
        ),
        Mistake(
            "against overfitting",
            "Dropout, another width and another number of epochs change what the network learns. They do not change "
            "on which rows it is validated, and these still show digits that it was trained on.",
            lambda n, settings: _copied(n)
            and (settings.get("dropout", 0), settings.get("width", 100), settings.get("epochs", 8)) != (0, 100, 8),
        ),
        Mistake(
            "other copies",
            "More, fewer or other copies are copies all the same: the digits of validation rows are still among the "
            "training rows.",
            lambda n, settings: _copied(n) and _other_steps(settings),
        ),
        Mistake(
            "copies in both parts",
            "Digits of validation rows are still among the training rows, moved or changed. There may be more than "
            "were recognized: the check recognizes slightly shifted copies best, many others not. How well the network "
            "knows such digits says nothing about new ones.",
            lambda n, settings: _copied(n),
        ),
        Mistake(
            "too few digits",
            f"Fewer than {_DIGITS} different digits are among the validation rows. Copies of a digit do not count "
            "twice. With so few, chance alone moves the accuracy by several points: it may agree with new digits "
            "once, and not the next time.",
            lambda n, settings: n["digits"] < _DIGITS,
        ),
        Mistake(
            "hardly trained",
            f"The network is now right on fewer than {_TARGET} % of new digits; the patient did better. An honest "
            "validation accuracy is wanted, and a network that is as useful as before.",
            lambda n, settings: n["accuracy"] < _TARGET and abs(n["reported"] - n["accuracy"]) <= _APART,
        ),
        Mistake(
            "too good all the same",
            "Hardly any digit of the validation rows was recognized in `x`, and the validation accuracy is still "
            "far above the other. Perhaps the network was trained on rows that are not in `x`, or the validation "
            "rows are copies that were changed too much to be recognized, or so few that chance decides.",
            lambda n, settings: n["reported"] - n["accuracy"] > _APART,
        ),
        Mistake(
            "too hard",
            "The validation accuracy is now far below that on new digits. Perhaps the validation rows were changed "
            "more strongly than new digits will be, or they are so few that chance decides.",
            lambda n, settings: n["accuracy"] - n["reported"] > _APART,
        ),
    ],
    otherwise=f"The validation accuracy must be within {_APART} points of that on new digits, and at least {_TARGET} "
    "% of these must be right. Compare the validation rows with the training rows, digit by digit.",
    cures=[
        """
        of_digit = np.arange(3000) % 600  # which digit a row shows
        treated = train_on_few(kept=np.flatnonzero(of_digit >= 420), scale_all=False)
        """,
        """
        @exercises.few_digits.admit
        def split_first():
            order = np.random.default_rng(0).permutation(600)
            used, kept = order[:450], order[450:]
            scaler = nn.Normalization(epsilon=0.1)
            scaler.adapt(x[used])
            model = nn.Sequential([scaler, nn.Dense(100), nn.ReLU(), nn.Dense(10)], seed=0)
            optimizer, rng = nn.Adam(0.003), np.random.default_rng(1)
            for epoch in range(30):  # every epoch shifts the training digits anew, by whole pixels
                pictures = x[used].reshape(-1, 28, 28)
                moved = np.stack([np.roll(p, rng.integers(-1, 2, size=2), axis=(0, 1)) for p in pictures])
                nn.fit(model, moved.reshape(-1, 784), y[used], optimizer=optimizer, batch_size=50, seed=epoch)
            return {"model": model, "x": x[used], "x_validation": x[kept], "y_validation": y[kept]}

        treated = split_first()
        """,
    ],
    hints=[
        "The table has five rows per digit. Row i shows digit i % 600. On which side must all five be?",
        "Either choose the digits for validation and keep all rows of each, or split the 600 digits before anything is "
        "copied.",
    ],
    insight="All rows of one digit belong to one side. Then the validation accuracy is one that you can promise; "
    "where it rests on some hundred digits, it is uncertain by several points. What was wrong was the validation, "
    "not the network. A digit on which the network is validated cannot be trained on as well: that is the price of an "
    "honest number.",
)


explain_few_digits = PredictExercise(
    {"sentence": "d"},
    variable="explanation",
    choices={"sentence": ("a", "b", "c", "d")},
    mistakes={
        "sentence": [
            Mistake("capacity", "it may have learned them by heart. That explains the training accuracy; rows "
                    "that are new to the network would be read worse.", "a"),
            Mistake("scaler", "that is a rule to keep. Here it was broken, and keeping it hardly changes the "
                    "validation accuracy.", "b"),
            Mistake("harder", "that would make the validation accuracy too low. It was too high.", "c"),
        ]
    },
    hints=[
        "Which of the four would make a validation accuracy too high, and by more than ten points?",
        "What did the measurement say about the nearest training row of a validation row?",
    ],
    insight="A random split makes two parts independent only if the rows are. Copies of one digit are not, nor are "
    "two pictures of one patient, or two sentences of one author: split what is independent, then make rows of it.",
)
