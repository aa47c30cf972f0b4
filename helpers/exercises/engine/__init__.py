"""Exercises that say what is wrong.

Three kinds: ``CodeExercise`` (write a function), ``PredictExercise`` (commit to values or choices
before a cell shows them), ``ExperimentExercise`` (change settings until a measured target is met).
A ``Patient`` of the clinic has a ``DiagnoseExercise``, which is a prediction, and a ``TreatExercise``,
which is an experiment.
All answer to ``check(answer)``, ``hint()`` and ``solution()``. A check never raises into the
notebook, except in a grading run: with ``HELPERS_STRICT=1`` in the environment a check that does
not pass raises ``CheckFailed``.

A message says only what the answer shows. A known mistake of a code exercise is code: a wrong
implementation with its message. The check runs the student's function and the known mistakes on
the same inputs and names the one that behaves the same.
"""

from helpers.exercises.engine.base import CheckFailed, Exercise, Mistake, catalogue, name_exercises
from helpers.exercises.engine.clinic import DiagnoseExercise, Patient, TreatExercise
from helpers.exercises.engine.code import Case, CodeExercise, Property
from helpers.exercises.engine.experiment import ExperimentExercise
from helpers.exercises.engine.predict import PredictExercise

__all__ = [
    "Case",
    "CheckFailed",
    "CodeExercise",
    "DiagnoseExercise",
    "Exercise",
    "ExperimentExercise",
    "Mistake",
    "Patient",
    "PredictExercise",
    "Property",
    "TreatExercise",
    "catalogue",
    "name_exercises",
]
