"""What `import helpers, helpers.nn, helpers.datasets` costs a notebook that has NumPy already."""

from __future__ import annotations

import statistics
import subprocess
import sys

from tests.benchmarks.table import Row

MOST_SECONDS = 0.3
CODE = """\
import time, numpy
started = time.perf_counter()
import helpers, helpers.nn, helpers.datasets
print(time.perf_counter() - started)
"""


def rows(quick: bool) -> list[Row]:
    """Measure in fresh processes."""
    runs = [
        subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
        for _ in range(1 if quick else 5)
    ]
    seconds = statistics.median(float(run.stdout) for run in runs)
    return [
        Row(
            "import helpers, .nn, .datasets, beyond NumPy", f"{seconds:.3f} s",
            f"≤ {MOST_SECONDS} s", seconds <= MOST_SECONDS,
        )
    ]
