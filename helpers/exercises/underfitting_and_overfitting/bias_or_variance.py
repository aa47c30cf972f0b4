"""Notebook 07, predict: bias or variance."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_LARGER = {
    "degree 1, 30 measurements: the larger part": "bias",
    "degree 15, 30 measurements: the larger part": "variance",
    "degree 1, 3000 measurements: the larger part": "bias",
}


_DOUBLED = {
    "noise doubled: the variance of degree 15 is multiplied by": 4.0,
    "noise doubled: the bias² of degree 1 is multiplied by": 1.0,
}


_LINE_30, _HIGH_30, _LINE_3000 = _LARGER


_VARIANCE_TIMES, _BIAS_TIMES = _DOUBLED


bias_or_variance = PredictExercise(
    _LARGER | _DOUBLED,
    variable="prediction",
    choices={entry: ("bias", "variance") for entry in _LARGER},
    mistakes={
        _LINE_30: [
            Mistake("a line that swings", "a straight line has two coefficients and 30 measurements: it "
                    "hardly moves from data set to data set. And it misses the bend at the same "
                    "positions each time.", "variance"),
        ],
        _HIGH_30: [
            Mistake("a polynomial that misses", "degree 15 can come as close to this function as you like. What makes its "
                    "curves bad is that each data set gives a different one.", "bias"),
        ],
        _LINE_3000: [
            Mistake("more data, more variance", "more measurements make the line steadier, but it stays just as "
                "straight.",
                    "variance"),
        ],
        _VARIANCE_TIMES: [
            Mistake("doubled", "the curves' deviations from their mean double. The variance is the mean of their "
                    "squares.", 2.0),
            Mistake("unchanged", "what changes from data set to data set is the noise that the curve follows.", 1.0),
            Mistake("root", "the curves' deviations double with the noise; their squares grow faster, not more slowly.",
                    2**0.5),
            Mistake("halved", "more noise makes the curves differ more: the variance cannot fall.", 0.5),
            Mistake("a quarter", "more noise makes the curves differ more: the variance cannot fall.", 0.25),
            Mistake("sixteen", "16 is the fourth power of 2. Variance is a square.", 16.0),
            Mistake("eight", "8 is the third power of 2. Variance is a square.", 8.0),
        ],
        _BIAS_TIMES: [
            Mistake("doubled", "the noise is as often above as below: over many data sets it does not move the "
                    "*mean* curve. And bias is about the mean curve.", 2.0),
            Mistake("squared", "the noise is as often above as below: over many data sets it does not move the "
                    "*mean* curve. And bias is about the mean curve.", 4.0),
            Mistake("zero", "noise does not remove bias: the mean line misses the bend as before.", 0.0),
            Mistake("halved", "noise does not move the mean line, neither away from the truth nor towards it.", 0.5),
            Mistake("a quarter", "noise does not move the mean line, neither away from the truth nor towards it.", 0.25),
        ],
    },
    patterns=[
        Mistake("a line that swings", "a straight line has two coefficients only: from data set to data set it hardly moves, "
                "and less with more measurements. It misses the bend at the same positions each time.",
                {_LINE_30: "variance", _LINE_3000: "variance"}),
        Mistake("words exchanged", "it is the other way round. Bias is how far even the *mean* curve is from the "
                "truth, variance is how much the single curves vary around their mean.",
                {_LINE_30: "variance", _HIGH_30: "bias", _LINE_3000: "variance"}),
        Mistake("factors exchanged", "noise makes the single curves differ more, but over many data sets it does not "
                "move the mean curve. Which of these two effects concerns the variance, and which the bias?",
                {_VARIANCE_TIMES: 1.0, _BIAS_TIMES: 4.0}),
        Mistake("both doubled", "the curves' deviations double, not the mean of their squares. And the *mean* curve, "
                "which bias is about, does not move: the noise is as often above as below.",
                {_VARIANCE_TIMES: 2.0, _BIAS_TIMES: 2.0}),
    ],
    points=2,
    hints=[
        "Bias: how far the *mean* of many fitted curves is from the truth. Variance: how far single curves are from "
        "that mean.",
        "Least squares is linear in y: the fit to (truth + noise) is the fit to the truth plus the fit to the noise. "
        "If the positions stay the same, which of these two fits is the same in every data set, and which is not? And "
        "what does doubling the noise do to each?",
    ],
    insight="Bias belongs to the model and the truth; variance to the model, the noise, the number of measurements "
    "and where they were taken. So more data (more measurements than parameters, at least) lowers the variance, but not "
    "the bias.",
)
