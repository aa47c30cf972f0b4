"""Exercises of notebook 12, in its order. A patient's three stand in the file of its name, beside the patient."""

from helpers.exercises.model_clinic.sorted_rows import (
    diagnose_sorted_rows,
    explain_sorted_rows,
    sorted_rows,
    treat_sorted_rows,
)
from helpers.exercises.model_clinic.slow_averages import (
    diagnose_slow_averages,
    explain_slow_averages,
    slow_averages,
    treat_slow_averages,
)
from helpers.exercises.model_clinic.post_office import (
    diagnose_post_office,
    explain_post_office,
    post_office,
    treat_post_office,
)
from helpers.exercises.model_clinic.few_digits import (
    diagnose_few_digits,
    explain_few_digits,
    few_digits,
    treat_few_digits,
)
from helpers.exercises.model_clinic.flat_line import (
    diagnose_flat_line,
    explain_flat_line,
    flat_line,
    treat_flat_line,
)
from helpers.exercises.model_clinic.small_memory import (
    diagnose_small_memory,
    explain_small_memory,
    small_memory,
    treat_small_memory,
)
from helpers.exercises.model_clinic.long_night import (
    diagnose_long_night,
    explain_long_night,
    long_night,
    treat_long_night,
)
from helpers.exercises.model_clinic.grey_paper import (
    diagnose_grey_paper,
    explain_grey_paper,
    grey_paper,
    treat_grey_paper,
)
from helpers.exercises.model_clinic.open_task import open_task
from helpers.exercises.engine import name_exercises

__all__ = [
    "sorted_rows",
    "diagnose_sorted_rows",
    "treat_sorted_rows",
    "explain_sorted_rows",
    "slow_averages",
    "diagnose_slow_averages",
    "treat_slow_averages",
    "explain_slow_averages",
    "post_office",
    "diagnose_post_office",
    "treat_post_office",
    "explain_post_office",
    "few_digits",
    "diagnose_few_digits",
    "treat_few_digits",
    "explain_few_digits",
    "flat_line",
    "diagnose_flat_line",
    "treat_flat_line",
    "explain_flat_line",
    "small_memory",
    "diagnose_small_memory",
    "treat_small_memory",
    "explain_small_memory",
    "long_night",
    "diagnose_long_night",
    "treat_long_night",
    "explain_long_night",
    "grey_paper",
    "diagnose_grey_paper",
    "treat_grey_paper",
    "explain_grey_paper",
    "open_task",
]

name_exercises(globals())
