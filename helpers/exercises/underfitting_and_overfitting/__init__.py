"""Exercises of notebook 07, in its order. Each stands in the file of its name."""

from helpers.exercises.underfitting_and_overfitting.three_degrees import three_degrees
from helpers.exercises.underfitting_and_overfitting.fit_polynomial import fit_polynomial
from helpers.exercises.underfitting_and_overfitting.bias_or_variance import bias_or_variance
from helpers.exercises.underfitting_and_overfitting.bias_variance import bias_variance
from helpers.exercises.underfitting_and_overfitting.diagnose import diagnose
from helpers.exercises.underfitting_and_overfitting.rescue_degree_15 import rescue_degree_15
from helpers.exercises.underfitting_and_overfitting.choose_degree import choose_degree
from helpers.exercises.engine import name_exercises

__all__ = [
    "three_degrees",
    "fit_polynomial",
    "bias_or_variance",
    "bias_variance",
    "diagnose",
    "rescue_degree_15",
    "choose_degree",
]

name_exercises(globals())
