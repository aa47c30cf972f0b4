"""Notebook 02, code: translate between libraries."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import CodeExercise, Mistake
from helpers.exercises.local_response_normalization._shared import _translation_cases


def to_tensorflow(k, n, alpha, beta):
    depth_radius = n // 2
    bias = k
    return depth_radius, bias, alpha, beta


to_tensorflow = CodeExercise(
    to_tensorflow,
    outputs=["depth_radius", "bias", "alpha", "beta"],
    cases=_translation_cases,
    variants=[lambda k, n, alpha, beta: [int(n / 2), float(k), np.float32(alpha), beta]],
    mistakes=[
        Mistake(
            "n as the radius",
            "depth_radius is how far the window reaches to *one* side. n counts the whole window.",
            lambda k, n, alpha, beta: (n, k, alpha, beta),
            ("depth_radius",),
        ),
        Mistake(
            "half a channel",
            "n / 2 is 2.5 for n = 5: there are no half channels. In the formula n/2 is rounded down to a whole number.",
            lambda k, n, alpha, beta: (n / 2, k, alpha, beta),
            ("depth_radius",),
        ),
        Mistake(
            "radius rounded up",
            "n/2 is rounded up, but the formula rounds it down: for n = 5 the window reaches 2 to each side.",
            lambda k, n, alpha, beta: (-(-n // 2), k, alpha, beta),
            ("depth_radius",),
        ),
        Mistake(
            "radius rounded to even",
            "`round` rounds halves to the even number: 5/2 to 2, but 7/2 to 4. n/2 should be rounded down.",
            lambda k, n, alpha, beta: (round(n / 2), k, alpha, beta),
            ("depth_radius",),
        ),
        Mistake(
            "half of n - 1",
            "For odd n this is right. For an even n this radius is not a whole number; our window reaches n/2 to both "
            "sides.",
            lambda k, n, alpha, beta: ((n - 1) / 2, k, alpha, beta),
            ("depth_radius",),
        ),
        Mistake(
            "radius left at its default",
            "depth_radius is 5, TensorFlow's default, whatever n is.",
            lambda k, n, alpha, beta: (5, k, alpha, beta),
            ("depth_radius",),
        ),
        Mistake(
            "radius fixed at 2",
            "depth_radius is 2 whatever n is. That is AlexNet's window; use the argument.",
            lambda k, n, alpha, beta: (2, k, alpha, beta),
            ("depth_radius",),
        ),
        Mistake(
            "window as the radius",
            "This counts all that take part in the middle: both sides and the channel. depth_radius is what lies on "
            "*one* side.",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, k, alpha, beta),
            ("depth_radius",),
        ),
        Mistake(
            "radius of n - 1",
            "For odd n this is right. An even n reaches n/2 to both sides in our formula, and so must the radius.",
            lambda k, n, alpha, beta: ((n - 1) // 2, k, alpha, beta),
            ("depth_radius",),
        ),
        Mistake(
            "radius counts itself",
            "The radius is one too large: the channel itself is in the middle and belongs to neither side.",
            lambda k, n, alpha, beta: (n // 2 + 1, k, alpha, beta),
            ("depth_radius",),
        ),
        Mistake(
            "doubled n",
            "2n is wider than the whole window. depth_radius is what lies on one side.",
            lambda k, n, alpha, beta: (2 * n, k, alpha, beta),
            ("depth_radius",),
        ),
        Mistake(
            "alpha divided by the radius",
            "alpha is divided by the radius. TensorFlow multiplies the *sum* by alpha, as the formula does: nothing to "
            "translate.",
            lambda k, n, alpha, beta: (n // 2, k, alpha / (n // 2), beta),  # for n = 1 it raises
        ),
        Mistake(
            "twice n",
            "The window is made wider, not narrower: depth_radius is what lies on one side.",
            lambda k, n, alpha, beta: (2 * n + 1, k, alpha, beta),
            ("depth_radius",),
        ),
        Mistake(
            "bias left at its default",
            "The bias is 1, TensorFlow's default, whatever k is. bias is TensorFlow's word for k.",
            lambda k, n, alpha, beta: (n // 2, 1.0, alpha, beta),
            ("bias",),
        ),
        Mistake(
            "no bias",
            "The bias is 0. A bias of a layer is something else; here the word means what is added to the sum: k.",
            lambda k, n, alpha, beta: (n // 2, 0.0, alpha, beta),
            ("bias",),
        ),
        Mistake(
            "k to the power beta",
            "The bias is k^beta. TensorFlow adds it inside the bracket, before the power, as the formula does.",
            lambda k, n, alpha, beta: (n // 2, k**beta, alpha, beta),
            ("bias",),
        ),
        Mistake(
            "alpha divided by n",
            "alpha is divided by n. TensorFlow multiplies the *sum* by alpha, as the formula does: nothing to "
            "translate. (PyTorch and Caffe are different.)",
            lambda k, n, alpha, beta: (n // 2, k, alpha / n, beta),
            ("alpha",),
        ),
        Mistake(
            "alpha times n",
            "alpha is multiplied by n. That is for PyTorch and Caffe, which divide by it again. TensorFlow does not.",
            lambda k, n, alpha, beta: (n // 2, k, alpha * n, beta),
            ("alpha",),
        ),
        Mistake(
            "alpha divided by the window",
            "alpha is divided by the number of channels in the window. TensorFlow multiplies the *sum* by alpha, as "
            "the formula does: nothing to translate.",
            lambda k, n, alpha, beta: (n // 2, k, alpha / (2 * (n // 2) + 1), beta),
            ("alpha",),
        ),
        Mistake(
            "alpha times the window",
            "alpha is multiplied by the number of channels in the window. That is for PyTorch and Caffe, which divide "
            "by it again. TensorFlow does not.",
            lambda k, n, alpha, beta: (n // 2, k, alpha * (2 * (n // 2) + 1), beta),
            ("alpha",),
        ),
        Mistake(
            "alpha times the radius",
            "alpha is multiplied by the radius. TensorFlow multiplies the *sum* by alpha, as the formula does: nothing "
            "to translate.",
            lambda k, n, alpha, beta: (n // 2, k, alpha * (n // 2), beta),
            ("alpha",),
        ),
        *(
            Mistake(
                f"alpha rounded to {digits}",
                "alpha is rounded. Return it in full: AlexNet's alpha is 0.0001, and rounding turns it into 0.",
                lambda k, n, alpha, beta, digits=digits: (n // 2, k, round(alpha, digits), beta),
                ("alpha",),
            )
            for digits in (1, 2)
        ),
        Mistake(
            "alpha left at its default",
            "alpha is 1, TensorFlow's default, whatever is passed.",
            lambda k, n, alpha, beta: (n // 2, k, 1.0, beta),
            ("alpha",),
        ),
        Mistake(
            "beta left at its default",
            "beta is 0.5, TensorFlow's default, whatever is passed.",
            lambda k, n, alpha, beta: (n // 2, k, alpha, 0.5),
            ("beta",),
        ),
        Mistake(
            "beta with a minus sign",
            "beta is negative. TensorFlow divides by the power already.",
            lambda k, n, alpha, beta: (n // 2, k, alpha, -beta),
            ("beta",),
        ),
        Mistake(
            "alpha and beta swapped",
            "alpha and beta are swapped.",
            lambda k, n, alpha, beta: (n // 2, k, beta, alpha),
            ("alpha", "beta"),
        ),
        Mistake(
            "bias first",
            "The order is depth_radius, bias: the radius comes first.",
            lambda k, n, alpha, beta: (k, n // 2, alpha, beta),
            ("depth_radius", "bias"),
        ),
        Mistake(
            "unchanged order",
            "This is k, n, alpha, beta as they came. TensorFlow wants a radius first and then the bias, and a radius "
            "is not n.",
            lambda k, n, alpha, beta: (k, n, alpha, beta),
            ("depth_radius", "bias"),
        ),
        Mistake(
            "PyTorch's answer",
            "This is what PyTorch must be given: a size, a larger alpha, and k last. TensorFlow wants a radius, then "
            "the bias, and multiplies the *sum* by alpha.",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, alpha * (2 * (n // 2) + 1), beta, k),
            ("depth_radius", "bias", "alpha", "beta"),
        ),
        Mistake(
            "PyTorch's answer for odd n",
            "This is PyTorch's order and, for odd n, what PyTorch must be given. TensorFlow wants a radius, then the "
            "bias, and multiplies the *sum* by alpha.",
            lambda k, n, alpha, beta: (n, alpha * n, beta, k),
            ("depth_radius", "bias", "alpha", "beta"),
        ),
        Mistake(
            "AlexNet's numbers",
            "These are AlexNet's own constants, whatever is passed. Translate the four arguments.",
            lambda k, n, alpha, beta: (2, 2.0, 1e-4, 0.75),
            ("depth_radius", "bias", "alpha", "beta"),
        ),
        Mistake(
            "TensorFlow's defaults",
            "These are TensorFlow's defaults, whatever is passed. They give another layer: return the numbers that "
            "make TensorFlow compute ours.",
            lambda k, n, alpha, beta: (5, 1.0, 1.0, 0.5),
            ("depth_radius", "bias", "alpha", "beta"),
        ),
    ],
    points=1,
    hints=[
        "Read the row of TensorFlow in the table: which of its four names means something different from ours?",
        "The radius is the reach to one side: the same whole number as the formula's n/2. bias is k.",
    ],
    insight="TensorFlow only has other names: radius for half of n, bias for k.",
)
