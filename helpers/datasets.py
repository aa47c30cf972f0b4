"""What lies in `data/`, checked and loaded. NumPy and the standard library only.

Every file is compared with its recorded SHA-256 before it is read, so a damaged file is refused with
a remedy instead of giving strange results later. `data/README.md` says where each file came from.
"""

import hashlib
import io
from pathlib import Path

import numpy as np

__all__ = ["DataError", "load_mnist"]

# The package is used from its repository (an editable install), where `data/` lies beside `helpers/`.
DATA = Path(__file__).resolve().parent.parent / "data"

MNIST_BYTES = 11_266_754
MNIST_SHA256 = "ee068f36682cba7f38bafdedc77b0f873ebbcf877036f7ebde566966146ac146"

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
    content = _read_verified(DATA / "mnist.npz", MNIST_BYTES, MNIST_SHA256)
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


def _read_verified(path: Path, size: int, sha256: str) -> bytes:
    """Return the bytes of `path`, or raise `DataError` unless they have this size and SHA-256."""
    try:
        content = path.read_bytes()
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        reason = "is missing" if missing else f"cannot be read ({error.strerror})"
        raise DataError(_message(path, reason)) from error
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
