"""Is this machine ready for the course?"""

from __future__ import annotations

import importlib.metadata
import re
import sys
import time
from pathlib import Path

import numpy as np

from helpers import datasets, nn
from helpers.claims import approx

_LOCK = Path(__file__).parents[1] / "requirements.txt"
_PACKAGES = ("numpy", "matplotlib", "tensorflow-cpu", "tensorflow", "keras", "jupyterlab", "ipykernel", "ipywidgets")
_NEEDED_GB = 2


def report() -> None:
    """Print what was found, a line each: ``✓`` where it fits, ``✗`` with the remedy where it does not."""
    _line(
        (3, 11) <= sys.version_info[:2] <= (3, 13),
        "Python is 3.11, 3.12 or 3.13",
        f"this is Python {sys.version_info[0]}.{sys.version_info[1]}: the course needs 3.11, 3.12 or 3.13",
    )
    differing = differing_packages()
    _line(
        not differing,
        "the packages are those the course was tested with",
        f"not the versions the course was tested with: {', '.join(differing)}; `make lab` installs the right ones",
    )
    try:
        digits, problem = datasets.load_mnist(), ""
    except datasets.DataError as error:
        digits, problem = None, str(error)
    _line(digits is not None, "the digits are there and whole", problem)
    free = free_memory_gb()
    enough = f"memory: {approx(free, digits=1, unit='GB')} free, {_NEEDED_GB} GB are needed"
    _line(free >= _NEEDED_GB, enough, f"{enough}: close other programs or notebooks")
    if digits is not None:
        (x, y), _ = digits
        print(f"✓ speed: {approx(seconds_for_training(x, y), unit='s')} for 500 steps of a small network")


def differing_packages() -> list[str]:
    """Names and versions of installed packages that differ from requirements.txt, the course's lock."""
    locked: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([\w.]+)", _LOCK.read_text(encoding="utf-8"), re.MULTILINE):
        locked.setdefault(name, set()).add(version)
    differing = []
    for name in _PACKAGES:
        try:
            installed = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # one of TensorFlow's two names is absent everywhere; a missing package fails on import
        if installed not in locked.get(name, ()):
            differing.append(f"{name} {installed} (tested: {' or '.join(sorted(locked.get(name, {'none'})))})")
    return differing


def free_memory_gb() -> float:
    """Memory that a new program could take, in GB (10⁹ bytes)."""
    import psutil

    return psutil.virtual_memory().available / 1e9


def seconds_for_training(images: np.ndarray, labels: np.ndarray, steps: int = 500) -> float:
    """Time ``steps`` steps of a small network on batches of 60 digits; images (N, 28, 28), labels (N,)."""
    x = images[:6000].reshape(-1, 784).astype(np.float32) / 255
    model = nn.Sequential([nn.Dense(100), nn.BatchNormalization(), nn.ReLU(), nn.Dense(10)])
    optimizer, rng = nn.SGD(0.1), np.random.default_rng(0)
    started = time.perf_counter()
    done = 0
    while done < steps:
        for rows in nn.batches(len(x), 60, rng):
            nn.train_step(model, x[rows], labels[rows], optimizer)
            done += 1
    return time.perf_counter() - started


def _line(good: bool, text: str, otherwise: str) -> None:
    print(f"✓ {text}" if good else f"✗ {otherwise}")
