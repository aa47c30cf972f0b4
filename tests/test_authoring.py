import ast
import base64
import sys
import types
from dataclasses import dataclass

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.authoring import AuthoringError, solve
from helpers.authoring.__main__ import main
from helpers.authoring.check import check
from helpers.authoring.execute import execute
from helpers.authoring.names import bound, read as names_read, rebound
from helpers.authoring.notebook import Placed, canonical, placed_exercises, read, write
from helpers.authoring.solve import solved

PICTURE = base64.b64encode(bytes(300)).decode()


@dataclass
class FakeExercise:
    name: str
    kind: str
    points: int = 2
    answers: tuple = (1, 2, 3, 4)
    minutes: int = 8

    def solved_cell(self):
        return f"{self.name} = 'solved'"


FAKES = [
    FakeExercise("first_guess", "predict"),
    FakeExercise("second_guess", "predict"),
    FakeExercise("mean", "code", 3),
    FakeExercise("variance", "code"),
    FakeExercise("norm", "code"),
    FakeExercise("rate", "experiment"),
]
MINUTES = {"predict": 3, "code": 5, "experiment": 8}


@pytest.fixture(autouse=True)
def fake_exercises(monkeypatch):
    """A module helpers.exercises.fake whose checks are never run: the kernels of these tests do not import
    it."""
    package, module = types.ModuleType("helpers.exercises"), types.ModuleType("helpers.exercises.fake")
    package.__path__ = []
    package.catalogue = lambda module: {fake.name: fake for fake in FAKES}
    monkeypatch.setitem(sys.modules, "helpers.exercises", package)
    monkeypatch.setitem(sys.modules, "helpers.exercises.fake", module)
    monkeypatch.setattr("helpers.exercises", package, raising=False)


def code(source, *outputs, count=None, **metadata):
    return new_code_cell(source, outputs=list(outputs), execution_count=count, metadata=metadata)


def printed(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def picture(description="A curve that rises.", data=PICTURE):
    return new_output("display_data", {"image/png": data, "text/plain": description})


def good():
    """A notebook without a breach, as the checks see it."""
    cells = [new_markdown_cell("# A title"), code("from helpers.exercises import fake as exercises")]
    for fake in FAKES:
        cells += [
            new_markdown_cell(
                f"## Exercise: {fake.name}",
                metadata={"course": {"level": "exercise", "minutes": MINUTES.get(fake.kind, 5)}},
            ),
            code(f"{fake.name} = ..."),
            new_markdown_cell("Predict first."),
            code(f"exercises.{fake.name}.check({fake.name})"),
        ]
    cells += [code("draw()", picture()), new_markdown_cell("The curve rises.")]
    notebook = canonical(new_notebook(cells=cells))
    for count, cell in enumerate([cell for cell in notebook.cells if cell.cell_type == "code"], start=1):
        cell.execution_count = count
    return notebook


def saved(notebook, folder, name="03-fake"):
    path = folder / f"{name}.ipynb"
    path.write_text(nbformat.v4.writes(notebook), encoding="utf-8")
    return path


def texts(notebook, folder, name="03-fake"):
    return [str(breach) for breach in check([saved(notebook, folder, name)])]


# The canonical form


def test_the_canonical_form_is_reached_in_one_step_and_valid():
    notebook = good()
    assert canonical(notebook) == notebook
    nbformat.validate(notebook)


def test_the_metadata_says_nothing_of_this_machine():
    notebook = new_notebook(
        cells=[code("1", execution={"iopub.status.busy": "x"}, collapsed=True, tags=["kept"])],
        metadata={"language_info": {"name": "python", "version": "3.11.2"}, "widgets": {}},
    )
    notebook = canonical(notebook)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata.language_info == {"name": "python"}
    assert notebook.cells[0].metadata == {"tags": ["kept"], "slideshow": {"slide_type": "-"}}


def test_drawn_ids_are_replaced_and_chosen_ids_kept():
    cells = [
        new_markdown_cell("## Which numbers share a mean?"),
        code("x = 1\ndef normalize(x):\n    pass"),
        code("def normalize(x):\n    pass"),
        code("def normalize(x):\n    return x"),
        code("print(1)"),
        code("# --"),
        code("draw()"),
        code("y()"),
    ]
    notebook = new_notebook(cells=cells)
    for cell, identifier in zip(
        cells,
        [
            "0a1b2c3d",
            "11112222-3333-4444-5555-666677778888",
            "abcdef01",
            "deadbee0",
            "chosen",
            "12345678",
            "chosen",
            "code-x",
        ],
        strict=True,
    ):
        cell.id = identifier
    assert [cell.id for cell in canonical(notebook).cells] == [
        "text-which-numbers-share-a-mean",
        "code-x-2",
        "code-normalize",
        "code-normalize-2",
        "chosen",
        "code-empty",
        "code-draw",
        "code-x",
    ]


def test_ids_do_not_depend_on_a_second_pass():
    once = canonical(new_notebook(cells=[code("a = 1"), code("a = 2"), new_markdown_cell("é")]))
    assert canonical(once) == once
    assert [cell.id for cell in once.cells] == ["code-a", "code-a-2", "text-empty"]


def test_every_cell_has_a_slide_type_and_the_authors_choice_stays():
    cells = [
        new_markdown_cell("# A"),
        new_markdown_cell("## B"),
        new_markdown_cell("### C"),
        new_markdown_cell("D"),
        code("# E"),
        new_markdown_cell("## F", metadata={"slideshow": {"slide_type": "fragment"}}),
        new_markdown_cell("G", metadata={"slideshow": {"slide_type": "nonsense"}}),
    ]
    types_ = [cell.metadata.slideshow.slide_type for cell in canonical(new_notebook(cells=cells)).cells]
    assert types_ == ["slide", "slide", "-", "-", "-", "fragment", "-"]


def test_cells_of_exercises_carry_nbgraders_metadata():
    notebook = good()
    place = next(place for place in placed_exercises(notebook) if place.name == "mean")
    assert notebook.cells[place.answer].source == "mean = ..."
    assert notebook.cells[place.answer].metadata.nbgrader == {
        "schema_version": 3,
        "task": False,
        "grade": False,
        "grade_id": "mean",
        "locked": False,
        "solution": True,
    }
    assert notebook.cells[place.check].metadata.nbgrader == {
        "schema_version": 3,
        "task": False,
        "grade": True,
        "grade_id": "mean-check",
        "locked": True,
        "solution": False,
        "points": 3,
    }
    assert sum("nbgrader" in cell.metadata for cell in notebook.cells) == 2 * len(FAKES)


def test_stale_nbgrader_metadata_goes():
    notebook = good()
    notebook.cells[0].metadata.nbgrader = {"grade_id": "old"}
    assert "nbgrader" not in canonical(notebook).cells[0].metadata


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([code("exercises.mean.check(1)")], "must be the student's"),
        (
            [code("a"), code("exercises.mean.check(1)"), code("exercises.norm.check(1)")],
            "must be the student's",
        ),
        (
            [code("from helpers.exercises import fake as exercises"), code("exercises.mean.check(1)")],
            "must be the student's",
        ),
        (
            [code("a"), code("exercises.mean.check(1)"), code("a"), code("exercises.mean.check(1)")],
            "checked before",
        ),
        ([code("a"), code("exercises.mean.check(1)\nexercises.norm.check(1)")], "one exercise"),
    ],
)
def test_misplaced_exercises_are_refused(cells, message):
    with pytest.raises(AuthoringError, match=message):
        placed_exercises(new_notebook(cells=cells))


def test_a_check_in_a_comment_is_none():
    assert placed_exercises(new_notebook(cells=[code("a"), code("# exercises.mean.check(a)")])) == []


def test_an_unknown_exercise_or_module_is_refused():
    start = code("from helpers.exercises import fake as exercises")
    with pytest.raises(AuthoringError, match="exercises.meen is not in the catalogue .*mean"):
        canonical(new_notebook(cells=[start, code("a"), code("exercises.meen.check(a)")]))
    with pytest.raises(AuthoringError, match="helpers.exercises.absent"):
        canonical(new_notebook(cells=[code("from helpers.exercises import absent as exercises")]))


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "cells": []}']
)
def test_a_file_that_is_no_notebook_is_named(content, tmp_path):
    path = tmp_path / "broken.ipynb"
    path.write_text(content)
    with pytest.raises(AuthoringError, match="broken.ipynb"):
        read(path)


def test_an_invalid_notebook_is_not_written(tmp_path):
    path = saved(good(), tmp_path)
    before = path.read_bytes()
    notebook = good()
    notebook.cells[0].id = "not allowed: blanks"
    with pytest.raises(nbformat.ValidationError):
        write(notebook, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


# Hygiene


def test_a_good_notebook_has_no_breach(tmp_path):
    assert texts(good(), tmp_path) == []


def edited(index, **changes):
    def edit(notebook):
        for key, value in changes.items():
            notebook.cells[index][key] = value

    return edit


def shows(*outputs):
    return edited(-2, outputs=list(outputs))


def explores(*sources):
    """The first exercise becomes the cell `slider`; `sources` stand in the cells of the exercises after it."""

    def edit(notebook):
        notebook.cells[3].id = "slider"
        for cell, source in zip([notebook.cells[3], *notebook.cells[7::4]], sources, strict=False):
            cell.source = source

    return edit


BREACHES = {
    "not executed": (edited(3, execution_count=None), "not executed from top to bottom"),
    "executed out of order": (edited(3, execution_count=9), "not executed from top to bottom"),
    "no title": (edited(0, source="A title"), "the first cell is not a title"),
    "stderr": (shows(printed("careful\n", "stderr"), picture()), "wrote to stderr: careful"),
    "blank on stderr": (shows(printed("\n", "stderr"), picture()), "wrote to stderr"),
    "error": (
        shows(new_output("error", ename="ValueError", evalue="no", traceback=[]), picture()),
        "ValueError: no",
    ),
    "semicolon": (edited(-2, source="draw();\n"), "ends with ';'"),
    "empty cell": (edited(-2, source="\n"), "is empty"),
    "long cell": (edited(-2, source="x = 1\n\n" * 19), "19 lines of code"),
    "long line": (edited(-2, source="x = " + " + ".join(["1"] * 30)), "characters, over 100"),
    "magic": (edited(-2, source="%matplotlib inline"), "not plain Python"),
    "late import": (edited(-2, source="def f():\n    import os\n    return os"), "imports outside"),
    "address": (
        shows(printed("<object at 0x7f3a5c0012d0>"), picture()),
        "a memory address: '0x7f3a5c0012d0'",
    ),
    "path": (shows(printed("read '/home/" + "me/data'"), picture()), "an absolute path"),
    "clock": (shows(printed("at 12:34:56"), picture()), "a time: '12:34:56'"),
    "duration": (shows(printed("took 3.21 s"), picture()), "a time: '3.21 s'"),
    "duration in HTML": (
        shows(new_output("display_data", {"text/html": "took 3.21 ms", "text/plain": "x"}), picture()),
        "a time: '3.21 ms'",
    ),
    "figure without description": (
        shows(picture("<Figure size 640x480 with 1 Axes>")),
        "without a description",
    ),
    "figure with nothing": (
        shows(new_output("display_data", {"image/png": PICTURE})),
        "without a description",
    ),
    "large figure": (shows(picture(data="A" * 300_000)), "picture of 225 kB"),
    "large notebook": (shows(picture(), printed("x" * 1_500_000)), "has 1.5 MB"),
    "figure without a sentence": (edited(-1, source="## Next"), "no sentence under the figure"),
    "figure at the end": (lambda notebook: notebook.cells.pop(), "no sentence under the figure"),
    "random id": (edited(-2, id="0a1b2c3d"), "the id is missing or random; execute writes 'code-draw'"),
    "same id": (edited(-2, id="code-mean"), "the id is not unique"),
    "timing": (
        lambda notebook: notebook.cells[2].metadata.update(execution={"busy": 1}),
        "metadata execution",
    ),
    "no slide": (lambda notebook: notebook.cells[2].metadata.clear(), "metadata slideshow"),
    "wrong points": (
        lambda notebook: notebook.cells[5].metadata.nbgrader.update(points=9),
        "metadata nbgrader",
    ),
    "version": (
        lambda notebook: notebook.metadata.language_info.update(version="3.11.2"),
        "notebook's metadata",
    ),
    "unknown exercise": (edited(5, source="exercises.nothing.check(1)"), "nothing is not in the catalogue"),
    "exercise without a cell": (
        edited(5, source="print()"),
        "first_guess of the catalogue is nowhere checked",
    ),
    "slider reads a name bound again": (
        explores("names = 'a'\ndef draw(n):\n    return show(names[n])\nplots.explore(draw, n=[1, 2])", "x = 1", "names = 2"),
        "cell slider: a slider moved after Run All reads 'names', which cell code-mean has bound again: give it another",
    ),
    "slider is a lambda": (
        explores("plots.explore(lambda n: show(names[n]), n=[1, 2])", "for names in 'ab':\n    print(names)"),
        "reads 'names', which cell code-second-guess has bound again",
    ),
    "slider calls what reads a name bound again": (
        explores(
            "def shown(n):\n    return names[n]\nways = {'a': (1, lambda n: shown(n))}\n"
            "def draw(n):\n    return show(ways['a'][1](n))\nplots.explore(draw, n=[1, 2])",
            "with open(0) as names:\n    pass",
        ),
        "reads 'names', which cell code-second-guess has bound again",
    ),
    "dead link": (edited(-1, source="See [it](absent.md#part)."), "link to absent.md leads nowhere"),
    "nbval told to look away": (edited(-2, source="# NBVAL_IGNORE_OUTPUT\ndraw()"), "asks nbval"),
    "nbval tag": (lambda notebook: notebook.cells[-2].metadata.update(tags=["nbval-skip"]), "asks nbval"),
}


@pytest.mark.parametrize("name", BREACHES)
def test_each_breach_is_told(name, tmp_path):
    edit, expected = BREACHES[name]
    notebook = good()
    edit(notebook)
    found = texts(notebook, tmp_path)
    assert any(expected in text for text in found), found
    assert all(text.startswith("03-fake.ipynb") for text in found)


@pytest.mark.parametrize(
    "text",
    [
        "≈ 3.21 s",
        "≈ 3.21 ± 0.10 ms",
        "batches of 60 samples",
        "3:1",
        "a/b",
        "and/or/home/",
        "https://a.org/home/x",
        "0x1f",
        "rate 0.01, scale 3.2 steps",
    ],
)
def test_what_may_stand_in_an_output(text, tmp_path):
    notebook = good()
    shows(printed(text), picture())(notebook)
    assert texts(notebook, tmp_path) == []


@pytest.mark.parametrize(
    "later",
    [
        "def other(names):\n    names = 2\n    return names",
        "[names for names in 'ab']",
        "sorted('ab', key=lambda names: names)",
        "class Other:\n    names = 2",
        "names[0] = names.size = 2",
        "print(names == 2, dict(names=2))",
        "draw = n = m = letter = 2",
        "def names(",
    ],
)
def test_what_a_later_cell_may_do_with_a_sliders_names(later):
    cells = [
        "names = [1, 2]",
        "def draw(n):\n    m = n\n    return [names[letter] for letter in m]\nplots.explore(draw, n=[1, 2])",
        later,
    ]
    assert rebound(cells, 1, ast.Name("draw", ast.Load())) == {}


def test_links_to_files_and_pages_are_followed_as_they_should(tmp_path):
    (tmp_path / "data").mkdir()
    notebook = good()
    notebook.cells[
        -1
    ].source = "[a](data) [b](https://example.org/x) [c](#part) [d](data#x) [e](mailto:a@b.c)"
    assert texts(notebook, tmp_path) == []


@pytest.mark.parametrize("kind", ["predict", "code", "experiment"])
def test_too_few_exercises_of_a_kind_are_told(kind, tmp_path, monkeypatch):
    fake = next(fake for fake in FAKES if fake.kind == kind)
    monkeypatch.setattr(fake, "kind", "other")
    assert any(f"of the kind '{kind}', fewer than" in text for text in texts(good(), tmp_path))
    assert texts(good(), tmp_path, "00-start-here") == []


def test_one_claim_in_two_notebooks_is_told(tmp_path):
    notebook = good()
    shows(printed("✓ L47.1 holds: one [Lecture 47]\n"), picture())(notebook)
    paths = [saved(notebook, tmp_path, name) for name in ("03-a", "04-b")]
    assert [str(breach) for breach in check(paths)] == ["all notebooks: claim L47.1 is in 03-a and in 04-b"]


# Names


@pytest.mark.parametrize(
    ("source", "binds", "reads"),
    [
        ("a = b = c", "a b", "c"),
        ("a, (b, *c) = d", "a b c", "d"),
        ("a[i] = b.c = d", "", "a b d i"),
        ("a += b", "a", "a b"),
        ("a: b = c", "a", "b c"),
        ("a: b", "", "b"),
        ("del a", "a", "a"),
        ("a = a", "a", "a"),
        ("a = 1\nb = a", "a b", ""),
        ("b = a\na = 1", "a b", "a"),
        ("for a in b(a):\n    c = a\nelse:\n    d", "a c", "a b d"),
        ("if a:\n    b = 1\nelse:\n    c = b", "b c", "a"),
        ("with a as b, b as (c, d):\n    c", "b c d", "a"),
        ("try:\n    a\nexcept b as c:\n    c", "c", "a b"),
        ("match a:\n    case {'x': [b, *c], **d}:\n        b, c, d\n    case E() as e:\n        e", "b c d e", "E a"),
        ("import a.b, c.d as e\nfrom f import g, h as i\nfrom j import *", "a e g i", ""),
        ("if (a := b) > a:\n    a", "a", "b"),
        ("[a for a in b if (c := a)]\nc", "c", "b"),
        ("[(a, b, d) for a in a for b in c(a)]", "", "a c d"),
        ("{a: b for a in c}, {a for a in c}, (a for a in c)", "", "b c"),
        ("def a(b, *c, d=e, **f):\n    g = b, c, d, f, h\n    return g, a", "a", "e h"),
        ("def a():\n    return b\nb = 1", "a b", ""),
        ("def a():\n    def b():\n        return c, d\n    c = 1\n    return b", "a", "d"),
        ("def a():\n    global b\n    b = b + 1", "a b", ""),
        ("def a():\n    nonlocal_ = 1\n    return lambda b: (b, nonlocal_, c)", "a", "c"),
        ("@a\ndef b(c: d) -> e:\n    pass", "b", "a d e"),
        ("async def a():\n    async for b in c:\n        await d(b)", "a", "c d"),
        ("class A(B, m=C):\n    d = e\n    f = d\n    def g(self):\n        return d, h", "A", "B C d e h"),
        ("lambda a, b=c: (a, b, d)", "", "c d"),
        ("f'{a!r:{b}}'", "", "a b"),
        ("print(a)", "", "a print"),
        ("def a(", "", ""),
        ("%magic", "", ""),
    ],
)
def test_what_a_cell_binds_and_reads(source, binds, reads):
    assert (bound(source), names_read(source)) == (set(binds.split()), set(reads.split()))


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["f = lambda: a", "a = 1", "a = 2"], {"a": 1}),
        (["def f():\n    return g()", "def g():\n    return a", "a = 1"], {"g": 1}),
        (["def g():\n    return a\ndef f():\n    return g()", "a = 1\ndef g():\n    return b"], {"a": 1, "g": 1}),
        (["def f():\n    return f()", "def f():\n    pass"], {"f": 1}),
        (["def f():\n    return a\ndef f():\n    return b", "a = b = 1"], {"b": 1}),
        (["def g():\n    return a\nf = g", "a = g = 1"], {"a": 1}),
        (["def g():\n    return a\nf = g()", "a = 1"], {}),
        (["class C:\n    def g(self):\n        return a\ndef f():\n    return C()", "del a"], {"a": 1}),
        (["def f(n=a):\n    return n", "a = 1"], {}),
    ],
)
def test_what_a_function_reads_when_it_is_called_later(cells, found):
    assert rebound(cells, 0, ast.Name("f", ast.Load())) == found


# Running


def plain(*sources):
    return new_notebook(cells=[new_markdown_cell("# T"), *map(code, sources)])


def test_executing_writes_outputs_in_canonical_form(tmp_path, capsys):
    path = saved(
        plain(
            "import os\nimport sys\nprint(os.getcwd() == os.path.realpath(os.getcwd()))",
            "for i in range(3):\n    print(i, flush=True)",
            "len('abc')",
            "sys.executable == " + repr(sys.executable),
        ),
        tmp_path,
    )
    assert main(["execute", str(path)]) == 0
    told = capsys.readouterr().out
    assert "kernel's peak memory" in told
    assert "slowest cells" in told
    notebook = read(path)
    assert canonical(notebook) == notebook
    outputs = [cell.outputs for cell in notebook.cells[1:]]
    assert [cell.execution_count for cell in notebook.cells[1:]] == [1, 2, 3, 4]
    assert outputs[1] == [printed("0\n1\n2\n")]
    assert [out[0].data["text/plain"] for out in outputs[2:]] == ["3", "True"]
    first = path.read_bytes()
    assert main(["execute", str(path)]) == 0
    assert path.read_bytes() == first


def test_the_authors_own_settings_do_not_reach_the_kernel(tmp_path, monkeypatch):
    startup = tmp_path / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("mine = 1\n")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setenv("HELPERS_STRICT", "1")
    run = execute(plain("import os", "'HELPERS_STRICT' in os.environ, 'mine' in globals()"), tmp_path)
    assert run.notebook.cells[2].outputs[0].data["text/plain"] == "(False, False)"


def test_the_kernel_starts_where_told_and_strictness_is_passed_on(tmp_path, monkeypatch):
    monkeypatch.setenv("HELPERS_STRICT", "0")
    run = execute(plain("import os", "os.listdir(), os.environ.get('HELPERS_STRICT')"), tmp_path, strict=True)
    assert run.notebook.cells[2].outputs[0].data["text/plain"] == "([], '1')"
    assert run.cell_seconds.keys() == {"code-import-os", "code-os-listdir-os-environ-get"}
    assert run.peak_memory is None or run.peak_memory > 1e7


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import sys\nprint(1, file=sys.stderr)", "stderr"),
        ("object()", "address"),
    ],
)
def test_a_notebook_with_an_error_is_left_as_it_was(source, message, tmp_path, capsys):
    path = saved(plain(source), tmp_path)
    before = path.read_bytes()
    assert main(["execute", str(path)]) == 1
    told = capsys.readouterr().err
    assert message in told
    assert "left as it was" in told
    assert "\x1b" not in told
    assert path.read_bytes() == before


def test_slow_cells_are_told_and_saved(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("helpers.authoring.execute.SLOWEST_CELL", 0.05)
    path = saved(plain("import time\ntime.sleep(0.1)\nprint('done')"), tmp_path)
    assert main(["execute", str(path)]) == 1
    assert "cell code-import-time-time-sleep-0 takes 0.1 s" in capsys.readouterr().err
    assert read(path).cells[1].outputs == [printed("done\n")]


def test_a_cell_without_end_is_stopped(tmp_path):
    with pytest.raises(AuthoringError, match="timed out|Timeout"):
        execute(plain("while True:\n    pass"), tmp_path, timeout=1)


def test_solving_puts_each_solution_into_the_students_cell():
    before = good()
    notebook = solved(before)
    for place in placed_exercises(notebook):
        assert notebook.cells[place.answer].source == f"{place.name} = 'solved'"
        assert notebook.cells[place.check].source == before.cells[place.check].source
    assert all(
        cell.execution_count is None and not cell.outputs
        for cell in notebook.cells
        if cell.cell_type == "code"
    )


def test_solved_copies_go_elsewhere(tmp_path, capsys):
    path = saved(good(), tmp_path)
    before = path.read_bytes()
    assert main(["solve", str(path), "--to", str(tmp_path / "solved")]) == 0
    assert "'solved'" in (tmp_path / "solved" / path.name).read_text()
    assert main(["solve", str(path), "--to", str(tmp_path)]) == 1
    assert "choose another folder" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_the_check_command_tells_and_exits(tmp_path, capsys):
    path = saved(good(), tmp_path)
    assert main(["check", str(path)]) == 0
    assert main(["check", str(path), str(tmp_path / "absent.ipynb")]) == 1
    assert "absent.ipynb is not a notebook" in capsys.readouterr().err


def test_a_figure_begins_a_slide_unless_the_author_chose():
    cells = [
        new_code_cell("plots.show(f)", outputs=[picture()]),
        new_code_cell("plots.show(f)", outputs=[picture()], metadata={"slideshow": {"slide_type": "skip"}}),
        new_code_cell("x = 1"),
    ]
    types_ = [cell.metadata.slideshow.slide_type for cell in canonical(new_notebook(cells=cells)).cells]
    assert types_ == ["subslide", "skip", "-"]


def test_around_the_exercises_stand_the_cells_that_an_answer_needs_or_changes(monkeypatch):
    notebook = new_notebook(cells=[
        new_code_cell("import numpy as np"),  # 0
        new_code_cell("a = np.ones(3)"),  # 1: needed by the answer
        new_code_cell("b = np.zeros(3)\nprint(b)"),  # 2: a lab's
        new_code_cell("a[0] = 2"),  # 3: changes what is needed
        new_code_cell("@exercises.rate.remember\ndef run():\n    return a"),  # 4
        new_code_cell("run()"),  # 5: told to the exercise
        new_code_cell("answer = None"),  # 6
        new_code_cell("exercises.rate.check(answer)"),  # 7
        new_code_cell("c = b + 1"),  # 8: a lab's
        new_code_cell("print(answer)"),  # 9: uses the answer
        new_code_cell("plots.explore(draw)"),  # 10
        new_markdown_cell("## End"),
    ])
    monkeypatch.setattr(solve, "placed_exercises", lambda _: [Placed("rate", check=7, answer=6)])
    assert sorted(solve.around_the_exercises(notebook)) == [0, 1, 3, 4, 5, 6, 7, 9, 10]
