"""A lecture's sentence, tested.

`claim` prints the verdict of one sentence, `approx` writes a measured number so that a saved output is the
same on every machine, and `collect` reads the verdicts back from saved notebooks.
"""

import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_IDENTIFIER = re.compile(r"L\d+\.\d+")
_LINE = re.compile(
    r"(?P<mark>[✓✗]) (?P<identifier>L\d+\.\d+) "
    r"(?:holds|holds here only when (?P<only_when>[^:]+)|does not hold here): (?P<sentence>.+)"
)


@dataclass(frozen=True)
class Claim:
    """One sentence of a lecture and what was measured about it.

    `str(claim)` is the line that a notebook shows. `notebook` is the name of the notebook that shows it,
    without its suffix, and is empty for a claim that was not read from a notebook.
    """

    identifier: str
    sentence: str
    holds: bool
    only_when: str | None = None
    notebook: str = ""

    @property
    def verdict(self) -> str:
        """ "holds", "holds here only when …" or "does not hold here"."""
        if not self.holds:
            return "does not hold here"
        return f"holds here only when {self.only_when}" if self.only_when else "holds"

    def __str__(self) -> str:
        return f"{'✓' if self.holds else '✗'} {self.identifier} {self.verdict}: {self.sentence}"


def claim(identifier: str, sentence: str, holds: bool | np.bool_, *, only_when: str | None = None) -> None:
    """Print in one line whether a sentence of the lecture holds here.

    Args:
        identifier: The lecture and the number of the claim in it, such as "L47.2".
        sentence: What the lecture says, on one line.
        holds: What was measured: one truth value.
        only_when: The condition under which the sentence holds, where it does not hold in general.

    Raises:
        TypeError: If `holds` is not one truth value.
        ValueError: If the identifier has another form, or a text is empty, has more than one line, or (for `only_when`,
            which ends at a colon) has a colon.
    """
    if not isinstance(identifier, str) or not _IDENTIFIER.fullmatch(identifier):
        raise ValueError(f"a claim's identifier has the form 'L47.2', not {identifier!r}")
    if not isinstance(holds, bool | np.bool_):
        raise TypeError(
            f"claim {identifier}: holds must be True or False, not {_kind(holds)}; reduce it first"
        )
    _require_one_line(identifier, "sentence", sentence)
    if only_when is not None:
        _require_one_line(identifier, "only_when", only_when)
        if ":" in only_when:
            raise ValueError(f"claim {identifier}: only_when must have no colon: {only_when!r}")
    print(Claim(identifier, sentence, bool(holds), only_when))


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
        Claim(m["identifier"], m["sentence"], m["mark"] == "✓", m["only_when"], notebook) for m in matches
    ]


def _printed(cell: dict) -> str:
    texts = [output["text"] for output in cell.get("outputs", []) if output.get("name") == "stdout"]
    return "\n".join("".join(text) for text in texts)


def _require_one_line(identifier: str, name: str, text: object) -> None:
    if not isinstance(text, str) or not text.strip() or text.splitlines() != [text]:
        raise ValueError(f"claim {identifier}: {name} must be one line of text, not {text!r}")


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
