"""What an experiment is, and which there are."""

import importlib
import itertools
import json
import pkgutil
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

Unit = dict[str, str | int | float]
Run = Callable[[dict, Unit, Callable[[float], None]], Mapping[str, np.ndarray]]


def grid(**values: Iterable[str | int | float]) -> tuple[Unit, ...]:
    """Every combination of the values, the last name changing fastest.

    `grid(variant=["plain", "batch"], seed=range(10))` gives 20 units, `{"variant": "plain", "seed": 0}`
    first.
    """
    return tuple(
        dict(zip(values, combination, strict=True)) for combination in itertools.product(*values.values())
    )


@dataclass(frozen=True)
class Experiment:
    """A fixed configuration, and the units of work that are run and kept one by one.

    Args:
        name: Lower-case letters, digits and underscores; the recording is `data/runs/<name>.npz`.
        configuration: Everything that decides the result and is the same for all units. Numbers, texts, lists and
            dictionaries.
        units: What tells one unit from another, such as `{"variant": "batch", "seed": 3}`; all with the same keys.
        run: `run(configuration, unit, progress)` returns the unit's arrays by name: the same names and shapes for
            every unit. It calls `progress(fraction)` now and then, with the fraction done between 0 and 1.
        summary: One sentence: what is measured.
        source: The paper or lecture that is followed.

    Raises:
        ValueError: If the name or the units break these rules.
        TypeError: If JSON cannot hold the configuration or a unit.
    """

    name: str
    configuration: Mapping
    units: tuple[Unit, ...]
    run: Run
    summary: str
    source: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.name):
            raise ValueError(
                f"an experiment's name has lower-case letters, digits and '_', not {self.name!r}"
            )
        if not self.units:
            raise ValueError(f"experiment {self.name} has no units")
        if any(unit.keys() != self.units[0].keys() for unit in self.units):
            raise ValueError(f"experiment {self.name}: all units need the keys {list(self.units[0])}")
        if len({label(unit) for unit in self.units}) < len(self.units):
            raise ValueError(f"experiment {self.name} has one unit twice")
        try:
            as_json([self.configuration, self.units])
        except TypeError as error:
            raise TypeError(
                f"experiment {self.name}: JSON cannot hold its configuration or units: {error}"
            ) from None


def as_json(value: object) -> object:
    """The value as it is read back from JSON: tuples become lists, keys become texts."""
    return json.loads(json.dumps(value))


def label(unit: Unit) -> str:
    """The unit as one text that can be a file name: `variant=batch,seed=3`."""
    return re.sub(r"[^\w.=,+-]", "_", ",".join(f"{key}={value}" for key, value in unit.items()))


def registry() -> dict[str, Experiment]:
    """Every experiment in the modules of `helpers.experiments`, by name.

    Raises:
        ValueError: If two experiments have the same name.
    """
    import helpers.experiments

    found: dict[str, Experiment] = {}
    for module in pkgutil.iter_modules(helpers.experiments.__path__):
        if module.name.startswith("_"):
            continue
        contents = vars(importlib.import_module(f"helpers.experiments.{module.name}"))
        for experiment in contents.values():
            if (
                isinstance(experiment, Experiment)
                and found.setdefault(experiment.name, experiment) is not experiment
            ):
                raise ValueError(f"two experiments are named {experiment.name}")
    return found
