"""`python -m helpers.authoring execute|check|paths|plan|claims|solve|slides …`."""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from helpers.authoring import AuthoringError
from helpers.authoring.check import check, output_breaches
from helpers.authoring.claim_table import write_claims
from helpers.authoring.decks import write_decks
from helpers.authoring.execute import execute
from helpers.authoring.notebook import code_cells, read, write
from helpers.authoring.paths import PATHS, walk
from helpers.authoring.plan import write_plan
from helpers.authoring.solve import solved


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 when it did what was asked, 1 when there is something to mend."""
    options = _parser().parse_args(arguments)
    try:
        return options.command(options)
    except AuthoringError as error:
        print(error, file=sys.stderr)
        return 1


def _execute(options: argparse.Namespace) -> int:
    return max([_execute_one(path) for path in options.notebooks])


def _execute_one(path: Path) -> int:
    try:
        execution = execute(read(path), path.parent)
    except AuthoringError as error:
        return _told(f"{path}: left as it was:\n{error}")
    breaches = [
        f"cell {cell.id} {text}" for cell in code_cells(execution.notebook) for text in output_breaches(cell)
    ]
    if breaches:
        return _told(f"{path}: left as it was:", *breaches)
    write(execution.notebook, path)
    print(f"{path}: {execution}")
    return _told(*(f"{path}: {slow}" for slow in execution.too_slow()))


def _solve(options: argparse.Namespace) -> int:
    folder = options.to or Path(tempfile.mkdtemp(prefix="solved-"))
    for path in options.notebooks:
        if folder.resolve() == path.resolve().parent:
            raise AuthoringError(
                f"solutions are not written beside the notebook: choose another folder than {folder}"
            )
    folder.mkdir(parents=True, exist_ok=True)
    for path in options.notebooks:
        write(solved(read(path)), folder / path.name)
        print(folder / path.name)
    return 0


def _check(options: argparse.Namespace) -> int:
    breaches = check(options.notebooks)
    if not breaches:
        print(f"{len(options.notebooks)} checked, nothing to mend")
    return _told(*map(str, breaches))


def _paths(options: argparse.Namespace) -> int:
    complaints = []
    for path in options.notebooks:
        for level in PATHS:
            walked = walk(read(path), path.parent, level)
            print(f"{path}, {walked}")
            complaints += [f"{path}, {walked.name}, {text}" for text in (*walked.differences, *walked.too_slow())]
    return _told(*complaints)


def _plan(options: argparse.Namespace) -> int:
    for path in write_plan():
        print(f"{path}: written")
    return 0


def _claims(options: argparse.Namespace) -> int:
    for line in write_claims():
        print(line)
    return 0


def _slides(options: argparse.Namespace) -> int:
    for line in write_decks(options.lectures, options.notebooks, options.to):
        print(line)
    return 0


def _told(*lines: str) -> int:
    for line in lines:
        print(line, file=sys.stderr)
    return 1 if lines else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m helpers.authoring", description="Tools for whoever writes the course."
    )
    commands = parser.add_subparsers(required=True)

    def command(
        name: str, run: Callable[[argparse.Namespace], int], text: str, *, of_notebooks: bool = True
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        if of_notebooks:
            added.add_argument("notebooks", nargs="+", type=Path, metavar="NOTEBOOK")
        added.set_defaults(command=run)
        return added

    command(
        "execute", _execute, "Run notebooks in a fresh kernel and write them, in canonical form, in place."
    )
    command("check", _check, "List what is wrong with notebooks.")
    command("paths", _paths, "Run the lecture alone, and lecture and exercises alone, against the saved outputs.")
    command(
        "plan", _plan, "Write the minutes into the titles, and the plan into notebook 00 and the README.", of_notebooks=False
    )
    command(
        "claims",
        _claims,
        "Write the tables of claims and of systems into notebook 13, and how many claims hold into the README.",
        of_notebooks=False,
    )
    solve = command("solve", _solve, "Write copies with the exercises solved.")
    solve.add_argument("--to", type=Path, metavar="DIR", help="where (a new temporary folder unless given)")
    show = command(
        "slides", _slides, "Write one deck per lecture, from the lecture sections of its notebooks.", of_notebooks=False
    )
    show.add_argument("lectures", nargs="*", type=int, metavar="LECTURE", help="a number, such as 47 (all unless given)")
    show.add_argument(
        "--to", type=Path, metavar="DIR", default=Path("build/slides"), help="where (%(default)s)"
    )
    show.add_argument(
        "--notebooks", type=Path, metavar="DIR", default=Path("notebooks"), help="where they lie (%(default)s)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
