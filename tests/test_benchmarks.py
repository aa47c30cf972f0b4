"""The benchmarks run and print their table. How long anything took is never a test."""

import re

import pytest

from tests.benchmarks.__main__ import main
from tests.benchmarks.table import Row, formatted


def test_step_and_imports_run(capsys):
    main(["step", "imports", "--quick"])
    table = capsys.readouterr().out
    for text in [
        "1 BLAS thread: helpers.nn", "matrix products alone", "nn.fit", "Keras' model.fit",
        "BatchNormalization backward", "the loss", "the optimizer", "beyond NumPy",
    ]:
        assert text in table
    assert len(re.findall(r"(?:not )?met$", table, re.MULTILINE)) == 3


def test_layers_run(capsys):
    main(["layers", "--quick"])
    table = capsys.readouterr().out
    for text in [
        "at (256, 512)", "at (64, 28, 28, 32)", "at (8, 112, 112, 16)", "GroupNormalization(8)", "across", "within",
        "copies of the input",
    ]:
        assert text in table
    layers = 5 + 6 + 6
    windows = 1 + 2 + 2
    assert len(re.findall(r"(?:not )?met$", table, re.MULTILINE)) == 2 * (layers + windows)


def test_a_table_says_what_is_met():
    rows = [Row("a", "1 s", "≤ 2 s", True), Row("longer", "30 s", "≤ 2 s", False), Row("b", "4 ms")]
    assert formatted(rows).splitlines() == [
        "        measured  target",
        "a            1 s   ≤ 2 s  met",
        "longer      30 s   ≤ 2 s  not met",
        "b           4 ms",
    ]


def test_an_unknown_part_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["stap"])
    assert "no part is called stap; there are step, layers, imports, notebooks" in capsys.readouterr().err
