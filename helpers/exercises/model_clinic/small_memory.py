"""Notebook 12, the sixth patient: batch normalization that sees two rows, and gradients added up over 16 passes."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from helpers import nn
from helpers.exercises.comparing import number
from helpers.exercises.engine import DiagnoseExercise, Mistake, Patient, PredictExercise, TreatExercise
from helpers.exercises.engine.clinic import held_out_digits, percent
from helpers.exercises.model_clinic._shared import held_out_accuracy

PASSES, RATE, EPOCHS = 16, 0.003, 5  # of the script as it comes
NEAR = 0.05  # a normalized value this close to +1 or -1 counts as one of the two


# ---- How many rows are in the memory at a time? ----------------------------------------------------------------------


class Meter:
    """What a run sent through networks of ``helpers.nn`` in training.

    Attributes:
        rows: the largest batch that passed in training mode, or of which a gradient came back; 0: none.
        normalized: the largest batch that a BN layer took statistics of in training mode; 0: none.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.normalized = 0


_active: list[Meter] = []
_hooked = False


@contextmanager
def metered() -> Iterator[Meter]:
    """Yield a ``Meter`` that counts while the ``with`` lasts, in every network of ``helpers.nn``."""
    _hook()
    meter = Meter()
    _active.append(meter)
    try:
        yield meter
    finally:
        _active[:] = [other for other in _active if other is not meter]


def _hook() -> None:
    """Let the networks of ``helpers.nn`` tell the active meters what passes. Outside a ``with`` it does nothing."""
    global _hooked
    if _hooked:
        return
    _hooked = True  # never taken away: a run that was stopped may still be going on
    call, model_backward, recall = nn.Layer.__call__, nn.Sequential.backward, nn.Layer._recall

    @functools.wraps(call)
    def counted_call(self, x, training=False):
        if training and _active:
            _count(x, isinstance(self, nn.BatchNormalization))
        return call(self, x, training)

    # A forward pass in inference mode may be large; what comes back from it was kept, and counts.
    @functools.wraps(model_backward)
    def counted_backward(self, gradient, **options):
        _count(gradient)
        return model_backward(self, gradient, **options)

    @functools.wraps(recall)
    def counted_recall(self, gradient):  # layers whose backward is called by hand
        _count(gradient)
        return recall(self, gradient)

    nn.Layer.__call__, nn.Sequential.backward, nn.Layer._recall = counted_call, counted_backward, counted_recall


def _count(batch: Any, by_batch_normalization: bool = False) -> None:
    rows = len(batch) if np.ndim(batch) else 0
    for meter in _active:
        meter.rows = max(meter.rows, rows)
        if by_batch_normalization:
            meter.normalized = max(meter.normalized, rows)


class MeteredPatient(Patient):
    """A patient whose runs are metered: ``meters`` holds one ``Meter`` for each of ``visits``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.meters: list[Meter] = []

    def admit(self, script: Callable) -> Callable:
        watched = super().admit(script)

        @functools.wraps(watched)
        def counted(*args: Any, **kwargs: Any) -> Any:
            with metered() as meter:
                try:
                    return watched(*args, **kwargs)
                finally:
                    # A first run that fails is not kept as a visit.
                    self.meters += [meter] * (len(self.visits) - len(self.meters))

        return counted

    def forget(self) -> None:
        super().forget()
        self.meters.clear()

    def meter_of(self, items: dict[str, Any]) -> Meter:
        """The meter of the run that returned ``items``, as kept in its visit."""
        return next(meter for visit, meter in zip(self.visits, self.meters) if visit.items is items)


# ---- Measurements ----------------------------------------------------------------------------------------------------


def _normalizers(model):
    return [layer for layer in model.layers if isinstance(layer, nn.BatchNormalization)]


def _normalized_values(run):
    """The share of normalized values near +1 or -1, in passes of two rows and of 32."""
    model = copy.deepcopy(run["model"])  # training mode moves the averages
    shares = {}
    for rows in (2, 32):
        near = []
        for start in range(0, 320, rows):
            inputs = model.inputs_of(nn.BatchNormalization, run["x"][start:start + rows], training=True)
            for values, layer in zip(inputs, _normalizers(model), strict=True):
                x_hat = nn.normalize(values, (0,), layer.epsilon).x_hat
                near.append(np.mean(np.abs(np.abs(x_hat) - 1) < NEAR))
        shares[rows] = percent(100 * np.mean(near))
    return (
        f"In training passes of two rows {shares[2]} of all normalized values lie within {NEAR:g} of +1 or -1, in "
        f"passes of 32 rows {shares[32]}."
    )


def _accumulated(run):
    """The accumulated gradient of 16 passes of two rows against one pass of the same 32, without BN and with it."""
    with_bn = copy.deepcopy(run["model"])
    without = nn.Sequential([copy.deepcopy(layer) for layer in with_bn.layers if layer not in _normalizers(with_bn)])
    without.build((2, 784))
    said = []
    for name, model in (("without its BN layers", without), ("with them", with_bn)):
        pairs, together = (_flat(run["mean_gradients"](model, np.arange(32), rows)) for rows in (2, 32))
        cosine = pairs @ together / np.linalg.norm(pairs) / np.linalg.norm(together)
        ratio = np.linalg.norm(pairs) / np.linalg.norm(together)
        said.append(f"{name} {_short(ratio)} times as long, and the cosine between the two is {cosine_text(cosine)}")
    return (
        "The gradient accumulated over 16 passes of two rows, against that of one pass of the same 32: "
        f"{'; '.join(said)}."
    )


def cosine_text(value):
    return f"≈ {value + 0.0:.2f}".replace("-0.00", "0.00")


def _flat(gradients):
    return np.concatenate([np.ravel(gradient) for gradient in gradients]).astype(np.float64)


def _full_statistics(run):
    """Validation accuracy with the moving averages, and with the statistics of all training rows in their place."""
    model = copy.deepcopy(run["model"])
    count = run["trained_on"]
    validation = run["x"][count:], run["y"][count:]
    moving = 100 * model.evaluate(*validation)["accuracy"]
    for index, layer in enumerate(_normalizers(model)):
        inputs = model.inputs_of(nn.BatchNormalization, run["x"][:count])[index]
        layer.set_weights(layer.weights | {"moving_mean": inputs.mean(axis=0), "moving_variance": inputs.var(axis=0)})
    full = 100 * model.evaluate(*validation)["accuracy"]
    return (
        f"Of the validation rows {percent(moving)} are right with the moving averages, {percent(full)} with the "
        "mean and variance of all training rows."
    )


def _by_epoch(run):
    values = [100 * value for value in run["history"]["accuracy"]]
    return (
        f"The validation accuracy is {percent(values[0])} after the first epoch and {percent(values[-1])} after the "
        "last."
    )


def _short(value):
    return f"≈ {value:.2f}" if value < 10 else f"≈ {number(value, 2)}"


small_memory = MeteredPatient(
    measurements={
        "accumulated against one pass": _accumulated,
        "accuracy by epoch": _by_epoch,
        "full statistics": _full_statistics,
        "normalized values": _normalized_values,
    }
)


diagnose_small_memory = DiagnoseExercise(
    small_memory,
    cause="statistics of two rows",
    measurement="normalized values",
    also=["accumulated against one pass"],
    causes={
        "gradients accumulated wrongly": (
            "accumulated against one pass",
            "the same code was tried on the same network without its BN layers. There, 16 passes of two rows give "
            "the gradient of one pass of 32, in direction and in length. The accumulation does what it should.",
        ),
        "moving averages lag behind": (
            "full statistics",
            "averages that lag harm a network whose weights are good: with the statistics of all training rows in "
            "their place it is well. This one is not.",
        ),
        "too few steps": (
            "accuracy by epoch",
            "in the figure the network with 32 rows per pass takes exactly as many steps, and ends far above that.",
        ),
    },
    measurements={
        "accuracy by epoch": "it says how bad it is. Each of the causes could do that.",
        "full statistics": "it clears the averages of suspicion, which are used in inference mode. Look at what "
        "happens in training.",
    },
    hints=[
        "16 passes of two rows and one pass of 32 rows add up the same 32 losses. In which layers does a row's "
        "output depend on the other rows of its pass?",
        "Take two numbers, subtract their mean, divide by their standard deviation. What is left of them?",
    ],
    insight="Of two values BN leaves +1 and -1: which of the two is larger, and nothing of how much. (Only where they "
    "differ so little that `epsilon` counts is something left of it.) That happens in each pass, before any gradient "
    "is added to another. Adding up gradients averages over 16 such passes, each with the wrong statistics.",
)


# ---- Treatment -------------------------------------------------------------------------------------------------------


def _judge(run):
    meter = small_memory.meter_of(run)
    counted = {"rows": float(meter.rows), "normalized": float(meter.normalized)}
    return held_out_accuracy(run["model"]) | counted | _settings_of_layers(run["model"])


def _settings_of_layers(model):
    """The largest ``epsilon`` of its BN layers and the fewest units ``per group`` of its group normalizations; 0: none.

    Instance normalization of a row counts as groups of one unit.
    """
    if not isinstance(model, nn.Sequential):
        return {"epsilon": 0.0, "per group": 0.0}
    x = held_out_digits()[0][:2]
    grouped = [layer for layer in model.layers if isinstance(layer, nn.GroupNormalization)]
    inputs = model.inputs_of(nn.GroupNormalization, x)
    units = [v.shape[-1] // g.groups if g.groups > 0 else 1 for g, v in zip(grouped, inputs, strict=True)]
    units += [1 for v in model.inputs_of(nn.InstanceNormalization, x) if v.ndim == 2]
    return {
        "epsilon": float(max((layer.epsilon for layer in _normalizers(model)), default=0)),
        "per group": float(min(units, default=0)),
    }


def _report(n):
    said = f"On digits that nobody has seen {percent(n['accuracy'])} are right."
    return said + (f" Rows at a time in training: {n['rows']:.0f}." if n["rows"] else "")


def _settings_of_script(settings):
    return settings.keys() == {"norm", "rows", "passes", "rate", "epochs"}


treat_small_memory = TreatExercise(
    small_memory,
    wants=("model",),
    judge=_judge,
    met=lambda n: n["accuracy"] >= 65 and 1 <= n["rows"] <= 2,
    report=_report,
    mistakes=[
        Mistake(
            "nothing metered",
            "During this run no network of `helpers.nn` was trained, so the check cannot say how many rows were in "
            "the memory at a time. Train one, in the run that you pass on.",
            lambda n, settings: n["rows"] == 0,
        ),
        Mistake(
            "over the memory",
            "The memory holds two rows at a time, forwards in training mode and backwards. This run took more. Find "
            "a change that needs no more than two.",
            lambda n, settings: n["rows"] > 2,
        ),
        Mistake(
            "one row",
            "A BN layer took the statistics of a single row. A value minus itself is 0, so in training the layer "
            "passes on its beta, whatever the row.",
            lambda n, settings: n["normalized"] == 1,
        ),
        Mistake(
            "large epsilon",
            "BN layers took their statistics of two rows in this run. A larger `epsilon` leaves more of a pair than "
            "+1 and -1: some of how far the two rows differ, until it is so large that next to nothing is left. "
            "Their mean is lost with any `epsilon`: one row's normalized value is the other's with the sign changed. "
            "Which statistics would not tie a row to the other one of its pass?",
            lambda n, settings: n["normalized"] == 2 and n["epsilon"] >= 0.01,
        ),
        Mistake(
            "more passes",
            "However many passes you add up, in each of them the BN layers see two rows. Accumulating averages "
            "gradients; the mean and variance are taken before.",
            lambda n, settings: n["normalized"] == 2 and _settings_of_script(settings) and settings["passes"] != PASSES,
        ),
        Mistake(
            "another rate",
            "Another rate changes the size of the steps. In each pass the BN layers still see two rows, and leave "
            "little more than +1 and -1 of them.",
            lambda n, settings: n["normalized"] == 2 and _settings_of_script(settings) and settings["rate"] != RATE,
        ),
        Mistake(
            "more epochs",
            "Another number of epochs does not change what a pass makes of its two rows, even where it gains some "
            "points. The BN layers have no more than two rows to go by in the last epoch, as in the first.",
            lambda n, settings: n["normalized"] == 2 and _settings_of_script(settings) and settings["epochs"] != EPOCHS,
        ),
        Mistake(
            "still two rows",
            "In this run, too, BN layers took their statistics of two rows in training mode. Of two values "
            "per mean little more is left than +1 and -1.",
            lambda n, settings: n["normalized"] == 2,
        ),
        Mistake(
            "instance normalization",
            "Instance normalization takes its mean over the places of one channel of one example. A row has no "
            "places: each value is alone, and its own mean.",
            lambda n, settings: _settings_of_script(settings) and settings["norm"] is nn.InstanceNormalization,
        ),
        Mistake(
            "groups of one",
            "Somewhere in your network a mean runs over a single value of a single row, as in groups of one unit. A "
            "value minus itself is 0, so that layer passes on its beta, whatever the row.",
            lambda n, settings: n["per group"] == 1,
        ),
        Mistake(
            "groups of two",
            "Groups of two units: each mean runs over two values again, now of one row. (Without an argument group "
            "normalization makes 32 groups. Of 64 units that leaves two per group.)",
            lambda n, settings: n["per group"] == 2,
        ),
        Mistake(
            "hardly trained",
            "No BN layer took statistics of two rows in this run, so that illness is gone. Look at the accuracy of "
            "your run by epoch. If it still rises, give it more steps or larger ones; if it swings or falls, "
            "smaller ones. If neither, compare your function with the script, line by line.",
            lambda n, settings: n["normalized"] == 0,
        ),
    ],
    otherwise="At least 65 % must be right on new digits, and in training at most two rows at a time may pass "
    "through the network. Look at the accuracy of your run by epoch.",
    cures=[
        """
        treated = train_in_passes(norm=nn.LayerNormalization)
        """,
        """
        @exercises.small_memory.admit
        def with_fixed_statistics():
            blocks = [[nn.Dense(64), nn.BatchNormalization(), nn.ReLU()] for _ in range(5)]
            model = nn.Sequential([*sum(blocks, []), nn.Dense(10)], seed=0)
            model.build((2, 784))
            for number, layer in enumerate(layer for layer in model.layers if isinstance(layer, nn.BatchNormalization)):
                inputs = model.inputs_of(nn.BatchNormalization, x[:1024])[number]  # an inference pass: nothing is kept
                layer.set_weights(layer.weights | {
                    "moving_mean": inputs.mean(axis=0), "moving_variance": inputs.var(axis=0)})
            optimizer, rng = nn.Adam(0.003), np.random.default_rng(0)
            for epoch in range(5):
                for batch in nn.batches(1024, 32, rng):
                    total = 0
                    for pair in batch.reshape(-1, 2):
                        scores = model(x[pair])  # in inference mode: the statistics stay as they are
                        model.backward(nn.softmax_cross_entropy(scores, y[pair])[1], to_input=False)
                        total = total + np.array([gradient.copy() for gradient in model.gradients], dtype=object) / 16
                    optimizer.apply(list(total), model.trainable_weights)
            return {"model": model}

        treated = with_fixed_statistics()
        """,
        """
        treated = train_in_passes(norm=None)
        """,
    ],
    hints=[
        "Which statistics need no other row of the pass? And which can be had from many rows without training on them?",
        "Notebook 06 has layers whose mean runs over one row. Notebook 04 has BN layers whose statistics are "
        "measured once and then stay.",
    ],
    insight="The full cure is to normalize a row by something that two rows can supply: its own statistics, those "
    "of all training rows, measured in inference mode and then kept, or nothing at all. Then accumulating does what "
    "it promises: 16 passes of two rows make the step of one pass of 32. Where BN stays on two rows, fewer such "
    "layers lose less (notebook 06), and an `epsilon` of the size of the variances keeps some of how far the two "
    "rows differ.",
)


explain_small_memory = PredictExercise(
    {"sentence": "a"},
    variable="explanation",
    choices={"sentence": ("a", "b", "c", "d")},
    mistakes={
        "sentence": [
            Mistake("lag", "that is another illness of BN. With the statistics of all training rows in place of the "
                    "moving averages this network is no better than before, or hardly.", "b"),
            Mistake("linear rule", "that is about the rate, and all runs of the figure have the same one. 32 rows in "
                    "one pass learn with it; two rows per pass hardly do, whether 16 passes are added up or 64.", "c"),
            Mistake("cure", "that is true, and says why a layer normalization would be a cure. It does not say what "
                    "the pairs do to BN.", "d"),
        ]
    },
    hints=[
        "What is added up over the passes, and what is not?",
        "The mean of a BN layer is taken inside a pass.",
    ],
    insight="Accumulation adds gradients. A BN layer's statistics are taken inside each pass, so they never see "
    "more than its rows. Libraries behave in the same way: accumulating does not enlarge BN's batch.",
)
