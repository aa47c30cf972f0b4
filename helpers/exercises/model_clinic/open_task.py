"""Notebook 12, the open task: the best test accuracy within a minute of two cores."""

from __future__ import annotations

import functools
import inspect
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from helpers.exercises import sandbox
from helpers.exercises.engine import Exercise, Mistake
from helpers.exercises.engine.base import listed
from helpers.exercises.engine.code import is_stub
from helpers.exercises.engine.fair_play import (
    contents,
    digits_for_testing,
    names_with_test_digits,
    noticed_files,
    values_used,
)
from helpers.exercises.verdict import Verdict

PASSES = 99.0  # percent of the test digits
SECONDS = 60.0  # of two cores, on the machine of YARDSTICK_SECONDS
CORES = 2
YARDSTICK_SECONDS = 0.12  # CPU seconds of one piece of the yardstick: see `measured_yardstick`
LEAST_SCALE, LARGEST_SCALE = 0.5, 5.0
PATIENCE = 3.0  # how many times as busy as during the yardstick the machine may become
TRIED = 400  # training digits on which it is seen whether the model can be judged at all
CHANCE = 15.0  # percent: ten classes give 10


# ---- The machine ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Limit:
    """How long ``train`` may take here.

    Attributes:
        scale: how many times as long as on the machine of ``YARDSTICK_SECONDS`` the same work takes.
        seconds: of two cores.
        cpu_seconds: the same as CPU time of the process, over all its threads.
        wall_seconds: on the clock, for a function that waits.
    """

    scale: float
    seconds: float
    cpu_seconds: float
    wall_seconds: float


def limit_on(cpu: float, wall: float) -> Limit:
    """The limit where a piece of the yardstick takes ``cpu`` seconds of CPU time and ``wall`` on the clock.

    CPU time hardly depends on what else runs, so a busy machine does not shorten the minute; the clock's limit grows
    with the share of the machine that others take.
    """
    scale = min(max(cpu / YARDSTICK_SECONDS, LEAST_SCALE), LARGEST_SCALE)
    busy = max(wall / cpu, 1 / CORES)
    return Limit(scale, SECONDS * scale, CORES * SECONDS * scale, PATIENCE * CORES * SECONDS * scale * busy)


def measured_yardstick(pieces: int = 3) -> tuple[float, float]:
    """CPU seconds and seconds on the clock of a fixed job, the median of some pieces.

    The job is what training a small network consists of: two convolutions and their gradients, 12 times on 64
    pictures. ``YARDSTICK_SECONDS`` is the CPU time of the fastest of 60 pieces, rounded, on the course's own machine
    (two cores of an AMD EPYC, while other programs ran).
    """
    job = _job()
    job()  # the first call makes the graph
    times = []
    for _ in range(pieces):
        cpu, clock = time.process_time(), time.perf_counter()
        job()
        times.append((time.process_time() - cpu, time.perf_counter() - clock))
    cpu, wall = np.median(times, axis=0)
    return float(cpu), float(wall)


@functools.cache
def _job() -> Callable[[], None]:
    import tensorflow as tf

    rng = np.random.default_rng(0)
    x, first, second = (
        tf.constant(rng.normal(size=shape).astype(np.float32))
        for shape in [(64, 28, 28, 1), (3, 3, 1, 16), (3, 3, 16, 32)]
    )

    @tf.function(autograph=False)
    def step(x, first, second):
        with tf.GradientTape() as tape:
            tape.watch([first, second])
            h = tf.nn.relu(tf.nn.conv2d(x, first, 2, "SAME"))
            loss = tf.reduce_mean(tf.nn.conv2d(h, second, 1, "SAME") ** 2)
        return tape.gradient(loss, [first, second])

    def job() -> None:
        for _ in range(12):
            gradients = step(x, first, second)
        gradients[0].numpy()

    return job


# ---- The count -----------------------------------------------------------------------------------


def wilson(right: int, count: int, z: float = 1.959964) -> tuple[float, float]:
    """The 95 % confidence interval of a share, ``right`` of ``count``: lower and upper end.

    Source: Wilson (1927), "Probable inference, the law of succession, and statistical inference", Journal of the
    American Statistical Association 22, 209-212.

    Raises:
        ValueError: there are no trials, or more right ones than trials.
    """
    if not 0 <= right <= count or count == 0:
        raise ValueError(f"expected 0 <= right <= count and count > 0, got {right} of {count}")
    share = right / count
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z / (1 + z**2 / count) * math.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    return max(middle - half, 0.0), min(middle + half, 1.0)


# ---- What was measured ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Measured:
    """What the mistakes are told by. Accuracies in percent.

    Attributes:
        seconds: of two cores that ``train`` took, and ``limit``, how many it had.
        opened: it opened a file of the digits; ``names``: what it uses that holds test digits.
        trained_before: the model that it returned was there before it was called.
        ignores, varies, constant: on training digits, its scores stay where they are when the digits change places; a
            digit's scores change with the digits beside it; all digits get the same scores.
        nan: a score is NaN or infinite.
        train: accuracy on training digits, as the test digits are judged; ``train_scaled``: the same digits divided
            by 255; ``train_batch``: with the statistics of the batch (NaN without batch normalization).
        test: accuracy on the test digits; ``right`` of ``count``.
        convolutions: how many layers are convolutions; None where that cannot be seen.
    """

    seconds: float = 0.0
    limit: float = SECONDS
    opened: bool = False
    names: tuple[str, ...] = ()
    trained_before: bool = False
    ignores: bool = False
    varies: bool = False
    constant: bool = False
    nan: bool = False
    train: float = math.nan
    train_scaled: float = math.nan
    train_batch: float = math.nan
    test: float = math.nan
    right: int = 0
    count: int = 0
    convolutions: int | None = None


def scores_of(model: Any, x: np.ndarray) -> np.ndarray:
    """The scores that ``model`` gives to pictures (N, 28, 28): ``model.predict(x)`` or, without one, ``model(x)``.

    Raises:
        ValueError: they do not have the shape (N, 10), or are not numbers.
    """
    if hasattr(model, "predict"):
        quiet = {"batch_size": 200, "verbose": 0} if _of_keras(model) else {}
        parts = [model.predict(x, **quiet)]
    else:
        parts = [model(x[start : start + 1000]) for start in range(0, len(x), 1000)]
    scores = np.concatenate([np.asarray(part) for part in parts])
    if scores.shape != (len(x), 10) or scores.dtype.kind not in "fiub":
        kind = "" if scores.dtype.kind in "fiub" else f" and dtype {scores.dtype}"
        raise ValueError(f"for pictures of shape {x.shape} the model gives scores of shape {scores.shape}{kind}")
    return scores.astype(np.float64)


def _percent_right(scores: np.ndarray, labels: np.ndarray) -> float:
    return float(100 * (scores.argmax(axis=1) == labels).mean())


def _of_keras(model: Any) -> bool:
    return any(base.__module__.split(".")[0] == "keras" for base in type(model).__mro__)


def _layers(model: Any) -> list[Any]:
    """All layers of a Keras model, also those inside models and wrappers."""
    found = [model]
    for layer in getattr(model, "layers", ()):
        found += _layers(layer)
    return found


def _with_batch_statistics(model: Any, x: np.ndarray) -> np.ndarray:
    """The scores with the statistics of batches of 400, as in training; the model's moving statistics change."""
    return np.concatenate([np.asarray(model(x[start : start + 400], training=True)) for start in range(0, len(x), 400)])


class OpenTask(Exercise):
    """Write ``train(x, y)``, which returns a model of the digits. The check runs it within a limit and tests it.

    Meant for honest students: it sees the plain ways to learn from the test digits, not every one.

    Args:
        unfair: what makes the accuracy worthless, as predicates on ``Measured``. The first that is True is told.
        mistakes: the same for an accuracy below ``PASSES``.
        otherwise: said where none of these is True.
        yardstick: returns CPU seconds and seconds on the clock of one piece of the fixed job.
    """

    kind = "experiment"
    minutes = 15

    def __init__(
        self,
        *,
        unfair: Sequence[Mistake],
        mistakes: Sequence[Mistake],
        otherwise: str,
        yardstick: Callable[[], tuple[float, float]] = measured_yardstick,
        points: int = 5,
        hints: Sequence[str],
        insight: str,
    ) -> None:
        super().__init__(points=points, hints=hints, insight=insight)
        self._unfair = tuple(unfair)
        self._about_accuracy = tuple(mistakes)
        self._otherwise = otherwise
        self._yardstick = yardstick
        self._looks = 0

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        return self._unfair + self._about_accuracy

    def solved_cell(self) -> str:
        from helpers.experiments.model_clinic import train

        return inspect.getsource(train)

    def evaluate(self, answer: Any) -> Verdict:
        refusal = self._not_a_function(answer)
        if refusal:
            return refusal
        names = names_with_test_digits(answer)
        if names:
            return self._mistaken(Measured(names=names), f"`train` uses {listed(names)}.")
        limit = limit_on(*self._yardstick())
        from helpers import datasets

        x, y = datasets.load_mnist()[0]
        before = {id(value) for value in _reachable(answer)}
        cpu = time.process_time()
        with noticed_files() as opened:
            outcome = sandbox.call(
                lambda: answer(x.copy(), y.copy()), cpu_seconds=limit.cpu_seconds, wall_seconds=limit.wall_seconds
            )
        measured = Measured((time.process_time() - cpu) / CORES, limit.seconds, opened=bool(opened))
        if opened:
            return self._mistaken(measured, f"While `train` ran, the file `{opened[0]}` was opened.")
        model = outcome.value
        refusal = self._did_not_return(answer, outcome, limit) or self._no_model(model)
        if refusal:
            return refusal
        if id(model) in before:
            return self._mistaken(replace(measured, trained_before=True))
        tried = self._tried(model, x, y, measured, limit)
        if isinstance(tried, Verdict):
            return tried
        return self._mistaken(tried) or self._judged(model, x, y, tried, limit)

    # What is said before anything is measured.

    def _not_a_function(self, answer: Any) -> Verdict | None:
        if answer is None or answer is Ellipsis or is_stub(answer):
            return self._verdict("not attempted", "Write `train` in the cell above, run it, then run this one.")
        if not callable(answer) or hasattr(answer, "predict"):
            return self._verdict(
                "unusable",
                f"`check` takes the function `train` itself, and got a `{type(answer).__name__}`. The check calls the "
                "function, because it measures how long the training takes: `check(train)`.",
            )
        try:
            inspect.signature(answer).bind(None, None)
        except TypeError:
            return self._verdict(
                "unusable", "The check calls your function as `train(x, y)`, with two arguments by position. Give all "
                "others a default.",
            )
        except ValueError:  # a signature that cannot be read
            pass
        return None

    def _did_not_return(self, answer: Callable, outcome: sandbox.Outcome, limit: Limit) -> Verdict | None:
        if outcome.timed_out:
            again = limit_on(*self._yardstick())
            slower = again.scale > 1.25 * limit.scale
            return self._verdict(
                "unusable",
                f"`train` did not return within {_seconds(limit.seconds)} of two cores.",
                "It is still running: restart the kernel (Kernel → Restart) before you go on." if outcome.still_running
                else "It was stopped. Measure the seconds of one epoch, and plan how many epochs fit.",
                "The machine has become slower since the check began, so try again before you change anything."
                if slower else "",
            )
        if outcome.error is not None:
            sentence, where = sandbox.describe_error(outcome.error, answer)
            return self._verdict("unusable", f"`train` did not return a model. {sentence}", code=where)
        return None

    def _no_model(self, model: Any) -> Verdict | None:
        if model is None or model is Ellipsis:
            return self._verdict(
                "not attempted",
                "`train` ran and returned nothing. Let it return the trained model: is the `return` missing?",
            )
        if type(model).__name__ == "History":
            return self._verdict(
                "unusable",
                "`train` returned what `fit` returns, the history of the run. Return the model that was trained.",
            )
        if not callable(model) and not hasattr(model, "predict"):
            return self._verdict(
                "unusable",
                f"`train` returned a `{type(model).__name__}`, which cannot classify digits. Return the model: a Keras "
                "model, or anything that is called on pictures and gives scores.",
            )
        return None

    def _tried(self, model: Any, x: np.ndarray, y: np.ndarray, measured: Measured, limit: Limit) -> Measured | Verdict:
        """What a few training digits show; a verdict where the model cannot be called on them."""
        rng = np.random.default_rng()  # no answer can know it
        rows = rng.choice(len(x), TRIED, replace=False)
        turned = rng.permutation(TRIED)

        def work() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            scores = scores_of(model, x[rows])
            return scores, scores_of(model, x[rows][turned]), scores_of(model, x[rows][: TRIED // 8])

        outcome = self._call(work, limit)
        if isinstance(outcome, Verdict):
            return outcome
        scores, others, few = outcome
        if not np.isfinite(scores).all():
            return replace(measured, nan=True)
        tolerance = 1e-3 * max(scores.std(), 1e-9)
        constant = bool(np.ptp(scores, axis=0).max() <= tolerance)
        moved, alone = np.abs(others - scores[turned]).max(), np.abs(few - scores[: len(few)]).max()
        same = max(moved, alone) <= tolerance
        ignores = not constant and bool(np.abs(others - scores).max() <= tolerance)
        return replace(measured, constant=constant, ignores=ignores, varies=not ignores and not same)

    def _call(self, work: Callable[[], Any], limit: Limit) -> Any:
        """What ``work`` returns, or what is said where the model fails, takes too long or opens the digits' file."""
        with noticed_files() as opened:
            outcome = sandbox.call(work, cpu_seconds=limit.cpu_seconds, wall_seconds=limit.wall_seconds)
        if opened:
            fact = f"While the model classified digits, the file `{opened[0]}` was opened."
            return self._mistaken(Measured(opened=True), fact)
        if outcome.timed_out:
            return self._verdict("unusable", f"The model did not classify the digits within {_seconds(limit.seconds)}.")
        if outcome.error is not None:
            if isinstance(outcome.error, ValueError) and "the model gives scores" in str(outcome.error):
                text = str(outcome.error)
                return self._verdict(
                    "unusable",
                    f"{text[0].upper()}{text[1:]}. Expected are (N, 10): one score per digit class and picture.",
                )
            sentence, _ = sandbox.describe_error(outcome.error, len)
            return self._verdict(
                "unusable", f"The model cannot be called on pictures of shape (N, 28, 28), dtype uint8. {sentence}",
                "Whatever else the pictures need belongs into the model, such as `Reshape` and `Rescaling`.",
            )
        return outcome.value

    # The measurement.

    def _judged(self, model: Any, x: np.ndarray, y: np.ndarray, measured: Measured, limit: Limit) -> Verdict:
        x_test, y_test = digits_for_testing()
        order = np.random.default_rng().permutation(len(x_test))
        rows = np.random.default_rng(0).choice(len(x), 4000, replace=False)  # the same in every check

        def work() -> tuple[np.ndarray, np.ndarray]:
            return scores_of(model, x_test[order]), scores_of(model, x[rows])

        outcome = self._call(work, limit)
        if isinstance(outcome, Verdict):
            return outcome
        scores, on_training = outcome
        if not (np.isfinite(scores).all() and np.isfinite(on_training).all()):
            return self._mistaken(replace(measured, nan=True))
        self._looks += 1
        right = int((scores.argmax(axis=1) == y_test[order]).sum())
        measured = replace(
            measured, right=right, count=len(y_test), test=100 * right / len(y_test),
            train=_percent_right(on_training, y[rows]),
        )
        said = (_report(measured), _to_the_reference(measured.test), self._look())
        if measured.test >= PASSES:
            return self._verdict("correct", *said, self.insight)
        measured = self._causes(model, x[rows], y[rows], measured, limit)
        mistake = next((m for m in self._about_accuracy if m.answer(measured)), None)
        if mistake:
            return self._verdict("known mistake", *said, _shown(mistake, measured), mistakes=(mistake.name,))
        return self._verdict("wrong", *said, self._otherwise)

    def _causes(self, model: Any, x: np.ndarray, y: np.ndarray, measured: Measured, limit: Limit) -> Measured:
        """What else is measured where the accuracy is too low; what cannot be, stays unknown."""

        def scaled() -> float:
            return _percent_right(scores_of(model, x / np.float32(255)), y)

        def batch() -> float:
            return _percent_right(_with_batch_statistics(model, x), y)

        layers = _layers(model) if _of_keras(model) else []
        values = {}
        for name, work in [("train_scaled", scaled), ("train_batch", batch)]:
            if name == "train_batch" and not any(type(layer).__name__ == "BatchNormalization" for layer in layers):
                continue
            outcome = sandbox.call(work, cpu_seconds=limit.cpu_seconds, wall_seconds=limit.wall_seconds)
            if outcome.error is None and not outcome.timed_out:
                values[name] = outcome.value
        convolutions = sum("Conv" in type(layer).__name__ for layer in layers) if len(layers) > 1 else None
        return replace(measured, convolutions=convolutions, **values)

    def _look(self) -> str:
        if self._looks == 1:
            return (
                "This was look number 1 at the test digits in this session. Choose on validation digits before the "
                "next."
            )
        return (
            f"This was look number {self._looks} at the test digits in this session. Whoever chooses by such looks "
            "reports too much: notebook 11 has measured how much (L50.131, L50.151). Choose on validation digits."
        )

    def _mistaken(self, measured: Measured, fact: str = "") -> Verdict | None:
        mistake = next((m for m in self._unfair if m.answer(measured)), None)
        return mistake and self._verdict("known mistake", fact, _shown(mistake, measured), mistakes=(mistake.name,))


def _reachable(function: Callable) -> list[Any]:
    """Everything that lies in the notebook, or in the function's closure and defaults, before it runs."""
    function = inspect.unwrap(function)
    if not inspect.isfunction(function):
        return list(vars(function).values()) if hasattr(function, "__dict__") else []
    values = [value for _, value in values_used(function, set(function.__globals__))]
    return [item for value in values for item in contents(value, set())]


def _seconds(value: float) -> str:
    return f"≈ {value:.0f} s"


def _percent(value: float) -> str:
    return f"≈ {value:.2f} %"


def _shown(mistake: Mistake, measured: Measured) -> str:
    """The message with the measured numbers that it names."""
    numbers = {name: _percent(getattr(measured, name)) for name in ("train", "train_scaled", "train_batch", "test")}
    return mistake.message.format(seconds=_seconds(measured.seconds), limit=_seconds(measured.limit), **numbers)


def _report(measured: Measured) -> str:
    low, high = wilson(measured.right, measured.count)
    return (
        f"Test accuracy {_percent(measured.test)} (95 % confidence interval from {_percent(100 * low)} to "
        f"{_percent(100 * high)}), accuracy on training digits {_percent(measured.train)}. The training took "
        f"{_seconds(measured.seconds)} of two cores and could take {_seconds(measured.limit)} on this machine."
    )


def _to_the_reference(test: float) -> str:
    from helpers import experiments

    recording = experiments.load("open_task")
    mean = 100 * float(recording.arrays["accuracy"].mean())
    if test >= mean:
        beside = "yours is not below it"
    else:
        beside = f"yours is ≈ {mean - test:.2f} points below it"
    return f"The reference solution reaches {_percent(mean)} (mean over {len(recording.units)} seeds): {beside}."


open_task = OpenTask(
    unfair=[
        Mistake(
            "test digits at hand",
            "There are test digits in it, or their labels. A network that has met the test digits is not tested by "
            "them. `train` gets its digits as arguments: use `x` and `y` only, and cut validation digits off them.",
            lambda m: bool(m.names),
        ),
        Mistake(
            "opens the digits' file",
            "The test digits lie in this file, so the accuracy on them would prove nothing. `train` gets its digits as "
            "arguments: use `x` and `y` only.",
            lambda m: m.opened,
        ),
        Mistake(
            "trained before",
            "The model that `train` returned was in the notebook before the check began. Earlier training is not in "
            "the measured time, and every further check would train it more. Build the model inside `train`.",
            lambda m: m.trained_before,
        ),
        Mistake(
            "NaN",
            "Some scores of the model are NaN or infinite. Look at the loss of each epoch. Where it becomes NaN, the "
            "training has diverged: try a smaller learning rate, and scale the pixels.",
            lambda m: m.nan,
        ),
        Mistake(
            "one answer for all",
            "The model gives the same scores to every digit that was tried, so it is right for about a tenth of them: "
            "chance level. Its output does not depend on the pixels. Look at the training loss: does it fall at all? "
            "A smaller learning rate or batch normalization may keep the units alive.",
            lambda m: m.constant,
        ),
        Mistake(
            "ignores its input",
            "Training digits changed places, and the scores stayed where they were: the model does not look at the "
            "pictures. Stored answers are not a model.",
            lambda m: m.ignores,
        ),
        Mistake(
            "not in inference mode",
            "The scores of a digit change with the digits beside it, or from call to call. So something in the model "
            "still works as in training: batch normalization with the batch's statistics, dropout, or augmentation. "
            "Return the Keras model itself, or call it with `training=False`.",
            lambda m: m.varies,
        ),
    ],
    mistakes=[
        Mistake(
            "scaling outside the model",
            "The check passes the pixels as they are, from 0 to 255, and {train} of the training digits are right. "
            "After a division by 255 {train_scaled} are right. So the network has learned from scaled pixels: put the "
            "scaling into the model, as a layer `Rescaling(1 / 255)`.",
            lambda m: m.train_scaled >= m.train + 0.5,
        ),
        Mistake(
            "moving statistics lag",
            "With the statistics of the batch {train_batch} of the training digits are right, with the moving "
            "statistics only {train}. The moving statistics of batch normalization have not caught up. Lower its "
            "`momentum` (Keras starts from 0.99), or take more steps (notebook 04).",
            lambda m: m.train_batch >= m.train + 0.5,
        ),
        Mistake(
            "chance level",
            "Even of the training digits only {train} are right: chance level. Look at the training loss of each "
            "epoch. Where it stays at log 10 ≈ 2.3, nothing is learned: try another learning rate, and see that "
            "pictures and labels are shuffled together.",
            lambda m: m.train <= CHANCE,
        ),
        Mistake(
            "no convolution",
            "No layer of the network is a convolution. In a dense layer each pixel has weights of its own, so what it "
            "learns of a stroke in one place it does not know in another. A convolution shares its weights over the "
            "picture.",
            lambda m: m.convolutions == 0,
        ),
        Mistake(
            "overfits",
            "{train} of the training digits are right, {test} of the test digits: the network overfits. Small shifts "
            "make new pictures of the old (notebook 09); dropout is in notebook 10.",
            lambda m: m.train - m.test >= 0.7 and m.train >= 99.5,
        ),
        Mistake(
            "time is left",
            "Of the training digits, too, only {train} are right: the network underfits. The training took {seconds} "
            "of {limit}, so there is room for more epochs or more channels.",
            lambda m: m.train < 99.5 and m.seconds < m.limit / 2,
        ),
        Mistake(
            "no time is left",
            "Of the training digits, too, only {train} are right: the network underfits, and at least half of the "
            "time is used. Each step has to cost less or bring more. A stride or pooling early in the network saves "
            "much; batch normalization allows a larger learning rate, which has to fall towards the end.",
            lambda m: m.train < 99.5 and m.seconds >= m.limit / 2,
        ),
    ],
    otherwise="The training digits are fitted, and the gap is small: nothing that was measured points to one cause. "
    "Try on validation digits: a learning rate that falls to 0 at the end, slight augmentation, and the time that is "
    "left.",
    hints=[
        "Cut 5,000 validation digits off `x` and write a small network that trains in ten seconds. Which layers make "
        "use of the fact that the input is a picture?",
        "Two or three convolutions with batch normalization are enough. The first layers see the most pixels, so they "
        "cost the most: measure the seconds of one epoch before you plan how many.",
        "Let the learning rate rise for a few steps and then fall to 0 with the last step; shift each picture by a "
        "pixel or so, anew in each epoch; and set the `momentum` of batch normalization to 0.9, so that its moving "
        "statistics follow within few steps.",
    ],
    insight="An accuracy of 99 % on 10,000 digits is known to about ± 0.2 points. A single run therefore decides "
    "little about tenths of a percent. Choosing on validation digits, training with several seeds, and looking at "
    "the test digits once decides more.",
)
