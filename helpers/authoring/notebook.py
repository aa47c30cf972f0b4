"""Notebook files: reading, writing, and the one form in which they are kept."""

import copy
import importlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from helpers.authoring import AuthoringError

NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    # No version: 3.11 and 3.13 write the same file.
    "language_info": {"name": "python"},
}
SLIDE_TYPES = {"slide", "subslide", "fragment", "notes", "skip", "-"}
_KEPT_CELL_METADATA = {"course", "nbgrader", "slideshow", "tags"}

# The forms nbformat (8 digits) and JupyterLab (a UUID) give to a new cell.
_RANDOM_ID = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){0,3}(-?[0-9a-f]{12})?")
_HEADING = re.compile(r"##? \S")
_EXERCISES_IMPORT = re.compile(r"^from helpers\.exercises import (\w+) as exercises\b", re.MULTILINE)
_CHECK = re.compile(r"^[^#\n]*\bexercises\.(\w+)\.check\(", re.MULTILINE)


@dataclass(frozen=True)
class Placed:
    """Where an exercise stands in a notebook: the indices of its check cell and of the student's cell."""

    name: str
    check: int
    answer: int


def read(path: Path) -> NotebookNode:
    """Read a notebook of format 4.

    Raises:
        AuthoringError: If the file is missing or is no notebook.
    """
    try:
        notebook = nbformat.v4.reads(path.read_text(encoding="utf-8"))
        if notebook.nbformat != 4:
            raise ValueError(f"format {notebook.nbformat}, not 4")
    except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:
        raise AuthoringError(f"{path} is not a notebook that can be read: {error}") from error
    return notebook


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a valid notebook; the file is replaced as a whole or not at all."""
    nbformat.validate(notebook)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(nbformat.v4.writes(notebook) + "\n", encoding="utf-8")
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def catalogue(notebook: NotebookNode) -> Mapping[str, Any]:
    """The exercises, by name, of the module that the notebook imports as `exercises`; empty if it imports
    none.

    Raises:
        AuthoringError: If there is no such module.
    """
    for cell in code_cells(notebook):
        if found := _EXERCISES_IMPORT.search(cell.source):
            try:
                module = importlib.import_module(f"helpers.exercises.{found[1]}")
            except ModuleNotFoundError as error:
                raise AuthoringError(f"cell {cell.get('id')}: {error}") from error
            return importlib.import_module("helpers.exercises").catalogue(module)
    return {}


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """The notebook's code cells in order."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def shows_figure(cell: NotebookNode) -> bool:
    """Whether a picture is among the cell's saved outputs."""
    return any("image/png" in output.get("data", {}) for output in cell.get("outputs", []))


def placed_exercises(notebook: NotebookNode) -> list[Placed]:
    """Where each check stands, in order. The student's cell is the nearest code cell before the check.

    Raises:
        AuthoringError: If a cell has two checks, an exercise is checked twice, or no student's cell stands before a check.
    """
    found: list[Placed] = []
    code: list[int] = []
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        names = _CHECK.findall(cell.source)
        if names:
            where = f"cell {index} ({', '.join(names)})"
            if len(names) > 1:
                raise AuthoringError(f"{where}: a cell checks one exercise")
            if names[0] in {placed.name for placed in found}:
                raise AuthoringError(f"{where}: this exercise is checked before")
            taken = {i for placed in found for i in (placed.check, placed.answer)}
            if not code or code[-1] in taken or _EXERCISES_IMPORT.search(notebook.cells[code[-1]].source):
                raise AuthoringError(f"{where}: the code cell before a check must be the student's")
            found.append(Placed(names[0], index, code[-1]))
        code.append(index)
    return found


def canonical(notebook: NotebookNode) -> NotebookNode:
    """A copy in the form in which notebooks are kept.

    Format 4.5; the metadata of no particular machine or Python; stable cell ids; slideshow metadata in every cell;
    nbgrader's metadata in the cells of exercises; labs folded. Sources and results stay.

    Raises:
        AuthoringError: If the exercises are not placed as `placed_exercises` needs them, or one is not in the catalogue.
    """
    notebook = copy.deepcopy(notebook)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    _set_ids(notebook.cells)
    for cell in notebook.cells:
        cell.metadata = _cell_metadata(cell)
    _set_nbgrader(notebook)
    return notebook


def _cell_metadata(cell: NotebookNode) -> NotebookNode:
    metadata = {
        key: value for key, value in cell.metadata.items() if key in _KEPT_CELL_METADATA - {"nbgrader"}
    }
    slide = metadata.get("slideshow", {}).get("slide_type")
    if slide not in SLIDE_TYPES:
        starts_slide = cell.cell_type == "markdown" and _HEADING.match(cell.source)
        slide = "slide" if starts_slide else "-"
    if slide == "-" and shows_figure(cell):
        slide = "subslide"  # a figure needs the height of a slide for itself
    metadata["slideshow"] = {"slide_type": slide}
    if metadata.get("course", {}).get("level") == "lab":
        metadata["jp-MarkdownHeadingCollapsed"] = True  # JupyterLab shows the heading alone; Run All runs what it hides
    return nbformat.from_dict(metadata)


def _set_ids(cells: list[NotebookNode]) -> None:
    kept = [cell.get("id", "") for cell in cells]
    kept = [identifier if is_stable(identifier) else "" for identifier in kept]
    used: set[str] = set()
    for cell, identifier in zip(cells, kept, strict=True):
        if not identifier or identifier in used:
            base = _derived_id(cell)
            number, identifier = 2, base
            while identifier in used or identifier in kept:
                identifier, number = f"{base}-{number}", number + 1
        cell.id = identifier
        used.add(identifier)


def is_stable(identifier: str) -> bool:
    """Whether a cell id was chosen rather than drawn."""
    return bool(identifier) and not _RANDOM_ID.fullmatch(identifier)


def _derived_id(cell: NotebookNode) -> str:
    """The kind of the cell, and the name it defines first or else its first words."""
    defined = re.search(r"^(?:def|class) (\w+)|^(\w+) = ", cell.source, re.MULTILINE)
    code = cell.cell_type == "code"
    text = (
        (defined[1] or defined[2])
        if code and defined
        else " ".join(re.findall(r"[A-Za-z0-9]+", cell.source)[:5])
    )
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-")
    return f"{'code' if code else 'text'}-{slug or 'empty'}"


def _set_nbgrader(notebook: NotebookNode) -> None:
    exercises = catalogue(notebook)
    for placed in placed_exercises(notebook):
        if placed.name not in exercises:
            known = ", ".join(exercises)
            raise AuthoringError(
                f"cell {placed.check}: exercises.{placed.name} is not in the catalogue ({known})"
            )
        common = {"schema_version": 3, "task": False}
        notebook.cells[placed.answer].metadata.nbgrader = nbformat.from_dict(
            common | {"grade": False, "grade_id": placed.name, "locked": False, "solution": True}
        )
        notebook.cells[placed.check].metadata.nbgrader = nbformat.from_dict(
            common
            | {
                "grade": True,
                "grade_id": f"{placed.name}-check",
                "locked": True,
                "solution": False,
                "points": exercises[placed.name].points,
            }
        )
