"""`EarlyStopping` of `helpers.nn` against Keras', epoch by epoch, and inside `nn.fit`."""

from collections.abc import Sequence

import keras
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpers import nn

# ---- Against Keras ------------------------------------------------------------------------------


class Twin:
    """What Keras' callback asks of a model; one number stands for all its weights."""

    def __init__(self) -> None:
        self.stop_training = False
        self.weights = [np.zeros(1)]

    def get_weights(self) -> list[np.ndarray]:
        return [weight.copy() for weight in self.weights]

    def set_weights(self, weights: list[np.ndarray]) -> None:
        self.weights = [weight.copy() for weight in weights]


def one_number() -> nn.Sequential:
    model = nn.Sequential([nn.Dense(1, use_bias=False)])
    model.build((None, 1))
    return model


def state(callback: nn.EarlyStopping | keras.callbacks.EarlyStopping) -> dict:
    best = None if callback.best is None else float(callback.best)
    counts = {name: getattr(callback, name) for name in ("wait", "best_epoch", "stopped_epoch")}
    # NaN is not equal to itself, its text is.
    return {"best": str(best), **counts, "kept": callback.best_weights is not None}


def compare_run(ours: nn.EarlyStopping, theirs: keras.callbacks.EarlyStopping, values: Sequence[float]) -> None:
    """Let both see one training run whose weight after epoch e is e + 1, until one of them stops it."""
    model, twin = one_number(), Twin()
    ours.set_model(model)
    theirs.set_model(twin)
    ours.on_train_begin()
    theirs.on_train_begin()
    for epoch, value in enumerate(values):
        # As training does: in the arrays that are there already.
        model.layers[0].kernel[...] = twin.weights[0][...] = epoch + 1
        ours.on_epoch_end(epoch, {"loss": 0.0, ours.monitor: value})
        theirs.on_epoch_end(epoch, {"loss": 0.0, theirs.monitor: value})
        assert state(ours) == state(theirs), f"epoch {epoch}"
        assert model.stop_training == twin.stop_training, f"epoch {epoch}"
        if model.stop_training:
            break
    ours.on_train_end()
    theirs.on_train_end()
    assert state(ours) == state(theirs)
    assert model.layers[0].kernel.item() == twin.weights[0].item()


# Multiples of 1/8: Keras compares in float32, where sums of others may fall on the other side of a threshold.
eighths = st.integers(-12, 12).map(lambda count: count / 8)
measured = eighths | st.sampled_from([np.nan, np.inf, -np.inf])
histories = st.lists(measured, min_size=1, max_size=14)
arguments = st.fixed_dictionaries(
    {
        "min_delta": st.sampled_from([0, 0.125, 0.5, 2.0]),
        "patience": st.integers(0, 4),
        "mode": st.sampled_from(["min", "max"]),
        "baseline": st.none() | eighths,
        "restore_best_weights": st.booleans(),
        "start_from_epoch": st.integers(0, 4),
    }
)
DEFAULTS = {
    "min_delta": 0, "patience": 0, "mode": "min", "baseline": None, "restore_best_weights": True, "start_from_epoch": 0,
}


@settings(deadline=None, derandomize=True, max_examples=400)
@given(arguments, st.lists(histories, min_size=1, max_size=2))
@example(DEFAULTS, [[1.0, 1.0]])
@example(DEFAULTS | {"min_delta": 0.5}, [[2.0, 1.5, 0.875]])  # exactly min_delta better is not enough
@example(DEFAULTS | {"patience": 2}, [[np.nan, 1.0, 0.5, 0.25]])
@example(DEFAULTS | {"patience": 1, "baseline": 0.5}, [[1.0, 0.75, 0.5, 0.25]])
@example(DEFAULTS | {"start_from_epoch": 3, "patience": 1}, [[0.0, 1.0, 2.0, 3.0, 4.0]])
@example(DEFAULTS | {"start_from_epoch": 4}, [[0.0, 1.0]])
@example(DEFAULTS | {"patience": 1}, [[3.0, 1.0, 2.0], [5.0, 6.0]])
def test_every_epoch_is_judged_as_in_keras(options, runs):
    """In a second run too, with the same callbacks."""
    ours, theirs = nn.EarlyStopping(**options), keras.callbacks.EarlyStopping(**options)
    for values in runs:
        compare_run(ours, theirs, values)


@pytest.mark.parametrize("monitor", ["loss", "val_loss", "accuracy", "val_accuracy"])
def test_the_direction_that_auto_takes_is_keras(monitor):
    """Keras asks the metrics of the compiled model."""
    model = keras.Sequential([keras.layers.Dense(2)])
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.train_on_batch(np.ones((2, 3)), np.array([0, 1]))
    theirs = keras.callbacks.EarlyStopping(monitor, patience=5)
    theirs.set_model(model)
    theirs.on_train_begin()
    ours = nn.EarlyStopping(monitor, patience=5)
    ours.set_model(one_number())
    for epoch, value in enumerate([0.5, 0.25, 0.75]):
        ours.on_epoch_end(epoch, {monitor: value})
        theirs.on_epoch_end(epoch, {monitor: value})
    assert state(ours) == state(theirs)
    assert ours.best == (0.25 if monitor.endswith("loss") else 0.75)


# ---- In fit -------------------------------------------------------------------------------------

X = np.random.default_rng(0).normal(size=(24, 3)).astype(np.float32)
LABELS = np.arange(24) % 2
VALIDATION = X[:5], LABELS[:5]


class Scripted:
    """The loss that trains, but on the validation data, known by their number, it says what it is told."""

    def __init__(self, *validation_losses: float) -> None:
        self._told = iter(validation_losses)

    def __call__(self, outputs: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = nn.softmax_cross_entropy(outputs, labels)
        return (next(self._told) if len(labels) == 5 else value), gradient


class Diary(nn.Callback):
    """Copies all weights after every epoch."""

    def on_train_begin(self) -> None:
        self.pages: list[dict[str, np.ndarray]] = []

    def on_epoch_end(self, epoch, logs) -> None:
        self.pages.append({name: weight.copy() for name, weight in self.model.weights.items()})


def network() -> nn.Sequential:
    return nn.Sequential([nn.Dense(4), nn.BatchNormalization(momentum=0.5), nn.ReLU(), nn.Dense(2)], seed=1)


def train(model: nn.Sequential, *validation_losses: float, callbacks: Sequence[nn.Callback], epochs: int | None = None):
    """Train with one scripted validation loss an epoch; 24 examples in batches of 8, with Adam."""
    return nn.fit(
        model, X, LABELS, optimizer=nn.Adam(0.05), loss=Scripted(*validation_losses), batch_size=8,
        epochs=epochs or len(validation_losses), validation_data=VALIDATION, callbacks=callbacks,
    )


def assert_equal_weights(weights: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> None:
    assert set(weights) == set(expected)
    for name, weight in weights.items():
        np.testing.assert_array_equal(weight, expected[name], err_msg=name)


def test_fit_stops_and_the_best_epochs_weights_come_back():
    """All of them and exactly, moving statistics included, in the arrays that the optimizer knows."""
    model, diary = network(), Diary()
    model.build(X.shape)
    arrays = dict(model.weights)
    stopping = nn.EarlyStopping(patience=2, restore_best_weights=True)
    history = train(model, 3, 2, 1, 2, 2, 0, 0, callbacks=[diary, stopping])
    assert history["val_loss"] == [3, 2, 1, 2, 2]
    assert {len(values) for values in history.values()} == {5}
    assert (stopping.best, stopping.best_epoch, stopping.stopped_epoch, stopping.wait) == (1, 2, 4, 2)
    assert_equal_weights(model.weights, diary.pages[2])
    for name, weight in model.weights.items():
        assert weight is arrays[name]
        assert (weight != diary.pages[4][name]).any(), f"{name} has not changed since: the test shows nothing"


def test_without_restoring_the_last_epochs_weights_stay():
    model, diary = network(), Diary()
    stopping = nn.EarlyStopping(patience=2)
    train(model, 3, 2, 1, 2, 2, 0, callbacks=[diary, stopping])
    assert stopping.best_weights is None
    assert_equal_weights(model.weights, diary.pages[4])


def test_the_best_weights_come_back_after_a_run_to_the_end_too():
    model, diary = network(), Diary()
    stopping = nn.EarlyStopping(patience=5, restore_best_weights=True)
    history = train(model, 3, 1, 2, 2, callbacks=[stopping, diary])
    assert len(history["loss"]) == 4
    assert (stopping.best_epoch, stopping.stopped_epoch, model.stop_training) == (1, 0, False)
    assert_equal_weights(model.weights, diary.pages[1])


def test_the_kept_weights_are_copies():
    model = network()
    stopping = nn.EarlyStopping(restore_best_weights=True)
    train(model, 1, 2, callbacks=[stopping])
    kept = {name: weight.copy() for name, weight in stopping.best_weights.items()}
    assert not any(np.shares_memory(stopping.best_weights[name], weight) for name, weight in model.weights.items())
    train(model, 1, 1, callbacks=[])
    assert_equal_weights(stopping.best_weights, kept)
    stopping.best_weights["0.Dense.kernel"][...] = 0
    assert model.weights["0.Dense.kernel"].any()


def test_a_stop_ends_one_run_only_and_the_callback_serves_another():
    model, diary = network(), Diary()
    stopping = nn.EarlyStopping(patience=1, restore_best_weights=True)
    assert len(train(model, 1, 2, 3, callbacks=[stopping])["loss"]) == 2
    assert len(train(model, 1, 2, 3, callbacks=[])["loss"]) == 3
    # Of the first run, neither its best value nor its weights count.
    history = train(model, 9, 8, 8.5, 7, callbacks=[stopping, diary])
    assert history["val_loss"] == [9, 8, 8.5]
    assert (stopping.best, stopping.best_epoch, stopping.stopped_epoch) == (8, 1, 2)
    assert_equal_weights(model.weights, diary.pages[1])
    # On another model too.
    other = network()
    assert len(train(other, 2, 1, 1, callbacks=[stopping, diary])["loss"]) == 3
    assert_equal_weights(other.weights, diary.pages[1])


def test_the_accuracy_is_followed_upwards():
    """From the history of a run without the callback it is known where the one with it has to stop."""
    values = train(network(), *[1] * 30, callbacks=[])["accuracy"]
    best, in_vain, stop = -1.0, 0, None
    for epoch, value in enumerate(values):
        best, in_vain = (value, 0) if value > best else (best, in_vain + 1)
        if in_vain == 3:
            stop = epoch
            break
    assert stop is not None and max(values) > values[0], "another seed is needed: this run shows nothing"
    stopping = nn.EarlyStopping("accuracy", patience=3)
    history = train(network(), *[1] * 30, callbacks=[stopping])
    assert history["accuracy"] == values[:stop + 1]
    assert (stopping.stopped_epoch, stopping.best) == (stop, best)


@pytest.mark.parametrize(
    "monitor, options, message",
    [
        ("val_loss", {}, r"monitors 'val_loss', but measured are only accuracy, loss: give fit\(\) validation_data"),
        ("val_f1", {"mode": "max"}, r"monitors 'val_f1', but measured are only accuracy, loss: give fit"),
        ("f1", {"mode": "max"}, r"monitors 'f1', but measured are only accuracy, loss$"),
    ],
)
def test_a_missing_metric_is_named_beside_those_there_are(monitor, options, message):
    with pytest.raises(ValueError, match=message):
        nn.fit(
            network(), X, LABELS, optimizer=nn.SGD(0.1), epochs=3, callbacks=[nn.EarlyStopping(monitor, **options)]
        )


@pytest.mark.parametrize(
    "options, message",
    [
        ({"mode": "up"}, "mode to be auto, min or max, got 'up'"),
        ({"min_delta": -0.1}, "min_delta >= 0, got -0.1"),
        ({"min_delta": float("nan")}, "min_delta >= 0, got nan"),
        ({"patience": -1}, "patience as an integer >= 0, got -1"),
        ({"patience": 1.5}, "patience as an integer >= 0, got 1.5"),
        ({"start_from_epoch": -1}, "start_from_epoch as an integer >= 0, got -1"),
        ({"monitor": "f1"}, "does not know whether 'f1' should rise or fall"),
    ],
)
def test_early_stopping_refuses_a_setting_out_of_range(options, message):
    with pytest.raises(ValueError, match=message):
        nn.EarlyStopping(**options)


def test_early_stopping_needs_a_model():
    with pytest.raises(RuntimeError, match="has no model to stop"):
        nn.EarlyStopping().on_epoch_end(0, {"val_loss": 1.0})
