"""How long everything takes: estimated from what stands there, summed over the sections, written where it is read.

The minutes of a section are the author's; they must lie within a third of this estimate, or within one minute of it:

- lecture: 130 spoken words a minute, three quarters of a minute for each code cell and for each figure, half a minute for
  each displayed formula and for each **Think.**, in which the hall is silent;
- exercise: reading as above; then three quarters of a minute for each value that is predicted, four minutes for a function
  and one for each line of its solution, eight minutes for an experiment (what its `minutes` say: four for the treatment
  of a patient, whose script is there);
- lab: reading as above; a minute for ten lines of code, half a minute for each figure.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from helpers.authoring import AuthoringError
from helpers.authoring.levels import AFTER_THE_LECTURES, LECTURES, Section, has_levels, sections
from helpers.authoring.notebook import catalogue, placed_exercises, read, shows_figure, write

REPOSITORY = Path(__file__).parents[2]

SPOKEN_WORDS = 130  # a minute
_LECTURE_OF = {stem: str(lecture) for lecture, notebooks in LECTURES.items() for stem in notebooks}
_LECTURE_OF |= dict.fromkeys(AFTER_THE_LECTURES, f"after {max(LECTURES)}")
_FORMULA = re.compile(r"\$\$.+?\$\$", re.DOTALL)
_THINK = re.compile(r"\*\*Think\.\*\*")
_TIME_LINE = re.compile(r"^(\*\*(?:Before |After )?Lecture \d+\*\*) · .*$", re.MULTILINE)
_GENERATED = re.compile(r"<!-- (\w+) -->.*?<!-- /\1 -->", re.DOTALL)  # tables: looked up, not read
_PLAN = re.compile(r"(<!-- plan -->\n).*?(<!-- /plan -->)", re.DOTALL)


@dataclass(frozen=True)
class Minutes:
    """Minutes of a notebook, by level."""

    lecture: int
    exercise: int
    lab: int

    def line(self, told: bool) -> str:
        """As the title shows it; `told` in a lecture, or else read."""
        parts = {"In the lecture" if told else "To read": self.lecture, "exercises": self.exercise, "labs": self.lab}
        return " · ".join(f"{name} {minutes} min" for name, minutes in parts.items() if minutes)


def minutes(notebook: NotebookNode) -> Minutes:
    """The sums over the sections, as their headings say.

    Raises:
        AuthoringError: If a section has no level or no minutes.
    """
    sums = {"lecture": 0, "exercise": 0, "lab": 0}
    for section in sections(notebook):
        if section.level not in sums or not isinstance(section.minutes, int):
            raise AuthoringError(f"section '{section.title}' has no level or no minutes")
        sums[section.level] += section.minutes
    return Minutes(**sums)


def estimate(notebook: NotebookNode, section: Section, exercises: Mapping[str, Any]) -> float:
    """Minutes that a section takes, as the module's text says; `exercises` is the notebook's catalogue."""
    cells = [notebook.cells[index] for index in section.cells]
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    code = [cell for cell in cells if cell.cell_type == "code"]
    figures = sum(map(shows_figure, code))
    reading = words(texts) / SPOKEN_WORDS
    if section.level == "exercise":
        placed = [place.name for place in placed_exercises(notebook) if place.check in section.cells]
        return reading + sum(_doing(exercises[name]) for name in placed)
    if section.level == "lab":
        lines = sum(len(cell.source.splitlines()) for cell in code)
        return reading + lines / 10 + figures / 2
    formulas, pauses = (sum(len(kind.findall(text)) for text in texts) for kind in (_FORMULA, _THINK))
    return reading + 0.75 * (len(code) + figures) + (formulas + pauses) / 2


def _doing(exercise: Any) -> float:
    if exercise.kind == "predict":
        return 0.75 * len(exercise.answers)
    if exercise.kind == "experiment":
        return exercise.minutes
    return 4 + len(exercise.solved_cell().strip().splitlines())


def words(texts: Iterable[str]) -> int:
    """Words of prose, as they are counted everywhere: what blanks separate, without what a tool has written."""
    return sum(len(_GENERATED.sub("", text).split()) for text in texts)


def write_plan(repository: Path = REPOSITORY) -> list[Path]:
    """Write each notebook's minutes into its title, and the plan of all where it has a place; return what changed.

    Raises:
        AuthoringError: As `planned` and `plan_table`.
    """
    changed = []
    for path, before, after in planned(repository):
        if before != after:
            changed.append(path)
            if path.suffix == ".ipynb":
                write(after, path)
            else:
                path.write_text(after, encoding="utf-8")
    return changed


def planned(repository: Path = REPOSITORY) -> Iterator[tuple[Path, Any, Any]]:
    """Each notebook and the README: its path, what stands there, and what should (notebooks, and text).

    The plan stands between the marks `<!-- plan -->` and `<!-- /plan -->`. A notebook without levels keeps its title.

    Raises:
        AuthoringError: If a title cell has no line that begins with "**Lecture 47** · ", or a section no minutes.
    """
    paths = sorted((repository / "notebooks").glob("*.ipynb"))
    table = plan_table(paths)
    for path in paths:
        before, after = read(path), read(path)
        if has_levels(after):
            title, line = after.cells[0], minutes(after).line(path.stem in _LECTURE_OF)
            title.source, found = _TIME_LINE.subn(rf"\1 · {line}", title.source)
            if not found:
                raise AuthoringError(f"{path.name}: the title cell needs a line '**Lecture 47** · …' for its minutes")
        for cell in after.cells:
            if cell.cell_type == "markdown":
                cell.source = _filled(cell.source, table)
        yield path, before, after
    readme = repository / "README.md"
    text = readme.read_text(encoding="utf-8")
    yield readme, text, _filled(text, plan_table(paths, folder="notebooks/"))


def _filled(text: str, plan: str) -> str:
    return _PLAN.sub(lambda marks: f"{marks[1]}\n{plan}\n\n{marks[2]}", text)


def plan_table(paths: Sequence[Path], folder: str = "") -> str:
    """The plan of all lectures as a Markdown table; `folder` stands before the names of the notebooks in the links.

    A notebook whose sections have no levels yet shows only what the estimate gives for all of it, in tens of minutes.

    Raises:
        AuthoringError: If a file is no notebook, or a section of a notebook with levels has no minutes.
    """
    lines = ["| notebook | lecture | in the lecture | exercises | labs | total |", "|---|---|---|---|---|---|"]
    for path in paths:
        notebook = read(path)
        if has_levels(notebook):
            of = minutes(notebook)
            told = of.lecture if path.stem in _LECTURE_OF else 0
            numbers = [f"{m} min" if m else "" for m in (told, of.exercise, of.lab)]
            numbers.append(f"{of.lecture + of.exercise + of.lab} min")
        else:
            exercises = catalogue(notebook)
            whole = sum(estimate(notebook, section, exercises) for section in _as_they_are(notebook))
            numbers = ["", "", "", f"about {round(whole, -1):.0f} min"]
        title = f"{path.stem[:2]} {notebook.cells[0].source.splitlines()[0].removeprefix('# ')}"
        cells = [f"[{title}]({folder}{path.name})", _LECTURE_OF.get(path.stem, ""), *numbers]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _as_they_are(notebook: NotebookNode) -> list[Section]:
    """The sections of a notebook without levels, each as what it holds: an exercise, or else a lab."""
    checks = {place.check for place in placed_exercises(notebook)}
    return [
        Section(section.title, "exercise" if checks & set(section.cells) else "lab", None, section.cells)
        for section in sections(notebook)
    ]
