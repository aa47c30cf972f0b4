"""Notebook 12, the fifth patient: ten sigmoid layers, each passing on an eighth of what it gets, and a flat loss."""

from __future__ import annotations

import copy

import numpy as np

from helpers import nn
from helpers.exercises.comparing import number
from helpers.exercises.engine import DiagnoseExercise, Mistake, Patient, PredictExercise, TreatExercise
from helpers.exercises.engine.clinic import accuracy_of, held_out_digits, percent
from helpers.exercises.model_clinic._shared import held_out_accuracy

RATE, DEPTH, SPREAD, EPOCHS, BATCH_SIZE = 0.1, 10, 0.05, 4, 50  # of the script as it comes
SINGLE_PRECISION = 6e-8  # the distance of two neighbours of float32 just above 0.5
GAIN = 10  # percentage points by which the rows' own statistics must do better than the moving averages


def _spreads(model, x):
    """How far the rows x (N, 784) differ behind each hidden layer: standard deviation over rows, mean over units.

    In double precision: in single precision what is left in the tenth layer is below the rounding.
    """
    behind = model.inputs_of(nn.Dense, np.asarray(x, np.float64))[1:]
    return [float(outputs.std(axis=0).mean()) for outputs in behind]


def _spread_by_layer(run):
    spreads = _spreads(run["model"], run["x"][:1000])
    first, middle, last = spreads[0], spreads[len(spreads) // 2 - 1], spreads[-1]
    rounded = ", less than the 32-bit numbers of the training can hold" if last < SINGLE_PRECISION else ""
    return (
        f"From row to row a unit's output varies by {_short(first)} behind hidden layer 1 (standard deviation, "
        f"mean over the units), by {_short(middle)} behind layer {len(spreads) // 2}, by {_short(last)} behind layer "
        f"{len(spreads)}{rounded}."
    )


def _step_by_layer(run):
    """How far one step of the run's rate would move the lowest and the top kernel, relative to their size."""
    model = run["model"]
    rows = slice(0, 1000)
    _, gradient = nn.softmax_cross_entropy(model(run["x"][rows]), run["y"][rows])
    model.backward(gradient, to_input=False)
    kernels = [layer for layer in model.layers if isinstance(layer, nn.Dense)]
    low, top = (
        run["rate"] * np.linalg.norm(layer.gradients["kernel"]) / np.linalg.norm(layer.kernel)
        for layer in (kernels[0], kernels[-1])
    )
    steps = len(run["history"]["loss"]) * int(np.ceil(len(run["x"]) / BATCH_SIZE))
    return (
        f"At the rate of {run['rate']:g} one step along the gradient of 1,000 rows changes the top kernel by "
        f"{_short(top)} of its size and the lowest by {_short(low)}. At that pace the lowest needs "
        f"{_short(1 / max(low, 1e-300))} steps to change by its own size; the run had {steps}."
    )


def _labels_against_rows(run):
    """Classify the second half of the rows by the nearest class mean of the first."""
    x, y = run["x"], run["y"]
    half = len(x) // 2
    means = np.stack([x[:half][y[:half] == digit].mean(axis=0) for digit in range(10)])
    distances = (means**2).sum(axis=1) - 2 * x[half:] @ means.T
    right = 100 * np.mean(distances.argmin(axis=1) == y[half:])
    return (
        f"The class means of half of these rows, with these labels, classify {percent(right)} of the other half "
        "correctly."
    )


def _loss_by_epoch(run):
    losses = run["history"]["loss"]
    return (
        f"The training loss is {_loss(losses[0])} in the first epoch and {_loss(losses[-1])} in the last. "
        "Ten equal probabilities give log 10 = 2.30."
    )


def _pixels(run):
    x = run["x"]
    return (
        f"The pixels run from {x.min():g} to {x.max():g}; their mean is {_short(x.mean())}, their standard deviation "
        f"{_short(x.std())}."
    )


def _short(value):
    return f"≈ {number(value, 2)}" if abs(value) >= 1e-9 or value == 0 else f"≈ {value:.1e}"


def _loss(value):
    return f"≈ {value:.2f}"


flat_line = Patient(
    measurements={
        "labels against rows": _labels_against_rows,
        "loss by epoch": _loss_by_epoch,
        "pixels": _pixels,
        "spread by layer": _spread_by_layer,
        "step by layer": _step_by_layer,
    }
)


diagnose_flat_line = DiagnoseExercise(
    flat_line,
    cause="signal and gradient vanish",
    measurement="spread by layer",
    also=["step by layer"],
    causes={
        "inputs on the wrong scale": (
            "pixels",
            "pixels from 0 to 1 are what most networks of this course train on.",
        ),
        "labels do not belong to the rows": (
            "labels against rows",
            "with labels from other rows no rule could be right much more often than one time in ten. A rule as "
            "plain as the nearest class mean does far better with these labels.",
        ),
        "learning rate too small": (
            "step by layer",
            "the top layer takes steps of a useful size at this rate. A rate that moved the lowest layer as far "
            "would throw the top one about by millions of times its size. No one rate suits both.",
        ),
        "too few steps": (
            "step by layer",
            "twice or ten times as many steps are not enough, by orders of magnitude: the lowest layer hardly moves "
            "at all.",
        ),
    },
    measurements={
        "labels against rows": "it clears the labels of suspicion. It says nothing about the network.",
        "loss by epoch": "it says how bad it is: as bad as guessing. Each of the causes could do that.",
        "pixels": "it clears the inputs of suspicion. Follow them further, into the network.",
    },
    hints=[
        "The loss stays where guessing is. What would the top layer have to see, so that it cannot do better than "
        "guess?",
        "Send different rows through the network, and look at how much is left of their differences, layer by layer.",
    ],
    insight="All rows look the same to the top layer, so it can learn the class proportions and nothing else. Each "
    "layer multiplies the differences by about 0.05 · √100 = 0.5 (the weights) and by at most 0.25 (the slope of "
    "the sigmoid), at most an eighth in all. The gradient meets the same factors on its way down, so the lowest "
    "layers do not learn, either.",
)


def _judge(run):
    """Accuracy, and what is left on top: spread behind the last hidden layer over the first's; -1: not measured."""
    model = run["model"]
    return held_out_accuracy(model) | _inside(model, held_out_digits()[0][:500]) | _with_own_statistics(model)


def _inside(model, x):
    unknown = {"left": -1.0, "saturated": -1.0}
    if not isinstance(model, nn.Sequential) or not sum(isinstance(layer, nn.Dense) for layer in model.layers) > 1:
        return unknown
    with np.errstate(all="ignore"):
        spreads = _spreads(model, x)
        sigmoids = [np.abs(inputs) for inputs in model.inputs_of(nn.Sigmoid, x)]
    # Outside ±3.9 a sigmoid is below 0.02 or above 0.98.
    saturated = float(np.mean([np.mean(inputs > 3.9) for inputs in sigmoids])) if sigmoids else -1.0
    left = spreads[-1] / spreads[0] if spreads[0] > 0 else 0.0
    return {"left": left if np.isfinite(left) else -1.0, "saturated": saturated}


def _with_own_statistics(model):
    """The same with the BN layers in training mode, all other layers in inference mode; -1: not measured.

    Returns:
        ``own accuracy``: percent right when each BN layer uses the mean and variance of the held-out rows.
        ``own left``: what is left on top then.
        ``momentum``: the largest momentum of the BN layers.
    """
    unknown = {"own accuracy": -1.0, "own left": -1.0, "momentum": -1.0}
    if not isinstance(model, nn.Sequential):
        return unknown
    momenta = [layer.momentum for layer in model.layers if isinstance(layer, nn.BatchNormalization)]
    if not momenta or not sum(isinstance(layer, nn.Dense) for layer in model.layers) > 1:
        return unknown
    model = copy.deepcopy(model)  # training mode moves the averages
    x, y = held_out_digits()
    outputs, behind = x.astype(np.float64), []
    with np.errstate(all="ignore"):
        for layer in model.layers:
            if isinstance(layer, nn.Dense):
                behind.append(float(outputs.std(axis=0).mean()))
            outputs = layer(outputs, isinstance(layer, nn.BatchNormalization))
    accuracy = accuracy_of(outputs, y)
    left = behind[-1] / behind[1] if behind[1] > 0 else 0.0
    if not np.isfinite(accuracy) or not np.isfinite(left):
        return unknown
    return {"own accuracy": accuracy, "own left": left, "momentum": float(max(momenta))}


def _averages_do_not_fit(n):
    """Whether the network does clearly better with the rows' own statistics, in which the differences arrive."""
    return n["own accuracy"] >= n["accuracy"] + GAIN and n["own left"] >= 0.1


def _report(n):
    said = f"On digits that nobody has seen {percent(n['accuracy'])} are right."
    if n["left"] < 0:
        return said
    left = _short(n["left"])
    said += f" From the first hidden layer to the last, the differences between rows are multiplied by {left}."
    if _averages_do_not_fit(n):
        said += (
            " With the mean and variance of these rows in the BN layers, in place of the moving averages, "
            f"{percent(n['own accuracy'])} are right, and the factor is {_short(n['own left'])}."
        )
    return said


def _only(settings, *changed):
    """Whether the run is one of the script's own, and no setting but these differs from the script as it comes."""
    came = {
        "rate": RATE, "activation": nn.Sigmoid, "depth": DEPTH, "spread": SPREAD, "epochs": EPOCHS,
        "batch_size": BATCH_SIZE,
    }
    return settings.keys() == came.keys() and all(settings[k] == v for k, v in came.items() if k not in changed)


treat_flat_line = TreatExercise(
    flat_line,
    wants=("model",),
    judge=_judge,
    met=lambda n: n["accuracy"] >= 65,
    report=_report,
    mistakes=[
        Mistake(
            "averages lag",
            "So the differences do arrive in training mode, in which a BN layer uses the statistics of its batch. In "
            "inference mode it uses its moving averages, and these lag behind. That is the second patient's illness: "
            "what helped there?",
            lambda n, settings: _averages_do_not_fit(n) and n["momentum"] >= 0.95,
        ),
        Mistake(
            "averages do not fit",
            "So the differences do arrive in training mode, in which a BN layer uses the statistics of its batch. In "
            "inference mode it uses its moving averages, and these are far from the statistics of the rows. Compare "
            "the two, as with the second patient.",
            lambda n, settings: _averages_do_not_fit(n),
        ),
        Mistake(
            "another rate",
            "The rate decides how far a step goes. It does not bring the differences back: on top the rows still "
            "look the same, and the loss cannot fall below that of guessing.",
            lambda n, settings: 0 <= n["left"] < 1e-3 and _only(settings, "rate", "epochs", "batch_size")
            and settings["rate"] != RATE,
        ),
        Mistake(
            "more steps",
            "Another number of steps does not bring the differences back: on top the rows still look the same. The "
            "measurement \"step by layer\" says how many steps it would take.",
            lambda n, settings: 0 <= n["left"] < 1e-3 and _only(settings, "epochs", "batch_size")
            and not _only(settings),
        ),
        Mistake(
            "saturated",
            "More than half of the sigmoids' outputs are below 0.02 or above 0.98. There the slope is below 0.02 as "
            "well, and hardly any gradient gets through. Large weights lead there, whether they start large or "
            "large steps made them so.",
            lambda n, settings: n["saturated"] > 0.5,
        ),
        Mistake(
            "relu alone",
            "The slope of a ReLU is 1 or 0, so it does not shrink what it lets through. But the rows still become "
            "alike on the way up: weights that start so small shrink the differences, and a unit whose output is 0 "
            "for every row passes nothing on. How large must the weights be for 100 inputs?",
            lambda n, settings: 0 <= n["left"] < 1e-3 and settings.get("activation") is nn.ReLU
            and 0 < settings.get("spread", 1) < 0.1,
        ),
        Mistake(
            "still alike",
            "On top the rows still vary less than a thousandth of what they do behind the first hidden layer, so "
            "the top layer has little to tell them apart by. By what is a difference multiplied in one of your "
            "layers?",
            lambda n, settings: 0 <= n["left"] < 1e-3,
        ),
        Mistake(
            "less alike",
            "More of the differences arrives on top than in the sick network, but less than a tenth of what the "
            "first hidden layer has. If all layers together are to leave most of it, how much may a single one take?",
            lambda n, settings: 1e-3 <= n["left"] < 0.1,
        ),
        Mistake(
            "stretched",
            "This is the opposite illness: the layers stretch the differences instead of shrinking them, because "
            "the weights are too large for this activation. What grows on the way up makes the gradient grow on the "
            "way down as well. A smaller rate may keep the steps from exploding, but leaves the weights about as large "
            "as they start. How large must they be, so that a layer neither shrinks nor stretches?",
            lambda n, settings: n["left"] > 10,
        ),
        Mistake(
            "hardly trained",
            "On top the rows differ, so this is no longer what holds the network back. Look at the loss of your "
            "run. If it swings or rises, take smaller steps; if it still falls at the end, more steps or larger ones. "
            "If it has fallen far and few digits are right all the same, look at the rows and labels that it was "
            "trained on. If none of this fits, compare your function with the script, line by line.",
            lambda n, settings: n["left"] >= 0.1,
        ),
    ],
    otherwise="At least 65 % must be right on new digits. Look at the loss of your run, epoch by epoch: does it "
    "leave 2.30?",
    cures=[
        """
        treated = train_deep(activation=nn.ReLU, spread=0.14)  # the square root of 2/100
        """,
        """
        @exercises.flat_line.admit
        def with_normalization():
            layers = []
            for _ in range(10):
                start = nn.random_normal(0.05)
                layers += [nn.Dense(100, kernel_initializer=start), nn.BatchNormalization(momentum=0.9), nn.Sigmoid()]
            model = nn.Sequential([*layers, nn.Dense(10)], seed=0)
            nn.fit(model, x[:3000], y[:3000], optimizer=nn.SGD(0.1), batch_size=50, epochs=4)
            return {"model": model}

        treated = with_normalization()
        """,
        """
        treated = train_deep(depth=1)
        """,
    ],
    hints=[
        "A layer multiplies the differences by about `spread` · √100 and by the slope of its activation. Which "
        "changes bring that product near 1?",
        "Either each layer gives its outputs a fixed spread again, whatever arrives (notebook 03), or activation "
        "and weights are chosen together so that a layer neither shrinks nor stretches (notebook 05 names such "
        "weights).",
    ],
    insight="Something has to keep the differences between rows alive on the way up, and the gradient on the way "
    "down: weights that suit the activation, batch normalization in each layer, or fewer layers. Then an ordinary "
    "learning rate is enough.",
)


explain_flat_line = PredictExercise(
    {"sentence": "b"},
    variable="explanation",
    choices={"sentence": ("a", "b", "c", "d")},
    mistakes={
        "sentence": [
            Mistake("rate", "with a small rate the loss falls slowly. Here it stays where guessing is, at three "
                    "rates, the largest a hundred times the smallest.", "a"),
            Mistake("input scale", "all pixels are on one scale, from 0 to 1, and the same network without its lower "
                    "layers learns from them.", "c"),
            Mistake("saturation", "that is the other end of the sigmoid. With small weights it receives values near 0, "
                    "where its slope is largest: a quarter.", "d"),
        ]
    },
    hints=[
        "What grows worse with every layer that you add?",
        "A quarter, ten times over: what is left?",
    ],
    insight="A product of ten factors is nearly 0 as soon as each is well below 1. That is true of what goes up and "
    "of the gradient that comes down.",
)
