"""One deck per lecture, from the lecture sections of its notebooks: an HTML file that needs nothing else.

A slide is 1280 × 720 pixels and scaled to the window. It begins at a section's heading and at each cell whose slide
type is "slide" or "subslide"; other cells continue it; "skip" and "notes" are left out. Of a cell that draws, the
figure is shown and not the code, with the italic sentence that follows under it; the tag "remove-input" hides the code
of any cell.
"""

import html
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from helpers.authoring import AuthoringError
from helpers.authoring.cell_html import CODE_CSS, code_cell, in_line, is_caption, markdown, plain_text
from helpers.authoring.levels import LECTURES, has_levels, sections
from helpers.authoring.notebook import canonical, read, shows_figure
from helpers.authoring.plan import minutes

COURSE = "Normalization and regularization in deep learning"
_HERE = Path(__file__).parent
_BEGINS = {"slide", "subslide"}
_LEFT_OUT = {"skip", "notes"}
# The page may use what it holds, and can ask for nothing.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


@dataclass
class Slide:
    """One slide. `label` says in plain words what it is about, `cell` is the id of its first cell.

    `minute` is given for the first slide of a section: when it is due, counted from the lecture's beginning.
    """

    notebook: str
    cell: str
    label: str
    parts: list[str] = field(default_factory=list)
    kind: str = ""
    minute: int | None = None


def write_decks(lectures: Sequence[int], notebooks: Path, folder: Path) -> Iterator[str]:
    """Write the lectures' decks into the folder, `lecture-47.html`; yield a line on each and on what is missing.

    Args:
        lectures: Their numbers; none means all. A lecture that has no slides yet is an error only if it is named.

    Raises:
        AuthoringError: If there is no such lecture, a notebook is missing, or a cell cannot be shown.
    """
    for lecture in lectures or LECTURES:
        if lecture not in LECTURES:
            known = ", ".join(map(str, LECTURES))
            raise AuthoringError(f"there is no lecture {lecture}: the course has the lectures {known}")
        opened = {name: read(notebooks / f"{name}.ipynb") for name in LECTURES[lecture]}
        ready = {name: notebook for name, notebook in opened.items() if has_levels(notebook)}
        missing = [
            f"lecture {lecture}: without {name}: its sections have no levels yet, so none is known to belong to the lecture"
            for name in opened if name not in ready
        ]
        if not ready and lecture in lectures:
            remedy = 'give each "## ..." cell metadata such as "course": {"level": "lecture", "minutes": 4}'
            raise AuthoringError("\n".join([*missing, f"lecture {lecture}: there is nothing to show: {remedy}"]))
        yield from missing
        if not ready:
            yield f"lecture {lecture}: no deck yet"
            continue
        slides, begins = [], 0
        for name, notebook in ready.items():
            slides += slides_of(notebook, name, lecture, begins)
            begins += minutes(notebook).lecture
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"lecture-{lecture}.html"
        target.write_text(page(slides, lecture), encoding="utf-8")
        yield f"{target}: {len(slides)} slides"


def slides_of(notebook: NotebookNode, name: str, lecture: int, begins: int = 0) -> list[Slide]:
    """The slides of a notebook's title and lecture sections; `begins` is the minute of the lecture at which it does.

    Raises:
        AuthoringError: If a cell cannot be shown, or the notebook has no canonical form.
    """
    try:
        notebook = canonical(notebook)
    except AuthoringError as error:
        raise AuthoringError(f"{name}: {error}") from error
    slides = [_title_slide(notebook.cells[0], name, lecture)]
    for section in sections(notebook):
        if section.level == "lecture":
            first, *others = _section_slides([notebook.cells[index] for index in section.cells], section.title, name)
            first.minute, begins = begins, begins + (section.minutes or 0)
            slides += [first, *others]
    return slides


def _title_slide(cell: NotebookNode, name: str, lecture: int) -> Slide:
    with _telling_where(cell, name):
        title = in_line(cell.source.partition("\n")[0].removeprefix("# "))
    text = f'<p class="course">{COURSE}</p>\n<h1>{title}</h1>\n<p class="lecture">Lecture {lecture}</p>\n'
    return Slide(name, cell.id, plain_text(title), [_part(cell, text)], kind="title")


def _section_slides(cells: list[NotebookNode], title: str, name: str) -> Iterator[Slide]:
    """The slides of one section, whose question heads the first and is repeated, small, on the others."""
    with _telling_where(cells[0], name):
        question = in_line(title)
    # A heading with nothing under it does not fill a slide: what follows comes on the same.
    bare = "\n" not in cells[0].source.strip()
    slide = None
    for cell, caption in _with_captions([cell for cell in cells if _slide_type(cell) not in _LEFT_OUT]):
        has_heading_only = slide is not None and bare and slide.cell == cells[0].id and len(slide.parts) == 1
        if slide is None or (_slide_type(cell) in _BEGINS and not has_heading_only):
            if slide is not None:
                yield slide
            repeated = [] if cell is cells[0] else [f'<p class="again">{question}</p>\n']
            slide = Slide(name, cell.id, plain_text(question), repeated)
        slide.parts += _parts(cell, caption, name)
    if slide is not None:
        yield slide


def _with_captions(cells: list[NotebookNode]) -> Iterator[tuple[NotebookNode, NotebookNode | None]]:
    """Each cell; a figure together with the caption that follows it."""
    for before, cell, after in zip([None, *cells], cells, [*cells[1:], None]):
        if before is not None and shows_figure(before) and is_caption(cell):
            continue
        yield cell, after if after is not None and shows_figure(cell) and is_caption(after) else None


def _parts(cell: NotebookNode, caption: NotebookNode | None, name: str) -> Iterator[str]:
    under = rest = ""
    if caption is not None:
        first, _, rest = caption.source.partition("\n\n")
        with _telling_where(caption, name):
            under, rest = in_line(first), markdown(rest)
    with _telling_where(cell, name):
        yield _part(cell, code_cell(cell, under) if cell.cell_type == "code" else markdown(cell.source))
    if rest:
        yield _part(caption, rest)


def _part(cell: NotebookNode, text: str) -> str:
    kind = "part figure" if "<figure>" in text else "part"
    return f'<div class="{kind}" data-cell="{html.escape(cell.id)}">\n{text}</div>\n'


def _slide_type(cell: NotebookNode) -> str:
    return cell.metadata.slideshow.slide_type


@contextmanager
def _telling_where(cell: NotebookNode, name: str) -> Iterator[None]:
    """Say of a ValueError where it was, and of a code cell how it is mended."""
    try:
        yield
    except ValueError as error:
        remedy = f"; run: make notebooks NOTEBOOK=notebooks/{name}.ipynb" if cell.cell_type == "code" else ""
        raise AuthoringError(f"{name}, cell {cell.id}: {error}{remedy}") from error


def page(slides: Sequence[Slide], lecture: int) -> str:
    """The deck's HTML, with its style and its program inside."""
    titles = " · ".join(slide.label for slide in slides if slide.kind == "title")
    style = (_HERE / "deck.css").read_text(encoding="utf-8") + CODE_CSS
    program = (_HERE / "deck.js").read_text(encoding="utf-8")
    sections_ = "".join(_section(slide, number, len(slides)) for number, slide in enumerate(slides, 1))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width">
<title>Lecture {lecture}: {html.escape(titles)}</title>
<style>
{style}
</style>
</head>
<body>
<main>
{sections_}</main>
<nav aria-label="Slides">
<button id="back" aria-label="Previous slide"></button>
<button id="on" aria-label="Next slide"></button>
</nav>
<script>
{program}</script>
</body>
</html>
"""


def _section(slide: Slide, number: int, of: int) -> str:
    label = html.escape(f"Slide {number} of {of}: {slide.label}")
    due = "" if slide.minute is None else f'<p class="due" aria-hidden="true">minute {slide.minute}</p>\n'
    return f"""<section class="{slide.kind}" tabindex="-1" aria-label="{label}" \
data-notebook="{slide.notebook}" data-cell="{html.escape(slide.cell)}">
<div class="room">
{"".join(slide.parts)}</div>
{due}<p class="number" aria-hidden="true">{number} / {of}</p>
</section>
"""
