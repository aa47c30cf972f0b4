"""The tables of claims and of systems: what they say, where they lead, when they are stale."""

import html
import json
import re
from pathlib import Path

import mistune
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers import claims
from helpers.authoring import AuthoringError, __main__ as command
from helpers.authoring.claim_table import (
    REFERENCE,
    SYSTEM_NAMES,
    SYSTEMS,
    System,
    claim_tables,
    escaped,
    placed_claims,
    read_systems,
    stale,
    summary,
    system_faults,
    system_table,
    write_claims,
)
from helpers.authoring.notebook import canonical, read, write

REPOSITORY = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
FIRST, SECOND = "01-input-normalization-and-covariate-shift.ipynb", "03-batch-normalization-from-scratch.ipynb"
LINK = re.compile(r"\]\(([^)\s]+)\)")
IDENTIFIER = re.compile(r"\| \[(L\d+\.\d+)\]\(")  # at the beginning of a row

to_html = mistune.create_markdown(escape=False, plugins=["table"])


def rows(markdown):
    """The tables in Markdown as mistune reads them: for each row, the texts of its cells."""
    page = to_html(markdown)
    cells = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
    return [
        [html.unescape(re.sub(r"<[^>]+>", "", cell)) for cell in cells.findall(row)]
        for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    ]


def headings(path):
    """The cells of a notebook that begin a section, as a link names them."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [f"cell-id={cell['id']}" for cell in cells if "".join(cell["source"]).startswith("## ")]


def leads_nowhere(link, folder):
    name, _, place = link.partition("#")
    if not (folder / name).is_file():
        return True
    return bool(place) and headings(folder / name).count(place) != 1


# A course to try everything on


def measured(*lines):
    printed = new_output("stream", name="stdout", text="".join(f"{line}\n" for line in lines))
    return new_code_cell("claim()", outputs=[printed])


def systems_file(**claims_of):
    """A file of systems in which each has one claim, except those that are given."""
    return "\n".join(
        f'[{name}]\nname = "subject {name}"\nsource = "Lecture 46"\ntaught = ["01"]\n'
        f"claims = {json.dumps(claims_of.get(name, ['L46.1']))}\n"
        for name in SYSTEM_NAMES
    )


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    (tmp_path / "docs").mkdir()
    first = new_notebook(cells=[
        new_markdown_cell("# Inputs"),
        measured("✓ L46.9 holds: said before any section"),
        new_markdown_cell("## Does it help?"),
        new_markdown_cell("text"),
        measured("✓ L46.1 holds: one", "a ≈ 3", "✗ L46.2 does not hold here: p(y|x) costs $5"),
        new_markdown_cell("## Whose λ is it?"),
        measured("✓ L46.3 holds here only when n > 2: three"),
    ])
    second = new_notebook(cells=[
        new_markdown_cell("# Batches"),
        new_markdown_cell("## Lab: by `axes`"),
        measured("✓ L47.1 holds: four [Ioffe & Szegedy 2015, figure 1]"),
    ])
    reference = new_notebook(cells=[
        new_markdown_cell("# Reference"),
        new_markdown_cell("## What holds?\n\n<!-- claims -->\n<!-- /claims -->\n\nafter"),
        new_markdown_cell("<!-- systems -->\ndated\n<!-- /systems -->"),
    ])
    for name, notebook in {FIRST: first, SECOND: second, REFERENCE: reference}.items():
        write(canonical(notebook), folder / name)
    (tmp_path / SYSTEMS).write_text(systems_file(S2=["L46.2", "L46.3", "L47.1"]), encoding="utf-8")
    (tmp_path / "README.md").write_text("before\n<!-- claims -->\n<!-- /claims -->\nafter", encoding="utf-8")
    return tmp_path


def edit(course, name, index, change):
    path = course / "notebooks" / name
    notebook = read(path)
    notebook.cells[index].source = change(notebook.cells[index].source)
    write(notebook, path)


def make(course, name, *lines):
    """Add a cell that makes claims at the end of a notebook."""
    path = course / "notebooks" / name
    notebook = read(path)
    notebook.cells.append(measured(*lines))
    write(canonical(notebook), path)


def table_of(course, index=1):
    return read(course / "notebooks" / REFERENCE).cells[index].source


def test_the_tables_are_written_where_they_have_their_places_and_only_once(course):
    written = write_claims(course)
    assert written == [
        f"{course / 'notebooks' / REFERENCE}: written (added L46.9, L46.1, L46.2, L46.3, L47.1)",
        f"{course / 'README.md'}: written",
    ]
    source = table_of(course)
    assert source.startswith("## What holds?\n\n<!-- claims -->\n\n### 01 Inputs\n\nLecture 46 · 4 claims: 2 hold, 1 ")
    assert source.endswith("|\n\n<!-- /claims -->\n\nafter")
    assert "dated" not in table_of(course, 2)
    readme = (course / "README.md").read_text(encoding="utf-8")
    assert readme.startswith("before\n<!-- claims -->\n\nA claim is ")
    assert readme.endswith("|\n\n<!-- /claims -->\nafter")
    assert write_claims(course) == []
    assert stale(course) == []


def test_a_claim_stands_in_the_table_with_its_verdict_source_and_section(course):
    write_claims(course)
    assert rows(table_of(course)) == [
        ["claim", "statement", "verdict", "section"],
        ["L46.9", "said before any section", "✓ holds", ""],
        ["L46.1", "one", "✓ holds", "Does it help?"],
        ["L46.2", "p(y|x) costs $5", "✗ does not hold here", "Does it help?"],
        ["L46.3", "three", "✓ only when n > 2", "Whose λ is it?"],
        ["claim", "statement", "source", "verdict", "section"],
        ["L47.1", "four", "Ioffe & Szegedy 2015, figure 1", "✓ holds", "Lab: by axes"],
    ]
    assert LINK.findall(table_of(course)) == [
        FIRST,
        f"{FIRST}#cell-id=text-does-it-help",
        f"{FIRST}#cell-id=text-does-it-help",
        f"{FIRST}#cell-id=text-whose-is-it",
        f"{SECOND}#cell-id=text-lab-by-axes",
    ]


def test_a_system_stands_in_the_table_with_its_notebooks_and_the_marks_of_its_claims(course):
    write_claims(course)
    found = rows(table_of(course, 2))
    assert [row[0] for row in found[1:]] == list(SYSTEM_NAMES)
    assert found[1] == ["S1", "subject S1", "Lecture 46", "01", "L46.1 ✓"]
    assert found[2] == ["S2", "subject S2", "Lecture 46", "01", "L46.2 ✗, L46.3 (✓), L47.1 ✓"]
    assert not [link for link in LINK.findall(table_of(course, 2)) if leads_nowhere(link, course / "notebooks")]


def test_the_readme_counts_the_claims_of_each_lecture(course):
    write_claims(course)
    readme = (course / "README.md").read_text(encoding="utf-8")
    assert "5 claims: 3 hold, 1 holds only under a condition, 1 does not hold here. [Notebook 13](notebooks/" in readme
    assert rows(readme)[1:] == [["46", "4", "2", "1", "1"], ["47", "1", "1", "0", "0"], ["all", "5", "3", "1", "1"]]


# When they are stale


def test_a_claim_that_is_missing_from_the_table_is_named(course):
    write_claims(course)
    make(course, SECOND, "✓ L47.2 holds: new")
    assert stale(course) == [
        f"{REFERENCE}: L47.2 is missing from the tables; python -m helpers.authoring claims adds it",
        "README.md: differs from what python -m helpers.authoring claims writes",
    ]
    assert write_claims(course)[0].endswith("written (added L47.2)")
    assert stale(course) == []


def test_a_claim_that_no_notebook_makes_any_more_is_named(course):
    make(course, SECOND, "✓ L47.2 holds: new")
    write_claims(course)
    path = course / "notebooks" / SECOND
    notebook = read(path)
    notebook.cells.pop()
    write(notebook, path)
    assert stale(course)[0].startswith(f"{REFERENCE}: no notebook makes L47.2 any more; ")
    assert write_claims(course)[0].endswith("written (removed L47.2)")


def test_a_verdict_that_has_changed_makes_the_table_stale(course):
    write_claims(course)
    path = course / "notebooks" / SECOND
    text = path.read_text(encoding="utf-8").replace("✓ L47.1 holds", "✗ L47.1 does not hold here")
    path.write_text(text, encoding="utf-8")
    assert stale(course) == [
        f"{name}: differs from what python -m helpers.authoring claims writes" for name in (REFERENCE, "README.md")
    ]


def test_a_heading_that_has_changed_makes_the_table_stale(course):
    write_claims(course)
    edit(course, FIRST, 2, lambda source: "## Does it harm?")
    assert stale(course) == [f"{REFERENCE}: differs from what python -m helpers.authoring claims writes"]


def test_a_table_of_more_claims_than_one_reads_is_told_by_their_number(course):
    make(course, SECOND, *(f"✓ L47.{number} holds: x" for number in range(20, 50)))
    assert write_claims(course)[0].endswith("written (added 35 claims)")


# What is refused


def refused(course, message):
    with pytest.raises(AuthoringError, match=re.escape(message)):
        write_claims(course)
    return True


@pytest.mark.parametrize(
    ("claims_of", "message"),
    [
        ({"S4": []}, "[S4]: no claim checks 'subject S4': add one to claims; its notebooks make 01: L46.9, L46.1"),
        ({"S4": ["L46.1", "L46.988"]}, "[S4]: claims names L46.988, which no notebook makes: remove it, or name what took"),
        ({"S4": ["L46.1", "L47.5"]}, "[S4]: claims names L47.5, which is retired: remove it"),
        ({"S4": ["L46.1", "L46.1"]}, "[S4]: claims names L46.1 2 times: name it once"),
    ],
    ids=["no claim", "no such claim", "a retired claim", "a claim twice"],
)
def test_a_system_that_does_not_fit_the_claims_is_told(course, claims_of, message):
    (course / SYSTEMS).write_text(systems_file(**claims_of), encoding="utf-8")
    assert refused(course, f"docs/systems.toml, {message}")


def test_each_fault_of_the_systems_has_a_line():
    systems = [System("S1", "a", "", ("01", "77"), ("L46.1",)), System("S2", "b", "", (), ())]
    assert system_faults(systems, [], ["01-a"]) == [
        "docs/systems.toml, [S1]: taught names '77', but no notebook has this number",
        "docs/systems.toml, [S1]: claims names L46.1, which no notebook makes: remove it, or name what took its place",
        "docs/systems.toml, [S1]: no claim checks 'a': add one to claims; its notebooks make 01: none; 77: none",
        "docs/systems.toml, [S2]: taught is empty: add the number of the notebook that teaches it",
        "docs/systems.toml, [S2]: no claim checks 'b': add one to claims; its notebooks make ",
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("[S7]", "[S77]"), "the systems are S1 to S26, in order; missing: S7; unknown: S77"),
        (lambda text: text[text.index("[S2]"):] + text[: text.index("[S2]")], "S1 to S26, in order; reorder them"),
        (lambda text: text.replace('taught = ["01"]', 'taught = "01"', 1), "[S1] needs exactly name, source (texts)"),
        (lambda text: text.replace('["L46.1"]', "[46.1]", 1), "[S1] needs exactly name, source (texts), taught"),
        (lambda text: text.replace("name =", "named =", 1), "[S1] needs exactly name, source (texts), taught"),
        (lambda text: text.replace("]\n", "\n", 1), "systems.toml cannot be read"),
    ],
    ids=["another label", "another order", "no list", "no texts", "another entry", "no TOML"],
)
def test_a_file_of_systems_of_another_form_is_refused(course, change, message):
    path = course / SYSTEMS
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    assert refused(course, message)


def test_one_identifier_in_two_notebooks_is_refused(course):
    make(course, SECOND, "✓ L46.1 holds: again")
    assert refused(course, f"claim L46.1 is in {FIRST.removesuffix('.ipynb')} and in {SECOND.removesuffix('.ipynb')}")


@pytest.mark.parametrize(
    "broken",
    ["<!-- claims -->", "<!-- claims --> <!-- /claims -->", "<!-- /claims -->\n<!-- claims -->"],
    ids=["no end", "on one line", "end before begin"],
)
def test_a_missing_place_is_told(course, broken):
    edit(course, REFERENCE, 1, lambda source: f"## What holds?\n\n{broken}")
    assert refused(course, f"{REFERENCE}: needs exactly one place for its table: a line <!-- claims --> and, below")
    edit(course, REFERENCE, 1, lambda source: "## What holds?\n\n<!-- claims -->\n<!-- /claims -->")
    (course / "README.md").write_text(broken, encoding="utf-8")
    assert refused(course, "README.md: needs exactly one place for its table: a line <!-- claims -->")


def test_two_places_and_a_missing_notebook_are_told(course):
    edit(course, REFERENCE, 2, lambda source: f"{source}\n\n{source}")
    assert refused(course, f"{REFERENCE}: needs exactly one place for its table: a line <!-- systems -->")
    (course / "notebooks" / REFERENCE).unlink()
    assert refused(course, f"{REFERENCE} is missing: it needs the marks <!-- claims --> and <!-- systems -->")


def test_the_command_tells_what_it_wrote_and_what_is_to_mend(course, capsys, monkeypatch):
    monkeypatch.setattr(command, "write_claims", lambda: write_claims(course))
    assert command.main(["claims"]) == 0
    assert capsys.readouterr().out.count(": written") == 2
    (course / SYSTEMS).write_text(systems_file(S4=[]), encoding="utf-8")
    assert command.main(["claims"]) == 1
    assert "[S4]: no claim checks 'subject S4'" in capsys.readouterr().err


# What stands in a cell reads as it was printed


@given(st.text("ab1 \\`*_[](){}<>|~&#$^!:;.,'\"-+=/@λ≈✓%", min_size=1))
@example("p(y|x), $5 and $6, a*b*c, __init__, a < b > c, &lt;, ~~x~~, [x](y), \\| \\")
@example("`` a ` b | ``")
@example("`a|b` and `c\\`")
def test_any_sentence_reads_as_it_stands_and_stays_in_its_cell(text):
    (found,) = rows(f"| a | b | c |\n|---|---|---|\n| 1 | {escaped(text)} | 3 |")[1:]
    assert [cell.replace("`", "").strip() for cell in found] == ["1", text.replace("`", "").strip(), "3"]


def test_code_stays_code_and_a_dollar_begins_no_formula():
    assert escaped("the share `weight_decay` of a_b") == "the share `weight_decay` of a\\_b"
    assert "<code>weight_decay</code>" in to_html(escaped("the share `weight_decay` of a_b"))
    assert "$" not in escaped("from $5 to $6")


def test_a_bar_in_a_heading_or_in_its_formula_does_not_end_the_cell(course):
    edit(course, FIRST, 2, lambda source: "## Is $p(y|x)$ or a|b moved?")
    write_claims(course)
    row = next(line for line in table_of(course).splitlines() if "L46.1]" in line)
    assert r"Is $p(y\vert x)$ or a\|b moved?" in row
    assert len(rows(table_of(course))[2]) == 4


# Where a link leads


def test_what_leads_nowhere_is_noticed(course):
    folder = course / "notebooks"
    assert not leads_nowhere(f"{FIRST}#cell-id=text-does-it-help", folder) and not leads_nowhere(FIRST, folder)
    assert leads_nowhere(f"{FIRST}#cell-id=text-text", folder), "a cell, but no heading"
    assert leads_nowhere(f"{FIRST}#cell-id=gone", folder) and leads_nowhere("02-none.ipynb#x", folder)


# The course's own


@pytest.fixture(scope="module")
def placed():
    return placed_claims({path: read(path) for path in NOTEBOOKS})


def test_every_claim_of_the_course_has_a_section_that_exists(placed):
    assert [found.claim for found in placed] == claims.collect(NOTEBOOKS)
    assert [link for link in {found.link for found in placed} if leads_nowhere(link, REPOSITORY / "notebooks")] == []
    assert [found.claim.identifier for found in placed if not found.heading] == []


def test_every_claim_of_the_course_reads_in_its_table_as_it_is_printed(placed):
    table = claim_tables(placed, {path.stem: "T" for path in NOTEBOOKS})
    found = [row for row in rows(table) if row[0] != "claim"]
    assert {len(row) for row in found} <= {4, 5}
    printed = [[text.replace("`", "") for text in (each.claim.identifier, each.claim.sentence)] for each in placed]
    assert [row[:2] for row in found] == printed


def test_the_systems_of_the_course_fit_its_claims(placed):
    """If not: mend docs/systems.toml as it says."""
    stems = [path.stem for path in NOTEBOOKS]
    systems = read_systems(REPOSITORY / SYSTEMS)
    assert system_faults(systems, placed, stems) == []
    links = set(LINK.findall(system_table(systems, placed, stems)))
    assert [link for link in links if leads_nowhere(link, REPOSITORY / "notebooks")] == []


def test_the_courses_tables_are_written():
    """If not: python -m helpers.authoring claims."""
    assert stale(REPOSITORY) == []


def test_every_claim_of_the_course_stands_in_notebook_13_and_is_counted_in_the_readme(placed):
    """If not: python -m helpers.authoring claims."""
    cells = read(REPOSITORY / "notebooks" / REFERENCE).cells
    (source,) = [cell.source for cell in cells if "<!-- claims -->" in cell.source]
    assert IDENTIFIER.findall(source) == [claim.identifier for claim in claims.collect(NOTEBOOKS)]
    assert summary(placed) in (REPOSITORY / "README.md").read_text(encoding="utf-8")
