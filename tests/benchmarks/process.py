"""Measure in a new process with a chosen number of threads for NumPy's matrix products."""

from __future__ import annotations

import json
import os
import subprocess
import sys

THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def in_new_process(module: str, threads: int, *arguments: object) -> dict:
    """Run ``python -m MODULE ARGUMENTS`` and return the JSON it prints.

    The number of threads is read when NumPy is imported, so it cannot be changed in this process.
    """
    run = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        env={**os.environ, **dict.fromkeys(THREAD_VARIABLES, str(threads))},
        stdout=subprocess.PIPE, text=True, check=True,
    )
    return json.loads(run.stdout)
