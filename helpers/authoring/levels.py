"""What a notebook's sections are for: told in the lecture, done as an exercise, or read in the lab.

The heading cell of each section (`## …`) says so in its metadata, `"course": {"level": "lecture", "minutes": 4}`.
A section reaches to the next such heading; what stands before the first (title, imports) belongs to every path.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

LEVELS = ("lecture", "exercise", "lab")  # a path holds the sections up to one of these
PREFIXES = {"lecture": "", "exercise": "Exercise: ", "lab": "Lab: "}  # of a section's title

# Which notebooks a lecture is told from, and how many of its 45 minutes each may take.
LECTURES = {
    46: {"01-input-normalization-and-covariate-shift": 25, "02-local-response-normalization": 20},
    47: {"03-batch-normalization-from-scratch": 30, "04-batch-normalization-in-keras": 15},
    48: {"05-what-batch-normalization-does": 40},
    49: {"06-layer-instance-and-group-normalization": 40},
    50: {
        "07-underfitting-and-overfitting": 10,
        "08-l1-and-l2-regularization": 10,
        "09-data-augmentation": 8,
        "10-dropout": 10,
        "11-early-stopping": 8,
    },
}

# Told after the lectures, in a class of its own: the minutes of its lecture sections.
AFTER_THE_LECTURES = {"12-model-clinic": 20}

# Still in their old form, whose sections have no levels. The list only gets shorter.
WITHOUT_LEVELS = (
    "09-data-augmentation",
    "10-dropout",
    "11-early-stopping",
)

_HEADING = re.compile(r"## (.+)")


@dataclass(frozen=True)
class Section:
    """One section: its title without the marks, and the indices of its cells, the heading's first.

    `level` and `minutes` are what the heading's metadata says, and None where it says nothing.
    """

    title: str
    level: str | None
    minutes: int | None
    cells: range

    @property
    def heading(self) -> int:
        return self.cells[0]


def sections(notebook: NotebookNode) -> list[Section]:
    """The notebook's sections, in order."""
    headings = [index for index, cell in enumerate(notebook.cells) if _title(cell)]
    found = []
    for start, end in zip(headings, [*headings[1:], len(notebook.cells)], strict=True):
        course = notebook.cells[start].metadata.get("course", {})
        found.append(
            Section(_title(notebook.cells[start]), course.get("level"), course.get("minutes"), range(start, end))
        )
    return found


def has_levels(notebook: NotebookNode) -> bool:
    """Whether the notebook has the form of a lesson: some section has a level."""
    return any(section.level is not None for section in sections(notebook))


def level_of_cells(notebook: NotebookNode) -> list[str | None]:
    """Each cell's level. Title and imports, before the first section, count as lecture."""
    levels: list[str | None] = ["lecture"] * len(notebook.cells)
    for section in sections(notebook):
        for index in section.cells:
            levels[index] = section.level
    return levels


def path(notebook: NotebookNode, level: str) -> Iterator[int]:
    """The indices of the cells of a path: "lecture" alone, up to "exercise" (lecture and exercises), or "lab" (all)."""
    wanted = LEVELS[: LEVELS.index(level) + 1]
    return (index for index, of in enumerate(level_of_cells(notebook)) if of in wanted)


def _title(cell: NotebookNode) -> str:
    match = _HEADING.match(cell.source) if cell.cell_type == "markdown" else None
    return match[1].strip() if match else ""
