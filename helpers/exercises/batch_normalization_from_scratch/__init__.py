"""Exercises of notebook 03, in its order. Each stands in the file of its name."""

from helpers.exercises.batch_normalization_from_scratch.share_a_mean import share_a_mean
from helpers.exercises.batch_normalization_from_scratch.batch_norm import batch_norm
from helpers.exercises.batch_normalization_from_scratch.batch_effects import batch_effects
from helpers.exercises.batch_normalization_from_scratch.gradient_facts import gradient_facts
from helpers.exercises.batch_normalization_from_scratch.batch_norm_backward import batch_norm_backward
from helpers.exercises.batch_normalization_from_scratch.moving_statistics import moving_statistics
from helpers.exercises.batch_normalization_from_scratch.batch_norm_call import batch_norm_call
from helpers.exercises.batch_normalization_from_scratch.widen_the_gap import widen_the_gap
from helpers.exercises.engine import name_exercises

__all__ = [
    "share_a_mean",
    "batch_norm",
    "batch_effects",
    "gradient_facts",
    "batch_norm_backward",
    "moving_statistics",
    "batch_norm_call",
    "widen_the_gap",
]

name_exercises(globals())
