import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbval.plugin import get_sanitize_patterns

from helpers.claims import Claim, approx, claim, collect, parse

PATTERNS = get_sanitize_patterns(Path(__file__).with_name("sanitize.cfg").read_text(encoding="utf-8"))
finite = st.floats(allow_nan=False, allow_infinity=False)
identifiers = st.from_regex(r"L[1-9][0-9]?\.[1-9]", fullmatch=True)
sentences = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1).filter(str.strip)


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


@given(identifiers, sentences, st.booleans(), st.none() | sentences.filter(lambda text: ":" not in text))
def test_a_printed_line_is_read_back(identifier, sentence, holds, only_when):
    made = Claim(identifier, sentence, holds, only_when if holds else None)
    assert parse(f"before\n{made}\nafter ✓") == [made]


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
