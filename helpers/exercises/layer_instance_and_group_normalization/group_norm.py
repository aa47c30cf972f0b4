"""Notebook 06, code: group normalization."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Sequence

import numpy as np

from helpers.exercises import sandbox
from helpers.exercises.engine import Case, CodeExercise, Mistake, Property
from helpers.exercises.layer_instance_and_group_normalization._shared import (
    _axes,
    _channel_weights,
    _channels,
    _formula_mistakes,
    _in_groups,
    _over,
    _undone,
    _whole,
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
    """A code exercise that also asks what happens when the groups do not divide the channels.

    Args:
        refused: a call that must raise a ValueError.
        refusals: what is said of one that does not; ``answer(value, error)`` tells which.
    """

    def __init__(self, *args, refused: Case, refusals: Sequence[Mistake], **options) -> None:
        super().__init__(*args, **options)
        self.refused = refused
        self.refusals = tuple(refusals)

    def evaluate(self, answer):
        verdict = super().evaluate(answer)
        if verdict.state != "correct":
            return verdict
        args = copy.deepcopy(self.refused.args)
        outcome = sandbox.call(lambda: answer(*args), cpu_seconds=self.cpu_seconds)
        if outcome.timed_out:
            return self._refuse_call(self.refused, args, outcome)
        if isinstance(outcome.error, ValueError):
            return verdict
        mistake = next(m for m in self.refusals if m.answer(outcome.value, outcome.error))
        return self._verdict("known mistake", mistake.message, mistakes=(mistake.name,))


def _group_cases():
    rng = np.random.default_rng(50)

    def pictures(*shape):
        N, _, _, C = shape
        spread = rng.uniform(0.05, 0.4, size=(N, 1, 1, C))
        return spread * rng.normal(size=shape) + rng.normal(size=(N, 1, 1, C))

    alike = pictures(2, 4, 4, 6)
    alike[1, :, :, 3:] = 5.0
    six, four = _channel_weights(6), _channel_weights(4)
    return [
        Case("on pictures of shape (2, 4, 4, 6) in 2 groups, with the default epsilon",
             (0.2 * pictures(2, 4, 4, 6), 2, *six)),
        Case("on pictures of shape (2, 4, 4, 6), the last three channels of a picture all alike",
             (alike, 2, *six, 1e-2)),
        Case("on pictures of shape (4, 2, 3, 4) in 2 groups", (pictures(4, 2, 3, 4), 2, *four, 0.05)),
        Case("on pictures of shape (3, 6, 2, 6) in 3 groups", (pictures(3, 6, 2, 6), 3, *six, 1e-2)),
        Case("on one picture of shape (1, 4, 4, 6) in 1 group", (pictures(1, 4, 4, 6), 1, *six, 1e-2)),
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


def _rows_of_places(x, groups):
    N, H, W, C = x.shape
    return (N, groups, H // groups, W, C), (2, 3)


def _groups_of_images(x, groups):
    N, H, W, C = x.shape
    return (groups, N // groups, H, W, C), (1, 2, 3)


def _repeated(weights, groups):
    return np.repeat(weights[:groups], len(weights) // groups)


def _group_weights(choose):
    def forward(x, groups, gamma, beta, epsilon=1e-3):
        return _over(_in_groups)(x, groups, choose(gamma, groups), choose(beta, groups), epsilon)

    return forward


def _own_variance(x, groups, gamma, beta, epsilon=1e-3):
    view, axes = _in_groups(x, groups)
    parts = x.reshape(view)
    centred = (parts - parts.mean(axis=axes, keepdims=True)).reshape(x.shape)
    return gamma * centred / np.sqrt(x.var(axis=(1, 2), keepdims=True) + epsilon) + beta


def _own_mean(x, groups, gamma, beta, epsilon=1e-3):
    view, axes = _in_groups(x, groups)
    parts = x.reshape(view)
    spread = np.broadcast_to(np.sqrt(parts.var(axis=axes, keepdims=True) + epsilon), view).reshape(x.shape)
    return gamma * (x - x.mean(axis=(1, 2), keepdims=True)) / spread + beta


def _first_group_only(x, groups, gamma, beta, epsilon=1e-3):
    size = x.shape[-1] // groups
    x_hat = np.array(x, dtype=float)
    part = x[..., :size]
    mean, variance = part.mean(axis=(1, 2, 3), keepdims=True), part.var(axis=(1, 2, 3), keepdims=True)
    x_hat[..., :size] = (part - mean) / np.sqrt(variance + epsilon)
    return gamma * x_hat + beta


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


def _places_flattened(x, groups, gamma, beta, epsilon=1e-3):
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
    "`reshape` cuts an array in the order of its memory. Here the channels are the last axis, so cutting the picture "
    "into `groups` blocks gives bands of *places* with all channels in them. (In PyTorch the channels come first, "
    "and there the same line is right.) Only the channel axis must be cut in two."
)


_FIVE_AXES = (
    "gamma has one number a channel, and here the channels are still cut into two axes: the two do not line up. Give "
    "x_hat the shape of x again before gamma and beta are used."
)


_ONE_WEIGHT_A_GROUP = (
    "A group shares one gamma and one beta. Only the mean and the variance belong to a group; gamma and beta are one "
    "for each channel, as in the other layers."
)


def _group_means_are_zero(args, outputs):
    x_hat = _undone((args[0], *args[2:]), outputs, 1)
    view, axes = _in_groups(x_hat, args[1])
    return np.allclose(x_hat.reshape(view).mean(axis=axes), 0, atol=1e-4)


group_norm = GroupExercise(
    group_norm,
    refused=Case("on pictures with 6 channels in 4 groups", (np.ones((2, 2, 2, 6)), 4, np.ones(6), np.zeros(6))),
    refusals=[
        Mistake(
            "assert for a ValueError",
            "Where the groups divide the channels it is right. With 6 channels in 4 groups it stops, but with an "
            "`AssertionError`. `assert` is for what cannot happen, and `python -O` leaves it out; what a caller can "
            "get wrong is told by a ValueError.",
            lambda value, error: isinstance(error, AssertionError),
        ),
        Mistake(
            "another error",
            "Where the groups divide the channels it is right. With 6 channels in 4 groups it stops, but by accident, "
            "with an error that says nothing of groups. Look at C before you cut, and raise a ValueError.",
            lambda value, error: error is not None,
        ),
        Mistake(
            "error returned",
            "Where the groups divide the channels it is right. With 6 channels in 4 groups it *returns* the error, as "
            "though that were a result: the caller goes on and nobody is stopped. Errors are raised.",
            lambda value, error: isinstance(value, BaseException) or inspect.isclass(value),
        ),
        Mistake(
            "nothing returned",
            "Where the groups divide the channels it is right. With 6 channels in 4 groups it returns no array and "
            "raises nothing: the trouble shows later, in another place. Raise a ValueError here.",
            lambda value, error: not isinstance(value, np.ndarray),
        ),
        Mistake(
            "groups that do not divide the channels",
            "Where the groups divide the channels it is right. With 6 channels in 4 groups it returns numbers all the "
            "same: from groups of unequal size, with channels left out, or with a border in the middle of a channel. "
            "Nobody would notice. Look at C before you cut, and raise a ValueError.",
            lambda value, error: True,
        ),
    ],
    outputs=["y"],
    cases=_group_cases,
    variants=[_slices, _channels_first, _group_in_float32],
    mistakes=[
        Mistake(
            "strided channels",
            "A group takes every so-many-th channel: 0, 2, 4 and 1, 3, 5. The channels of a group are neighbours: "
            "0, 1, 2 and 3, 4, 5. Which of the two new axes comes first?",
            _over(_strided),
        ),
        Mistake(
            "groups for their size",
            "`groups` is taken for the number of channels in a group. It is the number of groups: 2 groups of 6 "
            "channels have 3 each.",
            _over(_size_for_number),
        ),
        Mistake("blocks of memory", _IN_MEMORY, _over(_memory_blocks)),
        Mistake(
            "places in groups",
            "The height is cut into groups and the channels stay apart. Groups are of channels; all places belong to "
            "each of them.",
            _over(_rows_of_places),
        ),
        Mistake(
            "pictures in groups",
            "The pictures are cut into groups, and a channel's mean runs over the pictures of its group: that is batch "
            "normalization in smaller batches. Groups are of channels, within one picture.",
            lambda x, groups, gamma, beta, epsilon=1e-3: _over(_groups_of_images)(x, groups, gamma, beta, epsilon),
        ),
        Mistake(
            "each place by itself",
            "Each place has a mean of its own, over the channels of a group. The places of a picture share it: average "
            "over height and width as well.",
            _over(lambda x, groups: (_in_groups(x, groups)[0], (4,))),
        ),
        Mistake(
            "each channel by itself",
            "Each channel is normalized by itself: that is instance normalization. Average over the channels of the "
            "group as well. (Or does `groups` never enter?)",
            _over(_channels),
        ),
        Mistake(
            "one group",
            "All channels of a picture share one mean: that is layer normalization, whatever `groups` says.",
            _over(_whole),
        ),
        Mistake(
            "over the batch",
            "A group's mean runs over all pictures. It ends with its picture: leave axis 0 out of the average.",
            _over(lambda x, groups: (_in_groups(x, groups)[0], (0, 1, 2, 4))),
        ),
        Mistake(
            "batch normalization",
            "This is batch normalization: one mean a channel, over all pictures.",
            _over(_axes(lambda x: (0, 1, 2))),
        ),
        Mistake(
            "groups averaged together",
            "The groups' axis is averaged over and the place within a group is kept: channels 0 and 3 share a mean. "
            "Keep the groups, average over their channels.",
            _over(lambda x, groups: (_in_groups(x, groups)[0], (1, 2, 3))),
        ),
        Mistake("gamma for each group", _ONE_WEIGHT_A_GROUP, _group_weights(_repeated)),
        Mistake(
            "gamma for each group, the first of each",
            _ONE_WEIGHT_A_GROUP,
            _group_weights(lambda w, groups: np.repeat(w[::len(w) // groups], len(w) // groups)),
        ),
        Mistake(
            "gamma in another order",
            "gamma and beta have lost the order of their channels: check the axes along which you laid them.",
            _group_weights(lambda w, groups: w.reshape(-1, groups).T.ravel()),
        ),
        Mistake(
            "variance of the channel",
            "The mean is the group's, but the variance each channel's own. Both belong to the group.",
            _own_variance,
        ),
        Mistake(
            "mean of the channel",
            "The variance is the group's, but the mean each channel's own. Both belong to the group.",
            _own_mean,
        ),
        Mistake(
            "first group only",
            "Only the first group is normalized; the others come through as they were. Does a `return` stand inside "
            "the loop, or does the loop end too early?",
            _first_group_only,
        ),
        Mistake(
            "returned in the loop",
            "After the first group it is over: a `return` stands inside the loop. Collect all groups, join them along "
            "the channel axis, and only then use gamma and beta.",
            _returned_in_the_loop,
        ),
        Mistake(
            "left in groups",
            "The result still has five axes. The next layer expects x's shape: fold the two axes of the channels "
            "together again.",
            _left_in_groups,
        ),
        Mistake(
            "folded in another order",
            "The groups were moved in front and the result was reshaped with the axes in that order: numbers end up "
            "at other places and channels. Move the axis back first.",
            _folded_wrongly,
        ),
        Mistake(
            "left in groups, places flattened",
            "The result still has its channels cut into groups and its places in one axis. The next layer expects x's "
            "shape.",
            _places_flattened,
        ),
        Mistake(
            "channels left in front",
            "The channels were moved in front, which is a good way to cut them into groups; but they were not moved "
            "back before the last `reshape`, so numbers end up at other places and channels.",
            _channels_left_in_front,
        ),
        Mistake(
            "height and width exchanged",
            "On the way back height and width have changed places: every picture comes out turned. On square pictures "
            "the shape does not tell.",
            _turned,
        ),
        Mistake(
            "batch cut into blocks",
            _IN_MEMORY + " And here the pictures are not kept apart, either: the whole batch is cut into `groups` "
            "blocks.",
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
            "The groups are normalized rightly and put together wrongly: as a list of arrays, reshaped, the groups "
            "come first and numbers end up at other places. Join them along the channel axis.",
            _stacked,
        ),
        Mistake(
            "groups stacked behind",
            "The groups are normalized rightly and put together wrongly: a new last axis makes channels 0 and 3 "
            "neighbours. Join them along the channel axis.",
            _stacked_behind,
        ),
        Mistake(
            "groups joined along the pictures",
            "The groups are normalized rightly and put together along axis 0, as though they were more pictures. Join "
            "them along the channel axis.",
            _joined_along_images,
        ),
        *_formula_mistakes(_in_groups, lambda forward: forward, "one group"),
    ],
    properties=[
        Property(
            "Take beta away and divide by gamma: then each group of neighbouring channels of each picture should have "
            "mean 0, and has not.",
            _group_means_are_zero,
        ),
    ],
    points=4,
    hints=[
        "Draw six channels in two groups: 0, 1, 2 and 3, 4, 5. Two things are to be done: cut the channel axis into "
        "two axes, and average over all but two of the five.",
        "(N, H, W, C) becomes (N, H, W, groups, C / groups): in memory neighbouring channels stay neighbours. Which of "
        "these five axes are kept?",
        "Kept are the pictures and the groups: `axis=(1, 2, 4)`, with `keepdims=True`. Afterwards reshape to x's "
        "shape, and only then use gamma and beta. Before all that: does `groups` divide C?",
    ],
    insight="A view of the same array with one axis cut in two, and once again the one normalizer over other axes. "
    "The order of the channels means nothing to a convolution, but it decides who is in a group.",
)
