"""`python -m tests.benchmarks [step] [layers] [imports] [notebooks] [--quick]`: all parts where none is named."""

from __future__ import annotations

import argparse

from tests.benchmarks import imports, layers, notebooks, step
from tests.benchmarks.table import formatted

PARTS = {"step": step.rows, "layers": layers.rows, "imports": imports.rows, "notebooks": notebooks.rows}


def main(arguments: list[str] | None = None) -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser("python -m tests.benchmarks", description="Measure speed and memory.")
    # Not `choices`: argparse would refuse the empty list as a wrong choice.
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--quick", action="store_true", help="to see that it runs, not to measure")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.parts) - set(PARTS))
    if unknown:
        parser.error(f"no part is called {', '.join(unknown)}; there are {', '.join(PARTS)}")
    print(formatted([row for name in options.parts or PARTS for row in PARTS[name](quick=options.quick)]))


if __name__ == "__main__":
    main()
