"""Exercises of notebook 10, in its order. Each stands in the file of its name."""

from helpers.exercises.dropout.a_rate_of_02 import a_rate_of_02
from helpers.exercises.dropout.dropout_forward import dropout_forward
from helpers.exercises.dropout.dropout_backward import dropout_backward
from helpers.exercises.dropout.expected_values import expected_values
from helpers.exercises.dropout.weights_for_testing import weights_for_testing
from helpers.exercises.dropout.average_answer import average_answer
from helpers.exercises.dropout.where_is_the_gain import where_is_the_gain
from helpers.exercises.dropout.variance_shift import variance_shift
from helpers.exercises.dropout.misled import misled
from helpers.exercises.dropout.earn_a_gain import earn_a_gain
from helpers.exercises.engine import name_exercises

__all__ = [
    "a_rate_of_02",
    "dropout_forward",
    "dropout_backward",
    "expected_values",
    "weights_for_testing",
    "average_answer",
    "where_is_the_gain",
    "variance_shift",
    "misled",
    "earn_a_gain",
]

name_exercises(globals())
