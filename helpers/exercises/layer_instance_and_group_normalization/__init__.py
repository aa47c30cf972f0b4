"""Exercises of notebook 06, in its order. Each stands in the file of its name."""

from helpers.exercises.layer_instance_and_group_normalization.axis_table import axis_table
from helpers.exercises.layer_instance_and_group_normalization.group_norm import group_norm
from helpers.exercises.layer_instance_and_group_normalization.instance_norm import instance_norm
from helpers.exercises.layer_instance_and_group_normalization.batch_dependence import batch_dependence
from helpers.exercises.layer_instance_and_group_normalization.layer_norm import layer_norm
from helpers.exercises.layer_instance_and_group_normalization.blind_to import blind_to
from helpers.exercises.layer_instance_and_group_normalization.hurt_batch_norm import hurt_batch_norm
from helpers.exercises.layer_instance_and_group_normalization.workers import workers
from helpers.exercises.engine import name_exercises

__all__ = [
    "axis_table",
    "group_norm",
    "instance_norm",
    "batch_dependence",
    "layer_norm",
    "blind_to",
    "hurt_batch_norm",
    "workers",
]

name_exercises(globals())
