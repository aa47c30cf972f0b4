"""The open task of notebook 12: what its check says, with cheap models in place of trained ones."""

import copy
import functools
import importlib
import math
import time
import urllib.request

import numpy as np
import pytest

from helpers import datasets

task = importlib.import_module("helpers.exercises.model_clinic.open_task")

(X, Y), (X_TEST, Y_TEST) = datasets.load_mnist()


@functools.cache
def known():
    return {x.tobytes(): y for x, y in [*zip(X, Y), *zip(X_TEST, Y_TEST)]}


class Oracle:
    """Knows all digits by heart, and errs on as many as it is told. No array of it holds digits."""

    def __init__(self, wrong=0, wrong_training=0):
        self.wrong = {x.tobytes() for x in X_TEST[:wrong]} | {x.tobytes() for x in X[:wrong_training]}

    def __call__(self, x):
        labels = [(known()[one.tobytes()] + (one.tobytes() in self.wrong)) % 10 for one in np.asarray(x)]
        return np.eye(10, dtype=np.float32)[np.array(labels, int)]


class Predicting(Oracle):
    """The same as an object with `predict` only."""

    predict = Oracle.__call__
    __call__ = None


@pytest.fixture
def exercise():
    """The exercise, unused so far, on the machine of the reference value."""
    fresh = copy.copy(task.open_task)
    fresh._looks = 0
    fresh._yardstick = lambda: (task.YARDSTICK_SECONDS, task.YARDSTICK_SECONDS / 2)
    return fresh


def returning(value):
    def train(x, y):
        return value() if isinstance(value, type) else value

    return train


def centroids(divided_by=255):
    """Class means, and the bias, of the classifier by the nearest mean, for pixels divided by `divided_by`."""
    rows = X.reshape(-1, 784) / divided_by
    means = np.array([rows[Y == digit].mean(axis=0) for digit in range(10)])
    return 2 * means.T, -(means**2).sum(axis=1)


def linear(*before, kernel_and_bias=None):
    import keras

    kernel, bias = kernel_and_bias or centroids()
    model = keras.Sequential([keras.Input((28, 28)), *before, keras.layers.Flatten(), keras.layers.Dense(10)])
    model.layers[-1].set_weights([kernel, bias])
    return model


# ---- The machine ---------------------------------------------------------------------------------


def test_the_minute_is_a_minute_of_two_cores_on_the_reference_machine():
    limit = task.limit_on(task.YARDSTICK_SECONDS, task.YARDSTICK_SECONDS / 2)
    assert (limit.scale, limit.seconds, limit.cpu_seconds, limit.wall_seconds) == (1, 60, 120, 180)


@pytest.mark.parametrize(("times", "seconds"), [(2, 120), (0.8, 48), (0.1, 30), (50, 300)])
def test_the_minute_scales_with_the_yardstick_between_its_bounds(times, seconds):
    cpu = times * task.YARDSTICK_SECONDS
    limit = task.limit_on(cpu, cpu / 2)
    assert limit.seconds == pytest.approx(seconds)
    assert limit.cpu_seconds == pytest.approx(2 * seconds)


def test_a_busy_machine_has_as_much_computing_and_more_time_on_the_clock():
    idle = task.limit_on(task.YARDSTICK_SECONDS, task.YARDSTICK_SECONDS / 2)
    busy = task.limit_on(task.YARDSTICK_SECONDS, 4 * task.YARDSTICK_SECONDS)
    assert busy.cpu_seconds == idle.cpu_seconds
    assert busy.wall_seconds == 8 * idle.wall_seconds


def test_the_yardstick_measures_work():
    cpu, wall = task.measured_yardstick()
    assert 0.01 < cpu < 20 * task.YARDSTICK_SECONDS
    assert wall > cpu / 64  # no machine here has more cores


# ---- The interval --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    # Examples for method 3, the score interval, of Newcombe (1998).
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_has_known_values(right, count, low, high):
    assert task.wilson(right, count) == pytest.approx((low, high), abs=6e-5)


@pytest.mark.parametrize(("right", "count"), [(9_900, 10_000), (9_931, 10_000), (7, 10)])
def test_the_ends_are_where_the_score_test_changes_its_mind(right, count):
    for end in task.wilson(right, count):
        assert abs(right / count - end) == pytest.approx(1.959964 * math.sqrt(end * (1 - end) / count))


@pytest.mark.parametrize(("right", "count"), [(1, 0), (-1, 5), (6, 5)])
def test_an_impossible_count_is_refused(right, count):
    with pytest.raises(ValueError, match="expected 0 <= right <= count"):
        task.wilson(right, count)


# ---- Not attempted, and not to be judged ---------------------------------------------------------


def stub(x, y):
    """Train."""
    return None


def dots(x, y):
    ...


def forgets(x, y):
    Oracle()


@pytest.mark.parametrize("answer", [None, ..., stub, dots, forgets], ids=lambda value: getattr(value, "__name__", str(value)))
def test_what_returns_nothing_is_not_attempted(exercise, answer):
    verdict = exercise.evaluate(answer)
    assert verdict.state == "not attempted"
    assert ("is the `return` missing" in str(verdict)) == (answer is forgets)


@pytest.mark.parametrize("answer", [Predicting(), 3, "train"], ids=["model", "number", "text"])
def test_it_takes_the_function(exercise, answer):
    verdict = exercise.evaluate(answer)
    assert verdict.state == "unusable" and f"got a `{type(answer).__name__}`" in str(verdict)


@pytest.mark.parametrize("answer", [lambda: 1, lambda x: x, lambda x, y, z: x], ids=["none", "one", "three"])
def test_other_arguments_are_refused(exercise, answer):
    verdict = exercise.evaluate(answer)
    assert verdict.state == "unusable" and "`train(x, y)`" in str(verdict)


def test_it_gets_copies_of_all_training_digits(exercise):
    got = []

    def train(x, y, seed=0):
        got.append((x.shape, x.dtype, y.shape, y.dtype, np.array_equal(x, X)))
        x[:] = 0
        return Oracle()

    assert exercise.evaluate(train).passed
    assert got == [((60_000, 28, 28), np.uint8, (60_000,), np.uint8, True)]


def test_an_error_is_told_with_the_students_line(exercise):
    def train(x, y):
        rows = x.reshape(-1, 784)
        return rows @ np.ones(10)  # does not fit

    verdict = exercise.evaluate(train)
    assert verdict.state == "unusable" and "did not return a model. It raised `ValueError`" in str(verdict)
    assert verdict.code.endswith("return rows @ np.ones(10)  # does not fit")


def endless(x, y):
    while True:
        pass


def waits(x, y):
    time.sleep(30)


@pytest.mark.parametrize("answer", [endless, waits])
def test_over_the_limit_it_is_stopped(exercise, answer, monkeypatch):
    monkeypatch.setattr(task, "SECONDS", 0.1)
    began = time.monotonic()
    verdict = exercise.evaluate(answer)
    assert time.monotonic() - began < 20
    assert verdict.state == "unusable" and "`train` did not return within ≈ 0 s of two cores." in str(verdict)
    # A thread that sleeps cannot be stopped.
    assert ("restart the kernel" in str(verdict)) == (answer is waits)
    assert "slower" not in str(verdict)


def test_a_long_fit_of_keras_is_stopped_and_keras_goes_on(exercise, monkeypatch, capsys):
    import keras

    def train(x, y, epochs=10**6):
        model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(10)])
        model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        model.fit(x[:256], y[:256], batch_size=64, epochs=epochs)
        return model

    monkeypatch.setattr(task, "SECONDS", 2.0)
    verdict = exercise.evaluate(train)
    assert "`train` did not return within ≈ 2 s" in str(verdict) and "It was stopped." in str(verdict)
    assert capsys.readouterr() == ("", "")
    assert train(X, Y, epochs=1).predict(X[:3], verbose=0).shape == (3, 10)


def test_a_machine_that_became_slower_is_told(exercise, monkeypatch):
    monkeypatch.setattr(task, "SECONDS", 0.1)
    pieces = iter([(task.YARDSTICK_SECONDS, 1), (2 * task.YARDSTICK_SECONDS, 1)])
    exercise._yardstick = lambda: next(pieces)
    assert "The machine has become slower" in str(exercise.evaluate(endless))


class History:
    pass


@pytest.mark.parametrize(
    ("value", "said"),
    [(History(), "what `fit` returns"), (3, "returned a `int`, which cannot classify"), ((1, 2), "returned a `tuple`")],
)
def test_what_is_no_model_is_refused(exercise, value, said):
    verdict = exercise.evaluate(returning(value))
    assert verdict.state == "unusable" and said in str(verdict)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (lambda x: np.zeros(len(x)), "gives scores of shape (400,). Expected are (N, 10)"),
        (lambda x: np.zeros((len(x), 11)), "gives scores of shape (400, 11). Expected"),
        (lambda x: np.zeros((10_000, 10)), "gives scores of shape (10000, 10). Expected"),
        (lambda x: np.full((len(x), 10), "a"), "and dtype <U1. Expected"),
        (lambda x: x @ np.ones((784, 10)), "cannot be called on pictures of shape (N, 28, 28), dtype uint8. It raised"),
    ],
)
def test_scores_that_cannot_be_read_are_refused(exercise, value, said):
    verdict = exercise.evaluate(lambda x, y: lambda x: value(x))
    assert verdict.state == "unusable" and said in str(verdict)
    assert exercise._looks == 0


def test_a_model_that_never_answers_is_stopped(exercise, monkeypatch):
    monkeypatch.setattr(task, "SECONDS", 1.0)

    def train(x, y):
        def model(x):
            while True:
                pass

        return model

    assert "The model did not classify the digits within" in str(exercise.evaluate(train))


def test_what_is_printed_is_kept_away(exercise, capsys):
    def train(x, y):
        print("epoch 1")
        return Oracle()

    exercise.evaluate(train)
    assert capsys.readouterr() == ("", "")


# ---- Unfair --------------------------------------------------------------------------------------


def named(exercise, answer):
    verdict = exercise.evaluate(answer)
    assert verdict.state == "known mistake", str(verdict)
    assert exercise._looks == 0  # nothing has been told of the test digits
    return verdict.mistakes


def opens_the_file(x, y):
    with np.load(datasets.DATA / "mnist.npz") as arrays:
        arrays["x_test"]
    return Oracle()


def loads_the_digits(x, y):
    from helpers.datasets import load_mnist

    load_mnist()
    return Oracle()


def loads_them_in_keras(x, y):
    import keras

    keras.datasets.mnist.load_data()
    return Oracle()


def fetches_them(x, y):
    try:
        urllib.request.urlopen("http://127.0.0.1:9/mnist.npz", timeout=1)
    except OSError:
        pass
    return Oracle()


def opens_them_late(x, y):
    def model(x):
        datasets.load_mnist()
        return Oracle()(x)

    return model


@pytest.mark.parametrize(
    "answer", [opens_the_file, loads_the_digits, loads_them_in_keras, fetches_them, opens_them_late]
)
def test_who_opens_the_digits_file_is_found(exercise, answer, monkeypatch):
    import keras  # noqa: F401
    import keras.src.datasets.mnist as of_keras

    monkeypatch.setattr(of_keras, "get_file", lambda *args, **options: str(datasets.DATA / "mnist.npz"))
    assert named(exercise, answer) == ("opens the digits' file",)


def test_other_files_are_nobodys_business_and_neither_is_what_is_opened_later(exercise, tmp_path):
    def train(x, y):
        np.save(tmp_path / "mine.npy", x[:10])
        np.load(tmp_path / "mine.npy")
        return Oracle()

    assert exercise.evaluate(train).passed
    with task.noticed_files() as opened:
        pass
    datasets.load_mnist()
    assert opened == []


def mean_and_deviation(x):
    rows = x.reshape(len(x), -1).astype(np.float32)
    return rows, X.reshape(-1, 784).mean(axis=0), X.reshape(-1, 784).std(axis=0) + 1e-3


def standardized(x):
    rows, mean, deviation = mean_and_deviation(x)
    return (rows - mean) / deviation


SCALINGS = {
    "as they are": lambda x: x,
    "0 to 1": lambda x: (x / 255).astype(np.float32),
    "-1 to 1": lambda x: x / 127.5 - 1,
    "black on white": lambda x: 255 - x,
    "each pixel standardized": standardized,
    "rows": lambda x: x.reshape(-1, 784),
    "with a channel": lambda x: x[..., None],
    "in a list": lambda x: [x / 255, "validation"],
    "in a dictionary of pairs": lambda x: {"test": (x, None)},
    "100 of them": lambda x: x[3000:3100] / 255.0,
    "one of them": lambda x: x[77],
    "among others": lambda x: np.concatenate([X[:500], x[:500]]),
}


@pytest.mark.parametrize("scaling", SCALINGS)
def test_test_digits_at_hand_are_found(exercise, scaling):
    held = SCALINGS[scaling](X_TEST)

    def train(x, y):
        held
        return Oracle()

    assert named(exercise, train) == ("test digits at hand",)
    assert "`train` uses `held`." in str(exercise.evaluate(train))


@pytest.mark.parametrize("scaling", sorted(SCALINGS.keys() - {"among others"}))  # which adds test digits
def test_training_digits_at_hand_are_not(scaling):
    mine = SCALINGS[scaling](X[:5000])
    assert task.names_with_test_digits(lambda x, y: mine) == ()


@pytest.mark.parametrize(
    "labels", [Y_TEST, np.eye(10)[Y_TEST], Y_TEST[:, None].astype(float)], ids=["plain", "one hot", "column"]
)
def test_test_labels_at_hand_are_found(exercise, labels):
    assert named(exercise, lambda x, y: Oracle() if len(labels) else None) == ("test digits at hand",)


def uses_the_global_ones(x, y):
    X_TEST.mean()
    return Oracle()


def calls_one_that_does(x, y):
    return uses_the_global_ones(x, y)


def has_them_as_a_default(x, y, validation=(X_TEST, Y_TEST)):
    return Oracle()


class Data:
    x_test = X_TEST

    def __init__(self):
        self.x_test = X_TEST


DATA = Data()


def has_them_as_an_attribute(x, y):
    DATA.x_test.mean()
    return Oracle()


@pytest.mark.parametrize(
    "answer", [uses_the_global_ones, calls_one_that_does, has_them_as_a_default, has_them_as_an_attribute]
)
def test_wherever_they_are(exercise, answer):
    assert named(exercise, answer) == ("test digits at hand",)


def test_an_attribute_of_the_same_name_is_something_else():
    class Mine:
        X_TEST = X[:5]

    mine = Mine()
    assert task.names_with_test_digits(lambda x, y: mine.X_TEST.mean()) == ()


def test_a_tensor_of_test_digits_is_found(exercise):
    import tensorflow as tf

    held = tf.constant(X_TEST[:200] / 255.0)
    assert named(exercise, lambda x, y: Oracle() if len(held) else None) == ("test digits at hand",)


def test_a_model_from_before_is_found(exercise):
    model = Oracle()
    assert named(exercise, lambda x, y: model) == ("trained before",)


def test_a_second_check_of_the_same_function_is_no_model_from_before(exercise):
    assert exercise.evaluate(returning(Oracle)).passed
    assert exercise.evaluate(returning(Oracle)).passed


def made(function):
    """A `train` whose model is made when it is called."""
    return lambda x, y: lambda x: function(x)


def random_scores(x):
    return np.random.default_rng().normal(size=(len(x), 10))


def with_the_batch(x):
    pixels = np.asarray(x).reshape(len(x), -1)[:, 300:310] / 255
    return (pixels - pixels.mean(axis=0)) / (pixels.std(axis=0) + 0.1)


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (lambda x: np.full((len(x), 10), np.nan), "NaN"),
        (lambda x: np.where(np.arange(10) == 3, np.inf, Oracle()(x)), "NaN"),
        (lambda x: np.tile(np.arange(10.0), (len(x), 1)), "one answer for all"),
        (lambda x: np.eye(10)[np.arange(len(x)) % 10], "ignores its input"),
        (random_scores, "not in inference mode"),
        (with_the_batch, "not in inference mode"),
    ],
)
def test_scores_that_are_no_answer_are_named(exercise, function, name):
    assert named(exercise, made(function)) == (name,)


# ---- The accuracy --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Oracle, Predicting])
def test_from_99_percent_on_it_passes(exercise, kind):
    assert exercise.evaluate(lambda x, y: kind(wrong=100)).passed
    assert exercise.evaluate(lambda x, y: kind(wrong=101)).state != "correct"


def test_it_tells_accuracy_interval_seconds_reference_and_look(exercise):
    verdict = exercise.evaluate(lambda x, y: Oracle(wrong=95))
    assert verdict.paragraphs[0].startswith(
        "Test accuracy ≈ 99.05 % (95 % confidence interval from ≈ 98.84 % to ≈ 99.22 %), accuracy on training digits "
        "≈ 100.00 %. The training took ≈ "
    )
    assert "and could take ≈ 60 s on this machine." in verdict.paragraphs[0]
    assert verdict.paragraphs[1].startswith("The reference solution reaches ≈ 99.")
    assert "points below it." in verdict.paragraphs[1]
    assert "look number 1" in verdict.paragraphs[2]
    again = exercise.evaluate(lambda x, y: Oracle())
    assert "yours is not below it" in again.paragraphs[1]
    assert "look number 2" in again.paragraphs[2] and "L50.131, L50.151" in again.paragraphs[2]


def test_the_digits_come_in_another_order_each_time(exercise):
    seen = []

    def train(x, y):
        def model(x):
            if len(seen) < 50:
                seen.append(np.asarray(x)[0].tobytes())
            return Oracle()(x)

        return model

    exercise.evaluate(train)
    exercise.evaluate(train)
    assert X_TEST[0].tobytes() not in seen
    assert len(set(seen)) > len(seen) / 2


def test_it_overfits(exercise):
    verdict = exercise.evaluate(lambda x, y: Oracle(wrong=300))
    assert verdict.mistakes == ("overfits",)
    assert "≈ 100.00 % of the training digits are right, ≈ 97.00 % of the test digits" in str(verdict)


def test_it_underfits_and_time_is_left(exercise):
    verdict = exercise.evaluate(lambda x, y: Oracle(wrong=300, wrong_training=1800))
    assert verdict.mistakes == ("time is left",)
    assert "of ≈ 60 s, so there is room" in str(verdict)


def test_it_underfits_and_no_time_is_left(exercise, monkeypatch):
    def train(x, y):
        began = time.process_time()
        while time.process_time() - began < 0.6 * 2 * 3:
            pass
        return Oracle(wrong=300, wrong_training=1800)

    known()  # not in the measured time
    # A busy machine may run the tests.
    exercise._yardstick = lambda: (task.YARDSTICK_SECONDS, 20 * task.YARDSTICK_SECONDS)
    monkeypatch.setattr(task, "SECONDS", 3.0)
    verdict = exercise.evaluate(train)
    assert verdict.mistakes == ("no time is left",), str(verdict)


def test_it_is_at_chance(exercise):
    verdict = exercise.evaluate(made(lambda x: Oracle()(x)[:, [*range(1, 10), 0]]))
    assert verdict.mistakes == ("chance level",), str(verdict)


def test_an_unknown_cause_stays_unknown(exercise):
    verdict = exercise.evaluate(lambda x, y: Oracle(wrong=101, wrong_training=240))
    assert verdict.state == "wrong" and "nothing that was measured points to one cause" in str(verdict)


def test_a_keras_network_without_a_convolution(exercise):
    import keras

    verdict = exercise.evaluate(lambda x, y: linear(keras.layers.Rescaling(1 / 255)))
    assert verdict.mistakes == ("no convolution",), str(verdict)


def test_a_keras_network_with_a_convolution_is_not_told_so(exercise):
    import keras

    def train(x, y):
        one = keras.layers.Conv2D(1, 1, kernel_initializer="ones")
        return linear(keras.layers.Rescaling(1 / 255), keras.layers.Reshape((28, 28, 1)), one)

    assert exercise.evaluate(train).mistakes == ("time is left",)


def test_a_keras_network_that_wants_scaled_pixels(exercise):
    verdict = exercise.evaluate(lambda x, y: linear())
    assert verdict.mistakes == ("scaling outside the model",), str(verdict)


def test_moving_statistics_that_lag(exercise):
    import keras

    def train(x, y):
        rows = standardized(X)
        means = np.array([rows[Y == digit].mean(axis=0) for digit in range(10)])
        layers = [keras.layers.Flatten(), keras.layers.BatchNormalization(epsilon=1e-3)]
        # Pixels from 0 to 255: the moving mean 0 and variance 1 are far from them.
        return linear(*layers, kernel_and_bias=(2 * means.T, -(means**2).sum(axis=1)))

    verdict = exercise.evaluate(train)
    assert verdict.mistakes == ("moving statistics lag",), str(verdict)


def test_a_keras_network_that_is_right_passes(exercise):
    """As students return it; the digits are looked up, so nothing has to be trained."""
    import keras

    class LookUp(keras.Model):
        def predict(self, x, **options):
            return Oracle(wrong=50)(x)

    assert exercise.evaluate(lambda x, y: LookUp()).passed


# ---- As a whole ----------------------------------------------------------------------------------


def test_every_mistake_is_tested_here():
    tested = {
        "test digits at hand", "opens the digits' file", "trained before", "NaN", "one answer for all",
        "ignores its input", "not in inference mode", "scaling outside the model", "moving statistics lag",
        "chance level", "no convolution", "overfits", "time is left", "no time is left",
    }
    assert {mistake.name for mistake in task.open_task.mistakes} == tested


def test_the_solution_is_what_was_recorded():
    source = task.open_task.solved_cell()
    assert source.startswith("def train(x, y") and len(source.splitlines()) <= 40
    space = {}
    exec(compile(source, "solved cell", "exec"), space)
    assert task.names_with_test_digits(space["train"]) == ()
    assert task.open_task.minutes == 15 and len(task.open_task.hints) >= 3
