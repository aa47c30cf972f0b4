"""Exercises that name the student's mistake: the engine, and a folder per notebook with one file per exercise.

In a notebook::

    from helpers.exercises import batch_normalization_from_scratch as exercises

    exercises.batch_norm.check(batch_norm)       # then .hint(), .solution()

See ``engine`` for how an exercise is written, and the README's "Write an exercise".
"""

from helpers.exercises.engine import (
    Case,
    CheckFailed,
    CodeExercise,
    DiagnoseExercise,
    Exercise,
    ExperimentExercise,
    Mistake,
    Patient,
    PredictExercise,
    Property,
    TreatExercise,
    catalogue,
    name_exercises,
)
from helpers.exercises.verdict import Verdict

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
    "Verdict",
    "catalogue",
    "name_exercises",
]
