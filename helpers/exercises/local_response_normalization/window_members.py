"""Notebook 02, predict: who takes part in the sum."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_ANSWERS = {"n = 5, i = 8": 5, "n = 5, i = 0": 3, "n = 5, i = 14": 4, "n = 4, i = 8": 5, "n = 40, i = 8": 16}
_WIDE = "n = 40, i = 8"


def _each(*values):
    """What one cause gives for each entry; where that is right, it is not asked for."""
    return dict(zip(_ANSWERS, values))


_NO_CLIPPING = (
    "that counts channels that do not exist. The sum begins at max(0, ...) and ends at min(N - 1, ...): beyond the "
    "border there is nothing to add."
)
_ONE_SIDE = "that is channel i and one side of it. The sum reaches to both sides."
_EACH_OTHERS_PLACE = (
    "these two are swapped, or each is off by one. Write down every j: first for channel 0, which has nothing on its "
    "left, then for channel 14, which has channel 15 on its right"
)
_N_EACH_SIDE = "that would be n on each side. The sum reaches n/2 to each side."


def _cut_off_at_one_end():
    """The window is cut off on one side only, and reaches too far or lacks a channel as well."""
    missing = (
        "here channels beyond one end are counted, or one is missing (channel i itself, or the first or last j), or "
        "both. The sum begins at max(0, ...) and ends at min(N - 1, ...)."
    )
    radius = "here the sum reaches n to each side instead of n/2, or goes on beyond one end of the channels, or both."
    rounded = "here n/2 is rounded up instead of down, or channels beyond one end are counted, or both."
    radius_missing = (
        "two or three faults come together here: a reach of n to each side instead of n/2; channels beyond one end; a "
        "missing channel."
    )
    rounded_missing = (
        "two or three faults come together here: n/2 rounded up instead of down; channels beyond one end; a missing "
        "channel."
    )
    found = {
        "left, one too few": (missing, _each(4, 2, 4, 4, 28)),
        "right, one too few": (missing, _each(4, 4, 3, 4, 27)),
        "left, radius": (radius, _each(11, 6, 11, 9, 49)),
        "right, radius": (radius, _each(11, 11, 7, 9, 48)),
        "left, radius, one too few": (radius_missing, _each(10, 5, 10, 8, 48)),
        "right, radius, one too few": (radius_missing, _each(10, 10, 6, 8, 47)),
        "left, rounded up": (rounded, _each(7, 4, 7, 5, 29)),
        "right, rounded up": (rounded, _each(7, 7, 5, 5, 28)),
        "left, rounded up, one too few": (rounded_missing, _each(6, 3, 6, 4, 28)),
        "right, rounded up, one too few": (rounded_missing, _each(6, 6, 4, 4, 27)),
    }
    return [Mistake(f"clipped on the {name}", message, values) for name, (message, values) in found.items()]


window_members = PredictExercise(
    _ANSWERS,
    variable="members",
    patterns=[
        Mistake("borders swapped", _EACH_OTHERS_PLACE + ".", {"n = 5, i = 0": 4, "n = 5, i = 14": 3}),
        Mistake(
            "borders swapped, n channels",
            "the first two of these are swapped, or each is off by one. The third is n itself, but an even n reaches "
            "n/2 to *both* sides of channel i. Write down every j for each.",
            {"n = 5, i = 0": 4, "n = 5, i = 14": 3, "n = 4, i = 8": 4},
        ),
        Mistake(
            "three channels",
            "that is channel i with one side only, or with one channel on each side. The sum reaches n/2 to both sides.",
            {"n = 5, i = 8": 3, "n = 5, i = 14": 3, "n = 4, i = 8": 3},
        ),
        Mistake(
            "one channel on each side",
            "that would be one channel on each side of channel i, as far as there is one. The sum reaches n/2 to each "
            "side.",
            _each(3, 2, 3, 3, 3),
        ),
        Mistake(
            "all channels",
            "that is all the channels there are. Only those up to n/2 away take part.",
            _each(16, 16, 16, 16, 16),
        ),
        Mistake(
            "channel 0 left out",
            "one is missing here. Channel 0 takes part as well: the channels are numbered from 0.",
            {"n = 5, i = 0": 2, _WIDE: 15},
        ),
        Mistake(
            "channel 15 left out",
            "one is missing here. The last channel, 15, takes part as well: the bound N - 1 is included.",
            {"n = 5, i = 14": 3, _WIDE: 15},
        ),
        Mistake(
            "one too few",
            "one is missing each time. Both the first and the last j take part, and so does channel i itself. "
            "(Python's `range` stops before its end.)",
            _each(4, 2, 3, 4, 15),
        ),
        Mistake(
            "channel 16 counted",
            "there is one too many here: the last channel is N - 1 = 15, and there is no channel 16.",
            {"n = 5, i = 14": 5, _WIDE: 17},
        ),
        Mistake(
            "cut off after subtracting",
            "there is one too many here. n/2 is rounded down first: for n = 5 the sum reaches 2 to each side.",
            _each(6, 3, 5, 5, 16),
        ),
        Mistake(
            "one too many",
            "there is one too many each time. Write down the first and the last j, and count from one to the other.",
            _each(6, 4, 5, 6, 17),
        ),
        Mistake("no clipping at all", _NO_CLIPPING, _each(5, 5, 5, 5, 41)),
        Mistake("no clipping, 40", _NO_CLIPPING, _each(5, 5, 5, 5, 40)),
        Mistake("clipped on the left only", _NO_CLIPPING, _each(5, 3, 5, 5, 29)),
        Mistake("clipped on the right only", _NO_CLIPPING, _each(5, 5, 4, 5, 28)),
        Mistake(
            "n everywhere",
            "that is n itself. Count from the sum's first j to its last: at the border fewer channels take part, and "
            "an even n reaches n/2 to *both* sides.",
            _each(5, 5, 5, 4, 40),
        ),
        Mistake(
            "n - 1 everywhere",
            "that is n - 1. Count from the sum's first j to its last, channel i itself included; at the border fewer "
            "channels take part than in the middle.",
            _each(4, 4, 4, 3, 39),
        ),
        Mistake(
            "n + 1 everywhere",
            "that is n + 1. Count from the sum's first j to its last: half of an odd n is rounded down, and at the "
            "border fewer channels take part.",
            _each(6, 6, 6, 5, 41),
        ),
        Mistake(
            "no clipping, one too few",
            "that is n/2 for each side, wherever i is. Channel i itself takes part as well, and beyond the border "
            "there is nothing to count.",
            _each(4, 4, 4, 4, 40),
        ),
        Mistake("n on each side", _N_EACH_SIDE, _each(11, 6, 7, 9, 16)),
        Mistake(
            "n on each side, one too few",
            "that would be n on each side, and one is missing. The sum reaches n/2 to each side, and channel i itself "
            "takes part.",
            _each(10, 5, 6, 8, 15),
        ),
        Mistake(
            "n on each side, no clipping",
            "that would be n on each side, wherever i is. The sum reaches n/2, and it ends where the channels end.",
            _each(11, 11, 11, 9, 81),
        ),
        Mistake(
            "n / 2 rounded up",
            "that would be 3 on each side. n/2 is a whole number here, rounded down: 5/2 gives 2.",
            _each(7, 4, 5, 5, 16),
        ),
        Mistake(
            "n / 2 rounded up, no clipping",
            "that would be n/2 rounded up on each side, wherever i is. n/2 should be rounded down, and the sum ends "
            "where the channels end.",
            _each(7, 7, 7, 5, 41),
        ),
        Mistake(
            "n on each side, no clipping, one too few",
            "that would be n on each side, wherever i is, and without channel i itself. The sum reaches n/2, ends "
            "where the channels end, and counts channel i.",
            _each(10, 10, 10, 8, 80),
        ),
        Mistake(
            "n / 2 rounded up, one too few",
            "that would be n/2 rounded up on each side, and one is missing. n/2 should be rounded down, and channel i "
            "itself takes part.",
            _each(6, 3, 4, 4, 15),
        ),
        Mistake(
            "n / 2 rounded up, no clipping, one too few",
            "that would be n/2 rounded up on each side, wherever i is, and without channel i itself. n/2 should be "
            "rounded down, the sum ends where the channels end, and it counts channel i.",
            _each(6, 6, 6, 4, 40),
        ),
        Mistake("right side only", _ONE_SIDE, _each(3, 3, 2, 3, 8)),
        Mistake("left side only", _ONE_SIDE, _each(3, 1, 3, 3, 9)),
        Mistake(
            "one side, no clipping",
            "that is channel i and n/2 more, wherever i is. The sum reaches to both sides, as far as there are channels.",
            _each(3, 3, 3, 3, 21),
        ),
        Mistake(
            "reach",
            "that is n/2, the reach to one side. Count the whole window, channel i included, as far as there are "
            "channels.",
            _each(2, 2, 2, 2, 20),
        ),
        Mistake(
            "max in place of min",
            "that goes on beyond i + n/2. The upper bound is the smaller of N - 1 and i + n/2.",
            _each(10, 16, 4, 10, 29),
        ),
        Mistake(
            "min in place of max",
            "that begins before i - n/2, or before channel 0. The lower bound is the larger of 0 and i - n/2.",
            _each(11, 5, 16, 11, 28),
        ),
        Mistake(
            "negative start",
            "that is what a slice with a negative start gives: Python counts it from the end. What does max(0, ...) do "
            "in the formula?",
            {"n = 5, i = 0": 0, _WIDE: 12},
        ),
        *_cut_off_at_one_end(),
    ],
    mistakes={
        "n = 5, i = 8": [
            Mistake("own channel left out", "4 counts only the neighbours. j = i is in the sum, too: count it.", 4),
            Mistake("n on each side", "11 would be 5 on each side. The sum reaches n/2 to each side.", 11),
            Mistake("n / 2 rounded up", "7 would be 3 on each side. n/2 is a whole number here, rounded down: 5/2 "
                    "gives 2.", 7),
            Mistake("n + 1", "2 on the left, 2 on the right: and how many in the middle?", 6),
            Mistake(
                "one side only",
                "3 would be the channel with one side only, or with one channel on each side. The sum reaches n/2 to both.",
                3,
            ),
            Mistake("reach", "2 is the reach to one side, not the count.", 2),
        ],
        "n = 5, i = 0": [
            Mistake(
                "no clipping, left",
                "the sum begins at channel 0, and 5 channels from there would end at channel 4. How far does n/2 reach?",
                5,
            ),
            Mistake("own channel left out, left", "2 counts only its neighbours on the right. j = i is in the sum, too."
                    "", 2),
            Mistake("nothing", "channel 0 takes part in its own sum, and so do its neighbours on the right.", 0),
            Mistake("only itself", "channel 0 has no neighbours on the left, but it has some on the right.", 1),
            Mistake("rounded up, left", "4 would be the channel and 3 to the right. n/2 is rounded down: 5/2 gives 2."
                    "", 4),
            Mistake("n on each side, left", "6 would be the channel and 5 to the right. The sum reaches n/2.", 6),
        ],
        "n = 5, i = 14": [
            Mistake(
                "no clipping, right",
                "the sum begins at channel 12, and 5 channels from there would end at channel 16. Which is the last one?",
                5,
            ),
            Mistake(
                "i = 14 taken for the last",
                "with N = 16 channels, counted from 0, the last one is i = 15: channel 14 has one neighbour to its "
                "right.",
                3,
            ),
            Mistake("n on each side, right", "7 would be 5 to the left, the channel and 1 to the right. The sum reaches n/2.", 7),
            Mistake(
                "only two",
                "2 is too few. Its two neighbours on the left take part, and channel 14 itself. What is on its right?",
                2,
            ),
            Mistake("right neighbours only", "1 counts only what is on its right. Add its left side, and channel 14 "
                    "itself.", 1),
        ],
        "n = 4, i = 8": [
            Mistake(
                "n channels",
                "n/2 is 2 here. How many channels are on the left, how many on the right, and who is missing? Write down every "
                "j.",
                4,
            ),
            Mistake("n - 1 channels", "3 would be 1 on each side. 4/2 is 2.", 3),
            Mistake("n on each side, even", "9 would be 4 on each side. The sum reaches n/2.", 9),
        ],
        _WIDE: [
            Mistake("N - 1", "15 is the last index. Counted from 0, there are N channels.", 15),
            Mistake("N + 1", "the last index is N - 1, not N.", 17),
            *(
                Mistake(f"{count} on one side", "that is one side of channel 8 only. The sum reaches to both sides.", count)
                for count in (7, 8, 9)
            ),
            *(Mistake(f"{count} of 16 channels", _NO_CLIPPING, count) for count in (20, 21, 28, 29, 40, 41, 80, 81)),
        ],
    },
    points=2,
    hints=[
        "Write down the first and the last j of the sum. n/2 is a whole number: it is rounded down.",
        "From first to last there are last - first + 1 channels. The first is max(0, i - n/2), the last min(N - 1, i + "
        "n/2).",
    ],
    insight="In the middle an odd n counts n channels, and the even number before it counts just as many: n = 4 and n "
    "= 5 give the same layer. At the border fewer channels take part, so where all respond alike a border channel is damped less.",
)
