"""Notebook 05, code: internal covariate shift."""

from __future__ import annotations

import copy

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property


def internal_covariate_shift(gradients, old, new, i):
    before = gradients(old)[i]
    after = gradients(new[:i] + old[i:])[i]
    difference = np.linalg.norm(after - before)
    cosine = np.sum(before * after) / (np.linalg.norm(before) * np.linalg.norm(after))
    return difference, cosine


class _InputsLeftAlone(CodeExercise):
    """A right result is not enough: the lists and arrays of weights must come back as they were."""

    def evaluate(self, answer):
        verdict = super().evaluate(answer)
        if verdict.state != "correct":
            return verdict
        for case, _ in self._reference:
            args = copy.deepcopy(case.args)
            answer(*args)
            if any(not _same_weights(args[k], case.args[k]) for k in (1, 2)):
                return self._verdict(
                    "known mistake",
                    "The two numbers are right, but the function has written into `old` or `new`. The next call, for "
                    "another layer, would then start from the wrong weights. Make a new list, and leave the given "
                    "ones as they are.",
                    mistakes=("overwrites its inputs",),
                )
        return verdict


def _same_weights(after, before):
    return len(after) == len(before) and all(np.array_equal(a, b) for a, b in zip(after, before))


def _toy_gradients(x, targets):
    """Gradients of the mean squared error of a deep network of tanh layers, as a function of its kernels."""

    def gradients(weights):
        inputs, h = [], x
        for w in weights[:-1]:
            inputs.append(h)
            h = np.tanh(h @ w)
        inputs.append(h)
        g = 2 * (h @ weights[-1] - targets) / targets.size
        found = []
        for place in range(len(weights) - 1, -1, -1):
            found.append(inputs[place].T @ g)
            if place:
                g = (g @ weights[place].T) * (1 - inputs[place] ** 2)
        return found[::-1]

    return gradients


def _shift_cases():
    rng = np.random.default_rng(12)
    cases = []
    for sizes, i in (((4, 5, 3, 4, 2), 2), ((3, 4, 4, 2), 1), ((3, 4, 5, 4, 2), 3), ((3, 4, 2), 0)):
        x = rng.normal(1.0, 0.7, size=(12, sizes[0]))
        gradients = _toy_gradients(x, rng.normal(2.0, 1.0, size=(12, sizes[-1])))
        old = [rng.normal(0, 0.7, size=pair) for pair in zip(sizes, sizes[1:])]
        new = [w + rng.normal(0, 0.3, size=w.shape) for w in old]
        text = f"on a network of {len(old)} layers, for layer i = {i}"
        cases.append(Case(text + (", the lowest" if i == 0 else ""), (gradients, old, new, i), edge=i == 0))
    return cases


def _flat(a):
    return np.ravel(a)


def _shift_by_loop(gradients, old, new, i):
    mixed = []
    for place, (a, b) in enumerate(zip(old, new)):
        mixed.append(b if place < i else a)
    g, h = gradients(old)[i].ravel(), gradients(mixed)[i].ravel()
    return np.sqrt(((g - h) ** 2).sum()), g @ h / np.sqrt((g @ g) * (h @ h))


def _shift_as_units(gradients, old, new, i):
    g, h = _flat(gradients(old)[i]), _flat(gradients([*new[:i], *old[i:]])[i])
    unit = np.vdot(g / np.linalg.norm(g), h / np.linalg.norm(h))
    return np.float32(np.linalg.norm(g - h)), np.float32(unit)


def _shift(mixed, measure=None):
    """The measure with other weights ``mixed(old, new, i)`` for the second gradient."""

    def wrong(gradients, old, new, i):
        before, after = gradients(old)[i], gradients(mixed(old, new, i))[i]
        return (measure or _two)(before, after)

    return wrong


def _two(before, after):
    return (np.linalg.norm(after - before),
            np.sum(before * after) / (np.linalg.norm(before) * np.linalg.norm(after)))


def _angle(before, after):
    return np.arccos(np.clip(_two(before, after)[1], -1, 1))


def _right_mix(old, new, i):
    return new[:i] + old[i:]


def _measured(difference=None, cosine=None):
    """The right gradients with another ``difference(before, after)`` or ``cosine(before, after)``."""

    def measure(before, after):
        right = _two(before, after)
        return (difference(before, after) if difference else right[0], cosine(before, after) if cosine else right[1])

    return _shift(_right_mix, measure)


_ELEMENTWISE = (
    "A matrix product of the two gradients is not their scalar product. Treat them as two long vectors: multiply "
    "element by element and sum."
)


internal_covariate_shift = _InputsLeftAlone(
    internal_covariate_shift,
    outputs=["difference", "cosine"],
    cases=_shift_cases,
    variants=[_shift_by_loop, _shift_as_units],
    mistakes=[
        Mistake(
            "all weights new",
            "The second gradient is taken with *all* weights new. Then it also changes because layer i and the "
            "layers above have moved; the definition asks only how the layers *below* change it.",
            _shift(lambda old, new, i: new),
        ),
        Mistake(
            "own weights new, too",
            "Layer i itself has its new weights in the second gradient. It should keep its old ones: the question is "
            "how the layers below change its gradient. Check where the slice ends.",
            _shift(lambda old, new, i: new[: i + 1] + old[i + 1:]),
        ),
        Mistake(
            "one layer too few",
            "Layer i − 1, the one just below, still has its old weights. All layers below i should be new: check "
            "where the slice ends.",
            _shift(lambda old, new, i: new[: max(i - 1, 0)] + old[max(i - 1, 0):]),
        ),
        Mistake(
            "above new, below old",
            "It is the wrong way round: in your second gradient the layers from i on are new, and those below are "
            "old.",
            _shift(lambda old, new, i: old[:i] + new[i:]),
        ),
        Mistake(
            "only above new",
            "In your second gradient the layers *above* i are new, and those below are old. The shift comes from the "
            "layers below.",
            _shift(lambda old, new, i: old[: i + 1] + new[i + 1:]),
        ),
        Mistake(
            "only its own new",
            "Only layer i has moved. That is how its own step changes its gradient. The definition keeps layer i at its old "
            "weights and moves the layers below.",
            _shift(lambda old, new, i: old[:i] + [new[i]] + old[i + 1:]),
        ),
        Mistake(
            "only the layer just below",
            "Only layer i − 1 has moved. All layers below i should have taken their step.",
            _shift(lambda old, new, i: old[: i - 1] + [new[i - 1]] + old[i:]),
        ),
        Mistake(
            "all but its own new",
            "The layers above i have moved as well. Only the layers below i should be new; layer i and everything "
            "above it stay old.",
            _shift(lambda old, new, i: new[:i] + [old[i]] + new[i + 1:]),
        ),
        Mistake(
            "gradient of the layer below",
            "Both are gradients of layer i − 1. Layers are counted from 0, as lists are: take element i.",
            lambda gradients, old, new, i: _two(gradients(old)[i - 1], gradients(_right_mix(old, new, i))[i - 1]),
        ),
        Mistake(
            "no change",
            "Both gradients are taken at the same weights, so nothing can differ. (Is your new list the list `old` "
            "under another name? `mixed = old` copies nothing.)",
            _shift(lambda old, new, i: old),
        ),
        Mistake(
            "weights instead of gradients",
            "It compares the weights of layer i before and after the step. Compare its *gradients*.",
            lambda gradients, old, new, i: _two(old[i], new[i]),
        ),
        Mistake(
            "all layers' gradients",
            "It takes the gradients of all layers together. Layer i's alone is asked for.",
            lambda gradients, old, new, i: _two(
                np.concatenate([_flat(g) for g in gradients(old)]),
                np.concatenate([_flat(g) for g in gradients(_right_mix(old, new, i))])),
        ),
        Mistake(
            "against all new",
            "The first gradient is taken with all weights new. It belongs to the old weights, before any layer has moved.",
            lambda gradients, old, new, i: _two(gradients(new)[i], gradients(_right_mix(old, new, i))[i]),
        ),
        Mistake(
            "counted from 1",
            "It treats i as counted from 1, so both the layer and the slice are one too low.",
            lambda gradients, old, new, i: _two(gradients(old)[i - 1], gradients(new[: i - 1] + old[i - 1:])[i - 1]),
        ),
        Mistake(
            "results swapped",
            "The two results have changed places: the difference comes first, then the cosine.",
            lambda gradients, old, new, i: _two(gradients(old)[i], gradients(_right_mix(old, new, i))[i])[::-1],
        ),
        Mistake(
            "squared difference",
            "The length of the difference is squared: the square root is missing.",
            _measured(difference=lambda a, b: ((a - b) ** 2).sum()),
            outputs=("difference",),
        ),
        Mistake(
            "mean squared difference",
            "It is the mean of the squares. The length of the difference is the root of their sum.",
            _measured(difference=lambda a, b: ((a - b) ** 2).mean()),
            outputs=("difference",),
        ),
        Mistake(
            "root mean square",
            "It is the root of the *mean* square: smaller than the length by the root of the number of elements.",
            _measured(difference=lambda a, b: np.sqrt(((a - b) ** 2).mean())),
            outputs=("difference",),
        ),
        Mistake(
            "sum of absolute values",
            "It sums absolute values (the 1-norm). The definition takes the 2-norm.",
            _measured(difference=lambda a, b: np.abs(a - b).sum()),
            outputs=("difference",),
        ),
        Mistake(
            "mean of absolute values",
            "It averages absolute values. The 2-norm is the root of the sum of squares.",
            _measured(difference=lambda a, b: np.abs(a - b).mean()),
            outputs=("difference",),
        ),
        Mistake(
            "largest element",
            "It takes the largest element of the difference. The 2-norm takes all of them.",
            _measured(difference=lambda a, b: np.abs(a - b).max()),
            outputs=("difference",),
        ),
        Mistake(
            "difference of the lengths",
            "It is the difference of two lengths. Two gradients of equal length may point anywhere: take the length "
            "of the difference.",
            _measured(difference=lambda a, b: np.linalg.norm(a) - np.linalg.norm(b)),
            outputs=("difference",),
        ),
        Mistake(
            "difference of the lengths, absolute",
            "It is the difference of two lengths. Two gradients of equal length may point anywhere: take the length "
            "of the difference.",
            _measured(difference=lambda a, b: abs(np.linalg.norm(b) - np.linalg.norm(a))),
            outputs=("difference",),
        ),
        Mistake(
            "spectral norm",
            "With `ord=2` NumPy takes a matrix's spectral norm. What is meant is the 2-norm of all its elements, as "
            "one long vector. That is NumPy's default for a matrix; or flatten it first.",
            _measured(difference=lambda a, b: np.linalg.norm(a - b, ord=2)),
            outputs=("difference",),
        ),
        Mistake(
            "relative difference",
            "It is divided by the length of the first gradient. That is a sensible measure, but the definition takes the "
            "length as it is.",
            _measured(difference=lambda a, b: np.linalg.norm(a - b) / np.linalg.norm(a)),
            outputs=("difference",),
        ),
        Mistake(
            "relative to the second gradient",
            "It is divided by the length of the second gradient. That is a sensible measure, but the definition takes the "
            "length as it is.",
            _measured(difference=lambda a, b: np.linalg.norm(a - b) / np.linalg.norm(b)),
            outputs=("difference",),
        ),
        Mistake(
            "sum of differences",
            "The differences are summed with their signs, so they partly cancel.",
            _measured(difference=lambda a, b: (b - a).sum()),
            outputs=("difference",),
        ),
        Mistake(
            "scalar product",
            "That is the scalar product. The cosine divides it by both lengths.",
            _measured(cosine=lambda a, b: (a * b).sum()),
            outputs=("cosine",),
        ),
        Mistake(
            "divided by one length",
            "The scalar product is divided by the first length squared, not by both lengths.",
            _measured(cosine=lambda a, b: (a * b).sum() / (a * a).sum()),
            outputs=("cosine",),
        ),
        Mistake(
            "divided by one length only",
            "The scalar product is divided by one of the two lengths. Both belong there.",
            _measured(cosine=lambda a, b: (a * b).sum() / np.linalg.norm(a)),
            outputs=("cosine",),
        ),
        Mistake(
            "divided by the other length only",
            "The scalar product is divided by one of the two lengths. Both belong there.",
            _measured(cosine=lambda a, b: (a * b).sum() / np.linalg.norm(b)),
            outputs=("cosine",),
        ),
        Mistake(
            "divided by the squares",
            "It divides by both *squared* lengths. Each belongs there once.",
            _measured(cosine=lambda a, b: (a * b).sum() / ((a * a).sum() * (b * b).sum())),
            outputs=("cosine",),
        ),
        Mistake(
            "angle",
            "That is the angle in radians; its cosine is asked for.",
            _measured(cosine=lambda a, b: _angle(a, b)),
            outputs=("cosine",),
        ),
        Mistake(
            "angle in degrees",
            "That is the angle in degrees; its cosine is asked for.",
            _measured(cosine=lambda a, b: np.degrees(_angle(a, b))),
            outputs=("cosine",),
        ),
        Mistake(
            "cosine distance",
            "That is 1 − cosine, a distance. Gradients that agree should give 1.",
            _measured(cosine=lambda a, b: 1 - _two(a, b)[1]),
            outputs=("cosine",),
        ),
        Mistake(
            "sign turned",
            "The sign is reversed: gradients that agree should give +1.",
            _measured(cosine=lambda a, b: -_two(a, b)[1]),
            outputs=("cosine",),
        ),
        Mistake(
            "sign lost",
            "The sign is lost: gradients that point in opposite directions should give −1.",
            _measured(cosine=lambda a, b: abs(_two(a, b)[1])),
            outputs=("cosine",),
        ),
        Mistake(
            "correlation",
            "The means were subtracted first: that is the correlation. For the angle between two vectors no mean is "
            "subtracted.",
            _measured(cosine=lambda a, b: np.corrcoef(_flat(a), _flat(b))[0, 1]),
            outputs=("cosine",),
        ),
        Mistake(
            "matrix product",
            "`@` between two matrices is a matrix product. Multiply element by element and sum: the gradients are "
            "two long vectors.",
            _measured(cosine=lambda a, b: a @ b.T / (np.linalg.norm(a) * np.linalg.norm(b))),
            outputs=("cosine",),
        ),
        Mistake(
            "matrix product, transposed",
            "That is a matrix product. Multiply element by element and sum: the gradients are two long vectors.",
            _measured(cosine=lambda a, b: a.T @ b / (np.linalg.norm(a) * np.linalg.norm(b))),
            outputs=("cosine",),
        ),
        Mistake(
            "matrix product, not aligned",
            _ELEMENTWISE,
            _measured(cosine=lambda a, b: a @ b / (np.linalg.norm(a) * np.linalg.norm(b))),
        ),
        Mistake(
            "matrix product, not aligned, by dot",
            _ELEMENTWISE,
            _measured(cosine=lambda a, b: np.dot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b))),
        ),
        Mistake(
            "bare matrix product",
            "That is a matrix product, and the lengths are missing. Multiply element by element, sum, and divide by "
            "both lengths.",
            _measured(cosine=lambda a, b: a @ b.T),
            outputs=("cosine",),
        ),
        Mistake(
            "bare matrix product, transposed",
            "That is a matrix product, and the lengths are missing. Multiply element by element, sum, and divide by "
            "both lengths.",
            _measured(cosine=lambda a, b: a.T @ b),
            outputs=("cosine",),
        ),
        Mistake(
            "mean of signs",
            "It is the share of elements whose signs agree. The angle depends on their sizes, too.",
            _measured(cosine=lambda a, b: (np.sign(a) == np.sign(b)).mean()),
            outputs=("cosine",),
        ),
    ],
    properties=[
        Property("A cosine lies between −1 and 1.", lambda args, outputs: bool(np.abs(outputs[1]).max() <= 1 + 1e-9)),
        Property("The length of a difference cannot be negative.", lambda args, outputs: bool(outputs[0].min() >= 0)),
    ],
    points=4,
    hints=[
        "Two calls of `gradients`, both for layer i. They differ in the list of weights that goes in.",
        "In the second call the layers below i have taken their step; layer i and those above have not. Lists can be "
        "cut and joined: `a[:2] + b[2:]`.",
        "`np.linalg.norm` of a matrix is the root of the sum of all its squares. The cosine is the sum of products "
        "over the product of the two norms.",
    ],
    insight="The difference says how wrong a layer's gradient had become once the layers below had moved. The cosine "
    "says whether it still pointed the right way. Nothing in the definition speaks of means and variances: it asks "
    "what a shift would do to training.",
)
