"""Notebook 06, code: group normalization."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Sequence

import numpy as np

from helpers.exercises import sandbox
from helpers.exercises.engine import Case, CodeExercise, Mistake, Property
from helpers.exercises.layer_instance_and_group_normalization._shared import (
    _DIVISIONS,
    _axes,
    _channel_weights,
    _channels,
    _formula_mistakes,
    _in_groups,
    _mixed,
    _over,
    _pair,
    _pairs,
    _reached,
    _sets_mistakes,
    _undone,
    _whole,
    _within,
)


def group_norm(x, groups, gamma, beta, epsilon=1e-3):
    N, H, W, C = x.shape
    if C % groups:
        raise ValueError(f"{groups} groups do not divide {C} channels")
    parts = x.reshape(N, H, W, groups, C // groups)
    mean = parts.mean(axis=(1, 2, 4), keepdims=True)
    variance = parts.var(axis=(1, 2, 4), keepdims=True)
    x_hat = ((parts - mean) / np.sqrt(variance + epsilon)).reshape(x.shape)
    return gamma * x_hat + beta


class GroupExercise(CodeExercise):
    """A code exercise that also asks when the function refuses a number of groups.

    Args:
        taken: a call whose groups divide the channels and none of the other axes.
        refused: a call whose groups divide every axis but the channels: it must raise a ValueError.
        refusals: what is said of one that does not; ``answer(value, error)`` tells which.
    """

    def __init__(self, *args, taken: Case, refused: Case, refusals: Sequence[Mistake], **options) -> None:
        super().__init__(*args, **options)
        self.taken = taken
        self.refused = refused
        self.refusals = tuple(refusals)

    def evaluate(self, answer):
        verdict = super().evaluate(answer)
        if verdict.state == "unusable" and "ValueError" in verdict.paragraphs[0] and "raise " in verdict.code:
            return self._another_axis(*verdict.paragraphs, code=verdict.code)
        if verdict.state != "correct":
            return verdict
        return self._trouble_with(answer, self.taken) or self._trouble_with(answer, self.refused) or verdict

    def _another_axis(self, *said, code=""):
        return self._verdict("known mistake", _ANOTHER_AXIS, *said, code=code, mistakes=("another axis divided",))

    def _trouble_with(self, answer, case):
        """What is said of the call ``taken`` or ``refused``; None where it does as it should."""
        args = copy.deepcopy(case.args)
        outcome = sandbox.call(lambda: answer(*args), cpu_seconds=self.cpu_seconds)
        if outcome.timed_out:
            return self._refuse_call(case, args, outcome)
        if case is self.taken:
            return self._another_axis() if isinstance(outcome.error, ValueError) else None
        if isinstance(outcome.error, ValueError):
            return None
        mistake = next(m for m in self.refusals if m.answer(outcome.value, outcome.error))
        return self._verdict("known mistake", mistake.message, mistakes=(mistake.name,))


_ANOTHER_AXIS = (
    "Here `groups` divides the number of channels, but your function still raises a ValueError. Look at the "
    "condition: does it use the axis that counts the channels, and does it divide the right way round?"
)


def _group_cases():
    rng = np.random.default_rng(50)

    def images(*shape):
        N, _, _, C = shape
        spread = rng.uniform(0.05, 0.4, size=(N, 1, 1, C))
        return spread * rng.normal(size=shape) + rng.normal(size=(N, 1, 1, C))

    small = images(4, 2, 3, 4)
    small[1, :, :, 2:] *= 0.02  # a spread that is smaller than epsilon
    alike = images(2, 4, 4, 6)
    alike[1, :, :, 3:] = 5.0
    six, four = _channel_weights(6), _channel_weights(4)
    return [
        Case("on images of shape (2, 4, 4, 6) in 2 groups, with the default epsilon",
             (0.2 * images(2, 4, 4, 6), 2, *six)),
        Case("on images of shape (2, 4, 4, 6), with all values equal in the last three channels of one image",
             (alike, 2, *six, 1e-2), edge=True),
        Case("on images of shape (4, 2, 3, 4) in 2 groups", (small, 2, *four, 0.05)),
        Case("on images of shape (4, 6, 2, 6) in 3 groups", (images(4, 6, 2, 6), 3, *six, 1e-2)),
        Case("on one image of shape (1, 4, 4, 6) in 1 group", (images(1, 4, 4, 6), 1, *six, 1e-2)),
        Case("on an image of shape (1, 2, 3, 4) in 2 groups, with epsilon 0",
             (0.2 * images(1, 2, 3, 4), 2, *four, 0.0), edge=True),
    ]


def _slices(x, groups, gamma, beta, epsilon=1e-3):
    y = np.zeros(x.shape)
    for part in np.split(np.arange(x.shape[-1]), groups):  # raises a ValueError itself
        chosen = x[..., part]
        mean = chosen.mean(axis=(1, 2, 3), keepdims=True)
        y[..., part] = (chosen - mean) / np.sqrt(((chosen - mean) ** 2).mean(axis=(1, 2, 3), keepdims=True) + epsilon)
    return y * gamma + beta


def _channels_first(x, groups, gamma, beta, epsilon=1e-3):
    if x.shape[-1] % groups != 0:
        raise ValueError
    first = np.moveaxis(x, -1, 1)  # (N, C, H, W)
    rows = first.reshape(len(x), groups, -1)
    rows = (rows - rows.mean(-1, keepdims=True)) / np.sqrt(rows.var(-1, keepdims=True) + epsilon)
    return np.moveaxis(rows.reshape(first.shape), 1, -1) * gamma + beta


def _group_in_float32(x, groups, gamma, beta, epsilon=1e-3):
    return _channels_first(x.astype(np.float32), groups, gamma, beta, epsilon).astype(np.float32)


def _strided(x, groups):
    return (*x.shape[:-1], x.shape[-1] // groups, groups), (1, 2, 3)


def _size_for_number(x, groups):
    return (*x.shape[:-1], x.shape[-1] // groups, groups), (1, 2, 4)


def _memory_blocks(x, groups):
    return (len(x), groups, -1), (2,)


def _rows_of_positions(x, groups):
    N, H, W, C = x.shape
    return (N, groups, H // groups, W, C), (2, 3)


def _groups_of_images(x, groups):
    N, H, W, C = x.shape
    return (groups, N // groups, H, W, C), (1, 2, 3)


def _repeated(weights, groups):
    return np.repeat(weights[:groups], len(weights) // groups)


def _group_weights(choose, **options):
    def forward(x, groups, gamma, beta, epsilon=1e-3):
        return _over(_in_groups, **options)(x, groups, choose(gamma, groups), choose(beta, groups), epsilon)

    return forward


def _first_group_only(x, groups, gamma, beta, epsilon=1e-3):
    size = x.shape[-1] // groups
    x_hat = np.array(x, dtype=float)
    part = x[..., :size]
    mean, variance = part.mean(axis=(1, 2, 3), keepdims=True), part.var(axis=(1, 2, 3), keepdims=True)
    x_hat[..., :size] = (part - mean) / np.sqrt(variance + epsilon)
    return gamma * x_hat + beta


def _without_the_last(x, groups, gamma, beta, epsilon=1e-3):
    size = x.shape[-1] // groups
    x_hat = _over(_in_groups)(x, groups, 1.0, 0.0, epsilon)
    x_hat[..., -size:] = x[..., -size:]
    return gamma * x_hat + beta


def _mean(parts):
    return parts.mean(axis=(1, 2, 4), keepdims=True)


def _with_variance(variance):
    """The right mean of each group with another ``variance(parts)``; parts has shape (N, H, W, groups, C / groups)."""

    def forward(x, groups, gamma, beta, epsilon=1e-3):
        parts = x.reshape(_in_groups(x, groups)[0])
        return gamma * ((parts - _mean(parts)) / np.sqrt(variance(parts) + epsilon)).reshape(x.shape) + beta

    return forward


_squares_summed = _with_variance(lambda parts: ((parts - _mean(parts)) ** 2).sum(axis=(1, 2, 4), keepdims=True))


def _left_in_groups(x, groups, gamma, beta, epsilon=1e-3):
    view, _ = _in_groups(x, groups)
    return _over(_in_groups)(x, groups, gamma, beta, epsilon).reshape(view)


def _folded_wrongly(x, groups, gamma, beta, epsilon=1e-3):
    view, axes = _in_groups(x, groups)
    parts = np.moveaxis(x.reshape(view), 3, 1)  # (N, groups, H, W, C / groups)
    mean, variance = parts.mean(axis=(2, 3, 4), keepdims=True), parts.var(axis=(2, 3, 4), keepdims=True)
    return gamma * ((parts - mean) / np.sqrt(variance + epsilon)).reshape(x.shape) + beta


def _groups_without_keepdims(x, groups, gamma, beta, epsilon=1e-3):
    view, axes = _in_groups(x, groups)
    parts = x.reshape(view)
    return gamma * ((parts - parts.mean(axis=axes)) / np.sqrt(parts.var(axis=axes) + epsilon)).reshape(x.shape) + beta


def _blocks_without_keepdims(x, groups, gamma, beta, epsilon=1e-3):
    rows = x.reshape(len(x), groups, -1)
    return gamma * ((rows - rows.mean(axis=2)) / np.sqrt(rows.var(axis=2) + epsilon)).reshape(x.shape) + beta


def _hat_in_groups(x, groups, epsilon):
    return _over(_in_groups)(x, groups, 1.0, 0.0, epsilon).reshape(_in_groups(x, groups)[0])


def _channels_left_in_front(x, groups, gamma, beta, epsilon=1e-3):
    N, H, W, C = x.shape
    parts = np.moveaxis(x, -1, 1).reshape(N, groups, C // groups, H, W)
    mean, variance = parts.mean(axis=(2, 3, 4), keepdims=True), parts.var(axis=(2, 3, 4), keepdims=True)
    return gamma * ((parts - mean) / np.sqrt(variance + epsilon)).reshape(x.shape) + beta


def _turned(x, groups, gamma, beta, epsilon=1e-3):
    return gamma * _over(_in_groups)(x, groups, 1.0, 0.0, epsilon).transpose(0, 2, 1, 3) + beta


def _positions_flattened(x, groups, gamma, beta, epsilon=1e-3):
    N, H, W, C = x.shape
    y = _over(_in_groups)(x, groups, gamma, beta, epsilon)
    return y.reshape(N, H * W, groups, C // groups)


def _normalized_parts(x, groups, epsilon):
    return [_over(_whole)(part, None, 1.0, 0.0, epsilon) for part in np.split(x, groups, axis=-1)]


def _joined_along_images(x, groups, gamma, beta, epsilon=1e-3):
    return gamma * np.concatenate(_normalized_parts(x, groups, epsilon), axis=0) + beta


def _stacked_behind(x, groups, gamma, beta, epsilon=1e-3):
    return gamma * np.stack(_normalized_parts(x, groups, epsilon), axis=-1).reshape(x.shape) + beta


def _returned_in_the_loop(x, groups, gamma, beta, epsilon=1e-3):
    return gamma * _normalized_parts(x, groups, epsilon)[0] + beta


def _stacked(x, groups, gamma, beta, epsilon=1e-3):
    return gamma * np.array(_normalized_parts(x, groups, epsilon)).reshape(x.shape) + beta


_IN_MEMORY = (
    "Each group is a band of *positions*, with all channels in it. This cut would be right if the channels came first, "
    "as in PyTorch. Here they are the last axis, and only that axis must be split into two axes."
)


def _looking_first(forward):
    """As students write it: whatever is wrong later, the number of groups is looked at first."""

    def looked(x, groups, *rest):
        if x.shape[-1] % groups:
            raise ValueError
        return forward(x, groups, *rest)

    return looked


def _cut(axes):
    """``axes`` of x with its channels cut in two: (N, H, W, groups, C / groups)."""
    return lambda x, groups: (_in_groups(x, groups)[0], axes)


# The common ones: they are paired with a second mistake.
_WRONG_SETS = [
    (
        "strided channels",
        "Your groups take channels at intervals: 0, 2, 4 and 1, 3, 5. The channels of a group should be neighbours: "
        "0, 1, 2 and 3, 4, 5. Which of the two new axes comes first?",
        _strided,
    ),
    (
        "groups for their size",
        "`groups` is used as the number of channels in a group. It is the number of groups: with 6 channels, 2 "
        "groups have 3 channels each.",
        _size_for_number,
    ),
    (
        "blocks of memory",
        _IN_MEMORY,
        _memory_blocks,
    ),
    (
        "each channel by itself",
        "Each channel is normalized by itself: that is instance normalization. Average over the channels of the "
        "group as well. (Or is `groups` never used?)",
        _channels,
    ),
    (
        "one group",
        "All channels of an image share one mean: that is layer normalization, whatever `groups` says.",
        _whole,
    ),
]
_OTHER_SETS = [
    (
        "positions in groups",
        "The height is cut into groups and the channels stay apart. Groups consist of channels, and each group has "
        "all positions.",
        _rows_of_positions,
    ),
    (
        "images in groups",
        "The images are cut into groups, and a channel's mean runs over the images of its group: that is batch "
        "normalization in smaller batches. Groups consist of channels, within one image.",
        _groups_of_images,
    ),
    (
        "each position by itself",
        "Each position has a mean of its own, over the channels of a group. All positions of an image should share "
        "it: average over height and width as well.",
        _cut((4,)),
    ),
    (
        "each position over all its channels",
        "Each position has a mean of its own, over all its channels. It is the other way round: a group has some of "
        "the channels, and all positions of an image.",
        _cut((3, 4)),
    ),
    (
        "each row by itself",
        "Each row of positions has a mean of its own: the height, axis 1, is not averaged over.",
        _cut((2, 4)),
    ),
    (
        "each column by itself",
        "Each column of positions has a mean of its own: the width, axis 2, is not averaged over.",
        _cut((1, 4)),
    ),
    (
        "axes of channels first",
        "It averages over axes 2, 3 and 4: the width, the groups and their channels. These would be the right axes "
        "if the channels came first. Here they come last; which axes stay?",
        _cut((2, 3, 4)),
    ),
    (
        "over the batch",
        "A group's mean runs over all images. It should stay within one image: leave axis 0 out of the average.",
        _cut((0, 1, 2, 4)),
    ),
    (
        "batch normalization",
        "This is batch normalization: one mean per channel, over all images.",
        _axes(lambda x: (0, 1, 2)),
    ),
    (
        "groups averaged together",
        "The groups' axis is averaged over and the position within a group is kept: channels 0 and 3 share a mean. "
        "Keep the groups, average over their channels.",
        _cut((1, 2, 3)),
    ),
]


_ALSO_PAIRED = ("each position by itself", "over the batch", "groups averaged together")
_FIVE_AXES = (
    "gamma has one number per channel, and here the channels are still cut into two axes: the two do not line up. Give "
    "x_hat the shape of x again before gamma and beta are used."
)


_FLOAT = "`/` gives a float even when there is no remainder, and a number of channels must be a whole number: use `//`."


_ONE_WEIGHT_A_GROUP = (
    "Here the channels of a group share one gamma and one beta. They should share only the mean and the variance: "
    "each channel has its own gamma and beta, as in the other layers."
)


def _group_means_are_zero(args, outputs):
    x_hat = _undone((args[0], *args[2:]), outputs, 1)
    view, axes = _in_groups(x_hat, args[1])
    return np.allclose(x_hat.reshape(view).mean(axis=axes), 0, atol=1e-4)


group_norm = GroupExercise(
    group_norm,
    taken=Case("on images of shape (3, 3, 5, 4) in 2 groups", (np.ones((3, 3, 5, 4)), 2, np.ones(4), np.zeros(4))),
    refused=Case("on images with 6 channels in 4 groups", (np.ones((4, 4, 4, 6)), 4, np.ones(6), np.zeros(6))),
    refusals=[
        Mistake(
            "assert for a ValueError",
            "Where the groups divide the channels, your function is right. With 6 channels in 4 groups it stops, but "
            "with an `AssertionError`. `assert` checks what a programmer is sure of, and Python can be told to skip "
            "it. For what a caller can get wrong, raise a ValueError.",
            lambda value, error: isinstance(error, AssertionError),
        ),
        Mistake(
            "another error",
            "Where the groups divide the channels, your function is right. With 6 channels in 4 groups it stops, but "
            "not with a ValueError, and that is what its callers will look for. Look at C before you cut, and raise "
            "a ValueError.",
            lambda value, error: error is not None,
        ),
        Mistake(
            "error returned",
            "Where the groups divide the channels, your function is right. With 6 channels in 4 groups it *returns* "
            "the error, as though that were a result, so the caller goes on with it. Raise the error instead.",
            lambda value, error: isinstance(value, BaseException) or inspect.isclass(value),
        ),
        Mistake(
            "nothing returned",
            "Where the groups divide the channels, your function is right. With 6 channels in 4 groups it returns no "
            "array and raises nothing: the trouble shows later, elsewhere. Raise a ValueError here.",
            lambda value, error: not isinstance(value, np.ndarray),
        ),
        Mistake(
            "groups that do not divide the channels",
            "Where the groups divide the channels, your function is right. With 6 channels in 4 groups it returns "
            "numbers all the same: from groups of unequal size, with channels left out, or with a group that "
            "ends in the middle of a channel. Nobody would notice. Look at C before you cut, and raise a ValueError.",
            lambda value, error: True,
        ),
    ],
    outputs=["y"],
    cases=_group_cases,
    variants=[_slices, _channels_first, _group_in_float32],
    mistakes=[
        *_sets_mistakes(_WRONG_SETS + _OTHER_SETS, _looking_first),
        Mistake("gamma for each group", _ONE_WEIGHT_A_GROUP, _group_weights(_repeated)),
        Mistake(
            "gamma for each group, the first of each",
            _ONE_WEIGHT_A_GROUP,
            _group_weights(lambda w, groups: np.repeat(w[::len(w) // groups], len(w) // groups)),
        ),
        Mistake(
            "gamma in another order",
            "gamma and beta have lost the order of their channels: check along which axes they lie.",
            _group_weights(lambda w, groups: w.reshape(-1, groups).T.ravel()),
        ),
        Mistake(
            "gamma for each group, averaged",
            _ONE_WEIGHT_A_GROUP,
            _group_weights(lambda w, groups: np.repeat(w.reshape(groups, -1).mean(axis=1), len(w) // groups)),
        ),
        Mistake(
            "gamma of the first group",
            "All groups use the gamma and beta of the first one. Every channel has its own.",
            _group_weights(lambda w, groups: np.tile(w[:len(w) // groups], groups)),
        ),
        *(
            _pair(("gamma for each group", _ONE_WEIGHT_A_GROUP), known, _group_weights(_repeated, **options))
            for *known, options in _within(_DIVISIONS) if "default" not in options
        ),
        *_mixed(
            _in_groups,
            [("each channel", _channels), ("the whole image", _whole),
             ("all images together", _axes(lambda x: (0, 1, 2, 3))),
             ("the group over all images", _cut((0, 1, 2, 4)))],
            _looking_first,
        ),
        Mistake(
            "first group only",
            "Only the first group is normalized; the others come back unchanged. Is there a `return` inside the "
            "loop, or does the loop end too early?",
            _first_group_only,
        ),
        Mistake(
            "last group left as it was",
            "The last group is not normalized: it comes back unchanged. Does the loop end too early?",
            _without_the_last,
        ),
        Mistake(
            "squares summed",
            "The squared deviations are added up and not averaged: this variance grows with the number of values.",
            _looking_first(_squares_summed),
        ),
        Mistake(
            "squares averaged channel by channel",
            "The mean is that of the group. The squared deviations from it are averaged over the positions only, so "
            "that each channel has a variance of its own. Average over the channels of the group as well.",
            _looking_first(_with_variance(lambda parts: ((parts - _mean(parts)) ** 2).mean(axis=(1, 2), keepdims=True))),
        ),
        Mistake(
            "mean of the channels' variances",
            "The variance is the mean of the channels' own variances, each around its own mean. The channels' means "
            "differ as well, and this difference is part of the group's variance.",
            _looking_first(_with_variance(lambda parts: parts.var(axis=(1, 2), keepdims=True).mean(axis=4, keepdims=True))),
        ),
        Mistake(
            "returned in the loop",
            "The function ends after the first group: there is a `return` inside the loop. Collect all groups, join "
            "them along the channel axis, and only then use gamma and beta.",
            _returned_in_the_loop,
        ),
        Mistake(
            "left in groups",
            "The result still has five axes. The next layer expects x's shape: merge the two axes of the channels "
            "again.",
            _left_in_groups,
        ),
        Mistake(
            "folded in another order",
            "The groups were moved in front and the result was reshaped with the axes in that order, so numbers end "
            "up at the wrong positions and channels. Move the axis back first.",
            _folded_wrongly,
        ),
        Mistake(
            "left in groups, positions flattened",
            "The result still has its channels cut into groups and its positions in one axis. The next layer expects "
            "x's shape.",
            _positions_flattened,
        ),
        Mistake(
            "channels left in front",
            "The channels were moved in front, which is a good way to cut them into groups; but they were not moved "
            "back before the last `reshape`, so numbers end up at the wrong positions and channels.",
            _channels_left_in_front,
        ),
        Mistake(
            "channels first in the result",
            "The numbers are right, but the channels of the result are axis 1. Move them back to the end, where they "
            "are in x.",
            lambda *args: np.moveaxis(_channels_first(*args), -1, 1),
        ),
        Mistake("size as a float", _FLOAT, lambda x, groups, *rest: range(x.shape[-1] / groups)),
        Mistake("size as a float, in a slice", _FLOAT, lambda x, groups, *rest: x[..., :x.shape[-1] / groups]),
        Mistake(
            "height and width exchanged",
            "In the result height and width are swapped: every image comes out transposed. With square images "
            "the shape does not show it.",
            _turned,
        ),
        Mistake(
            "batch cut into blocks",
            "The whole batch is cut into `groups` blocks: the images are not kept apart, and all channels of a "
            "position are together. Only the channel axis must be split into two axes.",
            _over(lambda x, groups: ((groups, -1), (1,))),
        ),
        Mistake(
            "keepdims forgotten",
            "Without `keepdims` the means have shape (N, groups), and NumPy cannot line that up with five axes. Keep "
            "the averaged axes with length 1.",
            _groups_without_keepdims,
        ),
        Mistake(
            "blocks of memory, keepdims forgotten",
            _IN_MEMORY + " (And without `keepdims` the means do not line up.)",
            _blocks_without_keepdims,
        ),
        Mistake(
            "gamma on five axes",
            _FIVE_AXES,
            lambda x, groups, gamma, beta, epsilon=1e-3: gamma * _hat_in_groups(x, groups, epsilon) + beta,
        ),
        Mistake(
            "gamma on five axes, behind",
            _FIVE_AXES,
            lambda x, groups, gamma, beta, epsilon=1e-3: _hat_in_groups(x, groups, epsilon) * gamma + beta,
        ),
        Mistake(
            "groups stacked",
            "The groups are normalized correctly, but put together wrongly: in a reshaped list of arrays the groups "
            "come first, so numbers end up at the wrong positions. Join them along the channel axis.",
            _stacked,
        ),
        Mistake(
            "groups stacked behind",
            "The groups are normalized correctly, but put together wrongly: a new last axis makes channels 0 and 3 "
            "neighbours. Join them along the channel axis.",
            _stacked_behind,
        ),
        Mistake(
            "groups joined along the images",
            "The groups are normalized correctly, but put together along axis 0, as though they were more images. "
            "Join them along the channel axis.",
            _joined_along_images,
        ),
        *_formula_mistakes(_in_groups, _looking_first),
        *_pairs(
            _in_groups, _WRONG_SETS + [known for known in _OTHER_SETS if known[0] in _ALSO_PAIRED], _looking_first
        ),
    ],
    properties=[
        Property(
            "Some channels come back as nothing but zeros, or nothing but beta: does the loop reach every group?",
            _reached(lambda x: (0, 1, 2), 2),
        ),
        Property(
            "Subtract beta and divide by gamma: then each group of neighbouring channels of each image should have "
            "mean 0. Not all of them do.",
            _group_means_are_zero,
        ),
    ],
    points=4,
    hints=[
        "Draw six channels in two groups: 0, 1, 2 and 3, 4, 5. There are two things to do: cut the channel axis into "
        "two axes, and average over all but two of the five.",
        "(N, H, W, C) becomes (N, H, W, groups, C / groups): in memory, neighbouring channels stay neighbours. Which "
        "of these five axes are kept?",
        "The images and the groups are kept: `axis=(1, 2, 4)`, with `keepdims=True`. Afterwards reshape to x's "
        "shape, and only then use gamma and beta. Before all that: does `groups` divide C?",
    ],
    insight="It is the same array with one axis split into two, and once again the same normalization over other axes. "
    "The order of the channels means nothing to a convolution, but it decides who is in a group.",
)
