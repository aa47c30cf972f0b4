"""Inputs for notebook 00."""

from __future__ import annotations


def center(rng):
    """Tables of few rows and columns, square ones too; a mean may be 0, and a column constant."""
    rows, columns = rng.integers(1, 6, size=2)
    if rng.random() < 0.3:
        columns = rows
    means = rng.choice([0.0, 0.5, -3.0, 20.0], size=columns)
    spreads = rng.choice([0.0, 0.3, 1.0, 5.0], size=columns)
    return (means + spreads * rng.normal(size=(rows, columns)),)
