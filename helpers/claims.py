"""What notebooks print: verdicts and measured numbers, the same on every machine.

`claim` prints the verdict of a lecture's or a paper's sentence, `confirm` that of the course's own check. `approx`
writes a measured number so that a saved output is the same on every machine, `table` a small table of them. `collect`
reads the verdicts back from saved notebooks.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_IDENTIFIER = re.compile(r"L\d+\.\d+")
_LINE = re.compile(
    r"(?P<mark>[✓✗]) (?P<identifier>L\d+\.\d+) "
    r"(?:holds|holds here only when (?P<only_when>[^:]+)|does not hold here): "
    r"(?P<sentence>.+?)(?: \[(?P<source>[^\[\]]+)\])?"
)

# A measured number as `approx` writes it, with the blanks beside it: in a table, a number with one digit more has one
# blank less. NaN and infinity are left out: they are compared. The same pattern stands in tests/sanitize.cfg.
MEASURED = re.compile(
    r"[ ]*\u2248 -?\d+(?:\.\d+)?(?:e[+-]\d+)?(?: \u00b1 -?\d+(?:\.\d+)?(?:e[+-]\d+)?)?[ ]*"
)


@dataclass(frozen=True)
class Claim:
    """One sentence of a lecture or a paper and what was measured about it.

    `str(claim)` is the line that a notebook shows. `source` says whose sentence it is. `notebook` is the name of the
    notebook that shows it, without its suffix, and is empty for a claim that was not read from a notebook.
    """

    identifier: str
    sentence: str
    holds: bool
    only_when: str | None = None
    source: str | None = None
    notebook: str = ""

    @property
    def verdict(self) -> str:
        """ "holds", "holds here only when …" or "does not hold here"."""
        if not self.holds:
            return "does not hold here"
        return f"holds here only when {self.only_when}" if self.only_when else "holds"

    def __str__(self) -> str:
        source = f" [{self.source}]" if self.source else ""
        return f"{'✓' if self.holds else '✗'} {self.identifier} {self.verdict}: {self.sentence}{source}"


def claim(
    identifier: str,
    sentence: str,
    holds: bool | np.bool_,
    *,
    source: str | None = None,
    only_when: str | None = None,
) -> None:
    """Print in one line whether a sentence of the lecture or of a paper holds here.

    What the course itself checks is for `confirm`.

    Args:
        identifier: The lecture and the number of the claim in it, such as "L47.2".
        sentence: What is said, on one line.
        holds: What was measured: one truth value.
        source: Who says it: "Lecture 47", "Ioffe & Szegedy 2015, figure 1".
        only_when: The condition under which the sentence holds, where it does not hold in general.

    Raises:
        TypeError: If `holds` is not one truth value.
        ValueError: If the identifier has another form, or a text is empty or has more than one line; if `only_when`,
            which ends at a colon, has a colon; if `source`, which stands in square brackets, has a bracket, or the
            sentence ends with one.
    """
    if not isinstance(identifier, str) or not _IDENTIFIER.fullmatch(identifier):
        raise ValueError(f"a claim's identifier has the form 'L47.2', not {identifier!r}")
    name = f"claim {identifier}"
    _require_truth(name, holds)
    for argument, text in {"sentence": sentence, "source": source, "only_when": only_when}.items():
        if text is not None or argument == "sentence":
            _require_one_line(name, argument, text)
    if only_when is not None and ":" in only_when:
        raise ValueError(f"{name}: only_when must have no colon: {only_when!r}")
    if source is not None and set("[]") & set(source):
        raise ValueError(f"{name}: source must have no square bracket: {source!r}")
    if sentence.endswith("]"):
        raise ValueError(f"{name}: the sentence must not end with a square bracket: {sentence!r}")
    print(Claim(identifier, sentence, bool(holds), only_when, source))


def confirm(sentence: str, holds: bool | np.bool_) -> None:
    """Print ``✓ sentence`` where a check of the course's own holds: our layer equals Keras', a live run fits its recording.

    Args:
        sentence: What is checked, on one line.
        holds: What was measured: one truth value.

    Raises:
        AssertionError: If it does not hold: then something is broken, and the cell must not pass for sound.
        TypeError: If `holds` is not one truth value.
        ValueError: If the sentence is empty, has more than one line, or begins like a claim's identifier.
    """
    _require_one_line("confirm", "sentence", sentence)
    if _IDENTIFIER.match(sentence):
        raise ValueError(f"confirm: {sentence!r} begins like a claim; its verdict is printed by claim")
    _require_truth("confirm", holds)
    if not holds:
        raise AssertionError(f"this should hold and does not: {sentence}")
    print(f"✓ {sentence}")


def approx(value: float, spread: float | None = None, *, digits: int = 2, unit: str = "") -> str:
    """Write a measured number: `≈ 0.93`, `≈ 0.93 ± 0.01`, `≈ 97.80 %`.

    Saved outputs are compared word for word, except for numbers of exactly this form (`tests/sanitize.cfg`).
    NaN and infinity are written `≈ nan` and `≈ inf` but are compared: a number must not become NaN unnoticed.

    Args:
        value, spread: The number and, where there is one, its spread, in the same unit.
        digits: Digits after the decimal point. A number that these would show as zero, and one from a million up, is
            written in scientific notation with as many digits.
        unit: Written after the number. Nothing is converted: for a percentage, multiply by 100 yourself.

    Raises:
        TypeError: If `value` or `spread` is not one number.
    """
    text = f"≈ {_number(value, digits)}"
    if spread is not None:
        text += f" ± {_number(spread, digits)}"
    return f"{text} {unit}" if unit else text


def table(
    rows: Mapping[str, Sequence],
    columns: Sequence[object],
    *,
    digits: int = 2,
    unit: str = "",
    corner: str = "",
) -> None:
    """Print a small table, a line for each label.

        table({"without": accuracy, "batch": other}, columns=[100, 500, 1000], corner="step")

    A measured number, a float, is written by `approx`. Where a cell holds several (the seeds), it shows their mean ± their
    standard deviation. Whole numbers, truth values and texts are exact and stand as they are.

    Args:
        rows: label -> one entry for each column. An array of shape (seeds, columns) gives the mean over its seeds.
        columns: What stands above the columns.
        digits, unit: Of the measured numbers, as `approx` takes them.
        corner: What stands above the labels.

    Raises:
        ValueError: If there are no rows, or a row does not have an entry for each column.
        TypeError: If `columns` is a text, or an entry is nothing of the above.
    """
    if isinstance(columns, str):
        raise TypeError(f"table: columns must be a sequence of headings, not the text {columns!r}")
    if not rows:
        raise ValueError("table: expected at least one row, got none")
    lines = [[corner, *(f"{c:,}" if isinstance(c, int | np.integer) else str(c) for c in columns)]]
    for label, entries in rows.items():
        if isinstance(entries, np.ndarray) and entries.ndim == 2:
            entries = entries.T
        if len(entries) != len(columns):
            raise ValueError(f"table: row {label!r} has {len(entries)} entries for {len(columns)} columns")
        lines.append([str(label), *(_entry(label, entry, digits, unit) for entry in entries)])
    widths = [max(_width(line[i], digits) for line in lines) for i in range(len(columns) + 1)]
    for line in lines:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def collect(notebooks: Iterable[str | Path]) -> list[Claim]:
    """Read the claims from the saved outputs of notebooks, in order.

    Raises:
        ValueError: If a file is not a notebook, or two claims have the same identifier.
    """
    claims = []
    for path in map(Path, notebooks):
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path} is not a notebook ({error})") from error
        for cell in cells:
            claims += parse(_printed(cell), path.stem)
    seen = {}
    for found in claims:
        if found.identifier in seen:
            raise ValueError(
                f"claim {found.identifier} is in {seen[found.identifier]} and in {found.notebook}"
            )
        seen[found.identifier] = found.notebook
    return claims


def parse(text: str, notebook: str = "") -> list[Claim]:
    """Read the claims from printed text; other lines are passed over."""
    matches = filter(None, map(_LINE.fullmatch, text.splitlines()))
    return [
        Claim(m["identifier"], m["sentence"], m["mark"] == "✓", m["only_when"], m["source"], notebook)
        for m in matches
    ]


def _printed(cell: dict) -> str:
    texts = [output["text"] for output in cell.get("outputs", []) if output.get("name") == "stdout"]
    return "\n".join("".join(text) for text in texts)


def _require_truth(name: str, holds: object) -> None:
    if not isinstance(holds, bool | np.bool_):
        raise TypeError(f"{name}: holds must be True or False, not {_kind(holds)}; reduce it first")


def _require_one_line(name: str, argument: str, text: object) -> None:
    if not isinstance(text, str) or not text.strip() or text.splitlines() != [text]:
        raise ValueError(f"{name}: {argument} must be one line of text, not {text!r}")


def _width(text: str, digits: int) -> int:
    """Characters for a column with this entry.

    A measured number does not decide it: a digit more on another machine would move the headings, which are compared.
    """
    number = "0" * (3 + bool(digits) + digits)
    return len(MEASURED.sub(lambda found: f"≈ {number}" + f" ± {number} " * ("±" in found[0]), text))


def _entry(label: str, entry: object, digits: int, unit: str) -> str:
    if isinstance(entry, str | bool | np.bool_):
        return str(entry)
    values = np.asarray(entry)
    if values.dtype.kind in "iu" and values.ndim == 0:
        return f"{int(values):,}"
    if values.dtype.kind not in "fiu" or values.size == 0:
        raise TypeError(f"table: row {label!r} has an entry that is no number and no text: {_kind(entry)}")
    if values.ndim == 0:
        return approx(values, digits=digits, unit=unit)
    return approx(values.mean(), values.std(), digits=digits, unit=unit)


def _number(value: float, digits: int) -> str:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"approx writes one number, not {_kind(value)}") from None
    if not math.isfinite(number):
        return str(number)
    fixed = f"{number:z.{digits}f}"
    lost = number != 0 and float(fixed) == 0
    return f"{number:.{digits}e}" if lost or abs(number) >= 1e6 else fixed


def _kind(value: object) -> str:
    shape = getattr(value, "shape", None)
    return type(value).__name__ if shape is None else f"{type(value).__name__} of shape {tuple(shape)}"
