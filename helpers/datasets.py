"""What lies in `data/`, checked and loaded. NumPy and the standard library only.

Every file is compared with its recorded SHA-256 before it is read, so a damaged file is refused with
a remedy instead of giving strange results later. `data/README.md` says where each file came from.
"""

import hashlib
import io
import math
import random
from pathlib import Path

import numpy as np

__all__ = ["DataError", "load_fashion_mnist", "load_mnist", "load_placement", "placement_table"]

# The package is used from its repository (an editable install), where `data/` lies beside `helpers/`.
DATA = Path(__file__).resolve().parent.parent / "data"

MNIST_BYTES = 11_266_754
MNIST_SHA256 = "ee068f36682cba7f38bafdedc77b0f873ebbcf877036f7ebde566966146ac146"
FASHION_MNIST_BYTES = 10_927_006
FASHION_MNIST_SHA256 = "6994838270482b54223baaeb6355394f493e37a23ba2dc805691d2cec9785fc6"
PLACEMENT_BYTES = 3_891
PLACEMENT_SHA256 = "fd08ac63282d0ee6c1b1a08c3c10c86643b23cb937ad9c3832241306f4fba4b1"

Split = tuple[np.ndarray, np.ndarray]


class DataError(RuntimeError):
    """A file of `data/` is missing or damaged. The message names the file and the remedy."""


def load_mnist() -> tuple[Split, Split]:
    """Load the MNIST handwritten digits, as `keras.datasets.mnist.load_data()` returns them.

    Returns `(x_train, y_train), (x_test, y_test)`, all uint8 and yours to change: images of shape
    (60000, 28, 28) and (10000, 28, 28), ink from 0 (none) to 255 (full); labels of shape (60000,)
    and (10000,), from 0 to 9.

    Raises `DataError` if `data/mnist.npz` is missing or is not the file the course ships.

    Source: LeCun, Bottou, Bengio and Haffner (1998), "Gradient-based learning applied to document
    recognition".
    """
    return _splits("mnist.npz", MNIST_BYTES, MNIST_SHA256)


def load_fashion_mnist() -> tuple[Split, Split]:
    """Load a third of Fashion-MNIST, pictures of clothes, in the form of `keras.datasets.fashion_mnist.load_data()`.

    Returns `(x_train, y_train), (x_test, y_test)`, all uint8 and yours to change: images of shape
    (20000, 28, 28) and (5000, 28, 28), from 0 (background) to 255; labels of shape (20000,) and (5000,),
    from 0 to 9: T-shirt, trousers, pullover, dress, coat, sandal, shirt, sneaker, bag, ankle boot. Every
    class has 2,000 training and 500 test clothes.

    Raises `DataError` if `data/fashion_mnist.npz` is missing or is not the file the course ships.

    Source: Xiao, Rasul and Vollgraf (2017, arXiv:1708.07747), "Fashion-MNIST: a novel image dataset for
    benchmarking machine learning algorithms". `data/README.md` says which clothes were taken.
    """
    return _splits("fashion_mnist.npz", FASHION_MNIST_BYTES, FASHION_MNIST_SHA256)


def load_mnist_rows() -> tuple[Split, Split]:
    """Return the digits as a dense layer takes them: pixels (N, 784), float32 from 0 to 1; labels (N,), uint8.

    Raises:
        DataError: as `load_mnist`.
    """
    parts = []
    for x, y in load_mnist():
        rows = x.reshape(len(x), -1).astype(np.float32)
        rows /= 255  # in place: Binder has 2 GB
        parts.append((rows, y))
    return tuple(parts)


def load_placement() -> Split:
    """Load the synthetic table of 400 invented students: grade average, IQ, and whether they were placed.

    Returns `(x, y)`, yours to change: x of shape (400, 2), float32, the columns cgpa (4.0 to 10.0) and iq
    (70 to 140) as they stand in the table; y of shape (400,), uint8, 1 for placed.

    No student was measured: `placement_table` made the numbers, and says how.

    Raises `DataError` if `data/placement.csv` is missing or is not the file the course ships.
    """
    content = _read_verified(DATA / "placement.csv", PLACEMENT_BYTES, PLACEMENT_SHA256, text=True)
    table = np.loadtxt(io.BytesIO(content), delimiter=",", skiprows=2, dtype=np.float32)
    return table[:, :2].copy(), table[:, 2].astype(np.uint8)


def placement_table(rows: int = 400, seed: int = 47) -> str:
    """Return the text of `data/placement.csv`, invented from a seed.

    The rule: somebody is placed if grade average *and* IQ are good enough, give or take some luck. Only
    sums and products of uniform numbers are used, which Python promises to be the same everywhere.
    """
    uniform = random.Random(seed).random

    def bell() -> float:  # mean 0, standard deviation 1, from -6 to 6
        return math.fsum(uniform() for _ in range(12)) - 6  # sum() rounds otherwise in other Pythons

    lines = ["# synthetic: invented by helpers.datasets.placement_table", "cgpa,iq,placed"]
    for _ in range(rows):
        common = 0.4 * bell()  # what makes grades and IQ rise together a little
        tenths = min(max(round(70 + 11 * (common + 0.9 * bell())), 40), 100)
        iq = min(max(round(100 + 15 * (common + 0.9 * bell())), 70), 140)
        score = min((tenths - 64) / 11, (iq - 94) / 15) + 0.25 * bell()
        lines.append(f"{tenths // 10}.{tenths % 10},{iq},{int(score > 0)}")
    return "\n".join(lines) + "\n"


def _splits(name: str, size: int, sha256: str) -> tuple[Split, Split]:
    """Read a verified file of `data/` with Keras' four arrays."""
    content = _read_verified(DATA / name, size, sha256)
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


def _read_verified(path: Path, size: int, sha256: str, *, text: bool = False) -> bytes:
    """Return the bytes of `path`, or raise `DataError` unless they have this size and SHA-256.

    With `text`, line ends may be those of Windows: Git may have written them so.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        reason = "is missing" if missing else f"cannot be read ({error.strerror})"
        raise DataError(_message(path, reason)) from error
    if text:
        content = content.replace(b"\r\n", b"\n")
    if hashlib.sha256(content).hexdigest() == sha256:
        return content
    raise DataError(_message(path, _damage(content, size)))


def _damage(content: bytes, size: int) -> str:
    """Say what is wrong with `content`, which should have been another file of `size` bytes."""
    if not content:
        return "is empty"
    if content.startswith(b"version https://git-lfs"):
        return "is a Git LFS pointer, not the data: your copy was stored in a repository that uses Git LFS"
    if len(content) < size:
        return f"is cut short: it has {len(content):,} of {size:,} bytes"
    return "is not the file the course ships: its SHA-256 differs"


def _message(path: Path, reason: str) -> str:
    return (
        f"{path} {reason}.\n"
        f"To restore it, run `git checkout -- data/{path.name}` in {path.parent.parent}, "
        "or clone the course again."
    )
