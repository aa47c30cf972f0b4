"""Notebook 11, code: the split."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property


def split(x, y, order, count):
    held_out, kept = order[:count], order[count:]
    return x[kept], y[kept], x[held_out], y[held_out]


class _Split(CodeExercise):
    """Says so where ``order`` itself has been put into another order."""

    def _refuse_call(self, case, args, outcome):
        order = args[2]
        moved = not np.array_equal(order, case.args[2]) and np.array_equal(np.sort(order), np.arange(len(order)))
        if outcome.error is None and moved:
            return self._verdict(
                "unusable",
                "Your function has put `order` itself into another order: `shuffle` and `sort` do that to the array they "
                "are given. `order` is random already; take the row numbers as they come.",
            )
        return super()._refuse_call(case, args, outcome)


def _split_cases():
    cases = []
    for seed, n, count in ((1, 12, 4), (2, 11, 3)):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(n, 2)).round(2) + np.arange(n)[:, None]
        y = np.arange(n) * 3 // n  # in order of the classes
        cases.append(Case(f"with {n} examples, {count} of them for validation", (x, y + 1.0, rng.permutation(n), count)))
    pictures = np.arange(40.0).reshape(10, 2, 2)
    order = np.random.default_rng(3).permutation(10)
    cases.append(Case("with 10 pictures, x of shape (10, 2, 2)", (pictures, np.arange(10) // 5 + 1.0, order, 4)))
    return cases


def _rows(choose):
    """A split by ``choose(order, count)``: the row numbers for training and for validation."""

    def wrong(x, y, order, count):
        kept, held_out = choose(order, count)
        return x[kept], y[kept], x[held_out], y[held_out]

    return wrong


def _pairs(choose):
    """As ``_rows``, with row numbers of their own for y: ``choose`` returns four."""

    def wrong(x, y, order, count):
        rows = choose(order, count)
        return x[rows[0]], y[rows[1]], x[rows[2]], y[rows[3]]

    return wrong


def _by_mask(order, count):
    mask = np.zeros(len(order), bool)
    mask[order[:count]] = True
    return np.flatnonzero(~mask), np.flatnonzero(mask)


def _inverse(order, count):
    place = np.argsort(order)
    return place[count:], place[:count]


def _by_stride(order, count):
    every = len(order) // count
    held_out = np.arange(len(order))[::every][:count]
    return np.setdiff1d(np.arange(len(order)), held_out), held_out


def _twice(rows):
    return len(np.unique(rows, axis=0)) < len(rows)


def _together(args, rows, labels):
    """Whether all rows that are among the examples have their own labels."""
    own = [args[1][(args[0] == row).reshape(len(args[0]), -1).all(axis=1)] for row in rows]
    return all(label in known for known, label in zip(own, labels) if len(known))


split = _Split(
    split,
    outputs=["x_train", "y_train", "x_validation", "y_validation"],
    cases=_split_cases,
    variants=[
        lambda x, y, order, count: (x[order][count:], y[order][count:], x[order][:count], y[order][:count]),
        lambda x, y, order, count: (
            np.take(x, order[count:], axis=0), np.take(y, order[count:]), np.take(x, order[:count], axis=0),
            np.take(y, order[:count])),
        lambda x, y, order, count: (
            np.delete(x[order], np.arange(count), axis=0), np.delete(y[order], np.arange(count)),
            np.array([x[i] for i in order[:count]]), np.array([y[i] for i in order[:count]])),
    ],
    mistakes=[
        Mistake(
            "only x shuffled",
            "x follows `order`, y does not: the examples have other examples' labels. Nothing complains, and nothing can "
            "be learned.",
            _pairs(lambda order, count: (
                order[count:], np.arange(count, len(order)), order[:count], np.arange(count))),
            ("y_train", "y_validation"),
        ),
        Mistake(
            "only y shuffled",
            "y follows `order`, x does not: the examples have other examples' labels. Nothing complains, and nothing can "
            "be learned.",
            _pairs(lambda order, count: (
                np.arange(count, len(order)), order[count:], np.arange(count), order[:count])),
            ("x_train", "x_validation"),
        ),
        Mistake(
            "training rows as they lie",
            "The validation rows follow `order`, the training rows do not: they are the rows from `count` on, in their "
            "original order. So some rows are in both sets, and some in none.",
            _rows(lambda order, count: (np.arange(count, len(order)), order[:count])),
            ("x_train", "y_train"),
        ),
        Mistake(
            "validation rows as they lie",
            "The training rows follow `order`, the validation rows do not: they are the first `count` rows in their "
            "original order. So some rows are in both sets, and some in none.",
            _rows(lambda order, count: (order[count:], np.arange(count))),
            ("x_validation", "y_validation"),
        ),
        Mistake(
            "not shuffled, from the front",
            "The first rows are held out in their original order, and `order` is not used. These examples are sorted "
            "by class: the validation set then holds one class or two, and the training set lacks them.",
            _rows(lambda order, count: (np.arange(count, len(order)), np.arange(count))),
        ),
        Mistake(
            "not shuffled, from the back",
            "The last rows are held out in their original order, and `order` is not used. These examples are sorted by "
            "class: the validation set then holds the last classes only, and the training set lacks them.",
            _rows(lambda order, count: (np.arange(len(order) - count), np.arange(len(order) - count, len(order)))),
        ),
        Mistake(
            "every n-th row",
            "Every n-th row is held out, and `order` is not used. If something repeats from row to row (a camera, a "
            "writer, a day of the week), the sets can differ systematically. Let chance decide: that is what `order` "
            "is for.",
            _rows(_by_stride),
        ),
        Mistake(
            "validation rows in training too",
            "The validation examples are in the training set as well: x_train and y_train hold all rows. Examples that "
            "have been learned by heart test nothing: the validation loss falls with the training loss, and nothing "
            "ever stops the run.",
            _rows(lambda order, count: (order, order[:count])),
        ),
        Mistake(
            "validation rows in training too, unshuffled",
            "x_train and y_train are all the examples, as they came. The validation examples are among them. Examples "
            "that have been learned by heart test nothing: the validation loss falls with the training loss, and "
            "nothing ever stops the run.",
            _rows(lambda order, count: (np.arange(len(order)), order[:count])),
        ),
        Mistake(
            "everything validates",
            "x_validation and y_validation hold all the examples, the training examples included. Examples that have "
            "been learned by heart test nothing.",
            _rows(lambda order, count: (order[count:], order)),
        ),
        Mistake(
            "training and validation swapped",
            "The sets have changed places: `count` examples to train on and all the others to validate. The first `count` "
            "rows of `order` are those held out.",
            _rows(lambda order, count: (order[:count], order[count:])),
        ),
        Mistake(
            "slices from both ends",
            "The training rows are cut off at the end of `order`, the validation rows are taken from its front: some rows "
            "are in both sets, and the last `count` in none. The training set begins where the validation set ends.",
            _rows(lambda order, count: (order[:-count], order[:count])),
            ("x_train", "y_train"),
        ),
        Mistake(
            "the last ones held out",
            "This is a fair split, but a different one: the *last* `count` rows of `order` are held out. Hold out the "
            "first ones. (Whoever repeats your work needs the same rows.)",
            _rows(lambda order, count: (order[:-count], order[-count:])),
        ),
        Mistake(
            "sorted again",
            "The right examples in each set, but not in the order of `order`: a mask, or a sort, has brought the rows back "
            "into their old order, sorted by class. Whoever takes the first hundred of them gets one class.",
            _rows(_by_mask),
        ),
        Mistake(
            "training rows sorted again",
            "The right examples to train on, but not in the order of `order`: they are back in their old order, sorted by "
            "class. Whoever takes the first hundred of them gets one class.",
            _rows(lambda order, count: (np.sort(order[count:]), order[:count])),
            ("x_train", "y_train"),
        ),
        Mistake(
            "validation rows sorted again",
            "The right examples to validate on, but not in the order of `order`: they are back in their old order, sorted by "
            "class.",
            _rows(lambda order, count: (order[count:], np.sort(order[:count]))),
            ("x_validation", "y_validation"),
        ),
        Mistake(
            "order turned round",
            "`order` is read the wrong way round, as if `order[i]` were the place to which row i goes. `order[0]` is the "
            "number of the row that comes first.",
            _rows(_inverse),
        ),
        Mistake(
            "by the numbers",
            "A row is held out where `order` is smaller than `count`: that reads `order[i]` as the place of row i. The "
            "first `count` entries of `order` are the numbers of the rows to hold out.",
            _rows(lambda order, count: (np.flatnonzero(order >= count), np.flatnonzero(order < count))),
        ),
        Mistake(
            "one example lost",
            "One example is in neither set: where the validation set ends and where the training set begins must be the "
            "same number. Look at the limits of the slices.",
            _rows(lambda order, count: (order[count + 1:], order[:count])),
        ),
        Mistake(
            "one example too few",
            "The validation set has one example too few, and the training set one too many. A slice ends *before* its "
            "second number.",
            _rows(lambda order, count: (order[count - 1:], order[:count - 1])),
        ),
        Mistake(
            "one example in both",
            "One example is in both sets. Look at the limits of the slices: the first ends *before* its second number.",
            _rows(lambda order, count: (order[count:], order[:count + 1])),
        ),
        Mistake(
            "flattened",
            "The right rows, but x has lost its shape: the examples may be pictures, x of shape (N, ...). Choose rows and "
            "leave the other axes alone.",
            lambda x, y, order, count: (
                x[order[count:]].reshape(len(order) - count, -1), y[order[count:]],
                x[order[:count]].reshape(count, -1), y[order[:count]]),
        ),
    ],
    properties=[
        Property("The same example is in one set twice. Was it drawn with replacement? `order` names each row once.",
                 lambda args, outputs: not any(_twice(rows) for rows in (outputs[0], outputs[2]))),
        Property("An example and its label should stay together, but do not.",
                 lambda args, outputs: _together(args, *outputs[:2]) and _together(args, *outputs[2:])),
        Property("The two sets together should have as many examples as were passed in, but have not.",
                 lambda args, outputs: len(outputs[0]) + len(outputs[2]) == len(args[0])),
        Property("An example is in both sets. Then the validation loss includes an example that can be learned by "
                 "heart.",
                 lambda args, outputs: not {o.flat[0] for o in outputs[0]} & {o.flat[0] for o in outputs[2]}),
    ],
    points=2,
    hints=[
        "`x[rows]` with an array of row numbers takes these rows, in this order. The same row numbers for y.",
        "`order[:count]` are the row numbers of the validation set. Which row numbers remain for the training set?",
    ],
    insight="These are only two lines, but the most expensive mistakes of a project happen here. A validation example "
    "that is also a training example makes every curve fall. So does a copy of it under another number: a second "
    "picture by the same hand, or a shifted picture, if you augment *before* you split.",
)
