"""``python -m tests.adequacy [EXERCISE ...]``: a line for each code exercise; ends with 1 unless all are clean.

In capitals is what must not be: mutants that the check takes for right though they are wrong, mutants that got the name
of a mistake that is not theirs, checks that raised, and variants that are not as the solution on these inputs. "unseen"
are refused mutants that no input tells from the solution; "skipped" are right answers whose source was not found.
"""

from __future__ import annotations

import argparse
import sys

from tests.adequacy import code_exercises, inputs_of
from tests.adequacy.judge import ACCEPTED, BROKEN, EQUAL, FALSE, NAMED, REFUSED, UNLIKE, UNSEEN, judge

COLUMNS = {
    EQUAL: "equal", REFUSED: "refused", NAMED: "named", ACCEPTED: "ACCEPTED", FALSE: "FALSE NAME", BROKEN: "RAISED",
    UNLIKE: "UNLIKE", UNSEEN: "unseen",
}


def main(arguments: list[str] | None = None) -> int:
    exercises = code_exercises()
    parser = argparse.ArgumentParser(prog="python -m tests.adequacy", description=__doc__.splitlines()[0])
    parser.add_argument("exercise", nargs="*", help="all code exercises unless named")
    parser.add_argument("-v", "--verbose", action="store_true", help="show each mutant that is not as it should be")
    parser.add_argument("--sample", type=int, metavar="N", help="N mutants of each exercise only")
    parser.add_argument("--seed", type=int, default=0, help="for the sample and for the inputs")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.exercise if name not in exercises]:
        parser.error(f"no code exercise {', '.join(unknown)}")
    clean = True
    print(f"{'':30} mutants", *COLUMNS.values(), "skipped    CPU")
    for name in options.exercise or exercises:
        inputs = inputs_of(exercises[name])
        if inputs is None:
            print(f"{name:30}  no generator")
            clean = False
            continue
        report = judge(exercises[name], inputs, sample=options.sample, seed=options.seed)
        clean &= report.clean
        counts = [f"{report.counts[kind]:{len(head)}}" for kind, head in COLUMNS.items()]
        counts += [f"{len(report.skipped):7}", f"{report.cpu_seconds:5.0f}s"]
        print(f"{name:30} {report.mutants:7}", *counts, flush=True)
        if options.verbose:
            for reason in report.skipped:
                print(f"  skipped: {reason}")
            for finding in report.findings:
                print(f"  {finding}")
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
