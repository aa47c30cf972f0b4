"""Exercises of notebook 11, in its order. Each stands in the file of its name."""

from helpers.exercises.early_stopping.sixty_epochs import sixty_epochs
from helpers.exercises.early_stopping.split import split
from helpers.exercises.early_stopping.read_the_log import read_the_log
from helpers.exercises.early_stopping.stop_at import stop_at
from helpers.exercises.early_stopping.train_and_keep import train_and_keep
from helpers.exercises.early_stopping.keras_rules import keras_rules
from helpers.exercises.early_stopping.choose_patience import choose_patience
from helpers.exercises.early_stopping.shares_reached import shares_reached
from helpers.exercises.early_stopping.equal_penalty import equal_penalty
from helpers.exercises.early_stopping._shared import rehearsal
from helpers.exercises.engine import name_exercises

__all__ = [
    "sixty_epochs",
    "split",
    "read_the_log",
    "stop_at",
    "train_and_keep",
    "keras_rules",
    "choose_patience",
    "shares_reached",
    "equal_penalty",
    "rehearsal",
]

name_exercises(globals())
