"""Notebook 03, predict: the gradient when every output pulls alike."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_OVER_FEATURES = "100 counts the features. A channel's gradients sum over the 60 examples of the batch."


gradient_facts = PredictExercise(
    {"each dbeta": 60.0, "each dgamma": 0.0, "each element of dx": 0.0},
    variable="facts",
    tolerance=1e-6,
    mistakes={
        "each dbeta": [
            Mistake("mean for dbeta", "1 would be the mean over the batch. beta is added to 60 outputs, one per "
                    "example.", 1.0),
            Mistake("dbeta over all", "6000 sums over the channels as well; each channel has its own beta.", 6000.0),
            Mistake("dbeta over features", _OVER_FEATURES, 100.0),
            Mistake("dbeta zero", "raising beta raises every output, and with it the loss.", 0.0),
        ],
        "each dgamma": [
            Mistake(
                "dgamma without x_hat",
                "60 would be the sum of dy. gamma multiplies x_hat: what is the sum of x_hat?",
                60.0,
            ),
            Mistake("dgamma over features", _OVER_FEATURES, 100.0),
            Mistake("dgamma one", "gamma multiplies x_hat, and the sum of x_hat over the batch is 0.", 1.0),
        ],
        "each element of dx": [
            Mistake(
                "mean constant",
                "1 (times gamma / std) is what gets through if the mean is treated as a constant. Raise all inputs of "
                "a channel by the same amount: does any output change?",
                1.0,
            ),
            Mistake(
                "mean of dy alone",
                "1/60 is an example's share of the mean. The same share is subtracted again from what arrives directly: "
                "raise all inputs of a channel by the same amount, and no output changes.",
                1 / 60,
            ),
        ],
    },
    points=2,
    hints=[
        "dy is 1 everywhere, so the loss is the sum of all outputs. What happens to that sum when beta grows by 1?",
        "The sum of the outputs of one channel is the sum of gamma · x_hat + beta, and x_hat sums to 0, whatever x is.",
    ],
    insight="The outputs of a channel always sum to 60 · beta, whatever x and gamma are. A dy that is the same for all "
    "outputs of a channel can only move that sum, so it reaches beta and nothing else.",
)
