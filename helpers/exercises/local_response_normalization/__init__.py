"""Exercises of notebook 02, in its order. Each stands in the file of its name."""

from helpers.exercises.local_response_normalization.window_members import window_members
from helpers.exercises.local_response_normalization.lrn_across import lrn_across
from helpers.exercises.local_response_normalization.neighbours import neighbours
from helpers.exercises.local_response_normalization.lrn_within import lrn_within
from helpers.exercises.local_response_normalization.to_tensorflow import to_tensorflow
from helpers.exercises.local_response_normalization.to_pytorch import to_pytorch
from helpers.exercises.local_response_normalization.lone_voice import lone_voice
from helpers.exercises.engine import name_exercises

__all__ = [
    "window_members",
    "lrn_across",
    "neighbours",
    "lrn_within",
    "to_tensorflow",
    "to_pytorch",
    "lone_voice",
]

name_exercises(globals())
