"""Notebooks as slides."""

import base64
import math
import re
import struct
from pathlib import Path

from nbconvert import SlidesExporter
from nbformat import NotebookNode

from helpers.authoring.notebook import canonical, read

WIDTH, HEIGHT = 1500, 1050  # of a slide, in reveal.js' pixels; it scales them to the screen
_ROOM = HEIGHT - 40  # without the slide's margin
# As high as nbconvert 7 draws them on a slide of this width. What is estimated is within a line of what a browser
# measures for code and results; a formula is taken for as high as its source.
_TEXT_FRAME, _TEXT_LINE, _PARAGRAPH, _CODE_FRAME, _CODE_LINE, _RESULT_FRAME = 28, 26, 14, 33, 22.5, 40
_CHARACTERS = 150  # in a line across the slide
_HEADINGS = {"#": 140, "##": 84}


def slides(path: Path, folder: Path) -> Path:
    """Write the notebook's slides, `<folder>/<name>.slides.html`, with the saved outputs; return the file.

    The pictures are in the file. The browser fetches reveal.js, jQuery, RequireJS and MathJax from the
    network when it opens the file, because nbconvert ships none of them (nbconvert issues 296 and 754). Where
    there is no network, show the notebook itself in JupyterLab, or print the slides beforehand.

    Raises:
        AuthoringError: If the file is no notebook.
    """
    # What is higher than a slide all the same can be scrolled.
    exporter = SlidesExporter(
        reveal_scroll=True, reveal_number="c/t", reveal_width=str(WIDTH), reveal_height=str(HEIGHT)
    )
    notebook = split(canonical(read(path)))
    page, _ = exporter.from_notebook_node(notebook, resources={"metadata": {"name": path.stem}})
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{path.stem}.slides.html"
    target.write_text(page, encoding="utf-8")
    return target


def split(notebook: NotebookNode) -> NotebookNode:
    """Begin a further slide wherever one would be higher than the screen.

    The notebook, in its canonical form, is changed and returned. A text stays with the cell that it leads to, a
    figure with the sentence under it, an exercise with its check, unless these alone are too high.
    """
    used = 0.0
    for group in _groups(notebook.cells):
        heights = [height(cell) for cell in group]
        if _type(group[0]) != "-" or used + sum(heights) > _ROOM:
            used = 0.0
            if _type(group[0]) == "-":
                _begin_slide(group[0])
        for cell, needed in zip(group, heights, strict=True):
            if used and used + needed > _ROOM and not _is_caption(cell):
                used = 0.0
                _begin_slide(cell)
            used += needed
    return notebook


def _groups(cells: list[NotebookNode]) -> list[list[NotebookNode]]:
    """The cells of the slides, those together that belong together."""
    groups: list[list[NotebookNode]] = []
    for cell in cells:
        if _type(cell) in ("skip", "notes"):
            continue
        last = groups[-1][-1] if groups else None
        belongs = last is not None and _type(cell) == "-" and (
            last.cell_type == "markdown" and not _is_caption(last)
            or _is_caption(cell)
            or last.metadata.get("nbgrader", {}).get("solution", False)
        )
        if belongs:
            groups[-1].append(cell)
        else:
            groups.append([cell])
    return groups


def _type(cell: NotebookNode) -> str:
    return cell.metadata.slideshow.slide_type


def _begin_slide(cell: NotebookNode) -> None:
    cell.metadata.slideshow.slide_type = "subslide"


def _is_caption(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and cell.source.startswith("*") and not cell.source.startswith("**")


def height(cell: NotebookNode) -> float:
    """About how high the cell is on a slide, in reveal.js' pixels."""
    if cell.cell_type == "markdown":
        shown = re.sub(r"(\])\([^)\s]*\)", r"\1", cell.source)  # of a link its text
        return _TEXT_FRAME + sum(_block_height(block) for block in shown.split("\n\n") if block.strip())
    needed = _CODE_FRAME + _CODE_LINE * (cell.source.count("\n") + 1)
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if "image/png" in data:
            # Bytes 20 to 24 of a PNG: its height.
            needed += _RESULT_FRAME + struct.unpack(">I", base64.b64decode(data["image/png"][:64])[20:24])[0]
        else:
            needed += _RESULT_FRAME + _CODE_LINE * _lines(output.get("text") or data.get("text/plain", ""))
    return needed


def _block_height(block: str) -> float:
    marks, _, _ = block.partition(" ")
    if marks in _HEADINGS:
        return _HEADINGS[marks]
    if block.startswith("|"):
        rows = [row.strip("|").split("|") for row in block.splitlines()]
        rows = [row for row in rows if set("".join(row)) - set("-: ")]
        per_column = _CHARACTERS // len(rows[0]) if rows else _CHARACTERS
        return _PARAGRAPH + sum(
            10 + _TEXT_LINE * max(_lines(column, per_column) for column in row) for row in rows
        )
    if block.startswith(("- ", "1. ")):
        return _PARAGRAPH + _TEXT_LINE * _lines(block, _CHARACTERS - 15) + 5 * block.count("\n")
    return _PARAGRAPH + _TEXT_LINE * _lines(block.replace("\n", " "))


def _lines(text: str, characters: int = _CHARACTERS) -> int:
    return sum(max(1, math.ceil(len(line) / characters)) for line in text.rstrip("\n").split("\n"))
