"""Notebook 02, code: translate between libraries."""

from __future__ import annotations

from helpers.exercises.engine import CodeExercise, Mistake
from helpers.exercises.local_response_normalization._shared import _translation_cases


def to_pytorch(k, n, alpha, beta):
    size = 2 * (n // 2) + 1  # what takes part in the middle: n, or n + 1 when n is even
    return size, alpha * size, beta, k


to_pytorch = CodeExercise(
    to_pytorch,
    outputs=["size", "alpha", "beta", "k"],
    cases=_translation_cases,
    variants=[
        lambda k, n, alpha, beta: (
            n if n % 2 else n + 1, alpha * (n + (n + 1) % 2), beta, k
        ),
        lambda k, n, alpha, beta: [n // 2 * 2 + 1, (n // 2 * 2 + 1) * alpha, beta, float(k)],
    ],
    mistakes=[
        Mistake(
            "size n",
            "For odd n this size is right. For an even one PyTorch's window is exactly n wide, with one channel more "
            "in front than behind. Ours has n + 1 channels. Which size has as many?",
            lambda k, n, alpha, beta: (n, alpha * (2 * (n // 2) + 1), beta, k),
            ("size",),
        ),
        Mistake(
            "alpha times n",
            "For odd n this alpha is right. PyTorch divides by its size, and for an even n our window does not have n "
            "channels.",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, alpha * n, beta, k),
            ("alpha",),
        ),
        Mistake(
            "size n, alpha times n",
            "For odd n this is right. For an even n our window has n + 1 channels, and PyTorch's is exactly `size` "
            "wide: size must be another number, and so must what alpha is multiplied by.",
            lambda k, n, alpha, beta: (n, alpha * n, beta, k),
            ("size", "alpha"),
        ),
        Mistake(
            "size n + 1",
            "For even n this size is right. For odd n our window has n channels.",
            lambda k, n, alpha, beta: (n + 1, alpha * (2 * (n // 2) + 1), beta, k),
            ("size",),
        ),
        Mistake(
            "odd and even exchanged",
            "Here an odd n gives n + 1 channels, and an even n gives n. In our formula it is the other way round.",
            lambda k, n, alpha, beta: (n + n % 2, alpha * (n + n % 2), beta, k),
            ("size", "alpha"),
        ),
        Mistake(
            "even n made smaller",
            "For odd n this is right. For even n this window is one channel short on each side: ours reaches n/2 to "
            "both sides.",
            lambda k, n, alpha, beta: (n - 1 + n % 2, alpha * (n - 1 + n % 2), beta, k),
            ("size", "alpha"),
        ),
        Mistake(
            "size n + 1, alpha times n + 1",
            "For even n this is right. For odd n our window has n channels, not n + 1.",
            lambda k, n, alpha, beta: (n + 1, alpha * (n + 1), beta, k),
            ("size", "alpha"),
        ),
        Mistake(
            "radius as the size",
            "PyTorch's size is the whole window, not its reach to one side. (The radius is TensorFlow's way.)",
            lambda k, n, alpha, beta: (n // 2, alpha * (2 * (n // 2) + 1), beta, k),
            ("size",),
        ),
        Mistake(
            "radius as the size, alpha times it",
            "PyTorch's size is the whole window, not its reach to one side. (The radius is TensorFlow's way.)",
            lambda k, n, alpha, beta: (n // 2, alpha * (n // 2), beta, k),
            ("size", "alpha"),
        ),
        Mistake(
            "size without the channel",
            "The channel itself is missing from the size: n/2 on each side and the one in the middle.",
            lambda k, n, alpha, beta: (2 * (n // 2), alpha * (2 * (n // 2) + 1), beta, k),
            ("size",),
        ),
        Mistake(
            "size without the channel, alpha times it",
            "The channel itself is missing from the size, and from what alpha is multiplied by: n/2 on each side and "
            "the one in the middle.",
            lambda k, n, alpha, beta: (2 * (n // 2), alpha * (2 * (n // 2)), beta, k),
            ("size", "alpha"),
        ),
        Mistake(
            "size rounded up",
            "For even n this is right. For odd n this is a window whose n/2 was rounded up; it should be rounded down.",
            lambda k, n, alpha, beta: (2 * -(-n // 2) + 1, alpha * (2 * -(-n // 2) + 1), beta, k),
            ("size", "alpha"),
        ),
        Mistake(
            "size rounded to even",
            "`round` rounds halves to the even number: 5/2 to 2, but 7/2 to 4. n/2 should be rounded down.",
            lambda k, n, alpha, beta: (2 * round(n / 2) + 1, alpha * (2 * round(n / 2) + 1), beta, k),
            ("size", "alpha"),
        ),
        Mistake(
            "2n + 1",
            "This is a window that reaches n to each side. Ours reaches n/2.",
            lambda k, n, alpha, beta: (2 * n + 1, alpha * (2 * n + 1), beta, k),
            ("size", "alpha"),
        ),
        Mistake(
            "2n + 1 as the size",
            "This size is a window that reaches n to each side. Ours reaches n/2.",
            lambda k, n, alpha, beta: (2 * n + 1, alpha * (2 * (n // 2) + 1), beta, k),
            ("size",),
        ),
        Mistake(
            "alpha as it is",
            "alpha is passed on as it is. PyTorch divides it by size, so wherever size is above 1 the damping would be too weak.",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, alpha, beta, k),
            ("alpha",),
        ),
        Mistake(
            "alpha divided by size",
            "alpha is divided by size: the wrong way round. PyTorch divides it itself; what must you pass so that our "
            "alpha is left after that?",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, alpha / (2 * (n // 2) + 1), beta, k),
            ("alpha",),
        ),
        Mistake(
            "alpha divided by n",
            "alpha is divided by n: the wrong way round. PyTorch divides it itself; what must you pass so that our "
            "alpha is left after that?",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, alpha / n, beta, k),
            ("alpha",),
        ),
        Mistake(
            "alpha times the radius",
            "alpha is multiplied by the reach to one side. PyTorch divides by the whole size.",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, alpha * (n // 2), beta, k),
            ("alpha",),
        ),
        Mistake(
            "alpha times n squared",
            "alpha is multiplied by n². That is for Caffe's normalization *within* a channel.",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, alpha * n**2, beta, k),
            ("alpha",),
        ),
        Mistake(
            "alpha times 5",
            "alpha is multiplied by 5 whatever n is. That is AlexNet's window; use the argument.",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, 5 * alpha, beta, k),
            ("alpha",),
        ),
        *(
            Mistake(
                f"alpha rounded to {digits}",
                "alpha is rounded. Return it in full: AlexNet's 0.0001 would become 0 or another number.",
                lambda k, n, alpha, beta, digits=digits: (
                    2 * (n // 2) + 1, round(alpha * (2 * (n // 2) + 1), digits), beta, k
                ),
                ("alpha",),
            )
            for digits in (1, 2, 3)
        ),
        Mistake(
            "alpha left at its default",
            "alpha is 0.0001, PyTorch's default, whatever is passed.",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, 1e-4, beta, k),
            ("alpha",),
        ),
        Mistake(
            "alpha times size squared",
            "alpha is multiplied by size². That is for Caffe's normalization *within* a channel.",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, alpha * (2 * (n // 2) + 1) ** 2, beta, k),
            ("alpha",),
        ),
        Mistake(
            "k left at its default",
            "k is 1, PyTorch's default, whatever is passed. AlexNet's k is 2.",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, alpha * (2 * (n // 2) + 1), beta, 1.0),
            ("k",),
        ),
        Mistake(
            "k scaled as well",
            "k is multiplied by size, too. PyTorch divides alpha only; k is added as it is.",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, alpha * (2 * (n // 2) + 1), beta, k * (2 * (n // 2) + 1)),
            ("k",),
        ),
        Mistake(
            "k times n",
            "k is multiplied by n. PyTorch divides alpha only; k is added as it is.",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, alpha * (2 * (n // 2) + 1), beta, k * n),
            ("k",),
        ),
        Mistake(
            "beta fixed at 0.75",
            "beta is 0.75, PyTorch's default, whatever is passed.",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, alpha * (2 * (n // 2) + 1), 0.75, k),
            ("beta",),
        ),
        Mistake(
            "TensorFlow's order",
            "This is TensorFlow's order, with k second. PyTorch's is size, alpha, beta, k.",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, k, alpha * (2 * (n // 2) + 1), beta),
        ),
        Mistake(
            "TensorFlow's answer",
            "This is what TensorFlow must be given: a radius, then k, and alpha as it is. PyTorch wants size, alpha, "
            "beta, k. Its size is the whole window, and it divides alpha by this size.",
            lambda k, n, alpha, beta: (n // 2, k, alpha, beta),
            ("size", "alpha", "beta", "k"),
        ),
        Mistake(
            "AlexNet's numbers",
            "This is the translation of AlexNet's constants, whatever is passed. Translate the four arguments.",
            lambda k, n, alpha, beta: (5, 5e-4, 0.75, 2.0),
            ("size", "alpha", "beta", "k"),
        ),
        Mistake(
            "as they came",
            "This is k, n, alpha, beta as they came. PyTorch's order is size, alpha, beta, k, and two of the numbers "
            "change.",
            lambda k, n, alpha, beta: (k, n, alpha, beta),
            ("size", "alpha", "beta", "k"),
        ),
        Mistake(
            "k first",
            "The numbers are right and k stands first. PyTorch's order is size, alpha, beta, k.",
            lambda k, n, alpha, beta: (k, 2 * (n // 2) + 1, alpha * (2 * (n // 2) + 1), beta),
        ),
        Mistake(
            "alpha and beta swapped",
            "alpha and beta are swapped.",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, beta, alpha * (2 * (n // 2) + 1), k),
            ("alpha", "beta"),
        ),
        Mistake(
            "k before beta",
            "The last two are swapped: PyTorch's order is size, alpha, beta, k.",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, alpha * (2 * (n // 2) + 1), k, beta),
            ("beta", "k"),
        ),
    ],
    points=2,
    hints=[
        "First the odd n: PyTorch computes alpha / size times the sum. What must alpha be so that alpha / size is ours?",
        "Then the even ones: how many channels does *our* n = 4 count in the middle? PyTorch's size is exactly that "
        "number, and an odd size is symmetric.",
    ],
    insight="PyTorch's alpha is an alpha for the mean of `size` squares, ours is one for their sum. And no even size "
    "of PyTorch gives the window of our even n: PyTorch's window has one channel more in front than behind.",
)
