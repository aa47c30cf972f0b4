"""The paths through a notebook, each run alone: the lecture; lecture and exercises.

A lecturer runs the lecture sections and nothing else, a student skips the labs. Both must see what is saved.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from helpers.authoring import AuthoringError
from helpers.authoring.execute import Execution, execute
from helpers.authoring.levels import has_levels, path
from helpers.authoring.notebook import canonical
from helpers.claims import MEASURED

PATHS = {"lecture": "lecture", "exercise": "lecture and exercises"}  # level up to which -> what the path is called
SLOWEST_CELL = 5.0  # busy seconds in the lecture
SLOWEST_LECTURE = 20.0


@dataclass(frozen=True)
class Walk:
    """One path of a notebook, run alone: what it took, and where its outputs are not the saved ones."""

    name: str
    execution: Execution
    differences: tuple[str, ...]

    def __str__(self) -> str:
        cells = self.execution.notebook.cells
        code = sum(cell.cell_type == "code" for cell in cells)
        return f"{self.name}: {len(cells)} cells, {code} of them code, {self.busy:.1f} s"

    @property
    def busy(self) -> float:
        """Seconds that the cells kept the kernel busy."""
        return sum(self.execution.busy_seconds.values())

    def too_slow(self) -> list[str]:
        """What takes longer than a hall can wait; only the lecture is told live.

        The first code cell has no limit of its own: it loads the libraries, before the students arrive.
        """
        if self.name != PATHS["lecture"]:
            return []
        slow = [
            f"cell {name} takes {seconds:.1f} s, over {SLOWEST_CELL:.0f} s in the lecture"
            for name, seconds in list(self.execution.busy_seconds.items())[1:]
            if seconds > SLOWEST_CELL
        ]
        if self.busy > SLOWEST_LECTURE:
            slow.append(f"the lecture path takes {self.busy:.1f} s, over {SLOWEST_LECTURE:.0f} s")
        return slow


def part(notebook: NotebookNode, level: str) -> NotebookNode:
    """A copy that holds the title, the imports and the sections up to this level ("lecture" or "exercise").

    Raises:
        AuthoringError: If the notebook's sections have no levels.
    """
    if not has_levels(notebook):
        raise AuthoringError("the sections have no levels: give each '## ' heading a level and minutes in its metadata")
    copied = canonical(notebook)
    copied.cells = [copied.cells[index] for index in path(notebook, level)]
    return copied


def walk(notebook: NotebookNode, folder: Path, level: str) -> Walk:
    """Run one path alone in a fresh kernel that starts in `folder`, and compare it with the saved outputs.

    Raises:
        AuthoringError: If the notebook has no levels, or a cell raises: then it uses what a section outside the path makes.
    """
    saved = part(notebook, level)
    try:
        execution = execute(saved, folder)
    except AuthoringError as error:
        raise AuthoringError(
            f"the path '{PATHS[level]}' does not run alone; a cell may use what a section outside it defines:\n{error}"
        ) from error
    return Walk(PATHS[level], execution, tuple(differences(saved, execution.notebook)))


def differences(saved: NotebookNode, run: NotebookNode) -> Iterator[str]:
    """Where the outputs of the same cells differ in more than measured numbers; pictures by their descriptions."""
    for cell, other in zip(saved.cells, run.cells, strict=True):
        before, after = list(_texts(cell)), list(_texts(other))
        if before != after:
            first = next((pair for pair in zip(before, after, strict=False) if pair[0] != pair[1]), (before, after))
            yield f"cell {cell.id}: saved {first[0]!r}, but run alone {first[1]!r}"


def _texts(cell: NotebookNode) -> Iterator[str]:
    """What nbval compares in a cell's outputs."""
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            yield f"{output.name}: {MEASURED.sub('<measured>', output.text)}"
        for kind, data in sorted(output.get("data", {}).items()):
            if kind.startswith("text/"):
                yield f"{kind}: {MEASURED.sub('<measured>', data)}"
