import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbval.plugin import get_sanitize_patterns

from helpers.claims import MEASURED, Claim, approx, claim, collect, confirm, parse, table

PATTERNS = get_sanitize_patterns(Path(__file__).with_name("sanitize.cfg").read_text(encoding="utf-8"))
finite = st.floats(allow_nan=False, allow_infinity=False)
identifiers = st.from_regex(r"L[1-9][0-9]?\.[1-9]", fullmatch=True)
sentences = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1).filter(
    lambda text: text.strip() and not text.endswith("]")
)
sources = sentences.filter(lambda text: not set("[]") & set(text))


def sanitize(text):
    """Replace as nbval's IPyNbCell.sanitize does."""
    for regex, replacement in PATTERNS:
        text = re.sub(regex, replacement, text)
    return text


@pytest.mark.parametrize("holds", [True, np.True_, np.bool_(1.0)])
def test_a_claim_that_holds(holds, capsys):
    assert claim("L47.2", "batch normalization trains faster", holds) is None
    assert capsys.readouterr().out == "✓ L47.2 holds: batch normalization trains faster\n"


def test_a_claim_that_holds_only_sometimes(capsys):
    claim("L49.1", "BN degrades", True, only_when="the batch is below 8")
    assert capsys.readouterr().out == "✓ L49.1 holds here only when the batch is below 8: BN degrades\n"


def test_a_claim_that_does_not_hold_says_so_without_the_condition(capsys):
    claim("L46.10", "LRN helps", np.False_, only_when="the net is deep")
    assert capsys.readouterr().out == "✗ L46.10 does not hold here: LRN helps\n"


@pytest.mark.parametrize(
    ("holds", "named"),
    [
        (np.array([True, False]), r"ndarray of shape \(2,\)"),
        (None, "NoneType"),
        (1, "int"),
        (0.97, "float"),
        ("yes", "str"),
        (np.float32(1), r"float32 of shape \(\)"),
    ],
)
def test_what_is_not_one_truth_value_is_refused(holds, named, capsys):
    with pytest.raises(TypeError, match=named):
        claim("L47.2", "a sentence", holds)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("identifier", ["47.2", "L47", "L47.", "l47.2", "L47.2 ", "L47.2.1", "", None])
def test_an_identifier_of_another_form_is_refused(identifier):
    with pytest.raises(ValueError, match="L47.2"):
        claim(identifier, "a sentence", True)


@pytest.mark.parametrize("text", ["", "  ", "two\nlines", "a line and its end\n", None])
def test_a_text_that_is_not_one_line_is_refused(text):
    with pytest.raises(ValueError, match="sentence must be one line"):
        claim("L47.2", text, True)
    if text is not None:
        with pytest.raises(ValueError, match="only_when must be one line"):
            claim("L47.2", "a sentence", True, only_when=text)


def test_a_condition_with_a_colon_is_refused():
    with pytest.raises(ValueError, match="colon"):
        claim("L47.2", "a sentence", True, only_when="batch: small")


@given(
    identifiers, sentences, st.booleans(), st.none() | sentences.filter(lambda text: ":" not in text), st.none() | sources
)
def test_a_printed_line_is_read_back(identifier, sentence, holds, only_when, source):
    made = Claim(identifier, sentence, holds, only_when if holds else None, source)
    assert parse(f"before\n{made}\nafter ✓") == [made]


def test_a_claim_says_whose_sentence_it_is(capsys):
    claim("L47.2", "it trains faster", False, source="Ioffe & Szegedy 2015, figure 1")
    line = capsys.readouterr().out
    assert line == "✗ L47.2 does not hold here: it trains faster [Ioffe & Szegedy 2015, figure 1]\n"
    assert [found.source for found in parse(line)] == ["Ioffe & Szegedy 2015, figure 1"]


def test_brackets_that_would_be_read_as_a_source_are_refused():
    with pytest.raises(ValueError, match="source must have no square bracket"):
        claim("L47.2", "a sentence", True, source="Lecture [47]")
    with pytest.raises(ValueError, match="must not end with a square bracket"):
        claim("L47.2", "values in [0, 1]", True)
    with pytest.raises(ValueError, match="source must be one line"):
        claim("L47.2", "a sentence", True, source="")


def test_what_is_confirmed_is_said_without_a_number(capsys):
    assert confirm("our layer equals Keras'", np.True_) is None
    line = capsys.readouterr().out
    assert line == "✓ our layer equals Keras'\n"
    assert parse(line) == []


def test_what_is_not_confirmed_raises(capsys):
    with pytest.raises(AssertionError, match="should hold and does not: our layer equals Keras'"):
        confirm("our layer equals Keras'", False)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("sentence", "holds", "error", "message"),
    [
        ("a sentence", np.array([True, True]), TypeError, r"ndarray of shape \(2,\)"),
        ("a sentence", 1, TypeError, "int"),
        ("two\nlines", True, ValueError, "one line"),
        ("L47.1 holds: x", True, ValueError, "begins like a claim"),
    ],
)
def test_what_cannot_be_confirmed_is_refused(sentence, holds, error, message):
    with pytest.raises(error, match=message):
        confirm(sentence, holds)


def notebook(folder, name, *cells):
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps({"cells": list(cells)}), encoding="utf-8")
    return path


def printed(*lines, stream="stdout"):
    return {"outputs": [{"output_type": "stream", "name": stream, "text": list(lines)}]}


def test_claims_are_collected_from_saved_outputs(tmp_path):
    first = notebook(
        tmp_path,
        "01-a",
        {"source": "text"},
        printed("1 step\n", "✓ L46.1 holds: one\n", "✗ L46.2 does not hold here: two"),
        printed("✓ L46.9 holds: on stderr\n", stream="stderr"),
    )
    second = notebook(tmp_path, "03-b", printed("✓ L47.1 holds here only when a is b: three: four\n"))
    assert collect([first, second]) == [
        Claim("L46.1", "one", True, notebook="01-a"),
        Claim("L46.2", "two", False, notebook="01-a"),
        Claim("L47.1", "three: four", True, "a is b", notebook="03-b"),
    ]


def test_one_identifier_twice_is_refused(tmp_path):
    paths = [notebook(tmp_path, name, printed("✓ L46.1 holds: one\n")) for name in ("01-a", "02-b")]
    with pytest.raises(ValueError, match="L46.1 is in 01-a and in 02-b"):
        collect(paths)


@pytest.mark.parametrize("content", ["", "[]", "{}", "{"])
def test_a_file_that_is_no_notebook_is_named(content, tmp_path):
    path = tmp_path / "broken.ipynb"
    path.write_text(content)
    with pytest.raises(ValueError, match="broken.ipynb is not a notebook"):
        collect([path])


@pytest.mark.parametrize(
    ("arguments", "options", "expected"),
    [
        ((0.928,), {}, "≈ 0.93"),
        ((0.928, 0.0131), {}, "≈ 0.93 ± 0.01"),
        ((97.8,), {"unit": "%"}, "≈ 97.80 %"),
        ((12.4,), {"digits": 0, "unit": "ms"}, "≈ 12 ms"),
        ((-0.0,), {}, "≈ 0.00"),
        ((0,), {}, "≈ 0.00"),
        ((-0.5,), {"digits": 1}, "≈ -0.5"),
        ((1.2e-5,), {}, "≈ 1.20e-05"),
        ((-2.5e7,), {"digits": 1}, "≈ -2.5e+07"),
        ((0.5, 1e-9), {"digits": 1}, "≈ 0.5 ± 1.0e-09"),
        ((math.nan,), {}, "≈ nan"),
        ((-math.inf,), {}, "≈ -inf"),
        ((np.float32(0.25), np.float64(0)), {}, "≈ 0.25 ± 0.00"),
    ],
)
def test_a_measured_number(arguments, options, expected):
    assert approx(*arguments, **options) == expected


@pytest.mark.parametrize(
    ("value", "named"), [(np.ones(3), r"ndarray of shape \(3,\)"), (None, "NoneType"), ("many", "str")]
)
def test_what_is_not_one_number_is_refused(value, named):
    with pytest.raises(TypeError, match=named):
        approx(value)


def test_a_spread_that_is_not_one_number_is_refused():
    with pytest.raises(TypeError, match=r"ndarray of shape \(2,\)"):
        approx(1.0, np.ones(2))


@given(finite, st.none() | finite, st.integers(0, 8))
def test_every_measured_number_is_compared_as_the_same_text(value, spread, digits):
    constant = "<measured>" if spread is None else sanitize(approx(1, 1))
    assert constant == "<measured>"
    assert sanitize(approx(value, spread, digits=digits)) == constant


@given(finite, st.integers(0, 8), st.integers(0, 12), st.sampled_from("<>^"))
def test_a_column_of_measured_numbers_may_change_its_blanks(value, digits, width, align):
    row = f"batch  {approx(value, digits=digits):{align}{width}}  | 3\n"
    assert sanitize(row) == "batch<measured>| 3\n"


@given(st.text().filter(lambda text: "≈" not in text))
def test_text_without_the_sign_is_compared_as_it_is(text):
    assert sanitize(text) == text


@pytest.mark.parametrize("text", ["≈ nan", "≈ inf", "≈0.93", "≈ about 1", "0.93 ± 0.01"])
def test_other_forms_are_compared_as_they_are(text):
    assert sanitize(text) == text


def test_a_unit_and_the_line_end_are_compared():
    assert sanitize("a ≈ 0.9 ms\nb ≈ 3.1 %\n") == "a<measured>ms\nb<measured>%\n"


def test_the_pattern_of_a_measured_number_is_that_of_the_sanitize_file():
    assert [regex for regex, _ in PATTERNS] == [MEASURED.pattern]


def test_a_table_shows_exact_entries_and_measured_ones(capsys):
    table(
        {"without": np.array([[1.0, 2.0], [3.0, 2.0]]), "batch": [0.5, 12_000], "said": ["none", np.True_]},
        columns=[100, 50_000],
        corner="step",
        digits=1,
        unit="%",
    )
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines] == ["step", "without", "batch", "said"]
    assert [re.split(r" {2,}", line)[1:] for line in lines] == [
        ["100", "50,000"], ["≈ 2.0 ± 1.0 %", "≈ 2.0 ± 0.0 %"], ["≈ 0.5 %", "12,000"], ["none", "True"]
    ]
    starts = {line.index(entry) for line, entry in zip(lines, ["50,000", "≈ 2.0 ± 0.0", "12,000", "True"], strict=True)}
    assert len(starts) == 1, "the second column is aligned"


@given(st.lists(st.floats(-999, 999), min_size=2, max_size=2), st.floats(0, 99), st.integers(0, 4))
def test_a_table_of_other_measured_numbers_is_compared_as_the_same_text(values, spread, digits):
    def printed_table(first, second):
        lines = []
        rows = {"mean": np.array([first, second]), "seeds": [np.array([first, first + spread]), 3]}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("builtins.print", lambda text="": lines.append(text))
            table(rows, columns=["here", "there"], digits=digits)
        return sanitize("\n".join(lines))

    assert printed_table(*values) == printed_table(1.0, 2.0)


@pytest.mark.parametrize(
    ("rows", "columns", "error", "message"),
    [
        ({}, ["a"], ValueError, "at least one row"),
        ({"row": [1.0]}, ["a", "b"], ValueError, "row 'row' has 1 entries for 2 columns"),
        ({"row": np.ones((5, 3))}, ["a", "b"], ValueError, "row 'row' has 3 entries for 2 columns"),
        ({"row": [None]}, ["a"], TypeError, "row 'row' has an entry that is no number and no text: NoneType"),
        ({"row": [[]]}, ["a"], TypeError, "no number"),
        ({"row": [1.0]}, "a", TypeError, "not the text 'a'"),
    ],
)
def test_a_table_that_cannot_be_is_refused(rows, columns, error, message):
    with pytest.raises(error, match=message):
        table(rows, columns)
