"""The synthetic table: made by the code in the repository, labelled as such, and refused when damaged."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from helpers import datasets

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """A copy of the data folder in which a test may damage the file; gives the copy's path."""
    shutil.copy(datasets.DATA / "placement.csv", tmp_path)
    monkeypatch.setattr(datasets, "DATA", tmp_path)
    return tmp_path / "placement.csv"


def test_the_generator_gives_exactly_the_file():
    shipped = (datasets.DATA / "placement.csv").read_text(encoding="utf-8")
    assert datasets.placement_table() == shipped


def test_another_seed_gives_another_table_of_the_same_form():
    other = datasets.placement_table(rows=50, seed=1).splitlines()
    assert len(other) == 52
    assert other[2:] != datasets.placement_table(rows=50).splitlines()[2:]
    assert all(re.fullmatch(r"\d+\.\d,\d+,[01]", line) for line in other[2:])


def test_the_table_holds_what_its_description_says():
    x, y = datasets.load_placement()
    assert (x.shape, y.shape, x.dtype, y.dtype) == ((400, 2), (400,), np.float32, np.uint8)
    cgpa, iq = x.T
    assert 4 <= cgpa.min() < 5 < 9 < cgpa.max() <= 10
    assert 70 <= iq.min() < 80 < 130 < iq.max() <= 140
    assert set(y.tolist()) == {0, 1}
    assert round(100 * y.mean()) == 49
    # Placed students are better in both columns, and neither column decides alone.
    for column in (cgpa, iq):
        assert column[y == 1].mean() > column[y == 0].mean() + 0.5 * column.std()
        assert np.corrcoef(column, y)[0, 1] < 0.7


def test_the_arrays_may_be_changed_without_touching_the_next_load():
    x, y = datasets.load_placement()
    x[:], y[:] = 0, 9
    again = datasets.load_placement()
    assert again[0].min() > 0 and again[1].max() == 1


def test_it_says_that_it_is_synthetic():
    first = (datasets.DATA / "placement.csv").read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# synthetic")
    assert "synthetic" in datasets.load_placement.__doc__


def test_line_ends_of_windows_are_no_damage(shipped):
    shipped.write_bytes(shipped.read_bytes().replace(b"\n", b"\r\n"))
    x, _ = datasets.load_placement()
    assert x.shape == (400, 2)


@pytest.mark.parametrize(
    "damage, reason",
    [
        (lambda path: path.unlink(), "is missing"),
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.write_bytes(path.read_bytes()[:1000]), "is cut short: it has 1,000 of"),
        (lambda path: path.write_bytes(path.read_bytes().replace(b"8.3", b"8.4", 1)), "its SHA-256 differs"),
    ],
    ids=["missing", "empty", "cut-short", "one-number"],
)
def test_a_damaged_table_is_refused_by_name_and_with_a_remedy(shipped, damage, reason):
    damage(shipped)
    with pytest.raises(datasets.DataError, match=re.escape(reason)) as caught:
        datasets.load_placement()
    assert "git checkout -- data/placement.csv" in str(caught.value)


def test_the_data_readme_states_the_checksum():
    readme = (REPOSITORY / "data" / "README.md").read_text(encoding="utf-8")
    assert datasets.PLACEMENT_SHA256 in readme
    assert f"{datasets.PLACEMENT_BYTES:,} bytes" in readme
