"""Exercises of notebook 01, in its order. Each stands in the file of its name."""

from helpers.exercises.input_normalization_and_covariate_shift.steep_and_flat import steep_and_flat
from helpers.exercises.input_normalization_and_covariate_shift.largest_stable_learning_rate import largest_stable_learning_rate
from helpers.exercises.input_normalization_and_covariate_shift.standardize import standardize
from helpers.exercises.input_normalization_and_covariate_shift.what_is_repaired import what_is_repaired
from helpers.exercises.input_normalization_and_covariate_shift.estimate_shift import estimate_shift
from helpers.exercises.input_normalization_and_covariate_shift.worse_than_nothing import worse_than_nothing
from helpers.exercises.engine import name_exercises

__all__ = [
    "steep_and_flat",
    "largest_stable_learning_rate",
    "standardize",
    "what_is_repaired",
    "estimate_shift",
    "worse_than_nothing",
]

name_exercises(globals())
