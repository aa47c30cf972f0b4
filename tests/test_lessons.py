"""The form of a lesson: levels, minutes, the rules of `check`, the paths, the plan."""

import base64
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.authoring import AuthoringError, form, notebook as notebooks, plan
from helpers.authoring.__main__ import main
from helpers.authoring.levels import LECTURES, WITHOUT_LEVELS, has_levels, level_of_cells, path, sections
from helpers.authoring.notebook import canonical, read, write
from helpers.authoring.paths import differences, part, walk
from helpers.authoring.plan import Minutes, estimate, minutes, plan_table, planned, write_plan

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
LESSONS = [found for found in sorted(FOLDER.glob("*.ipynb")) if has_levels(read(found))]
PICTURE = base64.b64encode(bytes(300)).decode()
NAME = Path("03-batch-normalization-from-scratch.ipynb")  # a name for which a lecture has room
OLD = "02-local-response-normalization.ipynb"  # of the notebook without levels in the course of the plan


@dataclass
class FakeExercise:
    kind: str = "predict"
    answers: tuple = (1, 2, 3, 4)
    points: int = 1
    minutes: int = 8

    def solved_cell(self):
        return "line\n" * 6


@pytest.fixture(autouse=True)
def fake_catalogue(monkeypatch):
    """For notebooks that import no exercises of the course."""
    exercises = {"guess": FakeExercise(), "mean": FakeExercise("code"), "rate": FakeExercise("experiment")}
    of_the_course = notebooks.catalogue
    for module in (notebooks, form, plan):
        monkeypatch.setattr(module, "catalogue", lambda notebook: of_the_course(notebook) or exercises)


def heading(text, level=None, minutes=None):
    course = {name: value for name, value in {"level": level, "minutes": minutes}.items() if value is not None}
    return new_markdown_cell(f"## {text}", metadata={"course": course} if course else {})


def code(source, *outputs, id=None):
    cell = new_code_cell(source, outputs=list(outputs))
    if id:
        cell.id = id
    return cell


def printed(text):
    return new_output("stream", name="stdout", text=text)


def drawn(source="draw()", id="drawn"):
    return code(source, new_output("display_data", {"image/png": PICTURE, "text/plain": "A curve."}), id=id)


def lesson():
    """A notebook that keeps every rule."""
    cells = [
        new_markdown_cell("# Title\n\n**Lecture 47** · 1 min"),
        code("import numpy as np", id="imports"),
        heading("Why?", "lecture", 4),
        new_markdown_cell("word " * 130),
        code("x = 1\nprint(x)", printed("1\n"), id="told"),
        drawn(),
        new_markdown_cell("*See.*"),
        heading("Exercise: guess", "exercise", 3),
        new_markdown_cell("**Predict.** What is x?"),
        code("answer = None", id="answer"),
        code("exercises.guess.check(answer)", id="check"),
        heading("Lab: controls", "lab", 1),
        code("y = x + 1\nprint(y)", printed("2\n"), id="control"),
    ]
    return new_notebook(cells=cells)


def told(notebook, name=NAME):
    return [text for rule in form.RULES for text in rule(notebook, name)]


def index(notebook, id):
    return next(i for i, cell in enumerate(notebook.cells) if cell.get("id") == id)


# Levels


def test_a_section_reaches_to_the_next_heading():
    notebook = lesson()
    assert [(s.title, s.level, s.minutes, list(s.cells)) for s in sections(notebook)] == [
        ("Why?", "lecture", 4, [2, 3, 4, 5, 6]),
        ("Exercise: guess", "exercise", 3, [7, 8, 9, 10]),
        ("Lab: controls", "lab", 1, [11, 12]),
    ]
    assert level_of_cells(notebook) == ["lecture"] * 7 + ["exercise"] * 4 + ["lab"] * 2


def test_a_path_holds_the_sections_up_to_its_level():
    notebook = lesson()
    assert list(path(notebook, "lecture")) == list(range(7))
    assert list(path(notebook, "exercise")) == list(range(11))
    assert list(path(notebook, "lab")) == list(range(13))


def test_labs_open_folded_and_nothing_else_does():
    folded = [cell.metadata.get("jp-MarkdownHeadingCollapsed") for cell in canonical(lesson()).cells]
    assert folded == [None] * 11 + [True, None]


def test_each_lecture_names_real_notebooks_and_is_told_in_45_minutes():
    stems = {found.stem for found in FOLDER.glob("*.ipynb")}
    assert {stem for room in LECTURES.values() for stem in room} | set(WITHOUT_LEVELS) <= stems
    for room in LECTURES.values():
        assert sum(minutes(read(found)).lecture for found in LESSONS if found.stem in room) <= 45


# The rules


def test_a_lesson_breaks_no_rule():
    assert told(lesson()) == []


def edited(id, source):
    def edit(notebook):
        notebook.cells[index(notebook, id)].source = source

    return edit


def relabelled(number, **course):
    def edit(notebook):
        metadata = notebook.cells[sections(notebook)[number].heading].metadata
        metadata["course"] = {k: v for k, v in {**metadata["course"], **course}.items() if v is not None}

    return edit


def added(level, *cells):
    """More cells at the end of the section of a level."""

    def edit(notebook):
        section = next(section for section in sections(notebook) if section.level == level)
        notebook.cells[section.cells[-1] + 1 : section.cells[-1] + 1] = list(cells)

    return edit


def claims(*identifiers, source=" [Lecture 47]"):
    return code("claim()", printed("".join(f"✓ {i} holds: a sentence{source}\n" for i in identifiers)))


BREACHES = {
    "no level": (relabelled(0, level=None), "cell 2 ('## Why?'): the section has no level; put"),
    "unknown level": (relabelled(0, level="talk"), "cell 2 ('## Why?'): unknown level 'talk'; it is one of lecture, exer"),
    "no minutes": (relabelled(2, minutes=None), "cell 11 ('## Lab: controls'): the section has no minutes; put a whole"),
    "half minutes": (relabelled(2, minutes=0.5), "the section has no minutes; put a whole number"),
    "an exercise's title on a lab": (relabelled(1, level="lab"), "the level is 'lab', so the heading is '## Lab: …'"),
    "a lab without its title": (relabelled(0, level="lab"), "the level is 'lab', so the heading is '## Lab: …'"),
    "a lecture with a lab's title": (relabelled(2, level="lecture"), "so the heading is a question or a plain title"),
    "minutes far from the estimate": (relabelled(1, minutes=9), "('## Exercise: guess'): 9 min, but the estimate is 3."),
    "too many words": (added("lecture", new_markdown_cell("word " * 60)), "193 words; what can be told in its minutes is 180"),
    "too many cells": (added("lecture", *[new_markdown_cell("x") for _ in range(40)]), "have 45 cells; at most 40"),
    "too many code cells": (added("lecture", *[code("1") for _ in range(11)]), "have 13 code cells; at most 12"),
    "more minutes than the lecture has": (relabelled(0, minutes=31), "have 31 minutes; the lecture has room for 30"),
    "no figure": (
        lambda notebook: notebook.cells.pop(index(notebook, "drawn")),
        "have 0 figures in 4 minutes: one every 4 at least",
    ),
    "too many exercises": (relabelled(1, minutes=61), "has 61 minutes of exercises, over 60"),
    "a long lecture cell": (edited("told", "x = 1\n" * 11), "cell told: 11 lines of code in the lecture, over 10"),
    "a long lecture line": (edited("told", "x = " + "1 + " * 18 + "1"), "a line of 77 characters in the lecture, over 72"),
    "a prediction without its cell": (
        lambda notebook: notebook.cells[3].__setitem__("source", "**Predict.** What is it? " + "word " * 120),
        "**Predict.** stands above no cell that checks it: write **Think.**",
    ),
    "a check in a lecture": (
        lambda notebook: notebook.cells.pop(7),
        "(exercises.guess): a check in a section of level 'lecture'",
    ),
    "a lecture that needs a lab": (
        lambda notebook: notebook.cells.insert(index(notebook, "drawn"), notebook.cells.pop(index(notebook, "control")))
        or notebook.cells.append(heading("And then?", "lecture", 1)) or notebook.cells.append(code("z = y", id="needs"))
        or relabelled(0, level="lab")(notebook) or relabelled(2, level="lecture")(notebook),
        "cell needs (lecture): uses `y`, which cell control (lab) defines; without the lab sections",
    ),
    "a lecture that sees what a lab changed": (
        lambda notebook: edited("control", "x = 2")(notebook) or notebook.cells.append(heading("And?", "lecture", 1))
        or notebook.cells.append(code("def f():\n    return x", id="needs")),
        "cell needs (lecture): uses `x`, which cell control (lab) defines",
    ),
    "an exercise that needs a lab": (
        lambda notebook: notebook.cells.append(heading("Exercise: mean", "exercise", 1))
        or notebook.cells.append(code("m = y", id="needs")),
        "cell needs (exercise): uses `y`, which cell control (lab) defines",
    ),
    "a claim without a source": (added("lab", claims("L47.990", source="")), "claim L47.990 has no source"),
    "a retired claim": (added("lab", claims("L47.5")), "claim L47.5 is an identifier that is retired"),
    "too many claims": (added("lab", claims(*[f"L47.{i}" for i in range(940, 959)])), "makes 19 claims, over 18"),
}


@pytest.mark.parametrize("name", BREACHES)
def test_each_breach_is_told(name):
    edit, expected = BREACHES[name]
    notebook = lesson()
    edit(notebook)
    found = told(notebook)
    assert any(expected in text for text in found), found


@pytest.mark.parametrize(
    "edit",
    [
        added("lecture", new_markdown_cell("word " * 40)),
        edited("told", "x = 1\n" * 10),
        edited("control", "y = [x for x in range(3)]\ndef f(x):\n    return x"),
        added("lab", claims(*[f"L47.{i}" for i in range(940, 958)])),
        relabelled(1, minutes=4),
    ],
    ids=["words", "lines", "names of its own", "claims", "minutes within a third"],
)
def test_what_is_just_within_a_rule(edit):
    notebook = lesson()
    edit(notebook)
    assert told(notebook) == []


def test_a_notebook_on_the_list_waits_and_one_with_levels_leaves_it():
    waiting = Path(f"{WITHOUT_LEVELS[0]}.ipynb")
    bare = lesson()
    for cell in bare.cells:
        cell.metadata.pop("course", None)
    assert told(bare, waiting) == []
    assert any("take it off the list WITHOUT_LEVELS" in text for text in told(lesson(), waiting))


def test_no_claim_of_the_course_has_a_retired_identifier():
    from helpers.claims import collect

    assert form.RETIRED_CLAIMS.isdisjoint(claim.identifier for claim in collect(sorted(FOLDER.glob("*.ipynb"))))


# Minutes


def test_the_estimate_is_what_the_module_says():
    notebook = lesson()
    exercises = notebooks.catalogue(notebook)
    lecture, exercise, lab = sections(notebook)
    # 133 words in 130 a minute, two code cells and a figure.
    assert estimate(notebook, lecture, exercises) == pytest.approx(134 / 130 + 3 * 0.75, abs=0.03)
    assert estimate(notebook, exercise, exercises) == pytest.approx(8 / 130 + 4 * 0.75, abs=0.03)
    assert estimate(notebook, lab, exercises) == pytest.approx(3 / 130 + 2 / 10, abs=0.03)
    notebook.cells[index(notebook, "check")].source = "exercises.mean.check(answer)"
    assert estimate(notebook, exercise, exercises) == pytest.approx(4 + 6, abs=0.1)
    notebook.cells[index(notebook, "check")].source = "exercises.rate.check(answer)"
    assert estimate(notebook, exercise, exercises) == pytest.approx(8, abs=0.1)
    notebook.cells[3].source += "\n\n$$x = 1$$\n\n**Think.** Why?\n\n$$y$$"
    assert estimate(notebook, lecture, exercises) == pytest.approx(1.5 + 140 / 130 + 3 * 0.75, abs=0.05)


def test_minutes_are_summed_by_level():
    assert minutes(lesson()) == Minutes(4, 3, 1)
    assert minutes(lesson()).line(told=True) == "In the lecture 4 min · exercises 3 min · labs 1 min"
    assert Minutes(4, 0, 1).line(told=False) == "To read 4 min · labs 1 min"
    broken = lesson()
    relabelled(1, minutes=None)(broken)
    with pytest.raises(AuthoringError, match="section 'Exercise: guess' has no level or no minutes"):
        minutes(broken)


# Paths


def test_a_part_holds_one_path_in_canonical_form():
    assert [cell.id for cell in part(lesson(), "lecture").cells][-1] == "text-see"
    assert len(part(lesson(), "exercise").cells) == 11
    with pytest.raises(AuthoringError, match="no levels"):
        part(new_notebook(cells=[new_markdown_cell("# T"), new_markdown_cell("## A")]), "lecture")


def runnable():
    notebook = lesson()
    notebook.cells.pop(index(notebook, "drawn"))
    edited("check", "print(answer)")(notebook)
    notebook.cells[index(notebook, "check")].outputs = [printed("None\n")]
    return notebook


def test_a_path_that_gives_what_is_saved_has_no_differences(tmp_path):
    for level in ("lecture", "exercise"):
        walked = walk(runnable(), tmp_path, level)
        assert walked.differences == ()
        assert walked.too_slow() == []


def test_a_path_that_needs_another_section_is_told(tmp_path):
    notebook = runnable()
    edited("told", "print(y)")(notebook)
    with pytest.raises(AuthoringError, match="path 'lecture' does not run alone(.|\n)*NameError: name 'y'"):
        walk(notebook, tmp_path, "lecture")


def test_a_path_that_gives_other_results_is_told(tmp_path):
    notebook = runnable()
    edited("check", "print(answer, 'y' in dir())")(notebook)
    notebook.cells[index(notebook, "check")].outputs = [printed("None True\n")]
    (difference,) = walk(notebook, tmp_path, "exercise").differences
    assert difference == "cell check: saved 'stdout: None True\\n', but run alone 'stdout: None False\\n'"


def test_measured_numbers_and_pictures_are_not_compared_and_all_else_is():
    def cell(text, description):
        return new_notebook(cells=[code(
            "f()", printed(text), new_output("display_data", {"image/png": text, "text/plain": description}), id="c"
        )])

    saved = cell("a ≈ 0.93 ± 0.01 x\n", "A curve at ≈ 3.")
    assert list(differences(saved, cell("a   ≈ 12.5 ± 0.20 x\n", "A curve at ≈ 4.1."))) == []
    assert len(list(differences(saved, cell("a ≈ nan x\n", "A curve at ≈ 3.")))) == 1
    assert len(list(differences(saved, cell("a ≈ 0.93 ± 0.01 x\n", "Two curves at ≈ 3.")))) == 1
    without = new_notebook(cells=[code("f()", id="c")])
    assert len(list(differences(saved, without))) == 1


def test_the_command_tells_what_differs_and_what_is_slow(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("helpers.authoring.paths.SLOWEST_CELL", 0.5)
    notebook = runnable()
    edited("told", "x = 1\nprint(x)\nend = __import__('time').process_time() + 0.7\n"
                   "while __import__('time').process_time() < end: pass")(notebook)
    notebook.cells[index(notebook, "told")].outputs = [printed("2\n")]
    write(canonical(notebook), tmp_path / "03-x.ipynb")
    assert main(["paths", str(tmp_path / "03-x.ipynb")]) == 1
    shown = capsys.readouterr()
    assert "03-x.ipynb, lecture: 6 cells, 2 of them code" in shown.out
    assert "lecture and exercises: 10 cells, 4 of them code" in shown.out
    assert "lecture, cell told: saved 'stdout: 2\\n', but run alone 'stdout: 1\\n'" in shown.err
    assert "lecture, cell told takes 0." in shown.err
    assert "exercises, cell told takes" not in shown.err


def leaves_out_before_what_it_keeps(notebook, level):
    """Whether a path lacks a code cell that stands before one of its own: otherwise nbval has run it as it is."""
    kept = set(path(notebook, level))
    code = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    return any(i not in kept and j in kept for i in code for j in code if j > i)


WALKS = [
    (found, level) for found in LESSONS for level in ("lecture", "exercise")
    if leaves_out_before_what_it_keeps(read(found), level)
]


def test_a_path_is_run_where_it_leaves_out_what_comes_before():
    assert leaves_out_before_what_it_keeps(lesson(), "lecture") is False  # exercises and labs are its end
    later = lesson()
    later.cells += [heading("And then?", "lecture", 1), code("print(x)")]
    assert leaves_out_before_what_it_keeps(later, "lecture") is True
    assert any(found.stem.startswith("03-") for found, _ in WALKS)


@pytest.mark.parametrize(("lesson_path", "level"), WALKS, ids=lambda value: getattr(value, "stem", value))
def test_each_path_of_the_course_runs_alone_and_gives_what_is_saved(lesson_path, level):
    walked = walk(read(lesson_path), FOLDER, level)
    assert walked.differences == ()
    assert walked.too_slow() == []


# The plan


@pytest.fixture
def course(tmp_path):
    """A course of two notebooks, one still without levels, and a README."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    write(canonical(lesson()), folder / NAME)
    bare = new_notebook(cells=[
        new_markdown_cell("# Old\n\n**Lecture 46** · 90 minutes"), new_markdown_cell("## A\n\n" + "word " * 2600),
        new_markdown_cell("<!-- plan -->\ndated\n<!-- /plan -->"),
    ])
    write(canonical(bare), folder / OLD)
    (tmp_path / "README.md").write_text("before\n<!-- plan -->\n<!-- /plan -->\nafter", encoding="utf-8")
    return tmp_path


def test_the_plan_is_written_where_it_has_its_place_and_only_once(course, monkeypatch):
    changed = write_plan(course)
    assert [found.name for found in changed] == [OLD, str(NAME), "README.md"]
    assert read(course / "notebooks" / NAME).cells[0].source.endswith(
        "**Lecture 47** · In the lecture 4 min · exercises 3 min · labs 1 min"
    )
    readme = (course / "README.md").read_text(encoding="utf-8")
    assert readme.startswith("before\n<!-- plan -->\n\n| notebook |") and readme.endswith("|\n\n<!-- /plan -->\nafter")
    assert f"| [03 Title](notebooks/{NAME}) | 47 | 4 min | 3 min | 1 min | 8 min |" in readme
    assert "| 46 |  |  |  | about 20 min |" in readme
    old = read(course / "notebooks" / OLD)
    assert f"[03 Title]({NAME})" in old.cells[2].source and "dated" not in old.cells[2].source
    assert old.cells[0].source.endswith("90 minutes"), "without levels the title stays"
    assert write_plan(course) == []


def test_a_title_without_a_line_for_the_minutes_is_refused(course):
    notebook = read(course / "notebooks" / NAME)
    notebook.cells[0].source = "# Title"
    write(notebook, course / "notebooks" / NAME)
    with pytest.raises(AuthoringError, match=r"03-.*the title cell needs a line '\*\*Lecture 47\*\*"):
        write_plan(course)
    shutil.rmtree(course / "notebooks")
    assert plan_table([]).count("\n") == 1


def test_the_courses_plan_is_written():
    """If not: python -m helpers.authoring plan."""
    assert [found.name for found, before, after in planned() if before != after] == []
