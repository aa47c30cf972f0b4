"""The long runs behind the lectures' figures, and what they recorded.

Each module here holds the experiments of one lecture. `python -m helpers.experiments NAME` runs one and
records it under `data/runs/`; a notebook reads the recording with `load(NAME)`, and makes a short run of its own with
`train`.
"""

from helpers.experiments._experiment import Experiment, Unit, grid, registry
from helpers.experiments._live import steps_to_reach, train
from helpers.experiments._recording import RUNS, Recording, RecordingError, load

__all__ = [
    "RUNS",
    "Experiment",
    "Recording",
    "RecordingError",
    "Unit",
    "grid",
    "load",
    "registry",
    "steps_to_reach",
    "train",
]
