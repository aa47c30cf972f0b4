"""The table that the benchmarks print."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measurement; `target` and `met` stay empty where there is nothing to meet."""

    what: str
    measured: str
    target: str = ""
    met: bool | None = None


def formatted(rows: list[Row]) -> str:
    """The rows in aligned columns."""
    cells = [("", "measured", "target", "")]
    cells += [(row.what, row.measured, row.target, _verdict(row.met)) for row in rows]
    what, measured, target, _ = (max(map(len, column)) for column in zip(*cells))
    return "\n".join(f"{a:{what}}  {b:>{measured}}  {c:>{target}}  {d}".rstrip() for a, b, c, d in cells)


def _verdict(met: bool | None) -> str:
    return "" if met is None else "met" if met else "not met"
