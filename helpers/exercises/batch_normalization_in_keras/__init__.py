"""Exercises of notebook 04, in its order. Each stands in the file of its name."""

from helpers.exercises.batch_normalization_in_keras.count_parameters import count_parameters
from helpers.exercises.batch_normalization_in_keras.which_statistics import which_statistics
from helpers.exercises.batch_normalization_in_keras.left_of_the_start import left_of_the_start
from helpers.exercises.batch_normalization_in_keras.recalibrate import recalibrate
from helpers.exercises.batch_normalization_in_keras.fold_batch_norm import fold_batch_norm
from helpers.exercises.batch_normalization_in_keras.my_batch_normalization import my_batch_normalization
from helpers.exercises.batch_normalization_in_keras.late_statistics import late_statistics
from helpers.exercises.engine import name_exercises

__all__ = [
    "count_parameters",
    "which_statistics",
    "left_of_the_start",
    "recalibrate",
    "fold_batch_norm",
    "my_batch_normalization",
    "late_statistics",
]

name_exercises(globals())
