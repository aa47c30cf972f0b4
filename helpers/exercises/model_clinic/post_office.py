"""Notebook 12, the third patient: a network that answers in training mode, and gets one class per batch."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from helpers import nn
from helpers.exercises.engine import DiagnoseExercise, Mistake, Patient, PredictExercise, TreatExercise
from helpers.exercises.engine.clinic import accuracy_of, held_out_digits, percent
from helpers.exercises.model_clinic._shared import best_epoch, classes_in, pixels_in, scores_of

_BATCH = 100  # rows per mixed batch, and letters per tray
_ALONE = 60  # held-out digits that are asked one at a time: few, because `predict` of Keras is slow per call
_TARGET = 80  # percent
_AGAIN = 5  # mixed batches that are asked a second time
_OTHERWISE = 0.2  # percent of the digits that may get another answer: rounding may decide a close call
_FAR = 20  # points between mixed digits and others: far more than chance makes
_TRAINING = {"epochs": 5, "batch_size": 50, "rate": 0.003}  # the patient's


def _parts(run, place):
    return {"validation rows": run["validation"][place], "letters": run["office"][place]}


def _inference_mode(run):
    x, y = run["office"]
    return f"In inference mode {percent(accuracy_of(scores_of(run['model'], x), y))} of the letters are right."


def _random_order(run):
    """The letters in trays of 100 as the script reads them, but mixed. On a copy: reading moves the moving averages."""
    model = copy.deepcopy(run["model"])
    x, y = run["office"]
    order = np.random.default_rng(0).permutation(len(x))
    scores = [model(x[order[start:start + _BATCH]], True) for start in range(0, len(x), _BATCH)]
    right = accuracy_of(np.concatenate(scores), y[order])
    return f"In random order, {_BATCH} at a time, {percent(right)} of the letters are right."


post_office = Patient(
    measurements={
        "best epoch": lambda run: best_epoch(run["history"]),
        "classes in both parts": lambda run: f"Classes, {classes_in(_parts(run, 1))}.",
        "letters in inference mode": _inference_mode,
        "letters in random order": _random_order,
        "pixels of both parts": lambda run: f"Pixels, {pixels_in(_parts(run, 0))}.",
    }
)


diagnose_post_office = DiagnoseExercise(
    post_office,
    cause="rows are read in training mode",
    measurement="letters in random order",
    also=["letters in inference mode"],
    causes={
        "overfitting": (
            "letters in random order",
            "an overfitted network fails on rows that it was not trained on, in any order. These are the same "
            "letters and the same network, and only the order has changed.",
        ),
        "moving averages lag behind": (
            "letters in inference mode",
            "averages that lag do harm in inference mode, where the network uses them. In that mode it reads the "
            "letters well.",
        ),
        "other inputs in the post office": (
            "letters in random order",
            "in another order the same letters are read well, and not one of their pixels has changed. Each letter is "
            "an ordinary digit.",
        ),
    },
    measurements={
        "best epoch": "it says that the validation rows are read well. It says nothing about the letters.",
        "classes in both parts": "it shows that no class is missing in the post office. It tells none of these "
            "causes apart.",
        "pixels of both parts": "it clears the scale of the inputs of suspicion. It says nothing about what they "
            "show, nor about the network.",
    },
    hints=[
        "The letters are digits like the others. What is different about a tray of them?",
        "Leave the network and the letters as they are and change their order. A network that reads each row for "
        "itself would not notice.",
    ],
    insight="The second argument of `model(rows, True)` is `training`. In training mode each BN layer takes mean "
    "and variance from the rows of the call. In a mixed batch these are close to those of all digits; in a tray of "
    "sevens, what all sevens have in common is subtracted. The validation rows were mixed, so they did not show it.",
)


@contextmanager
def _kept(model: Any) -> Iterator[None]:
    """Give the model its weights back at the end: a call in training mode moves the moving averages."""
    weights = {}
    if isinstance(model, nn.Sequential):
        weights = {name: weight.copy() for name, weight in model.weights.items()}
    try:
        yield
    finally:
        if weights:
            model.set_weights(weights)


def _judge(run: Mapping[str, Any]) -> dict[str, float]:
    """Percent right in each way of asking; percent answered otherwise in another way, and asked again in the same."""
    predict = run["predict"]
    if not callable(predict):
        raise TypeError(f"`predict` must be a function of rows, not a `{type(predict).__name__}`")
    x, y = held_out_digits()
    alone = np.arange(_ALONE)
    ways = {
        "mixed": np.split(np.arange(len(x)), len(x) // _BATCH),
        "sorted": [np.flatnonzero(y == digit) for digit in range(10)],
        "single": alone[:, None],
    }
    numbers, answers, asked = {}, {}, {}
    for way, batches in (ways | {"again": ways["mixed"][:_AGAIN]}).items():
        with _kept(run.get("model")):
            scores = np.concatenate([_answers(predict, x[rows].copy()) for rows in batches])
        order = asked[way] = np.concatenate(list(batches))
        numbers[way] = accuracy_of(scores, y[order])
        answers[way] = np.full(len(x), -1)
        answers[way][order] = scores.argmax(axis=1)
    del numbers["again"]
    # What asking alone changes is measured on the few, and added to what all digits tell.
    few = accuracy_of(np.eye(10)[answers["mixed"][alone]], y[alone])
    numbers["single"] = float(np.clip(numbers["mixed"] + numbers["single"] - few, 0, 100))
    other = answers["sorted"] != answers["mixed"]
    other[alone] |= answers["single"][alone] != answers["mixed"][alone]
    return numbers | {
        "other answer": 100 * float(other.mean()),
        "asked again": 100 * float(np.mean((answers["again"] != answers["mixed"])[asked["again"]])),
    }


def _answers(predict: Any, rows: np.ndarray) -> np.ndarray:
    scores = np.asarray(predict(rows))
    if scores.shape != (len(rows), 10):
        raise ValueError(f"`predict` must return scores of shape ({len(rows)}, 10) for rows of shape {rows.shape}, and "
                         f"returned shape {scores.shape}")
    return scores


def _depends_on_batch(numbers):
    """Mixed rows are read well; the same digits in other batches are not, and get other answers."""
    fails = min(numbers["sorted"], numbers["single"]) < _TARGET <= numbers["mixed"]
    return fails and numbers["other answer"] > _OTHERWISE


def _momentum(settings):
    """The momentum of the normalization that was asked for; None where there is none."""
    try:
        return getattr(settings["norm"](), "momentum", None)
    except Exception:  # noqa: BLE001 - a function of the student's own may have a `norm` of another kind
        return None


treat_post_office = TreatExercise(
    post_office,
    wants=("predict",),
    judge=_judge,
    met=lambda n: min(n[way] for way in ("mixed", "sorted", "single")) >= _TARGET
    and max(n["other answer"], n["asked again"]) <= _OTHERWISE,
    report=lambda n: f"Of digits that nobody has seen, `predict` gets {percent(n['mixed'])} right in mixed batches, "
    f"{percent(n['sorted'])} one class per batch, {percent(n['single'])} one digit at a time (estimated "
    f"from {_ALONE}). "
    f"{percent(n['other answer'])} of the digits do not get the same answer in each of these ways.",
    mistakes=[
        Mistake(
            "random or changing",
            "Asked twice about the same batches, `predict` does not answer the same both times. Something in it is "
            "random, or changes from call to call. The answer for a digit must depend on that digit alone.",
            lambda n, settings: n["asked again"] > _OTHERWISE,
        ),
        Mistake(
            "mixed rows fail, and the batch decides",
            "Mixed digits are read far better than the same digits in other batches: the answer for a digit still "
            "depends on the rows beside it. In addition, fewer of the mixed digits are right than before.",
            lambda n, settings: n["mixed"] < _TARGET and n["mixed"] - min(n["sorted"], n["single"]) > _FAR,
        ),
        Mistake(
            "mixed rows fail",
            "Not even mixed digits are read well, and they were not the patient's trouble. The network has learned "
            "too little, or `predict` does not use it in a way that suits its training.",
            lambda n, settings: n["mixed"] < _TARGET,
        ),
        Mistake(
            "only single digits",
            "One digit at a time is read well, a batch of one class is not. The answer for a digit must not depend "
            "on how many rows come with it, nor on which ones.",
            lambda n, settings: n["single"] >= _TARGET > n["sorted"],
        ),
        Mistake(
            "only whole batches",
            "A batch of one class is read well, a digit that comes alone is not. Its answer still depends on the rows "
            "beside it, and here there are none.",
            lambda n, settings: n["sorted"] >= _TARGET > n["single"] and n["other answer"] > _OTHERWISE,
        ),
        Mistake(
            "another tray",
            "The size of a tray may change the number that the run reports. It does not help a digit that comes "
            "alone, and no tray is large enough if all its rows are of one class.",
            lambda n, settings: _depends_on_batch(n) and settings.get("tray", _BATCH) != _BATCH,
        ),
        Mistake(
            "another momentum",
            "The momentum decides how fast the moving averages follow. The answer for a digit changed with the rows "
            "beside it, and it still does.",
            lambda n, settings: _depends_on_batch(n) and _momentum(settings) not in (None, 0.99),
        ),
        Mistake(
            "more training",
            "Mixed digits are read well, so the weights are not the trouble. Other epochs, learning rates or batch "
            "sizes in training change the weights, and the answer for a digit still depends on the rows beside it.",
            lambda n, settings: _depends_on_batch(n)
            and any(settings.get(name, usual) != usual for name, usual in _TRAINING.items()),
        ),
        Mistake(
            "still depends on the batch",
            "Mixed digits are read well; the same digits come out wrong in a batch of one class and alone. The "
            "answer for a digit still depends on the rows beside it. What does the network take from them?",
            lambda n, settings: _depends_on_batch(n),
        ),
        Mistake(
            "a little on the batch",
            "Enough digits are right each way, but not every digit gets the same answer each way. The answer still "
            "depends on the rows beside a digit, though less than it did.",
            lambda n, settings: n["other answer"] > _OTHERWISE,
        ),
    ],
    otherwise=f"At least {_TARGET} % must be right in mixed batches, one class per batch, and one digit at a time, and "
    "each digit must get the same answer each time.",
    cures=[
        """
        @exercises.post_office.admit
        def read_in_inference_mode():
            run = train_reader()
            return run | {"predict": run["model"].predict}

        treated = read_in_inference_mode()
        """,
        """
        treated = train_reader(norm=nn.LayerNormalization)
        """,
        """
        @exercises.post_office.admit
        def fold_the_statistics():
            run = train_reader()
            layers, rows = [], x[:3000]
            for layer in run["model"].layers:  # each BN layer becomes a scale and a shift that no batch can change
                if isinstance(layer, nn.BatchNormalization):
                    scale = layer.gamma / np.sqrt(rows.var(axis=0) + layer.epsilon)
                    shift = layer.beta - rows.mean(axis=0) * scale
                    layers.append(lambda rows, scale=scale, shift=shift: rows * scale + shift)
                else:
                    layers.append(layer)
                rows = layers[-1](rows)

            def predict(rows):
                for layer in layers:
                    rows = layer(rows)
                return rows
            return {"predict": predict}

        treated = fold_the_statistics()
        """,
    ],
    hints=[
        "Where in the script is the network called, and what do its arguments mean? `help(nn.Sequential.__call__)` "
        "tells.",
        "Either the network is called in another mode, or it gets a normalization that takes nothing from the batch.",
    ],
    insight="In inference mode a row is normalized with statistics that were fixed before it came; layer "
    "normalization takes them from the row itself. Both ways the answer for a digit does not depend on the others. In "
    "the patient, every reading in training mode also moved the moving averages, towards the rows being read. "
    "This did no harm yet, because nobody used them; many more trays of one class would spoil inference mode, too.",
)


explain_post_office = PredictExercise(
    {"sentence": "a"},
    variable="explanation",
    choices={"sentence": ("a", "b", "c", "d")},
    mistakes={
        "sentence": [
            Mistake("capacity", "the network was trained on neither the validation rows nor the letters, and "
                    "it reads the validation rows.", "b"),
            Mistake("lag", "the sentence is true, but this network was never read in inference mode: its "
                    "moving averages had no part in the answers.", "c"),
            Mistake("shift", "each letter is like a validation row: mixed with others, the letters are read "
                    "as well as those.", "d"),
        ]
    },
    hints=[
        "Which of the four speaks of the rows that are read together?",
        "Two batches, the same network: where does a letter meet other numbers than a validation row?",
    ],
    insight="The network that was validated and the one in the post office have the same weights, and they are two "
    "functions: in training mode the function changes with the batch. Validate in the mode, and on the batches, in "
    "which the network will work.",
)
