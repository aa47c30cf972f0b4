"""Exercises of notebook 05, in its order. Each stands in the file of its name."""

from helpers.exercises.what_batch_normalization_does.read_the_curves import read_the_curves
from helpers.exercises.what_batch_normalization_does.steps_to_reach import steps_to_reach
from helpers.exercises.what_batch_normalization_does.doubled_weights import doubled_weights
from helpers.exercises.what_batch_normalization_does.effective_learning_rate import effective_learning_rate
from helpers.exercises.what_batch_normalization_does.internal_covariate_shift import internal_covariate_shift
from helpers.exercises.what_batch_normalization_does.what_noise_does import what_noise_does
from helpers.exercises.what_batch_normalization_does.only_one_survives import only_one_survives
from helpers.exercises.what_batch_normalization_does.lose_with_batch_norm import lose_with_batch_norm
from helpers.exercises.engine import name_exercises

__all__ = [
    "read_the_curves",
    "steps_to_reach",
    "doubled_weights",
    "effective_learning_rate",
    "internal_covariate_shift",
    "what_noise_does",
    "only_one_survives",
    "lose_with_batch_norm",
]

name_exercises(globals())
