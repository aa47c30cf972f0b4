"""Runs an experiment unit by unit, keeps each finished unit at once, and records the whole."""

import importlib.metadata
import json
import os
import platform
import shutil
import sys
import time
from datetime import date
from pathlib import Path
from typing import TextIO

import numpy as np

from helpers.experiments._experiment import Experiment, Unit, as_json, label
from helpers.experiments._recording import RUNS, RecordingError, load, pack, read, write

LARGEST_RECORDING = 1_000_000  # bytes: recordings are committed


def record(
    experiment: Experiment, folder: Path = RUNS, *, restart: bool = False, out: TextIO | None = None
) -> Path:
    """Run the units that are not done yet and write `<folder>/<name>.npz`.

    A finished unit is kept under `<folder>/.partial/<name>/`, so a run that was stopped goes on where it was.
    A unit that an earlier recording of the same configuration holds is taken from there: units can be added.
    With `restart`, what was kept or recorded before is done again. What happens is told on `out`, standard
    output unless given: a bar on a terminal, else one line a unit.

    Raises:
        RecordingError: If a unit was kept under another configuration, the units' arrays differ in name or shape, or the
            recording is too large to commit.
    """
    out = out or sys.stdout
    path = folder / f"{experiment.name}.npz"
    partial = folder / ".partial" / experiment.name
    if restart:
        shutil.rmtree(partial, ignore_errors=True)
    elif _recorded(experiment, folder):
        print(f"{path} is there already; --restart runs it again", file=out)
        return path

    earlier = {} if restart else _earlier(experiment, folder)
    finished = []
    for number, unit in enumerate(experiment.units, start=1):
        title = f"{experiment.name} {number}/{len(experiment.units)} {label(unit)}"
        file = partial / f"{label(unit)}.npz"
        if file.exists():
            finished.append(_kept(experiment, unit, file))
            print(f"{title}: kept from an earlier run", file=out)
        elif _key(unit) in earlier:
            finished.append(earlier[_key(unit)])
            print(f"{title}: taken from the earlier recording", file=out)
        else:
            finished.append(_run(experiment, unit, file, title, out))
    _write_recording(experiment, path, finished)
    shutil.rmtree(partial, ignore_errors=True)
    print(f"{path}: {path.stat().st_size / 1000:.0f} kB", file=out)
    return path


def _recorded(experiment: Experiment, folder: Path) -> bool:
    try:
        recording = load(experiment.name, folder)
    except RecordingError:
        return False
    return [recording.configuration, list(recording.units)] == as_json(
        [experiment.configuration, experiment.units]
    )


def _earlier(experiment: Experiment, folder: Path) -> dict[str, tuple[dict, float]]:
    """By key, what a recording of this configuration but other units holds; its seconds are shared out."""
    try:
        recording = load(experiment.name, folder)
    except RecordingError:
        return {}
    if recording.configuration != as_json(experiment.configuration):
        return {}
    seconds = recording.about["seconds"] / len(recording.units)
    return {
        _key(unit): ({name: array[i] for name, array in recording.arrays.items()}, seconds)
        for i, unit in enumerate(recording.units)
    }


def _key(unit: Unit) -> str:
    """The unit as text, the same whatever the order of its entries (a recording sorts them)."""
    return json.dumps(unit, sort_keys=True)


def _run(experiment: Experiment, unit: Unit, file: Path, title: str, out: TextIO) -> tuple[dict, float]:
    progress = _Progress(title, out)
    started = time.perf_counter()
    measured = experiment.run(as_json(experiment.configuration), dict(unit), progress)
    arrays = {name: _compact(array) for name, array in measured.items()}
    seconds = time.perf_counter() - started
    write(file, pack(arrays, {"configuration": as_json(experiment.configuration), "seconds": seconds}))
    progress.close(seconds)
    return arrays, seconds


def _kept(experiment: Experiment, unit: Unit, file: Path) -> tuple[dict, float]:
    arrays, metadata = read(file)
    if metadata["configuration"] != as_json(experiment.configuration):
        raise RecordingError(
            f"{label(unit)} was run with another configuration of {experiment.name} and kept in {file}; "
            "--restart discards what was kept and begins again"
        )
    return arrays, metadata["seconds"]


def _write_recording(experiment: Experiment, path: Path, finished: list[tuple[dict, float]]) -> None:
    first = finished[0][0]
    for unit, (arrays, _) in zip(experiment.units, finished, strict=True):
        if _shapes(arrays) != _shapes(first):
            raise RecordingError(
                f"{experiment.name}: {label(unit)} gave {_shapes(arrays)}, {label(experiment.units[0])} gave "
                f"{_shapes(first)}; every unit must give the same arrays"
            )
    about = {
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "helpers": importlib.metadata.version("normalization-and-regularization"),
        },
        "seconds": round(sum(seconds for _, seconds in finished), 1),
        "cpu_count": os.cpu_count(),
        "date": date.today().isoformat(),
    }
    stacked = {name: np.stack([arrays[name] for arrays, _ in finished]) for name in first}
    configuration, units = as_json([experiment.configuration, experiment.units])
    content = pack(stacked, {"configuration": configuration, "units": units, "about": about})
    if len(content) > LARGEST_RECORDING:
        raise RecordingError(
            f"the recording of {experiment.name} would have {len(content)} bytes, and {LARGEST_RECORDING} is "
            "the most; record fewer points. The finished units are kept"
        )
    write(path, content)


def _shapes(arrays: dict[str, np.ndarray]) -> dict[str, tuple[int, ...]]:
    return {name: array.shape for name, array in sorted(arrays.items())}


def _compact(array: np.ndarray) -> np.ndarray:
    array = np.asarray(array)
    return array.astype(np.float32) if array.dtype == np.float64 else array


class _Progress:
    """A bar that a terminal redraws in place; elsewhere one line when the unit is done."""

    def __init__(self, title: str, out: TextIO) -> None:
        self.title = title
        self.out = out
        self.terminal = out.isatty()
        self.drawn = -1

    def __call__(self, fraction: float) -> None:
        percent = int(100 * min(max(fraction, 0.0), 1.0))
        if self.terminal and percent != self.drawn:
            self.drawn = percent
            bar = "#" * (percent // 5)
            print(f"\r{self.title} [{bar:20}] {percent:3d} %", end="", file=self.out, flush=True)

    def close(self, seconds: float) -> None:
        start, end = ("\r", "\x1b[K\n") if self.terminal else ("", "\n")
        print(f"{start}{self.title}: {seconds:.1f} s", end=end, file=self.out, flush=True)
