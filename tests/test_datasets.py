"""The data that ships with the course: what it holds, and what happens when it is damaged."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from helpers import datasets

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def mnist():
    return datasets.load_mnist()


def test_mnist_has_keras_shapes_and_types(mnist):
    (x_train, y_train), (x_test, y_test) = mnist
    assert [a.shape for a in (x_train, y_train, x_test, y_test)] == [
        (60000, 28, 28), (60000,), (10000, 28, 28), (10000,)
    ]
    assert {a.dtype for a in (x_train, y_train, x_test, y_test)} == {np.dtype(np.uint8)}


def test_training_images_are_the_original_ones(mnist):
    """The published MD5 is that of the uncompressed IDX file: its 16-byte header, then the pixels."""
    (x_train, _), _ = mnist
    header = np.array([0x00000803, *x_train.shape], dtype=">u4").tobytes()
    assert hashlib.md5(header + x_train.tobytes()).hexdigest() == "6bbc9ace898e44ae57da46a324031adb"


def test_labels_are_the_original_ones(mnist):
    """The counts of each digit that are reported for MNIST; the first labels hold the order."""
    (_, y_train), (_, y_test) = mnist
    assert np.bincount(y_train).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(y_test).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert y_train[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert y_test[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


def test_arrays_may_be_changed_without_touching_the_next_load(mnist):
    (x_train, _), _ = datasets.load_mnist()
    x_train[0] = 255
    assert not np.array_equal(x_train[0], mnist[0][0][0])


def test_loading_does_not_depend_on_the_working_directory(tmp_path):
    code = "from helpers import datasets; print(datasets.load_mnist()[1][1].sum())"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    assert run.stdout.strip() == "44434"


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """A copy of the data folder in which a test may damage the file; gives the copy's path."""
    shutil.copy(datasets.DATA / "mnist.npz", tmp_path)
    monkeypatch.setattr(datasets, "DATA", tmp_path)
    return tmp_path / "mnist.npz"


def cut_short(path):
    path.write_bytes(path.read_bytes()[:5000])


def flip_one_bit(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def replace_by_pointer(path):
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:ee06\nsize 11266754\n")


def replace_by_folder(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    "damage, reason",
    [
        (lambda path: path.unlink(), "is missing"),
        (lambda path: path.write_bytes(b""), "is empty"),
        (cut_short, "is cut short: it has 5,000 of 11,266,754 bytes"),
        (flip_one_bit, "its SHA-256 differs"),
        (replace_by_pointer, "is a Git LFS pointer"),
        (replace_by_folder, "cannot be read"),
    ],
    ids=["missing", "empty", "cut-short", "one-bit", "lfs-pointer", "folder"],
)
def test_a_damaged_file_is_refused_by_name_and_with_a_remedy(shipped, damage, reason):
    damage(shipped)
    with pytest.raises(datasets.DataError, match=re.escape(reason)) as caught:
        datasets.load_mnist()
    assert str(shipped) in str(caught.value)
    assert "git checkout -- data/mnist.npz" in str(caught.value)


def test_the_data_readme_states_the_checksum():
    readme = (REPOSITORY / "data" / "README.md").read_text(encoding="utf-8")
    assert datasets.MNIST_SHA256 in readme
