"""Exercises of notebook 09, in its order. Each stands in the file of its name."""

from helpers.exercises.data_augmentation.where_from import where_from
from helpers.exercises.data_augmentation.shift import shift
from helpers.exercises.data_augmentation.rotate import rotate
from helpers.exercises.data_augmentation.brightness import brightness
from helpers.exercises.data_augmentation.contrast import contrast
from helpers.exercises.data_augmentation.keras_numbers import keras_numbers
from helpers.exercises.data_augmentation.label_kept import label_kept
from helpers.exercises.data_augmentation.train import train
from helpers.exercises.data_augmentation.gain_six_points import gain_six_points
from helpers.exercises.engine import name_exercises

__all__ = [
    "where_from",
    "shift",
    "rotate",
    "brightness",
    "contrast",
    "keras_numbers",
    "label_kept",
    "train",
    "gain_six_points",
]

name_exercises(globals())
