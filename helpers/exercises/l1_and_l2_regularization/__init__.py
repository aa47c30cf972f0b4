"""Exercises of notebook 08, in its order. Each stands in the file of its name."""

from helpers.exercises.l1_and_l2_regularization.alone import alone
from helpers.exercises.l1_and_l2_regularization.penalty import penalty
from helpers.exercises.l1_and_l2_regularization.ridge import ridge
from helpers.exercises.l1_and_l2_regularization.same_penalty import same_penalty
from helpers.exercises.l1_and_l2_regularization.proximal_step import proximal_step
from helpers.exercises.l1_and_l2_regularization.few_pixels import few_pixels
from helpers.exercises.l1_and_l2_regularization.under_batch_norm import under_batch_norm
from helpers.exercises.engine import name_exercises

__all__ = [
    "alone",
    "penalty",
    "ridge",
    "same_penalty",
    "proximal_step",
    "few_pixels",
    "under_batch_norm",
]

name_exercises(globals())
