import io
import json

import numpy as np
import pytest

from helpers import experiments
from helpers.experiments import Experiment, RecordingError, grid, load
from helpers.experiments import __main__ as command
from helpers.experiments._experiment import as_json
from helpers.experiments._recording import pack, write
from helpers.experiments._runner import record


class Fake:
    """An experiment that counts its runs, and can be stopped in one unit."""

    def __init__(self, stop_at=None):
        self.runs = []
        self.stop_at = stop_at

    def __call__(self, configuration, unit, progress):
        self.runs.append(tuple(unit.values()))
        progress(0.5)
        if tuple(unit.values()) == self.stop_at:
            raise KeyboardInterrupt
        curve = np.arange(configuration["steps"], dtype=np.float64) + unit["seed"]
        return {"accuracy": curve, "count": np.array(len(unit["variant"]))}

    def experiment(self, steps=3, **changes):
        fields = {
            "name": "fake",
            "configuration": {"steps": steps, "widths": (2, 3)},
            "units": grid(variant=["plain", "batch"], seed=range(2)),
            "run": self,
            "summary": "counts",
        }
        return Experiment(**(fields | changes))


def quiet():
    return io.StringIO()


def test_a_grid_is_every_combination():
    assert grid(variant=["a", "b"], seed=range(2)) == (
        {"variant": "a", "seed": 0},
        {"variant": "a", "seed": 1},
        {"variant": "b", "seed": 0},
        {"variant": "b", "seed": 1},
    )


def test_a_recording_is_read_back(tmp_path):
    record(Fake().experiment(), tmp_path, out=quiet())
    recording = load("fake", tmp_path)
    assert recording.configuration == {"steps": 3, "widths": [2, 3]}
    assert recording.units == grid(variant=["plain", "batch"], seed=range(2))
    assert recording.arrays["accuracy"].dtype == np.float32
    np.testing.assert_array_equal(recording.arrays["accuracy"], [[0, 1, 2], [1, 2, 3], [0, 1, 2], [1, 2, 3]])
    np.testing.assert_array_equal(recording.arrays["count"], [5, 5, 5, 5])
    assert recording.about.keys() == {"versions", "seconds", "cpu_count", "date"}
    assert recording.about["versions"]["numpy"] == np.__version__
    assert [path.name for path in tmp_path.iterdir() if path.name != ".partial"] == ["fake.npz"]
    assert list((tmp_path / ".partial").iterdir()) == []


def test_units_are_selected_by_value(tmp_path):
    record(Fake().experiment(), tmp_path, out=quiet())
    recording = load("fake", tmp_path)
    assert recording.select(variant="batch")["accuracy"].shape == (2, 3)
    np.testing.assert_array_equal(recording.select(variant="plain", seed=1)["accuracy"], [[1, 2, 3]])
    with pytest.raises(KeyError, match="'variant': 'group'.*it has .*'batch', 'plain'"):
        recording.select(variant="group")
    with pytest.raises(KeyError, match="no unit with"):
        recording.select(rate=1)


def test_a_stopped_run_goes_on_where_it_was(tmp_path):
    stopped = Fake(stop_at=("batch", 0))
    with pytest.raises(KeyboardInterrupt):
        record(stopped.experiment(), tmp_path, out=quiet())
    assert not (tmp_path / "fake.npz").exists()
    resumed, out = Fake(), quiet()
    record(resumed.experiment(), tmp_path, out=out)
    assert resumed.runs == [("batch", 0), ("batch", 1)]
    assert out.getvalue().count("kept from an earlier run") == 2

    whole = tmp_path / "whole"
    record(Fake().experiment(), whole, out=quiet())
    for name, array in load("fake", whole).arrays.items():
        np.testing.assert_array_equal(load("fake", tmp_path).arrays[name], array)


def test_units_can_be_added_to_a_recording(tmp_path):
    record(Fake().experiment(), tmp_path, out=quiet())
    more, out = Fake(), quiet()
    # In another order of entries, as a module may have it and a recording has not.
    units = tuple({"seed": seed, "variant": variant} for seed in (2, 1) for variant in ("plain", "batch"))
    record(more.experiment(units=units), tmp_path, out=out)
    assert more.runs == [(2, "plain"), (2, "batch")]
    assert out.getvalue().count("taken from the earlier recording") == 2
    recording = load("fake", tmp_path)
    assert recording.units == units
    np.testing.assert_array_equal(recording.arrays["accuracy"][:, 0], [2, 2, 1, 1])


@pytest.mark.parametrize(("changes", "restart"), [({"steps": 4}, False), ({}, True)])
def test_units_of_another_configuration_or_before_a_restart_are_not_taken_over(tmp_path, changes, restart):
    record(Fake().experiment(), tmp_path, out=quiet())
    again = Fake()
    units = grid(variant=["plain", "batch"], seed=range(3))
    record(again.experiment(units=units, **changes), tmp_path, restart=restart, out=quiet())
    assert len(again.runs) == 6


def test_units_kept_under_another_configuration_are_refused(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        record(Fake(stop_at=("batch", 0)).experiment(steps=3), tmp_path, out=quiet())
    with pytest.raises(RecordingError, match="another configuration.*--restart"):
        record(Fake().experiment(steps=4), tmp_path, out=quiet())
    restarted = Fake()
    record(restarted.experiment(steps=4), tmp_path, restart=True, out=quiet())
    assert len(restarted.runs) == 4
    assert load("fake", tmp_path).arrays["accuracy"].shape == (4, 4)


def test_what_is_recorded_is_not_run_again_unless_asked_or_changed(tmp_path):
    record(Fake().experiment(), tmp_path, out=quiet())
    again, out = Fake(), quiet()
    record(again.experiment(), tmp_path, out=out)
    assert again.runs == []
    assert "--restart" in out.getvalue()
    record(again.experiment(), tmp_path, restart=True, out=quiet())
    assert len(again.runs) == 4
    record(again.experiment(units=grid(variant=["plain"], seed=range(3))), tmp_path, out=quiet())
    assert len(again.runs) == 5  # seed 2 is new


def test_a_file_is_whole_or_not_there(tmp_path, monkeypatch):
    path = tmp_path / "a.npz"
    write(path, b"before")

    def fail(source, destination):
        raise OSError("the disk is full")

    monkeypatch.setattr("helpers.experiments._recording.os.replace", fail)
    with pytest.raises(OSError, match="full"):
        write(path, b"after")
    assert [file.name for file in tmp_path.iterdir()] == ["a.npz"]
    assert path.read_bytes() == b"before"


def test_equal_content_gives_equal_bytes():
    arrays = {"b": np.ones(3), "a": np.zeros(2)}
    assert pack(arrays, {"x": 1, "y": 2}) == pack(dict(reversed(arrays.items())), {"y": 2, "x": 1})


def test_units_with_different_arrays_are_named(tmp_path):
    def run(configuration, unit, progress):
        return {"accuracy": np.zeros(3 + unit["seed"])}

    with pytest.raises(RecordingError, match="variant=plain,seed=1 gave .*4.*seed=0 gave .*3"):
        record(Fake().experiment(run=run), tmp_path, out=quiet())


def test_a_recording_too_large_to_commit_is_refused_and_its_units_kept(tmp_path):
    def run(configuration, unit, progress):
        return {"noise": np.random.default_rng(unit["seed"]).random(70_000)}

    with pytest.raises(RecordingError, match="1000000 is the most"):
        record(Fake().experiment(run=run), tmp_path, out=quiet())
    assert len(list((tmp_path / ".partial" / "fake").iterdir())) == 4
    assert not (tmp_path / "fake.npz").exists()


@pytest.mark.parametrize(
    ("array", "message"),
    [({"metadata": np.zeros(1)}, "metadata"), ({"texts": np.array([None])}, "'texts' holds objects")],
)
def test_arrays_that_cannot_be_kept_are_refused(array, message):
    with pytest.raises(ValueError, match=message):
        pack(array, {})


def test_a_missing_recording_names_the_file_and_the_command(tmp_path):
    with pytest.raises(
        RecordingError, match=r"no recording .*fake\.npz.*python -m helpers\.experiments fake"
    ):
        load("fake", tmp_path)


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: b"version https://git-lfs",
        lambda content: content[:60] + bytes(200) + content[260:],
    ],
)
def test_a_damaged_recording_names_the_file_and_the_command(damage, tmp_path):
    path = record(Fake().experiment(), tmp_path, out=quiet())
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(RecordingError, match=r"fake\.npz is damaged.*python -m helpers\.experiments fake"):
        load("fake", tmp_path)


def test_another_npz_file_is_no_recording(tmp_path):
    np.savez(tmp_path / "fake.npz", x=np.zeros(2))
    with pytest.raises(RecordingError, match="damaged"):
        load("fake", tmp_path)


def test_a_terminal_sees_a_bar_and_a_file_plain_lines(tmp_path):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal, file = Terminal(), quiet()
    record(Fake().experiment(), tmp_path / "a", out=terminal)
    record(Fake().experiment(), tmp_path / "b", out=file)
    assert "fake 1/4 variant=plain,seed=0 [##########          ]  50 %" in terminal.getvalue()
    assert not set("\r%") & set(file.getvalue())
    assert len(file.getvalue().splitlines()) == 5


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"name": "Fake-1"}, ValueError, "lower-case"),
        ({"units": ()}, ValueError, "no units"),
        ({"units": ({"seed": 1}, {"rate": 1})}, ValueError, "keys"),
        ({"units": ({"seed": 1}, {"seed": 1})}, ValueError, "twice"),
        ({"configuration": {"x": np.float32(1)}}, TypeError, "JSON"),
    ],
)
def test_an_experiment_that_breaks_the_rules_is_refused(changes, error, message):
    with pytest.raises(error, match=message):
        Fake().experiment(**changes)


def test_the_command_lists_runs_and_refuses(tmp_path, monkeypatch, capsys):
    fake = Fake()
    monkeypatch.setattr(command, "registry", lambda: {"fake": fake.experiment()})
    monkeypatch.setattr(command, "RUNS", tmp_path)
    monkeypatch.setattr(
        command, "record", lambda experiment, restart: record(experiment, tmp_path, restart=restart)
    )
    assert command.main(["list"]) == 0
    assert "fake  (4 units, not recorded)\n    counts" in capsys.readouterr().out
    assert command.main(["fake"]) == 0
    assert (tmp_path / "fake.npz").exists()
    with pytest.raises(SystemExit):
        command.main(["fakes"])
    assert "there is no experiment 'fakes'; there is fake" in capsys.readouterr().err


def test_the_command_ends_plainly_when_stopped_or_refused(tmp_path, monkeypatch, capsys):
    fake = Fake(stop_at=("plain", 1))
    monkeypatch.setattr(command, "registry", lambda: {"fake": fake.experiment(steps=len(fake.runs) + 1)})
    monkeypatch.setattr(
        command, "record", lambda experiment, restart: record(experiment, tmp_path, restart=restart)
    )
    assert command.main(["fake"]) == 130
    assert command.main(["fake"]) == 1
    assert "another configuration" in capsys.readouterr().err


@pytest.mark.parametrize(
    "experiment", experiments.registry().values(), ids=lambda experiment: experiment.name
)
def test_each_recording_is_of_the_configuration_its_module_has(experiment):
    recording = load(experiment.name)
    assert recording.configuration == as_json(experiment.configuration)
    assert list(recording.units) == as_json(experiment.units)
    assert (experiments.RUNS / f"{experiment.name}.npz").stat().st_size < 1_000_000
    assert json.dumps(recording.about)
