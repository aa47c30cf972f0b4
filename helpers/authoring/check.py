"""Hygiene: what must be true of every notebook in the course."""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from helpers import claims
from helpers.authoring import AuthoringError, form
from helpers.authoring.names import rebound
from helpers.authoring.notebook import canonical, catalogue, code_cells, is_stable, placed_exercises, read

MOST_CODE_LINES = 18  # without blank lines; more does not fit on a slide
LONGEST_CODE_LINE = 100  # characters; a longer one is cut off on a projector
LARGEST_NOTEBOOK = 1_500_000  # bytes
LARGEST_IMAGE = 200_000
FEWEST_EXERCISES = {"predict": 2, "code": 3, "experiment": 1}
WITHOUT_EXERCISES = ("00-", "12-", "13-")  # need not have that many; each patient of 12 has three of its own

_MEASURED = re.compile(claims.MEASURED.pattern + r"(?:(?:ns|µs|ms|s|seconds)\b)?")
_NEVER_IN_OUTPUTS = {
    "a memory address": re.compile(r"\b0x[0-9a-fA-F]{6,}"),
    "an absolute path": re.compile(
        r"(?<![\w.:/<])/(?:home|root|Users|tmp|usr|var|opt|work|private)/|\b[A-Z]:\\"
    ),
    "a time": re.compile(
        r"\b\d{1,2}:\d\d:\d\d\b|\b\d{4}-\d\d-\d\d\b|\b\d+\.\d+ ?(?:ns|µs|us|ms|s|sec|seconds)\b"
    ),
}
_LINK = re.compile(r"\]\(([^)\s]+)")
_NBVAL_MARKER = re.compile(r"^\s*#+\s*(?:NBVAL|PYTEST_VALIDATE)_\w+", re.MULTILINE)


@dataclass(frozen=True)
class Breach:
    """One thing to mend. `cell` is empty where it is the notebook's as a whole."""

    notebook: str
    cell: str
    text: str

    def __str__(self) -> str:
        return f"{self.notebook}{f', cell {self.cell}' if self.cell else ''}: {self.text}"


def check(paths: Sequence[Path]) -> list[Breach]:
    """Every breach in the notebooks, in order; last, what only shows when they are seen together."""
    breaches, readable = [], []
    for path in paths:
        try:
            breaches += _check_one(read(path), path)
            readable.append(path)
        except AuthoringError as error:
            breaches.append(Breach(path.name, "", str(error)))
    try:
        claims.collect(readable)
    except ValueError as error:
        breaches.append(Breach("all notebooks", "", str(error)))
    return breaches


def _check_one(notebook: NotebookNode, path: Path) -> Iterator[Breach]:
    for rule in _RULES:
        yield from (Breach(path.name, "", text) for text in rule(notebook, path))
    for index, cell in enumerate(notebook.cells):
        name = f"{index} ({cell.get('id', 'no id')})"
        yield from (Breach(path.name, name, text) for rule in _CELL_RULES for text in rule(cell))


def output_breaches(cell: NotebookNode) -> Iterator[str]:
    """What must not be saved in a cell's outputs."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            yield f"raised {output.ename}: {output.evalue}"
            continue
        if output.get("name") == "stderr":
            yield f"wrote to stderr: {output.text.strip()[:80]}"
        texts = [output.get("text", "")] + [
            str(data) for kind, data in output.get("data", {}).items() if kind.startswith("text/")
        ]
        for text in texts:
            for what, pattern in _NEVER_IN_OUTPUTS.items():
                if match := pattern.search(_MEASURED.sub("", text)):
                    yield f"shows {what}: {match[0]!r}"
        for kind, data in output.get("data", {}).items():
            if kind.startswith("image/") and len(data) * 3 // 4 > LARGEST_IMAGE:
                yield f"shows a picture of {len(data) * 3 // 4000} kB, over {LARGEST_IMAGE // 1000} kB"
        if _has_image(output) and re.match(r"<|$", output.data.get("text/plain", "").strip()):
            yield "shows a picture without a description in text/plain"


def _size(notebook: NotebookNode, path: Path) -> Iterator[str]:
    if path.stat().st_size > LARGEST_NOTEBOOK:
        yield f"has {path.stat().st_size / 1e6:.1f} MB, over {LARGEST_NOTEBOOK / 1e6} MB"


def _title(notebook: NotebookNode, path: Path) -> Iterator[str]:
    first = notebook.cells[0] if notebook.cells else None
    if first is None or first.cell_type != "markdown" or not first.source.startswith("# "):
        yield "the first cell is not a title ('# …')"


def _executed_in_order(notebook: NotebookNode, path: Path) -> Iterator[str]:
    counts = [cell.execution_count for cell in code_cells(notebook)]
    if counts != list(range(1, len(counts) + 1)):
        yield f"was not executed from top to bottom (counts {counts})"


def _canonical_form(notebook: NotebookNode, path: Path) -> Iterator[str]:
    try:
        wanted = canonical(notebook)
    except AuthoringError as error:
        yield str(error)
        return
    if (notebook.nbformat, notebook.nbformat_minor, notebook.metadata) != (4, 5, wanted.metadata):
        yield "the notebook's metadata or format is not canonical; execute writes it"
    for index, (cell, other) in enumerate(zip(notebook.cells, wanted.cells, strict=True)):
        if cell.get("id") != other.id:
            fault = "not unique" if is_stable(cell.get("id", "")) else "missing or random"
            yield f"cell {index}: the id is {fault}; execute writes {other.id!r}"
        different = [
            key
            for key in sorted(cell.metadata.keys() | other.metadata.keys())
            if cell.metadata.get(key) != other.metadata.get(key)
        ]
        if different:
            keys = ", ".join(different)
            yield f"cell {index} ({other.id}): metadata {keys} not canonical; execute writes it"


def _imports_in_one_cell(notebook: NotebookNode, path: Path) -> Iterator[str]:
    for cell in code_cells(notebook)[1:]:
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(_parsed(cell))):
            yield f"cell {cell.get('id')}: imports outside the first code cell"


def _exercises(notebook: NotebookNode, path: Path) -> Iterator[str]:
    try:
        exercises = catalogue(notebook)
        placed = {place.name for place in placed_exercises(notebook)}
    except AuthoringError:
        return  # told by _canonical_form
    for name in sorted(exercises.keys() - placed):
        yield f"exercise {name} of the catalogue is nowhere checked"
    if not path.name.startswith(WITHOUT_EXERCISES):
        kinds = Counter(exercise.kind for exercise in exercises.values())
        for kind, fewest in FEWEST_EXERCISES.items():
            if kinds[kind] < fewest:
                yield f"has {kinds[kind]} exercises of the kind {kind!r}, fewer than {fewest}"


def _figures_explained(notebook: NotebookNode, path: Path) -> Iterator[str]:
    for cell, following in zip(notebook.cells, [*notebook.cells[1:], None], strict=True):
        shows_image = any(_has_image(output) for output in cell.get("outputs", []))
        explained = following and following.cell_type == "markdown" and not following.source.startswith("#")
        if shows_image and not explained:
            yield f"cell {cell.get('id')}: no sentence under the figure says what to see"


def _links(notebook: NotebookNode, path: Path) -> Iterator[str]:
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        for target in _LINK.findall(cell.source):
            file = target.partition("#")[0]
            if file and not re.match(r"[a-z]+:", file) and not (path.parent / file).exists():
                yield f"cell {cell.get('id')}: the link to {file} leads nowhere"


def _sliders(notebook: NotebookNode, path: Path) -> Iterator[str]:
    cells = code_cells(notebook)
    sources = [cell.source for cell in cells]
    for index, cell in enumerate(cells):
        for function in _explored(cell):
            for name, later in rebound(sources, index, function).items():
                yield (
                    f"cell {cell.get('id')}: a slider moved after Run All reads {name!r}, which cell "
                    f"{cells[later].get('id')} has bound again: give it another name there"
                )


def _explored(cell: NotebookNode) -> Iterator[ast.expr]:
    """The functions that the cell passes to `plots.explore`."""
    for node in ast.walk(_parsed(cell)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "plots.explore" and node.args:
            yield node.args[0]


def _code(cell: NotebookNode) -> Iterator[str]:
    if cell.cell_type != "code":
        return
    lines = [line for line in cell.source.splitlines() if line.strip()]
    if not lines:
        yield "is empty"
    if len(lines) > MOST_CODE_LINES:
        yield f"has {len(lines)} lines of code, over {MOST_CODE_LINES}"
    for line in lines:
        if len(line) > LONGEST_CODE_LINE:
            yield f"has a line of {len(line)} characters, over {LONGEST_CODE_LINE}: {line.strip()[:40]}..."
    if cell.source.rstrip().endswith(";"):
        yield "ends with ';', which nbval does not record"
    try:
        ast.parse(cell.source)
    except SyntaxError as error:
        yield f"is not plain Python: {error.msg}"
    tags = [
        tag for tag in cell.metadata.get("tags", []) if tag.startswith("nbval-") or tag == "raises-exception"
    ]
    if tags or _NBVAL_MARKER.search(cell.source):
        yield "asks nbval not to compare it"


def _parsed(cell: NotebookNode) -> ast.AST:
    try:
        return ast.parse(cell.source)
    except SyntaxError:
        return ast.Module([], [])  # told by _code


def _has_image(output: NotebookNode) -> bool:
    return any(kind.startswith("image/") for kind in output.get("data", {}))


_RULES: Sequence[Callable[[NotebookNode, Path], Iterator[str]]] = (
    _size,
    _title,
    _executed_in_order,
    _canonical_form,
    _imports_in_one_cell,
    _exercises,
    _figures_explained,
    _links,
    _sliders,
    *form.RULES,
)
_CELL_RULES: Sequence[Callable[[NotebookNode], Iterator[str]]] = (_code, output_breaches)
