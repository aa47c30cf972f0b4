"""Exercises of notebook 00, in its order. Each stands in the file of its name."""

from helpers.exercises.start_here.shape_of_the_mean import shape_of_the_mean
from helpers.exercises.start_here.center import center
from helpers.exercises.engine import name_exercises

__all__ = [
    "shape_of_the_mean",
    "center",
]

name_exercises(globals())
