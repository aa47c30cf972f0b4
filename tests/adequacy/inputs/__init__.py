'''Inputs for the code exercises that are not the checks' own, a module for each of the notebooks' packages.

How to write one. ``tests/adequacy/inputs/early_stopping.py`` serves ``helpers/exercises/early_stopping``. For each
code exercise there it has a function with the exercise's name::

    def stop_at(rng):
        """Losses that often tie, on a grid on which min_delta is exact."""
        ...
        return losses, patience, min_delta

``rng`` is a NumPy Generator, another one for each input. The function returns one tuple of arguments, as the
notebook's text allows them and no others: what the text leaves open, right answers may answer differently. Let it
draw the sizes too, and make the edges frequent: ties, zeros, lengths of 1, first and last places, constant arrays,
arguments left at their defaults. Inputs should be small: a call should take well below a millisecond. Keep numbers so
that right ways agree to four digits, in float32 too, and wrong ones do not: where epsilon matters, the spread is small;
and what is constant is a multiple of 1/8, so that its mean is exact. (``judge`` says so of a variant that is not as the
solution, and of mutants that are refused though no input shows why.)

Do not look at the exercise's own cases, nor take its numbers: the inputs are to show what the check does not see.

A function or an object may be among the arguments: each call gets a deep copy. Functions are not copied, so a
learner or a move should keep no state; a model or a run may (it is copied). If the solution raises on an input, a
right answer raises the same kind of error.

Where that is not enough, the module may also define, for an exercise ``NAME``:

``call_NAME(function, args)``
    calls a solution, mistake or mutant for the comparison, and returns the outputs in the exercise's order.
    For example to call a class, or to note what an object has been asked.
``answer_of_NAME(function)``
    makes of a mutated function what ``exercise.evaluate`` takes.
``mutants_of_NAME(exercise, *, sample, seed)``
    the mutants themselves, where they are not made of ``solution`` and ``variants``; usually one call of
    ``mutants_of_source``. See ``batch_normalization_in_keras``.
``count_NAME``
    the number of inputs, where a call is slow.
'''
