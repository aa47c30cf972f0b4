"""Notebook 06, predict: which layers do not see a change."""

from __future__ import annotations

import itertools

from helpers.exercises.engine import Mistake, PredictExercise

_LAYERS = ("BN", "IN", "LN", "GN", "RMS")
_SOLUTION = {
    "the image × 3": frozenset({"IN", "LN", "GN", "RMS"}),
    "the image + 2": frozenset({"IN", "LN", "GN"}),
    "channel 2 of the image × 3": frozenset({"IN"}),
    "channels 2 and 3 of the image + 2": frozenset({"IN", "GN"}),
    "channel 2 of all images × 3": frozenset({"BN", "IN"}),
}

_RMS = (
    "RMS divides by one number for the whole image. If only some of the channels change, they stand out from "
    "the others."
)

# What a wrong set asks of one layer that is on the wrong side: the question, not the side.
_ASK = {
    "BN": "BN's mean of a channel runs over all four images. Do all of them change?",
    "IN": "IN has a mean and a standard deviation for each channel of the image. What does the change do to these two?",
    "LN": "LN has one mean and one standard deviation for the whole image. Does all of it change in the same way?",
    "GN": "In GN channels 0 and 1, 2 and 3, 4 and 5 share a mean. Do both of a pair change in the same way?",
    "RMS": "RMS divides by one number for the whole image, and subtracts nothing. Can that undo the change?",
}


def _mistakes(change):
    """Every wrong set, told by a question about one of the layers that are on the wrong side."""
    right, told = _SOLUTION[change], []
    for size in range(len(_LAYERS) + 1):
        for names in itertools.combinations(_LAYERS, size):
            given = frozenset(names)
            wrong = [name for name in _LAYERS if name in given ^ right]
            if not wrong:
                continue
            several = f"{len(wrong)} of the five layers, {wrong[0]} among them, are"
            many = f"{wrong[0]} is" if len(wrong) == 1 else several
            told.append(Mistake(f"{change}: {', '.join(wrong)}", f"{many} on the wrong side. {_ASK[wrong[0]]}", given))
    return told


def _with(*, swap=(), blind=(), to=tuple(_SOLUTION)):
    """The right sets with two layers exchanged, or with ``blind`` added where it is wrong; only what this changes."""
    exchange = dict(zip(swap, reversed(swap), strict=True))
    changed = {
        change: frozenset(exchange.get(name, name) for name in right) | frozenset(blind if change in to else ())
        for change, right in _SOLUTION.items()
    }
    return {change: given for change, given in changed.items() if given != _SOLUTION[change]}


class BlindExercise(PredictExercise):
    """A prediction whose values are sets of layers' names, in any order, as a set, list or tuple, or one name."""

    def solved_cell(self) -> str:
        entries = "".join(
            f"    {key!r}: {{{', '.join(repr(name) for name in _LAYERS if name in value)}}},\n"
            for key, value in self.answers.items()
        )
        return f"{self.variable} = {{\n{entries}}}\n"

    def _plain(self, key, value):
        value = super()._plain(key, value)
        if isinstance(value, str):
            value = value.split(",")
        if isinstance(value, (set, frozenset, list, tuple)) or value == {}:  # {} is meant for the empty set
            parts = [part for name in value for part in (name.split(",") if isinstance(name, str) else [name])]
            return frozenset(part.strip().upper() if isinstance(part, str) else part for part in parts)
        return value

    def _type_problem(self, key, value):
        if isinstance(value, frozenset) and value <= set(_LAYERS):
            return ""
        unknown = sorted(map(repr, value - set(_LAYERS))) if isinstance(value, frozenset) else [type(value).__name__]
        return (
            f"`{key}` takes a set of names from {', '.join(_LAYERS)}, such as `{{\"BN\", \"GN\"}}`, or `set()` "
            f"for none; got {', '.join(unknown)}."
        )


blind_to = BlindExercise(
    _SOLUTION,
    variable="blind",
    patterns=[
        Mistake("blind and seeing exchanged", "these are the layers that notice the change. Give those that do "
                "not.", {change: frozenset(_LAYERS) - right for change, right in _SOLUTION.items()}),
        Mistake("IN and GN exchanged", "IN and GN are swapped. GN's sets hold two channels here, which it compares "
                "with each other; IN's hold a single one.", _with(swap=("IN", "GN"))),
        Mistake("IN and LN exchanged", "IN and LN are swapped. LN puts all channels of an image together, and compares "
                "them with each other; IN keeps every channel apart.", _with(swap=("IN", "LN"))),
        Mistake("BN and LN exchanged", "BN and LN are swapped. BN compares the images with each other, channel by "
                "channel; LN compares the channels of one image with each other.", _with(swap=("BN", "LN"))),
        Mistake("BN sees one image", "BN's mean does not follow a single image: it runs over all four. So BN compares "
                "the images with each other.", _with(blind=("BN",))),
        Mistake("channels never compared", "LN and GN put several channels together, and so compare them with each "
                "other. A channel that changes alone stands out from its set.", _with(blind=("LN", "GN"))),
        Mistake("LN sees one channel", "LN puts all channels of an image together, and so compares them with each "
                "other. Channels that change alone stand out.", _with(blind=("LN",))),
        Mistake("RMS sees one channel", _RMS,
                _with(blind=("RMS",), to=[change for change in _SOLUTION if change.startswith("channel")])),
    ],
    mistakes={change: _mistakes(change) for change in _SOLUTION},
    points=3,
    hints=[
        "A layer is blind to a change if everything that shares a mean changes in the same way: multiplied by the same "
        "number, or with the same number added (RMS: multiplied only). Draw the cubes, and colour what changes.",
        "For each layer and change ask two questions. Is every set either changed as a whole or not at all? And is the "
        "change one that the layer takes away: a factor by dividing, a shift by subtracting a mean?",
        "Channels 2 and 3 are a group of GN; channel 2 alone is not. RMS subtracts nothing.",
    ],
    insight="Subtracting a mean removes what is added to the whole set; dividing by a standard deviation removes what "
    "multiplies it. So a layer compares only what shares a mean. All compare positions. BN compares the images as "
    "well, LN all channels of an image, GN the channels of a group; IN nothing else.",
)
