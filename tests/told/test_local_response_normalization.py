"""What wrong and right answers of notebook 02 are told: written afresh, as students would."""

import numpy as np
import pytest

from helpers.exercises import local_response_normalization as exercises


def told(name, answer):
    verdict = getattr(exercises, name).evaluate(answer)
    return verdict, " ".join(verdict.paragraphs)


# ---- Who takes part in the sum ------------------------------------------------------------------

CONVENTIONS = {
    "range without + 1": (4, 2, 3, 4, 15),
    "slice up to i + n/2": (4, 2, 4, 4, 16),
    "radius": (11, 6, 7, 9, 16),
    "radius, range without + 1": (10, 5, 6, 8, 15),
    "radius, no clipping": (11, 11, 11, 9, 81),
    "radius, no clipping, without i": (10, 10, 10, 8, 80),
    "no clipping": (5, 5, 5, 5, 41),
    "no clipping, without i": (4, 4, 4, 4, 40),
    "clipped on the left": (5, 3, 5, 5, 29),
    "clipped on the right": (5, 5, 4, 5, 28),
    "clipped on the left, without i": (4, 2, 4, 4, 28),
    "clipped on the right, without i": (4, 4, 3, 4, 27),
    "radius, clipped on the left": (11, 6, 11, 9, 49),
    "radius, clipped on the right": (11, 11, 7, 9, 48),
    "radius, clipped on the right, without i": (10, 10, 6, 8, 47),
    "rounded up, clipped on the left": (7, 4, 7, 5, 29),
    "rounded up, clipped on the right, without i": (6, 6, 4, 4, 27),
    "n itself": (5, 5, 5, 4, 40),
    "n - 1": (4, 4, 4, 3, 39),
    "n + 1": (6, 6, 6, 5, 41),
    "rounded up": (7, 4, 5, 5, 16),
    "rounded up, range without + 1": (6, 3, 4, 4, 15),
    "rounded up, no clipping": (7, 7, 7, 5, 41),
    "N in place of N - 1": (5, 3, 5, 5, 17),
    "N - 1 not included": (5, 3, 3, 5, 15),
    "from channel 1": (5, 2, 4, 5, 15),
    "max and min exchanged": (10, 16, 4, 10, 29),
    "to the right": (3, 3, 2, 3, 8),
    "to the left": (3, 1, 3, 3, 9),
    "n/2": (2, 2, 2, 2, 20),
    "negative start": (5, 0, 4, 5, 12),
    "cut off late": (6, 3, 5, 5, 16),
    "one too many": (6, 4, 5, 6, 17),
    "one channel to each side": (3, 2, 3, 3, 3),
    "one channel to each side, nothing cut off": (3, 3, 3, 3, 16),
    "borders swapped": (5, 4, 3, 5, 16),
    "borders swapped, n channels": (5, 4, 3, 4, 16),
    "all there are": (16, 16, 16, 16, 16),
}


def members(values):
    return dict(zip(exercises.window_members.answers, values))


@pytest.mark.parametrize("values", CONVENTIONS.values(), ids=CONVENTIONS)
def test_one_convention_is_told_once(values):
    verdict, _ = told("window_members", members(values))
    assert verdict.state == "known mistake" and len(verdict.mistakes) == 1
    assert len([text for text in verdict.paragraphs if not text.startswith("Right")]) == 1


def test_two_causes_are_told_apart():
    verdict, text = told("window_members", members((4, 2, 3, 4, 39)))
    assert verdict.mistakes[0] == "one too few" and len(verdict.paragraphs) == 2
    assert "Python's `range`" in text


@pytest.mark.parametrize("values", [(5, 4, 3, 5, 16), (5, 4, 3, 4, 16), (3, 2, 3, 3, 3)])
def test_nothing_is_told_that_the_other_entries_rule_out(values):
    _, text = told("window_members", members(values))
    assert "one is missing" not in text and "one end" not in text and "one side" not in text


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ((2, 2, 1, 2, 8), ("reach", "right neighbours only", "8 on one side")),
        ((5, 0, 4, 5, 16), ("nothing",)),
        ((4, 2, 2, 4, 15), ("one too few", "only two")),
    ],
)
def test_single_entries(values, names):
    assert told("window_members", members(values))[0].mistakes == names


def test_numpy_and_floats_are_taken():
    assert told("window_members", members((np.int64(5), 3.0, np.float32(4), 5, 16)))[0].passed


# ---- What moves whom ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moves", "names"),
    [
        ("rises stays stays rises rises", ("the bracket rises",)),
        ("stays stays stays rises rises", ("nothing damps",)),
        ("falls falls falls rises falls", ("everybody damps",)),
        ("falls rises rises rises falls", ("everybody helps",)),
        ("falls stays stays stays stays", ("self balanced",)),
        ("falls stays stays falls falls", ("already falling",)),
    ],
)
def test_neighbours(moves, names):
    assert told("neighbours", dict(zip(exercises.neighbours.answers, moves.split())))[0].mistakes == names


# ---- Across channels ----------------------------------------------------------------------------


def normalized(a, total, k, alpha, beta):
    return a / (k + alpha * total) ** beta


def sums(first, stop, axis=-1):
    """lrn with windows cut out by slices first(i, n, N) : stop(i, n, N)."""

    def lrn(a, k, n, alpha, beta):
        s = np.moveaxis(a**2, axis, -1)
        N = s.shape[-1]
        total = np.stack([s[..., first(i, n, N) : stop(i, n, N)].sum(axis=-1) for i in range(N)], axis=-1)
        return normalized(a, np.moveaxis(total, -1, axis), k, alpha, beta)

    return lrn


def indexed(first, stop):
    def lrn(a, k, n, alpha, beta):
        total = np.zeros_like(a)
        for i in range(a.shape[-1]):
            for j in range(first(i, n), stop(i, n, a.shape[-1])):
                total[..., i] += a[..., j] ** 2
        return normalized(a, total, k, alpha, beta)

    return lrn


def low(i, n, N=0):
    return max(0, i - n // 2)


def high(i, n, N):
    return min(N - 1, i + n // 2) + 1


def padding_taken_off(a, k, n, alpha, beta):
    r = n // 2
    s = np.pad(a**2, [(0, 0)] * 3 + [(r, r)])
    total = sum(np.roll(s, d, axis=-1) for d in range(-r, r + 1))
    return normalized(a, total[..., r:-r], k, alpha, beta)


def shifts_from_zero(a, k, n, alpha, beta):
    total = np.zeros_like(a)
    for d in range(n // 2 + 1):
        total[..., d:] += a[..., :-d] ** 2
    return normalized(a, total, k, alpha, beta)


def channels_first(a, k, n, alpha, beta):
    r, N = n // 2, a.shape[1]
    s = np.pad(a**2, ((0, 0), (r, r), (0, 0), (0, 0)))
    return normalized(a, sum(s[:, d : d + N] for d in range(2 * r + 1)), k, alpha, beta)


def unpacked_channels_first(a, k, n, alpha, beta):
    _, N, _, _ = a.shape
    total = np.zeros_like(a)
    for i in range(N):
        total[..., i] = (a[..., low(i, n) : high(i, n, N)] ** 2).sum(axis=-1)
    return normalized(a, total, k, alpha, beta)


def pytorch(a, k, n, alpha, beta):
    s = np.pad(a**2, [(0, 0)] * 3 + [(n // 2, (n - 1) // 2)])
    windows = np.lib.stride_tricks.sliding_window_view(s, n, axis=-1)
    return normalized(a, windows.mean(axis=-1), k, alpha, beta)


def pytorch_sum_without_beta(a, k, n, alpha, beta):
    return pytorch(a, k, n, alpha * n, 1)


def convolved(a, k, n, alpha, beta):
    total = np.apply_along_axis(lambda row: np.convolve(row, np.ones(2 * (n // 2) + 1), "same"), -1, a**2)
    return normalized(a, total, k, alpha, beta)


def steps(a, k, n, alpha, beta):
    total, N = np.zeros_like(a), a.shape[-1]
    for i in range(N):
        for j in range(i - n // 2, i + n // 2 + 1):
            if not 0 <= j < N:
                break
            total[..., i] += a[..., j] ** 2
    return normalized(a, total, k, alpha, beta)


def skipped(a, k, n, alpha, beta):
    total, r = np.zeros_like(a), n // 2
    for i in range(r, a.shape[-1]):
        total[..., i] = (a[..., i - r : i + r + 1] ** 2).sum(axis=-1)
    return normalized(a, total, k, alpha, beta)


def returned_in_the_loop(a, k, n, alpha, beta):
    b = np.zeros_like(a)
    for i in range(a.shape[-1]):
        b[..., i] = normalized(a[..., i], (a[..., low(i, n) : i + n // 2 + 1] ** 2).sum(axis=-1), k, alpha, beta)
        return b


def banded(reach):
    def lrn(a, k, n, alpha, beta):
        i = np.arange(a.shape[-1])
        return normalized(a, a**2 @ (abs(i[:, None] - i) <= reach(n)), k, alpha, beta)

    return lrn


def power_in_the_loop(a, k, n, alpha, beta):
    i = np.arange(a.shape[-1])
    return a / ((k + alpha * a**2) ** beta @ (abs(i[:, None] - i) <= n // 2))


def written_at_j(a, k, n, alpha, beta):
    b, N = np.zeros_like(a), a.shape[-1]
    for i in range(N):
        for j in range(low(i, n), high(i, n, N)):
            pass
        b[..., j] = normalized(a[..., i], (a[..., low(i, n) : high(i, n, N)] ** 2).sum(axis=-1), k, alpha, beta)
    return b


def with_indices(divide, inside=False):
    """The loops over i and j, with j in the numerator; or with the `return` inside both loops."""

    def lrn(a, k, n, alpha, beta):
        b, N = np.zeros_like(a), a.shape[-1]
        for i in range(N):
            total = 0
            for j in range(low(i, n), high(i, n, N)):
                total = total + a[..., j] ** 2
                b[..., i] = normalized(a[..., divide(i, j)], total, k, alpha, beta)
                if inside:
                    return b
        return b

    return lrn


ACROSS = [
    (banded(lambda n: n // 2 + 1), "one too many on each side"),
    (indexed(lambda i, n: max(0, i - n // 2 - 1), high), "one too many on the left"),
    (steps, "lower border without a sum"),
    (skipped, "lower border without a sum"),
    (sums(low, lambda i, n, N: low(i, n) + n), "n wide, also at the border"),
    (sums(low, lambda i, n, N: low(i, n) + n // 2 * 2 + 1), "same width at the border"),
    (sums(low, lambda i, n, N: min(N - 1, i + n // 2 + 1)), "last channel in no sum"),
    (indexed(low, lambda i, n, N: min(N - 1, i + n // 2 + 1)), "last channel in no sum"),
    (returned_in_the_loop, "only the first channel"),
    (with_indices(lambda i, j: j), "the last of the window divided"),
    (written_at_j, "written at the last of the window"),
    (with_indices(lambda i, j: i, inside=True), "returned after the first term"),
    (power_in_the_loop, "power of each term"),
    (lambda a, k, n, alpha, beta: banded(lambda n: 2)(a, 2, 5, 1e-4, 0.75), "AlexNet's numbers"),
    (lambda a, k, n, alpha, beta: banded(lambda n: n // 2)(a, k, n, alpha, 1 / beta), "root in place of the power"),
    (sums(lambda i, n, N: i - n // 2, lambda i, n, N: i + n // 2 + 1), "negative start"),
    (sums(lambda i, n, N: i - n // 2, lambda i, n, N: i + n // 2), "negative start, last one missing"),
    (sums(low, lambda i, n, N: i + n // 2), "last one missing"),
    (sums(low, lambda i, n, N: min(N - 1, i + n // 2)), "end at N - 1, not included"),
    (sums(lambda i, n, N: max(0, i - n / 2), lambda i, n, N: i + n / 2 + 1), "half a channel, slice without min"),
    (sums(lambda i, n, N: i, lambda i, n, N: i + n), "window begins at i"),
    (sums(lambda i, n, N: max(0, i - n), lambda i, n, N: i + n + 1), "n on each side"),
    (indexed(lambda i, n: i - n // 2, lambda i, n, N: i + n // 2 + 1), "index beyond the last channel"),
    (indexed(low, lambda i, n, N: min(N, i + n // 2) + 1), "index beyond the last channel, clipped on the left"),
    (indexed(lambda i, n: i - n // 2, high), "index below 0"),
    (indexed(lambda i, n: max(0, i - n / 2), lambda i, n, N: min(N - 1, i + n / 2) + 1), "half a channel, range"),
    (padding_taken_off, "trimmed by 0"),
    (shifts_from_zero, "shifted by 0"),
    (channels_first, "channels first"),
    (unpacked_channels_first, "N of axis 1, sum of 0"),
    (pytorch, "PyTorch's layer"),
    (convolved, "convolve, n // 2 to each side"),
]


@pytest.mark.parametrize(("answer", "name"), ACROSS, ids=[name for _, name in ACROSS])
def test_across(answer, name):
    assert told("lrn_across", answer)[0].mistakes == (name,)


@pytest.mark.parametrize(
    "answer", [banded(lambda n: n // 2 + 1), indexed(lambda i, n: max(0, i - n // 2 - 1), high), steps, skipped]
)
def test_one_cause_is_told_as_one(answer):
    verdict, text = told("lrn_across", answer)
    assert "Apart from" not in text and "rounded" not in text and "slice starts below" not in text


def test_another_fault_for_even_n_is_told_beside():
    verdict, text = told("lrn_across", pytorch_sum_without_beta)
    assert verdict.mistakes == ("beta left out",) and "Apart from the check with an even n, 4," in text


def test_nan_is_not_a_change_of_sign():
    verdict, text = told("lrn_across", lambda a, k, n, alpha, beta: normalized(a, a.sum(-1, keepdims=True), k, -1, beta))
    assert verdict.state == "wrong" and "NaN or infinite" in text and "sign" not in text


# ---- Within a channel ---------------------------------------------------------------------------


def squares(rows, columns, total_of=lambda window: (window**2).sum(axis=(1, 2))):
    def lrn(a, k, n, alpha, beta):
        total = np.zeros_like(a)
        _, H, W, _ = a.shape
        for y in range(H):
            for x in range(W):
                total[:, y, x] = total_of(a[:, slice(*rows(y, n, H)), slice(*columns(x, n, W))])
        return normalized(a, total, k, alpha, beta)

    return lrn


def clipped(i, n, N):
    return low(i, n), high(i, n, N)


def unclipped(i, n, N):
    return i - n // 2, i + n // 2 + 1


def without_its_end(i, n, N):
    return low(i, n), i + n // 2


def places(rows, columns, square=lambda a, q, p: a[:, q, p] ** 2):
    def lrn(a, k, n, alpha, beta):
        total = np.zeros_like(a)
        _, H, W, _ = a.shape
        for x in range(W):
            for y in range(H):
                total[:, y, x] = sum(
                    square(a, q, p) for q in range(*rows(y, n, H)) for p in range(*columns(x, n, W))
                )
        return normalized(a, total, k, alpha, beta)

    return lrn


def within_channels_first(a, k, n, alpha, beta):
    turned = np.moveaxis(a, 1, -1)
    return np.moveaxis(squares(clipped, clipped)(turned, k, n, alpha, beta), -1, 1)


def within_returned(inside):
    def lrn(a, k, n, alpha, beta):
        b = np.zeros_like(a)
        _, H, W, _ = a.shape
        for y in range(H):
            for x in range(W):
                window = a[:, slice(*clipped(y, n, H)), slice(*clipped(x, n, W))]
                b[:, y, x] = normalized(a[:, y, x], (window**2).sum(axis=(1, 2)), k, alpha, beta)
                if inside == "place":
                    return b
            if inside == "row":
                return b

    return lrn


def growing(a, k, n, alpha, beta):
    b, total = np.zeros_like(a), 0
    _, H, W, _ = a.shape
    for y in range(H):
        for x in range(W):
            for q in range(*clipped(y, n, H)):
                for p in range(*clipped(x, n, W)):
                    total = total + a[:, q, p] ** 2
            b[:, y, x] = normalized(a[:, y, x], total, k, alpha, beta)
    return b


def wider(end):
    return lambda i, n, N: (max(0, i - n // 2 - 1), i + n // 2 + 1 + end)


def up_to_the_last(i, n, N):
    return low(i, n), min(N - 1, i + n // 2 + 1)


def in_a_diamond(a, k, n, alpha, beta):
    total, reach = np.zeros_like(a), n // 2
    for y, x in np.ndindex(a.shape[1:3]):
        for q, p in np.ndindex(a.shape[1:3]):
            if abs(q - y) + abs(p - x) <= reach:
                total[:, y, x] += a[:, q, p] ** 2
    return normalized(a, total, k, alpha, beta)


WITHIN = [
    (squares(wider(1), wider(1)), "one too many on each side"),
    (squares(wider(0), wider(0)), "one too many at the start"),
    (squares(up_to_the_last, up_to_the_last), "last row and column in no sum"),
    (squares(clipped, up_to_the_last), "last column in no sum"),
    (places(up_to_the_last, clipped), "last row in no sum"),
    (within_returned("place"), "only the first place has a result"),
    (within_returned("row"), "only the first row has a result"),
    (growing, "never reset"),
    (squares(clipped, clipped, lambda w: w[:, -1, -1] ** 2), "only the last one"),
    (squares(unclipped, unclipped), "negative start"),
    (
        squares(lambda i, n, N: (i - n // 2, i + n // 2), lambda i, n, N: (i - n // 2, i + n // 2)),
        "negative start, last ones missing",
    ),
    (squares(without_its_end, without_its_end), "last ones missing"),
    (squares(clipped, without_its_end), "last column missing"),
    (squares(clipped, clipped, lambda w: (w**2).sum()), "all pictures and channels as well"),
    (squares(lambda i, n, N: (max(0, i - n / 2), i + n / 2 + 1), clipped), "half a place, slice without min"),
    (places(unclipped, unclipped), "index beyond the picture, xy"),
    (places(clipped, lambda i, n, N: (low(i, n), max(N, i + n // 2) + 1)), "max in place of min, index"),
    (places(clipped, clipped, lambda a, q, p: a[:, p, q] ** 2), "rows and columns swapped, index"),
    (within_channels_first, "window over columns and channels"),
    (in_a_diamond, "a diamond"),
]


@pytest.mark.parametrize(("answer", "name"), WITHIN, ids=[name for _, name in WITHIN])
def test_within(answer, name):
    assert told("lrn_within", answer)[0].mistakes == (name,)


def test_a_fault_at_one_border_is_told_as_one_at_the_border():
    verdict, text = told("lrn_within", squares(clipped, unclipped))
    assert verdict.state == "wrong" and "the result is right where the whole window fits" in text


# ---- Between libraries --------------------------------------------------------------------------


def window(n):
    return 2 * (n // 2) + 1


TENSORFLOW = [
    (lambda k, n, alpha, beta: (window(n), alpha * window(n), beta, k), ("PyTorch's answer",)),
    (lambda k, n, alpha, beta: (n // 2, alpha, beta, k), ("another order",)),
    (lambda k, n, alpha, beta: (n, 1, alpha, beta), ("n as the radius", "bias left at its default")),
    (lambda k, n, alpha, beta: (round(n / 2), k, alpha, beta), ("radius rounded to even",)),
    (lambda k, n, alpha, beta: (n / 2, k, alpha, beta), ("half a channel",)),
    (lambda k, n, alpha, beta: (5, 1, 1, 0.5), ("TensorFlow's defaults",)),
    (lambda k, n, alpha, beta: (n // 2, k, alpha / (n // 2), beta), ("alpha divided by the radius",)),
    (lambda k, n, alpha, beta: (n // 2, k, round(alpha, 2), beta), ("alpha rounded to 2",)),
]
PYTORCH = [
    (lambda k, n, alpha, beta: (n // 2, k, alpha, beta), ("TensorFlow's answer",)),
    (lambda k, n, alpha, beta: (n, alpha * n, beta, k), ("size n, alpha times n",)),
    (lambda k, n, alpha, beta: (n, alpha, beta, k), ("size n", "alpha as it is")),
    (lambda k, n, alpha, beta: (window(n), alpha / n, beta, k), ("alpha divided by n",)),
    (lambda k, n, alpha, beta: (n - n % 2, alpha * (n - n % 2), beta, k), ("size without the channel, alpha times it",)),
    (lambda k, n, alpha, beta: (k, n, alpha, beta), ("as they came",)),
    (lambda k, n, alpha, beta: (n if n % 2 else n + 1, alpha * n, beta, k), ("alpha times n",)),
    (lambda k, n, alpha, beta: (n, n * alpha, beta, 1), ("size n, alpha times n", "k left at its default")),
    (lambda k, n, alpha, beta: (k, n, n * alpha, beta), ("another order", "size n, alpha times n")),
    (lambda k, n, alpha, beta: (n | 1, round(alpha * (n | 1), 2), beta, k), ("alpha rounded to 2",)),
    (lambda k, n, alpha, beta: (n | 1, 5 * alpha, beta, k), ("alpha times 5",)),
    (
        lambda k, n, alpha, beta: (2 * round(n / 2) + 1, alpha * (2 * round(n / 2) + 1), beta, k),
        ("size rounded to even",),
    ),
    (lambda k, n, alpha, beta: (n + n % 2, alpha * (n + n % 2), beta, k), ("odd and even exchanged",)),
    (lambda k, n, alpha, beta: (5, 0.0005, 0.75, 2), ("AlexNet's numbers",)),
]


@pytest.mark.parametrize(
    ("name", "answer", "names"),
    [("to_tensorflow", *pair) for pair in TENSORFLOW] + [("to_pytorch", *pair) for pair in PYTORCH],
)
def test_translations(name, answer, names):
    assert told(name, answer)[0].mistakes == names


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("to_pytorch", lambda k, n, alpha, beta: (n if n % 4 else n + 1, alpha * window(n), beta, k)),
        ("to_pytorch", lambda k, n, alpha, beta: (n if n % 2 else k + 1, alpha * window(n), beta, k)),
    ],
)
def test_what_used_to_pass_or_to_be_named_falsely_is_refused(name, answer):
    assert told(name, answer)[0].state == "wrong"


# ---- Right answers ------------------------------------------------------------------------------


def by_einsum(a, k, n, alpha, beta):
    i = np.arange(a.shape[-1])
    return a * (k + alpha * np.einsum("bhwj,ji->bhwi", a**2, (abs(i[:, None] - i) <= n / 2) * 1.0)) ** -beta


def by_shifts(a, k, n, alpha, beta):
    total = a**2
    for d in range(1, n // 2 + 1):
        total[..., d:] += a[..., :-d] ** 2
        total[..., :-d] += a[..., d:] ** 2
    return normalized(a, total, k, alpha, beta)


def by_norms(a, k, n, alpha, beta):
    return squares(clipped, clipped, lambda w: np.linalg.norm(w, axis=(1, 2)) ** 2)(a, k, n, alpha, beta)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("lrn_across", by_einsum),
        ("lrn_across", by_shifts),
        ("lrn_across", indexed(low, high)),
        ("lrn_across", lambda *args: by_einsum(*args).astype(np.float32)),
        ("lrn_within", by_norms),
        ("lrn_within", places(clipped, clipped)),
        ("lrn_within", lambda a, *rest: np.concatenate([by_norms(picture[None], *rest) for picture in a])),
        ("to_tensorflow", lambda k, n, alpha, beta: np.array([n // 2, k, alpha, beta])),
        ("to_tensorflow", lambda k, n, alpha, beta: [np.floor(n / 2), np.float32(k), alpha, beta]),
        ("to_pytorch", lambda k, n, alpha, beta: (n | 1, alpha * (n | 1), beta, k)),
        ("to_pytorch", lambda k, n, alpha, beta: (np.int64(window(n)), alpha * np.float32(window(n)), beta, k)),
    ],
)
def test_right_answers_in_other_styles(name, answer):
    assert told(name, answer)[0].passed


# ---- The lone voice -----------------------------------------------------------------------------


def stage(k, n, alpha, beta):
    a = np.zeros(16)
    a[2:9], a[13] = 3, 2
    i = np.arange(16)
    with np.errstate(all="ignore"):
        b = normalized(a, a**2 @ (abs(i[:, None] - i) <= n // 2), k, alpha, beta)
        lead = b[13] / b[2:9].max()
    return {"k": k, "n": n, "alpha": alpha, "beta": beta, "lead": lead, "kept": b[13] / a[13]}


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ((1.0, -3, 0.3, 0.75), "no window"),
        ((1.0, 0, 0.3, 0.75), "only itself"),
        ((1.0, 31, 1e-4, 0.75), "nothing moves"),
        ((20, 5, 0.05, 1.5), "nothing moves"),
        ((20, 11, 10, 0.6), "hears the crowd"),
        ((0.5, 5, 0.1, -0.75), "negative exponent"),
        ((0.5, 5, 0.1, 0.75), "k below 1"),
        ((1, 3, 0.3, 1.0), "narrow window"),
        ((1, 7, 10, 1), "lone one damped too much"),
        ((1, 1, 0.001, 222), "beta above 5"),  # meets both targets, and no channel has a neighbour
        ((1, 7.5, 0.5, 0.75), "n not whole"),
        ((1, 7, 3, 0.25), "small exponent"),
        ((5, 5, 0.3, 1), "k weighs too much"),
    ],
)
def test_the_lone_voice_is_told_what_its_numbers_show(settings, name):
    verdict, text = told("lone_voice", exercises.lone_voice.remember(stage)(*settings))
    assert verdict.mistakes == (name,)
    assert "damped like it" not in text


@pytest.mark.parametrize(
    ("settings", "absent"), [((2, 9, 1e-4, 50), "nearly the same"), ((1, 10, 0.3, 0.75), "the crowd's squares")]
)
def test_the_lone_voice_is_told_no_more_than_its_numbers_show(settings, absent):
    _, text = told("lone_voice", exercises.lone_voice.remember(stage)(*settings))
    assert absent not in text


def test_settings_of_numpy_are_taken():
    result = exercises.lone_voice.remember(stage)(np.float32(1), np.int64(7), 0.5, 0.75)
    assert told("lone_voice", result)[0].passed


@pytest.mark.parametrize("settings", [(1, 1, 0.1, 1000), (1, 7, 0.5, np.nan)])
def test_a_result_that_is_not_finite_is_not_reported_as_a_number(settings):
    _, text = told("lone_voice", exercises.lone_voice.remember(stage)(*settings))
    assert "nan" not in text and "inf" not in text.replace("infinity", "")
