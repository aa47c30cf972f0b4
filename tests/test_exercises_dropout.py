"""What the engine's own tests do not know of: answers that draw random numbers."""

import numpy as np

from helpers.exercises import dropout as exercises


def test_an_answer_that_draws_its_own_mask_is_told_so():
    rng = np.random.default_rng(0)

    def forward(x, u, rate, training):
        return x * (rng.random(x.shape) >= rate) / (1 - rate) if training else x

    def backward(dy, mask, rate):
        return dy * (rng.random(dy.shape) >= rate) / (1 - rate)

    for exercise, answer in ((exercises.dropout_forward, forward), (exercises.dropout_backward, backward)):
        verdict = exercise.evaluate(answer)
        assert verdict.state == "known mistake" and verdict.mistakes == ("draws its own numbers",)
        assert "it gives two different results" in " ".join(verdict.paragraphs)


def test_a_wrong_answer_that_draws_nothing_is_not_told_so():
    verdict = exercises.dropout_backward.evaluate(lambda dy, mask, rate: dy * mask)
    assert verdict.mistakes == ("without the scale",)
