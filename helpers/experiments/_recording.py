"""Recordings: the files under data/runs/, written by the runner and read by the notebooks. NumPy only."""

import io
import json
import os
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers.datasets import DATA

RUNS = DATA / "runs"
_METADATA = "metadata"


class RecordingError(RuntimeError):
    """A recording is missing, damaged, or not what its experiment says."""


@dataclass(frozen=True)
class Recording:
    """What an experiment measured.

    `arrays[name]` has one row a unit: `arrays[name][i]` belongs to `units[i]`. float32 where the run gave
    floats. `about` holds the versions, the seconds, the machine's CPU count and the date of the run.
    """

    name: str
    configuration: dict
    units: tuple[dict, ...]
    arrays: dict[str, np.ndarray]
    about: dict

    def select(self, **values: str | int | float) -> dict[str, np.ndarray]:
        """The arrays of the units with these values, such as `select(variant="batch")`; one row a unit left.

        Raises:
            KeyError: If no unit has these values.
        """
        rows = [i for i, unit in enumerate(self.units) if values.items() <= unit.items()]
        if not rows:
            known = {key: sorted({unit[key] for unit in self.units}) for key in self.units[0]}
            raise KeyError(f"recording {self.name} has no unit with {values}; it has {known}")
        return {name: array[rows] for name, array in self.arrays.items()}


def load(name: str, folder: str | Path = RUNS) -> Recording:
    """Read the recording of an experiment.

    Raises:
        RecordingError: If the file is missing or damaged. The message names the file and the command that makes it.
    """
    path = Path(folder) / f"{name}.npz"
    remedy = (
        f"`git checkout -- data/runs` brings it back, `python -m helpers.experiments {name}` makes it anew"
    )
    try:
        arrays, metadata = read(path)
        return Recording(name, metadata["configuration"], tuple(metadata["units"]), arrays, metadata["about"])
    except FileNotFoundError:
        raise RecordingError(f"there is no recording {path}; {remedy}") from None
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise RecordingError(f"the recording {path} is damaged ({error}); {remedy}") from error


def read(path: Path) -> tuple[dict[str, np.ndarray], dict]:
    """The arrays and the metadata of a file that holds what `pack` made."""
    # Opened here, because np.load leaves a damaged file open.
    with path.open("rb") as content, np.load(content, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    return arrays, json.loads(arrays.pop(_METADATA).tobytes())


def pack(arrays: Mapping[str, np.ndarray], metadata: dict) -> bytes:
    """The content of a recording's file. Equal arrays and metadata give equal bytes.

    Raises:
        ValueError: If an array holds objects, or is named "metadata".
    """
    if _METADATA in arrays:
        raise ValueError(f"a recorded array cannot be named {_METADATA!r}")
    for name, array in arrays.items():
        if array.dtype.hasobject:
            raise ValueError(f"array {name!r} holds objects; recordings hold numbers and texts")
    text = np.frombuffer(json.dumps(metadata, sort_keys=True, ensure_ascii=False).encode(), dtype=np.uint8)
    content = io.BytesIO()
    np.savez_compressed(content, **{name: arrays[name] for name in sorted(arrays)}, **{_METADATA: text})
    return content.getvalue()


def write(path: Path, content: bytes) -> None:
    """Write a file that is either there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
