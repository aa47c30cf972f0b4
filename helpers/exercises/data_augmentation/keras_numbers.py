"""Notebook 09, predict: what Keras' numbers mean."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_ANGLE = "RandomRotation(0.1): largest angle, in degrees"


_DOWN = "RandomTranslation(0.25, 0): pixels down, at most"


_LOOK = "RandomZoom((0.5, 0.5)): digits look"


_LOWEST = "RandomContrast((0.2, 0.2)): lowest factor"


_ADDED = "RandomBrightness(0.2), nothing else said: added, at most"


_TOP = "RandomFlip(): may exchange top and bottom"


keras_numbers = PredictExercise(
    {_ANGLE: 36.0, _DOWN: 7.0, _LOOK: "smaller", _LOWEST: 0.8, _ADDED: 51.0, _TOP: True},
    variable="prediction",
    choices={_LOOK: ("smaller", "larger"), _TOP: (True, False)},
    mistakes={
        _ANGLE: [
            Mistake("degrees", "it is not in degrees: a tenth of a degree would be hardly a change. It is a share of a "
                    "full turn.", 0.1),
            Mistake("radians", "it is not in radians. It is a share of a full turn.", 5.7296),
            Mistake("of half a turn", "it is a share of a *full* turn, 360°, and goes that far in both directions.", 18.0),
            Mistake("per cent", "it is a share of a full turn, 360°: a tenth of that.", 10.0),
            Mistake("of a right angle", "it is a share of a full turn, 360°, not of 90°.", 9.0),
            Mistake("two pi", "0.628 is the angle in radians. How many degrees is a tenth of a full turn?", 0.6283),
            Mistake("both ways", "that is from one end of the interval to the other. In each direction it is half of that.",
                    72.0),
        ],
        _DOWN: [
            Mistake("pixels", "it is not in pixels: a share of the height, which is 28.", 0.25),
            Mistake("per cent of a pixel", "it is a share of the height, 28 pixels: a quarter of them.", 25.0),
            Mistake("both ways", "that is from one end of the interval to the other. Downwards it is half of that.", 14.0),
            Mistake("half of it", "the number says how far in *each* direction: a quarter of 28.", 3.5),
            Mistake("sideways", "the first number is the height's: it moves up and down.", 0.0),
        ],
        _LOOK: [
            Mistake("zooming in", "the number says how much more is *seen*: 0.5 more, that is 1.5 times as much. So "
                    "everything in the picture looks smaller. A negative number zooms in.", "larger"),
        ],
        _LOWEST: [
            Mistake("the number itself", "that would leave hardly any contrast. The number is how far the factor may lie below "
                    "1.", 0.2),
            Mistake("negative", "a factor of −0.2 would turn the picture into its negative. The number is how far the factor "
                    "may lie below 1.", -0.2),
            Mistake("never lower", "a factor of 1 changes nothing. The first number is how far below 1 it may lie.", 1.0),
            Mistake("the highest", "that is the highest. The first number is how far below 1 it may lie.", 1.2),
            Mistake("0", "a factor of 0 would leave nothing but the mean. The first number is how far below 1 the "
                         "factor may lie.", 0.0),
        ],
        _ADDED: [
            Mistake("the range from 0 to 1", "that would be so with `value_range=(0, 1)`. By default, Keras expects "
                    "pictures from 0 to 255, and takes 0.2 of that.", 0.2),
            Mistake("per cent", "it is 0.2 of the whole range of values. Which range does Keras expect by default?",
                    20.0),
            Mistake("the whole range", "that is the whole range. How much is 0.2 of it?", 255.0),
            Mistake("of 256", "the range goes from 0 to 255.", 51.2),
            Mistake("one", "that would be the range from 0 to 1, whole. By default, Keras expects 0 to 255, and takes "
                    "0.2 of that.", 1.0),
        ],
        _TOP: [
            Mistake("horizontal only", "by default, the mode is \"horizontal_and_vertical\": in half of the pictures "
                    "top and bottom are exchanged. Few digits are still readable after that.", False),
        ],
    },
    patterns=[
        Mistake("the numbers themselves", "these are the numbers as they stand. Each is a share of something: of a full "
                "turn, of the height, of the range of values; for contrast, how far the factor may lie below 1.",
                {_ANGLE: 0.1, _DOWN: 0.25, _LOWEST: 0.2, _ADDED: 0.2}),
        Mistake("per cent", "these are the numbers in per cent. Per cent of what: of a full turn, of 28 rows, of the range "
                "of values?", {_ANGLE: 10.0, _DOWN: 25.0, _ADDED: 20.0}),
        Mistake("both ways", "these are the distances from one end of the interval to the other. In each direction it is "
                "half of that.", {_ANGLE: 72.0, _DOWN: 14.0, _ADDED: 102.0}),
        Mistake("half", "the number says how far in *each* direction, so nothing is divided by 2.",
                {_ANGLE: 18.0, _DOWN: 3.5, _ADDED: 25.5}),
    ],
    points=3,
    hints=[
        "Keras' numbers are shares: of a full turn, of the height or the width, of what is seen, of the range of "
        "values.",
        "Two defaults to look up (`help(keras.layers.RandomBrightness)`): `value_range`, and `RandomFlip`'s `mode`.",
    ],
    insight="Two of these defaults do harm without any warning: `value_range=(0, 255)` on pictures from 0 to 1 makes a "
    "picture all white or all black, and `RandomFlip()` exchanges top and bottom of every second digit. Look at a "
    "batch after the layers.",
)
