"""`python -m helpers.experiments list` and `python -m helpers.experiments NAME`."""

import argparse
import sys

from helpers.experiments._experiment import registry
from helpers.experiments._recording import RUNS, RecordingError
from helpers.experiments._runner import record


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 when it did what was asked."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.experiments",
        description="Run an experiment and record it under data/runs/. A stopped run goes on where it was.",
    )
    parser.add_argument("name", help="the experiment to run, or 'list'")
    parser.add_argument("--restart", action="store_true", help="run again what was kept or recorded before")
    options = parser.parse_args(arguments)

    experiments = registry()
    if options.name == "list":
        for experiment in experiments.values():
            state = "recorded" if (RUNS / f"{experiment.name}.npz").exists() else "not recorded"
            print(f"{experiment.name}  ({len(experiment.units)} units, {state})\n    {experiment.summary}")
        return 0
    if options.name not in experiments:
        parser.error(f"there is no experiment {options.name!r}; there is {', '.join(experiments) or 'none'}")
    try:
        record(experiments[options.name], restart=options.restart)
    except RecordingError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped; the finished units are kept: the same command goes on from here", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
