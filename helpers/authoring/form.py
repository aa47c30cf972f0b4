"""The form of a lesson: what `check` asks of a notebook's sections.

The numbers are those of a lecture: what can be said in a minute, what fits on a projected screen.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from helpers import claims
from helpers.authoring import AuthoringError
from helpers.authoring.levels import (
    AFTER_THE_LECTURES,
    LECTURES,
    LEVELS,
    PREFIXES,
    WITHOUT_LEVELS,
    Section,
    has_levels,
    level_of_cells,
    sections,
)
from helpers.authoring.names import bound, read
from helpers.authoring.notebook import catalogue, placed_exercises, shows_figure
from helpers.authoring.plan import estimate, minutes, words

MOST_LECTURE_CELLS = 40
MOST_LECTURE_CODE_CELLS = 12
MOST_WORDS_A_MINUTE = 45
MINUTES_A_FIGURE = 4  # at most, on average
MOST_CODE_LINES = 10  # in a cell of a lecture section
LONGEST_CODE_LINE = 72  # characters: at 1280 × 720 and 150 % a longer one scrolls
MOST_EXERCISE_MINUTES = 60
MOST_EXERCISE_MINUTES_AFTER = 100  # of the clinic: eight patients, each of which can be treated by itself
MOST_CLAIMS = 18

# Claims that a notebook once made and makes no longer. An identifier never changes its meaning.
RETIRED_CLAIMS = frozenset([
    "L46.2", "L46.4", "L46.6", "L46.7", "L46.8", "L46.11", "L46.14", "L46.15", "L46.16", "L46.17", "L46.18",
    "L46.20", "L46.21", "L46.22", "L46.23", "L46.24", "L46.25", "L46.26", "L46.27", "L46.28", "L46.31", "L46.32",
    "L46.33", "L46.34", "L46.36", "L46.37", "L46.38", "L46.39", "L46.41", "L46.42", "L46.43", "L46.44", "L46.45",
    "L46.46", "L46.47", "L46.48", "L46.49", "L46.50", "L46.51", "L46.52", "L46.53", "L46.54", "L46.55",
    "L47.5", "L47.7", "L47.8", "L47.9", "L47.10", "L47.11", "L47.12", "L47.14", "L47.18", "L47.19", "L47.20",
    "L47.21", "L47.26", "L47.27", "L47.28", "L47.29", "L47.30", "L47.31", "L47.32", "L47.33", "L47.34", "L47.35",
    "L47.36", "L47.37", "L47.38", "L47.39", "L47.41", "L47.42", "L47.43", "L47.44", "L47.45", "L47.46", "L47.47",
    "L47.48", "L47.49", "L47.50", "L47.52", "L47.53", "L47.54", "L47.55", "L47.56", "L47.57", "L47.58", "L47.59",
    "L47.60", "L47.61", "L47.62", "L47.63",
    "L48.1", "L48.3", "L48.6", "L48.8", "L48.10", "L48.11", "L48.12", "L48.13", "L48.14", "L48.16", "L48.17",
    "L48.18", "L48.19", "L48.20", "L48.21", "L48.23", "L48.24", "L48.25", "L48.26", "L48.27", "L48.29", "L48.30",
    "L48.31", "L48.32", "L48.34", "L48.35", "L48.36", "L48.37", "L48.38", "L48.39", "L48.40", "L48.41", "L48.43",
    "L48.44", "L48.45", "L48.46", "L48.47",
    "L49.5", "L49.8", "L49.9", "L49.10", "L49.14", "L49.15", "L49.16", "L49.19", "L49.20", "L49.22", "L49.23",
    "L49.24", "L49.25", "L49.26", "L49.27", "L49.28", "L49.30", "L49.31", "L49.32", "L49.33", "L49.34", "L49.35",
    "L49.36", "L49.37", "L49.38", "L49.39", "L49.40",
    "L50.1", "L50.2", "L50.5", "L50.6", "L50.7", "L50.8", "L50.9", "L50.10", "L50.11", "L50.12", "L50.13", "L50.16",
    "L50.17", "L50.18", "L50.19", "L50.20", "L50.21", "L50.22", "L50.24", "L50.25", "L50.26", "L50.27", "L50.28",
    "L50.29", "L50.30", "L50.31", "L50.32", "L50.33", "L50.34", "L50.35", "L50.36", "L50.39", "L50.40", "L50.41",
    "L50.42", "L50.44", "L50.45", "L50.46", "L50.47", "L50.48", "L50.49", "L50.51", "L50.52", "L50.54", "L50.55",
    "L50.56", "L50.57", "L50.58", "L50.59",
])

_PREDICT = re.compile(r"\*\*Predict\b")
_LABEL = '"course": {"level": "lecture", "minutes": 4}'


def levels(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """Every section has a level and minutes, and a title that says what it is."""
    waiting = path.stem in WITHOUT_LEVELS
    if waiting and has_levels(notebook):
        yield "has levels now: take it off the list WITHOUT_LEVELS in helpers/authoring/levels.py"
    if waiting:
        return
    for section in sections(notebook):
        where = f"cell {section.heading} ('## {section.title}')"
        if section.level is None:
            yield f"{where}: the section has no level; put {_LABEL} into the heading's metadata"
        elif section.level not in LEVELS:
            yield f"{where}: unknown level {section.level!r}; it is one of {', '.join(LEVELS)}"
        else:
            yield from (f"{where}: {text}" for text in _title(section))
        if section.level is not None and not (type(section.minutes) is int and section.minutes > 0):
            yield f"{where}: the section has no minutes; put a whole number above 0 into {_LABEL}"


def _title(section: Section) -> Iterator[str]:
    meant = next((level for level, prefix in PREFIXES.items() if prefix and section.title.startswith(prefix)), "lecture")
    if meant != section.level:
        wanted = f"'## {PREFIXES[section.level]}…'" if PREFIXES[section.level] else "a question or a plain title"
        yield f"the level is {section.level!r}, so the heading is {wanted}; or change the level"


def times(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """The minutes agree with the estimate; words, cells, code and figures fit the lecture."""
    if not _sound(notebook):
        return
    try:
        exercises = catalogue(notebook)
        estimates = [(section, estimate(notebook, section, exercises)) for section in sections(notebook)]
    except (AuthoringError, KeyError):
        return  # told by the canonical form
    for section, estimated in estimates:
        if abs(section.minutes - estimated) > max(1, estimated / 3):
            yield (
                f"cell {section.heading} ('## {section.title}'): {section.minutes} min, but the estimate is "
                f"{estimated:.1f} min (helpers/authoring/plan.py says how): change the minutes or the section"
            )
    of = minutes(notebook)
    most = MOST_EXERCISE_MINUTES_AFTER if path.stem in AFTER_THE_LECTURES else MOST_EXERCISE_MINUTES
    if of.exercise > most:
        yield f"has {of.exercise} minutes of exercises, over {most}: leave out or shorten"
    rooms = {stem: most for notebooks in LECTURES.values() for stem, most in notebooks.items()} | AFTER_THE_LECTURES
    room = rooms.get(path.stem)
    if room is None:
        return
    cells = [notebook.cells[i] for section in sections(notebook) if section.level == "lecture" for i in section.cells]
    code = [cell for cell in cells if cell.cell_type == "code"]
    said = words(cell.source for cell in cells if cell.cell_type == "markdown")
    figures = sum(map(shows_figure, code))
    for found, most, what in [
        (of.lecture, room, "minutes; the lecture has room for"),
        (len(cells), MOST_LECTURE_CELLS, "cells; at most"),
        (len(code), MOST_LECTURE_CODE_CELLS, "code cells; at most"),
        (said, MOST_WORDS_A_MINUTE * of.lecture, "words; what can be told in its minutes is"),
    ]:
        if found > most:
            yield f"the lecture sections have {found} {what} {most}: cut, or make a section a lab"
    if figures < of.lecture // MINUTES_A_FIGURE:
        yield f"the lecture sections have {figures} figures in {of.lecture} minutes: one every {MINUTES_A_FIGURE} at least"


def lecture_code(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """Code of a lecture section fits a projected screen."""
    leveled = [(cell, level) for cell, level in _leveled(notebook) if cell.cell_type == "code"]
    for cell, level in leveled[1:]:  # the first are the imports
        if level != "lecture":
            continue
        lines = [line for line in cell.source.splitlines() if line.strip()]
        if len(lines) > MOST_CODE_LINES:
            yield (
                f"cell {cell.get('id')}: {len(lines)} lines of code in the lecture, over {MOST_CODE_LINES}: "
                "put what is not the idea into helpers or a lab"
            )
        for line in lines:
            if len(line) > LONGEST_CODE_LINE:
                yield (
                    f"cell {cell.get('id')}: a line of {len(line)} characters in the lecture, over {LONGEST_CODE_LINE}, "
                    f"scrolls when projected: {line.strip()[:40]}..."
                )


def predictions(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """`**Predict.**` stands above a cell that checks it; checks stand in exercise sections."""
    if not has_levels(notebook):
        return
    try:
        placed = placed_exercises(notebook)
    except AuthoringError:
        return  # told by the canonical form
    answers = {place.answer for place in placed}
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown" and _PREDICT.search(cell.source):
            following = next((i for i in range(index + 1, len(notebook.cells)) if _is_code(notebook, i)), None)
            if following not in answers:
                yield (
                    f"cell {cell.get('id')}: **Predict.** stands above no cell that checks it: write **Think.**, "
                    "or make it an exercise"
                )
    levels_ = level_of_cells(notebook)
    for place in placed:
        if levels_[place.check] != "exercise":
            yield (
                f"cell {place.check} (exercises.{place.name}): a check in a section of level {levels_[place.check]!r}; "
                "give it a section '## Exercise: …'"
            )


def paths_stand_alone(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """A section uses only names of sections of its own path: the lecture none of an exercise or a lab."""
    if not _sound(notebook):
        return
    last: dict[str, tuple[str, str]] = {}  # name -> level and id of the cell that bound it last
    for cell, level in _leveled(notebook):
        if cell.cell_type != "code":
            continue
        for name in sorted(read(cell.source) & last.keys()):
            binder_level, binder = last[name]
            if LEVELS.index(binder_level) > LEVELS.index(level):
                yield (
                    f"cell {cell.get('id')} ({level}): uses `{name}`, which cell {binder} ({binder_level}) defines; "
                    f"without the {binder_level} sections it is missing or another one: define it in a {level} section, "
                    f"or give the {binder_level}'s another name"
                )
        for name in bound(cell.source):
            last[name] = level, cell.get("id", "")


def sourced_claims(notebook: NotebookNode, path: Path) -> Iterator[str]:
    """A claim says whose sentence it is, is one of few, and has an identifier of its own."""
    if not has_levels(notebook):
        return
    made = [
        claim
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.get("name") == "stdout"
        for claim in claims.parse(output.text)
    ]
    for claim in made:
        if claim.source is None:
            yield f"claim {claim.identifier} has no source: say whose sentence it is, or use confirm"
        if claim.identifier in RETIRED_CLAIMS:
            yield f"claim {claim.identifier} is an identifier that is retired: give the sentence a new one"
    if len(made) > MOST_CLAIMS:
        yield f"makes {len(made)} claims, over {MOST_CLAIMS}: keep those that a lecture or a paper makes"


RULES = (levels, times, lecture_code, predictions, paths_stand_alone, sourced_claims)


def _sound(notebook: NotebookNode) -> bool:
    """Whether every section has a level and minutes; where not, `levels` says so and the other rules wait."""
    found = sections(notebook)
    return bool(found) and all(section.level in LEVELS and type(section.minutes) is int for section in found)


def _leveled(notebook: NotebookNode) -> list[tuple[NotebookNode, str | None]]:
    return list(zip(notebook.cells, level_of_cells(notebook), strict=True)) if has_levels(notebook) else []


def _is_code(notebook: NotebookNode, index: int) -> bool:
    return notebook.cells[index].cell_type == "code"
