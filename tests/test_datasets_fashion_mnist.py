"""The clothes that ship with the course: which they are, and what happens when the file is damaged."""

import hashlib
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from helpers import datasets

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def clothes():
    return datasets.load_fashion_mnist()


def test_the_clothes_have_keras_types_and_balanced_classes(clothes):
    (x_train, y_train), (x_test, y_test) = clothes
    assert [a.shape for a in (x_train, y_train, x_test, y_test)] == [
        (20000, 28, 28), (20000,), (5000, 28, 28), (5000,)
    ]
    assert {a.dtype for a in (x_train, y_train, x_test, y_test)} == {np.dtype(np.uint8)}
    assert np.bincount(y_train).tolist() == [2000] * 10
    assert np.bincount(y_test).tolist() == [500] * 10


def test_the_clothes_are_the_first_of_the_original(clothes):
    """The published first labels: where no class is full yet, nothing was left out."""
    (x_train, y_train), (x_test, y_test) = clothes
    assert y_train[:16].tolist() == [9, 0, 0, 3, 0, 2, 7, 2, 5, 5, 0, 9, 5, 5, 7, 9]
    assert y_test[:16].tolist() == [9, 2, 1, 1, 6, 1, 4, 6, 5, 7, 4, 5, 7, 3, 4, 1]
    assert hashlib.md5(x_train.tobytes() + x_test.tobytes()).hexdigest() == "a1f037ad3eec6a71444f934bfeddec86"


def test_arrays_may_be_changed_without_touching_the_next_load(clothes):
    (x_train, _), _ = datasets.load_fashion_mnist()
    x_train[0] = 255
    assert not np.array_equal(x_train[0], clothes[0][0][0])


def flip_one_bit(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    "damage, reason",
    [
        (lambda path: path.unlink(), "is missing"),
        (lambda path: path.write_bytes(path.read_bytes()[:5000]), "is cut short: it has 5,000 of 10,927,006 bytes"),
        (flip_one_bit, "its SHA-256 differs"),
    ],
    ids=["missing", "cut-short", "one-bit"],
)
def test_a_damaged_file_is_refused_by_name_and_with_a_remedy(damage, reason, tmp_path, monkeypatch):
    shutil.copy(datasets.DATA / "fashion_mnist.npz", tmp_path)
    monkeypatch.setattr(datasets, "DATA", tmp_path)
    damage(tmp_path / "fashion_mnist.npz")
    with pytest.raises(datasets.DataError, match=re.escape(reason)) as caught:
        datasets.load_fashion_mnist()
    assert "git checkout -- data/fashion_mnist.npz" in str(caught.value)


def test_the_data_readme_states_checksum_paper_and_licence():
    readme = (REPOSITORY / "data" / "README.md").read_text(encoding="utf-8")
    for text in (datasets.FASHION_MNIST_SHA256, "arXiv:1708.07747", "Permission is hereby granted"):
        assert text in readme
