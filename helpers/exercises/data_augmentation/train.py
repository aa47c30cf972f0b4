"""Notebook 09, code: the training run."""

from __future__ import annotations

import copy

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property
from helpers.exercises.data_augmentation._shared import _pictures


def train(model, x, y, x_val, y_val, draw, move, epochs, batch_size):
    losses = []
    for _ in range(epochs):
        for start in range(0, len(x), batch_size):
            rows = slice(start, start + batch_size)
            pictures = move(x[rows], draw(len(x[rows])))  # drawn anew, for each picture
            model.step(pictures, y[rows])
        losses.append(model.loss(x_val, y_val))           # as they are
    return np.array(losses)


class Model:
    """A small softmax classifier: ``step`` learns from a batch, ``loss`` measures and learns nothing."""

    def __init__(self, pixels, classes):
        self.weights = np.zeros((pixels, classes))
        self.seen = []  # what it was asked: "step" or "loss", the pictures, the labels

    def _probabilities(self, x):
        logits = x.reshape(len(x), -1) @ self.weights
        exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
        return exponentials / exponentials.sum(axis=1, keepdims=True)

    @staticmethod
    def _fit(x, y):
        if np.ndim(x) != 3 or np.ndim(y) != 1:
            raise ValueError(f"the model wants pictures (N, H, W) and labels (N,), and got shapes {np.shape(x)} and {np.shape(y)}")
        if len(x) != len(y) or not len(x):
            raise ValueError(f"the model wants a label for each picture. Pictures: {len(x)}, labels: {len(y)}")

    def step(self, x, y):
        self._fit(x, y)
        self.seen.append(("step", np.array(x), np.array(y)))
        difference = self._probabilities(x)
        difference[np.arange(len(y)), y] -= 1
        self.weights -= 2.0 * x.reshape(len(x), -1).T @ difference / len(x)

    def loss(self, x, y):
        self._fit(x, y)
        self.seen.append(("loss", np.array(x), np.array(y)))
        return float(-np.log(self._probabilities(x)[np.arange(len(y)), y] + 1e-12).mean())


class Draw:
    """``draw(n)``: n random numbers, new ones at each call. The same for every check."""

    def __init__(self, seed):
        self._numbers, self.used = np.random.default_rng(seed).uniform(-1, 1, size=5000), 0

    def __call__(self, n):
        self.used += n
        return self._numbers[self.used - n : self.used]


def slide(pictures, strengths):
    """Each picture slid to the side by its own strength, from -1 to 1 pixel; one strength moves all alike."""
    s = np.reshape(strengths, (-1, 1, 1))
    neighbours = np.where(s > 0, np.roll(pictures, 1, axis=2), np.roll(pictures, -1, axis=2))
    return (1 - np.abs(s)) * pictures + np.abs(s) * neighbours


def _train_cases():
    cases = []
    for seed, count, size, epochs, batch in (
        (31, 12, 5, 3, 4), (32, 11, 4, 4, 5), (33, 8, 4, 2, 3), (34, 2, 3, 2, 5)
    ):
        rng = np.random.default_rng(seed)
        y, y_val = rng.integers(0, 3, size=count), rng.integers(0, 3, size=7)
        y[:3], y_val[:3] = (2, 0, 1)[:count], (0, 1, 2)
        prototypes = _pictures(seed + 40, 3, size, size)
        x = prototypes[y] + 0.2 * rng.normal(size=(count, size, size))
        x_val = prototypes[y_val] + 0.2 * rng.normal(size=(7, size, size))
        cases.append(Case(
            f"with {count} training pictures in batches of {batch}, {epochs} epochs, and 7 validation pictures",
            (Model(size * size, 3), x, y, x_val, y_val, Draw(seed), slide, epochs, batch),
            edge=count < batch,
        ))
    return cases


def _train_by_epoch(model, x, y, x_val, y_val, draw, move, epochs, batch_size):
    losses = []
    for _ in range(epochs):
        pictures = move(x, draw(len(x)))
        for start in range(0, len(x), batch_size):
            model.step(pictures[start : start + batch_size], y[start : start + batch_size])
        losses.append(model.loss(x_val, y_val))
    return np.array(losses)


def _train_one_by_one(model, x, y, x_val, y_val, draw, move, epochs, batch_size):
    losses = np.zeros(epochs)
    for epoch in range(epochs):
        for start in range(0, len(x), batch_size):
            rows = np.arange(start, min(start + batch_size, len(x)))
            pictures = np.stack([move(x[i : i + 1], draw(1))[0] for i in rows])
            model.step(pictures, y[rows])
        losses[epoch] = model.loss(x_val, y_val)
    return losses


_true_train = train


def _training(*, strengths="fresh", labels=lambda y, rows: y[rows], look=None, x_of=lambda x, x_val: x,
              y_of=lambda y, y_val: y, changed=lambda old, new: new, batches=None, before=False):
    """The training loop with one thing changed."""

    def wrong(model, x, y, x_val, y_val, draw, move, epochs, batch_size):
        x_seen, y_seen = x_of(x, x_val), y_of(y, y_val)
        n, losses = len(x_seen), []
        kept = {"once": lambda: draw(n), "once for all": lambda: draw(1), "batch once": lambda: draw(batch_size)}.get(
            strengths, lambda: None)()
        for _ in range(epochs):
            if before:
                losses.append(model.loss(x_val, y_val))
            if strengths == "epoch":
                kept = draw(1)
            for start in (batches or (lambda n, size: range(0, n, size)))(n, batch_size):
                rows = slice(start, start + batch_size)
                pictures = x_seen[rows]
                if strengths == "fresh":
                    s = draw(len(pictures))
                elif strengths == "batch":
                    s = draw(1)
                elif strengths == "once":
                    s = kept[rows]
                elif strengths == "batch once":
                    s = kept[: len(pictures)]
                else:
                    s = kept
                new = pictures if strengths == "none" else move(pictures, s)
                model.step(changed(pictures, new), labels(y_seen, rows))
            if not before:
                losses.append((look or (lambda model, *_: model.loss(x_val, y_val)))(
                    model, x, y, x_val, y_val, draw, move))
        return np.array(losses)

    return wrong


def _train_accumulated(model, x, y, x_val, y_val, draw, move, epochs, batch_size):
    losses = []
    for _ in range(epochs):
        x = move(x, draw(len(x)))
        for start in range(0, len(x), batch_size):
            model.step(x[start : start + batch_size], y[start : start + batch_size])
        losses.append(model.loss(x_val, y_val))
    return np.array(losses)


def _train_with_both(model, x, y, x_val, y_val, draw, move, epochs, batch_size):
    losses = []
    for _ in range(epochs):
        for start in range(0, len(x), batch_size):
            rows = slice(start, start + batch_size)
            model.step(x[rows], y[rows])
            model.step(move(x[rows], draw(len(x[rows]))), y[rows])
        losses.append(model.loss(x_val, y_val))
    return np.array(losses)


def _train_then_originals(model, x, y, x_val, y_val, draw, move, epochs, batch_size):
    losses = []
    for _ in range(epochs):
        for pictures in (move(x, draw(len(x))), x):
            for start in range(0, len(x), batch_size):
                model.step(pictures[start : start + batch_size], y[start : start + batch_size])
        losses.append(model.loss(x_val, y_val))
    return np.array(losses)


def _train_on_a_mixture(model, x, y, x_val, y_val, draw, move, epochs, batch_size):
    losses = []
    for _ in range(epochs):
        for start in range(0, len(x), batch_size):
            rows = slice(start, start + batch_size)
            pictures = np.concatenate([x[rows], move(x[rows], draw(len(x[rows])))])
            model.step(pictures, np.concatenate([y[rows], y[rows]]))
        losses.append(model.loss(x_val, y_val))
    return np.array(losses)


def _train_on_copies(repeated):
    """Enlarged once by a changed copy; ``repeated`` says how the labels follow."""

    def wrong(model, x, y, x_val, y_val, draw, move, epochs, batch_size):
        x_twice, y_twice = np.concatenate([x, move(x, draw(len(x)))]), repeated(y)
        return _training(strengths="none")(model, x_twice, y_twice, x_val, y_val, draw, move, epochs, batch_size)

    return wrong


def _on_moved_validation(model, x, y, x_val, y_val, draw, move):
    return model.loss(move(x_val, draw(len(x_val))), y_val)


class _Run:
    """What the answer did on one case: the batches that the model got, and when it measured on the validation pictures."""

    def __init__(self, args):
        self.model, x, y, self.x_val, self.y_val, self.draw, _, self.epochs, self.batch_size = args
        steps = [(pictures, labels) for what, pictures, labels in self.model.seen if what == "step"]
        self.sizes = [len(labels) for _, labels in steps]
        self.pictures = np.concatenate([np.reshape(pictures, (len(pictures), -1)) for pictures, _ in steps] or [np.zeros((0, 1))])
        self.labels = np.concatenate([labels for _, labels in steps] or [y[:0]])
        self.measured, done = [], 0  # after how many pictures
        for what, pictures, labels in self.model.seen:
            done += len(labels) if what == "step" else 0
            if what == "loss" and _equal(pictures, self.x_val) and _equal(labels, self.y_val):
                self.measured.append(done)


def _equal(a, b):
    return np.shape(a) == np.shape(b) and np.allclose(a, b, atol=1e-6)


class _Train(CodeExercise):
    """Keeps what the answer did: each property speaks of one thing that was seen."""

    _calls = {}

    def evaluate(self, answer):
        self._calls = {}
        verdict = super().evaluate(answer)
        self._calls = {}
        return verdict

    def _refuse_call(self, case, args, outcome):
        self._calls[id(case.args)] = args
        return super()._refuse_call(case, args, outcome)

    def seen(self, holds):
        """A property of the answer's run beside the right one."""

        def of(args, outputs):
            if id(args) not in self._calls:
                return True  # no answer is being judged
            right = copy.deepcopy(args)
            _true_train(*right)
            return holds(_Run(self._calls[id(args)]), _Run(right))

        return of


def _seen(holds):
    return lambda args, outputs: train.seen(holds)(args, outputs)


def _right_losses(args):
    return _true_train(*copy.deepcopy(args))


train = _Train(
    train,
    outputs=["losses"],
    cases=_train_cases,
    variants=[
        _train_by_epoch, _train_one_by_one,
        lambda model, x, y, x_val, y_val, draw, move, epochs, batch_size: np.array([
            [[model.step(move(a, draw(len(a))), b) for a, b in zip(
                np.split(x, range(batch_size, len(x), batch_size)), np.split(y, range(batch_size, len(y), batch_size)))],
             model.loss(x_val, y_val)][1] for _ in range(epochs)]),
    ],
    mistakes=[
        Mistake(
            "validation augmented",
            "The validation pictures are moved as well, anew in each epoch. Validate on the pictures as they are.",
            _training(look=_on_moved_validation),
        ),
        Mistake(
            "validation augmented, once",
            "The validation pictures are moved as well, once, beforehand. Validate on the pictures as they are.",
            lambda model, x, y, x_val, y_val, draw, move, epochs, batch_size: (
                lambda moved: _true_train(model, x, y, moved, y_val, draw, move, epochs, batch_size)
            )(move(x_val, draw(len(x_val)))),
        ),
        Mistake(
            "only validation augmented",
            "The validation pictures are moved, and the training pictures are not. It should be the other way round.",
            _training(strengths="none", look=_on_moved_validation),
        ),
        Mistake(
            "drawn once for the whole training",
            "The strengths are drawn once, before the first epoch: each picture has one changed copy, and the network "
            "sees this same copy in every epoch. Draw new strengths in every epoch.",
            _training(strengths="once"),
        ),
        Mistake(
            "drawn once for a batch's places",
            "The strengths are drawn once, as many as a batch has places, and used for every batch and every epoch. "
            "Draw new strengths for each batch.",
            _training(strengths="batch once"),
        ),
        Mistake(
            "one strength for the whole training",
            "One number is drawn for the whole training: all pictures are moved by it, always. Each picture needs a "
            "number of its own, and a new one each time.",
            _training(strengths="once for all"),
        ),
        Mistake(
            "one strength for a whole epoch",
            "One number is drawn for each epoch, and all pictures of the epoch are moved by it. Each picture needs a "
            "number of its own: how many must `draw` give?",
            _training(strengths="epoch"),
        ),
        Mistake(
            "one strength for a whole batch",
            "One number is drawn for each batch, and all its pictures are moved alike. Each picture needs a number of "
            "its own: how many must `draw` give?",
            _training(strengths="batch"),
        ),
        Mistake(
            "moved further and further",
            "The moved pictures of one epoch are moved again in the next: after some epochs they have drifted away. "
            "Start from the originals each time (is x overwritten?).",
            _train_accumulated,
        ),
        Mistake(
            "not moved",
            "The network learns from the pictures as they are. (`move` returns changed pictures. It does not change those that "
            "it gets.)",
            _training(strengths="none"),
        ),
        Mistake(
            "originals and copies, a step each",
            "Two steps are made for each batch, one with the originals. Then there are twice as many steps. Make one, with "
            "the moved pictures.",
            _train_with_both,
        ),
        Mistake(
            "originals and copies in one batch",
            "Each batch holds the originals beside the moved pictures, and is twice as large. Take the moved "
            "ones alone: small strengths among them are as good as originals.",
            _train_on_a_mixture,
        ),
        Mistake(
            "a set of fixed copies",
            "The training set is enlarged once, by one changed copy of each picture. The network then sees the same "
            "copies in every epoch. With new strengths in each epoch, it would never see the same one twice.",
            _train_on_copies(lambda y: np.concatenate([y, y])),
        ),
        Mistake(
            "fixed copies, labels out of step",
            "The training set is enlarged by a changed copy of each picture, and the labels are repeated one by one "
            "(`np.repeat`: 0 0 1 1 ...), while the pictures follow each other as a whole (0 1 ... 0 1 ...). So most "
            "pictures have another one's label. If you draw new strengths in each epoch, you need not store any "
            "copies.",
            _train_on_copies(lambda y: np.repeat(y, 2)),
        ),
        Mistake(
            "the first labels for every batch",
            "Each batch gets the labels of the *first* pictures. Cut the labels from y with the same slice as the "
            "pictures from x.",
            _training(labels=lambda y, rows: y[: len(y[rows])]),
        ),
        Mistake(
            "labels in reverse order",
            "The labels come in another order than the pictures. Use the same slice for both.",
            _training(labels=lambda y, rows: y[rows][::-1]),
        ),
        Mistake(
            "validation pictures trained on",
            "The network is trained on the validation pictures. They are for measuring.",
            _training(x_of=lambda x, x_val: x_val, y_of=lambda y, y_val: y_val),
        ),
        Mistake(
            "trained on both",
            "The network is trained on training *and* validation pictures. Then the validation loss says nothing about "
            "new pictures.",
            _training(x_of=lambda x, x_val: np.concatenate([x, x_val]), y_of=lambda y, y_val: np.concatenate([y, y_val])),
        ),
        Mistake(
            "measured on the training pictures",
            "The loss is that of the training pictures. Measure it on the validation pictures.",
            _training(look=lambda model, x, y, x_val, y_val, draw, move: model.loss(x, y)),
        ),
        Mistake(
            "measured on moved training pictures",
            "The loss is that of the moved training pictures. Measure it on the validation pictures, as they are.",
            _training(look=lambda model, x, y, x_val, y_val, draw, move: model.loss(move(x, draw(len(x))), y)),
        ),
        Mistake(
            "an extra pass over the originals",
            "Each epoch has a second pass, over the pictures as they are. Take the moved pictures alone: small strengths among "
            "them are as good as originals.",
            _train_then_originals,
        ),
        Mistake(
            "last batch left out",
            "The last batch of an epoch is left out when it is smaller than the others. Its pictures are never "
            "learned.",
            _training(batches=lambda n, size: range(0, n - size + 1, size)),
        ),
        Mistake(
            "first batch only",
            "Only the first batch of each epoch is used. An epoch goes once through all pictures.",
            _training(batches=lambda n, size: [0]),
        ),
        Mistake(
            "all in one batch",
            "All pictures are taken in one step: `batch_size` has no effect.",
            lambda model, x, y, x_val, y_val, draw, move, epochs, batch_size: _true_train(
                model, x, y, x_val, y_val, draw, move, epochs, len(x)),
        ),
        Mistake(
            "one by one",
            "A step is made for every single picture: `batch_size` has no effect.",
            lambda model, x, y, x_val, y_val, draw, move, epochs, batch_size: _true_train(
                model, x, y, x_val, y_val, draw, move, epochs, 1),
        ),
        Mistake(
            "measured before the epoch",
            "The loss is measured at the beginning of each epoch: the first one is that of a network that has learned "
            "nothing. Measure at the end.",
            _training(before=True),
        ),
        Mistake(
            "as many numbers as a full batch",
            "`draw(batch_size)` gives too many numbers when the last batch is smaller. Ask for as many as the batch "
            "has pictures.",
            lambda model, x, y, x_val, y_val, draw, move, epochs, batch_size: np.array([
                [[model.step(move(x[s : s + batch_size], draw(batch_size)), y[s : s + batch_size])
                  for s in range(0, len(x), batch_size)], model.loss(x_val, y_val)][1] for _ in range(epochs)
            ]),
        ),
        Mistake(
            "as many numbers as the whole set",
            "`draw(len(x))` gives as many numbers as there are training pictures, and a batch has fewer. Ask for as many as "
            "the batch has pictures.",
            lambda model, x, y, x_val, y_val, draw, move, epochs, batch_size: np.array([
                [[model.step(move(x[s : s + batch_size], draw(len(x))), y[s : s + batch_size])
                  for s in range(0, len(x), batch_size)], model.loss(x_val, y_val)][1] for _ in range(epochs)
            ]),
        ),
        Mistake(
            "never learns",
            "The model learns nothing: `model.step` is never called, and the loss stays what it was.",
            lambda model, x, y, x_val, y_val, draw, move, epochs, batch_size: np.array(
                [model.loss(x_val, y_val) for _ in range(epochs)]),
        ),
        Mistake(
            "mean over the batches",
            "The loss is measured after every batch and averaged. Measure it once, at the end of the epoch.",
            lambda model, x, y, x_val, y_val, draw, move, epochs, batch_size: np.array([
                np.mean([(model.step(move(x[s : s + batch_size], draw(len(x[s : s + batch_size]))), y[s : s + batch_size]),
                          model.loss(x_val, y_val))[1] for s in range(0, len(x), batch_size)])
                for _ in range(epochs)
            ]),
        ),
        Mistake(
            "only the last loss",
            "Only the last epoch's loss comes back. Return one for each epoch: collect them.",
            lambda *args: _true_train(*args)[-1],
        ),
        Mistake(
            "only the first loss",
            "Only the first epoch's loss comes back. Return one for each epoch: is the `return` inside the loop?",
            lambda *args: _true_train(*args)[0],
        ),
        Mistake(
            "untrained loss as well",
            "There is one loss too many, that of the model before it has learned anything. Measure after each epoch only.",
            lambda model, x, y, x_val, y_val, *rest: np.append(
                model.loss(x_val, y_val), _true_train(model, x, y, x_val, y_val, *rest)),
        ),
        Mistake(
            "one epoch too few",
            "There is one loss too few: `range(1, epochs)` and `range(epochs - 1)` make one round less than `epochs`.",
            lambda *args: _true_train(*args)[:-1],
        ),
        Mistake(
            "mean over the epochs",
            "One number comes back, the mean over the epochs. Return the loss of each epoch.",
            lambda *args: _true_train(*args).mean(),
        ),
        Mistake(
            "a loss for each batch",
            "There is a loss for each batch. Return one for each epoch: measure when its last batch is done.",
            lambda model, x, y, x_val, y_val, draw, move, epochs, batch_size: np.array([
                (model.step(move(x[s : s + batch_size], draw(len(x[s : s + batch_size]))), y[s : s + batch_size]),
                 model.loss(x_val, y_val))[1]
                for _ in range(epochs) for s in range(0, len(x), batch_size)
            ]),
        ),
    ],
    properties=[
        Property("The validation loss should be that of the validation pictures as they are, with their labels: `model.loss` "
                 "should get these after every epoch.",
                 _seen(lambda run, right: len(run.measured) >= run.epochs)),
        Property("`model.step` should get every training picture once per epoch. It got more or fewer.",
                 _seen(lambda run, right: sum(run.sizes) == sum(right.sizes))),
        Property("`model.step` should get `batch_size` pictures at a time; only the last batch of an epoch may be smaller.",
                 _seen(lambda run, right: run.sizes == right.sizes)),
        Property("`draw` should give one number for each picture that is learned from. It was asked for more or fewer.",
                 _seen(lambda run, right: run.draw.used == right.draw.used)),
        Property("The labels do not come in the order of y: there is no shuffling here.",
                 _seen(lambda run, right: _equal(run.labels, right.labels))),
        Property("The pictures that `model.step` gets are not those of x, in their order, each moved by its own number from "
                 "`draw`.",
                 _seen(lambda run, right: _equal(run.pictures, right.pictures))),
        Property("The loss should be measured when the last batch of the epoch has been learned.",
                 _seen(lambda run, right: set(right.measured) <= set(run.measured))),
        Property("The training is right. But the returned values are not the losses that `model.loss` gave at the end "
                 "of each epoch.",
                 lambda args, outputs: np.allclose(outputs[0], _right_losses(args), rtol=1e-3)),
    ],
    points=4,
    hints=[
        "Two loops: epochs, and inside them batches. Which of the four arrays should ever be moved?",
        "Inside the inner loop: cut a batch from x and the same one from y, draw as many numbers as it has pictures, "
        "move, `model.step`. After the inner loop: `model.loss` on the validation pictures as they are.",
    ],
    insight="Six lines follow three rules. Only the training pictures are moved. They are moved from the originals, "
    "with new numbers each time. Each picture is moved by its own number and keeps its own label. Keras' layers follow "
    "the same rules where they are part of the model and `fit`, `evaluate` and `predict` run it. If you call these "
    "layers yourself, pass `training=False`.",
)
