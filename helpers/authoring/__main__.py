"""`python -m helpers.authoring execute|solve|check|slides NOTEBOOK…`."""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from helpers.authoring import AuthoringError
from helpers.authoring.check import check, output_breaches
from helpers.authoring.execute import execute
from helpers.authoring.notebook import code_cells, read, write
from helpers.authoring.slides import slides
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


def _slides(options: argparse.Namespace) -> int:
    for path in options.notebooks:
        print(slides(path, options.to))
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

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.add_argument("notebooks", nargs="+", type=Path, metavar="NOTEBOOK")
        added.set_defaults(command=run)
        return added

    command(
        "execute", _execute, "Run notebooks in a fresh kernel and write them, in canonical form, in place."
    )
    command("check", _check, "List what is wrong with notebooks.")
    solve = command("solve", _solve, "Write copies with the exercises solved.")
    solve.add_argument("--to", type=Path, metavar="DIR", help="where (a new temporary folder unless given)")
    show = command("slides", _slides, "Write notebooks as slides, one HTML file each.")
    show.add_argument(
        "--to", type=Path, metavar="DIR", default=Path("build/slides"), help="where (%(default)s)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
