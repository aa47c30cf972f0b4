"""Adequacy by program: what the checks of the code exercises let pass, and what they name falsely.

``mutants`` changes one thing in a right answer, ``inputs`` draws arguments that are not the check's own, and
``judge`` compares. Run it with ``python -m tests.adequacy [EXERCISE ...]``.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from types import ModuleType

import helpers.exercises
from helpers.exercises import CodeExercise, catalogue


def code_exercises() -> dict[str, CodeExercise]:
    """Every code exercise by its name, in the order of the notebooks' packages."""
    found = {}
    for info in pkgutil.iter_modules(helpers.exercises.__path__):
        if info.ispkg:
            module = importlib.import_module(f"helpers.exercises.{info.name}")
            found |= {name: e for name, e in catalogue(module).items() if isinstance(e, CodeExercise)}
    return found


def inputs_of(exercise: CodeExercise) -> ModuleType | None:
    """The module with the exercise's generator; None while there is none."""
    package = exercise._solution.__module__.split(".")[-2]
    if importlib.util.find_spec(f"tests.adequacy.inputs.{package}") is None:
        return None
    module = importlib.import_module(f"tests.adequacy.inputs.{package}")
    return module if hasattr(module, exercise.name) else None
