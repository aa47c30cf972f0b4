"""The reference, notebook 13: reading list, advice, glossary, conventions and questions agree with the course."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers import claims
from helpers.authoring.levels import sections
from helpers.authoring.notebook import read

REPOSITORY = Path(__file__).resolve().parent.parent
FOLDER = REPOSITORY / "notebooks"
REFERENCE = FOLDER / "13-reference.ipynb"
QUESTIONS = REPOSITORY / "docs" / "questions.toml"

READING, ADVICE, GLOSSARY = "Reading list", "Which normalization, which regularization, when?", "Glossary"
CONVENTIONS = "Conventions: Keras, PyTorch, the papers"

_YEAR = r"(?P<year>(?:19|20)\d\d)\b"
_NAME = r"(?:(?:van|von|de|De) )?[A-ZÀ-ÞŁ][\w'’-]+"
_SEVERAL = re.compile(rf"(?P<names>{_NAME}(?:, {_NAME})*),? (?:and|&) (?P<last>others|{_NAME}),? \(?{_YEAR}")
_ET_AL = re.compile(rf"(?P<names>{_NAME}(?:, {_NAME})*),? et al\.,? \(?{_YEAR}")
_ALONE = re.compile(rf"(?P<names>{_NAME})(?:'s|’s)? \({_YEAR}|(?P<named>{_NAME}) (?P<when>(?:19|20)\d\d)(?=[,)])")
_INITIALS = re.compile(r"\b(?:[A-ZÀ-ÞŁ]\.[ -]?)+(?=[A-ZÀ-ÞŁvd])")
_ARXIV = re.compile(r"(?:arXiv:|arxiv\.org/(?:abs|pdf)/)(\d{4}\.\d{4,5}|[a-z-]+/\d{7})")
_LINK = re.compile(r"\]\(([^()\s]+?\.ipynb)(?:#([^()\s]*(?:\([^()\s]*\)[^()\s]*)*))?\)")
_IDENTIFIER = re.compile(r"L\d+\.\d+")
_NO_AUTHORS = {"In", "Since", "Until", "Lecture", "Python", "Keras", "TensorFlow", "January", "August", "November", "December"}


# ---- What is cited ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Work:
    """Something cited or listed: surnames in order, `more` for "et al.", the year. `text` is the line of a list."""

    names: tuple[str, ...]
    more: bool
    year: str
    text: str = ""

    def cites(self, other: "Work") -> bool:
        """Whether this citation can mean that entry: same year, same first authors, as many as it names."""
        if self.year != other.year or len(self.names) > len(other.names):
            return False
        same = other.names[: len(self.names)] == self.names
        if self.more:
            return same and (other.more or len(other.names) > max(2, len(self.names)))
        if len(self.names) == 1:  # "Rico Sennrich (2019)", "Prechelt (1998)"
            return self.names[0] in other.names
        return same and len(self.names) == len(other.names) and not other.more

    def __str__(self) -> str:
        return f"{' & '.join(self.names)}{' et al.' if self.more else ''} {self.year}"


def cited(text: str) -> list[Work]:
    """The works that a text cites, as "Name & Name 2015", "A, B and C (2015)", "Name et al. 2015" or "Name (2015)"."""
    text = _INITIALS.sub("", " ".join(text.split()))
    found, taken = [], []
    for pattern in (_SEVERAL, _ET_AL, _ALONE):
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            groups = match.groupdict()
            last = groups.get("last")
            names = re.sub(r"['’]s$", "", groups["names"] or groups["named"]).split(", ")
            names += [last] if last not in (None, "others") else []
            if names[0] not in _NO_AUTHORS:
                more = pattern is _ET_AL or last == "others"
                found.append(Work(tuple(names), more, groups["year"] or groups["when"]))
                taken.append(match.span())
    return found


def reading_list(text: str) -> list[Work]:
    """The entries of a reading list: the lines that begin with "- ", each with its authors and year first.

    Raises:
        ValueError: If a line begins without authors and a year.
    """
    entries = []
    for line in text.splitlines():
        if line.startswith("- "):
            head, year, _ = line[2:].partition(")")
            works = cited(head + year)
            if not works:
                raise ValueError(f"the reading list has a line without authors and (year): {line}")
            entries.append(Work(works[0].names, works[0].more, works[0].year, line))
    return entries


def unlisted(text: str, entries: Iterable[Work]) -> list[str]:
    """What a text cites and the list does not have, or has twice."""
    entries = list(entries)
    faults = []
    for number in sorted(set(_ARXIV.findall(text))):
        count = sum(number in _ARXIV.findall(entry.text) for entry in entries)
        if count != 1:
            faults.append(f"arXiv:{number} is {count} times in the reading list, not once")
    for work in dict.fromkeys(cited(text)):
        if not any(work.cites(entry) for entry in entries):
            faults.append(f"{work} is not in the reading list")
    return faults


def users(entry: Work, texts: Mapping[str, tuple[list[str], list[Work]]]) -> set[str]:
    """The texts that cite an entry, by its arXiv number or by its authors and year.

    `texts` is name -> the arXiv numbers and the works in it.
    """
    own = set(_ARXIV.findall(entry.text))
    return {
        name
        for name, (numbers, works) in texts.items()
        if own & set(numbers) or any(means(work, entry, works) for work in works)
    }


def means(work: Work, entry: Work, works: Iterable[Work]) -> bool:
    """Whether a citation is of that entry: "LeCun et al. 1998" is of the one whose authors the same text names in full."""
    full = [other for other in works if not other.more and work.cites(other)] if work.more else []
    return work.cites(entry) and (not full or any(other.cites(entry) for other in full))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("as Ioffe & Szegedy 2015, figure 1, say", "Ioffe & Szegedy 2015"),
        ("Y. LeCun, L. Bottou, G. Orr and K.-R. Müller (1998), *BackProp*", "LeCun & Bottou & Orr & Müller 1998"),
        ("Ba, Kiros and Hinton, 2016", "Ba & Kiros & Hinton 2016"),
        ("He et al. (2015) derived", "He et al. 2015"),
        ("I. Daubechies, M. Defrise and C. De Mol (2004)", "Daubechies & Defrise & De Mol 2004"),
        ("(Belkin and others 2019 found it)", "Belkin et al. 2019"),
        ("(van Laarhoven 2017, who shows)", "van Laarhoven 2017"),
        ("Prechelt's (1998), with other numbers", "Prechelt 1998"),
        ("A. Ali, J. Z. Kolter and R. Tibshirani (2019)", "Ali & Kolter & Tibshirani 2019"),
        ("Biao Zhang and Rico Sennrich (2019) left", "Sennrich 2019"),
    ],
)
def test_a_citation_is_read(text, names):
    assert [str(work) for work in cited(text)] == [names]


@pytest.mark.parametrize("text", ["In 2015 Sergey Ioffe", "In (2015)", "a rate of 2000, or 1998 steps"])
def test_other_numbers_are_no_citations(text):
    assert cited(text) == []


LIST = """### Batch
- S. Ioffe and C. Szegedy (2015), *Batch Normalization*, arXiv:1502.03167. Notebook [03](03-x.ipynb).
- B. Zhang and R. Sennrich (2019), *RMS*, arXiv:1910.07467.
- H. Zhang, Y. Dauphin and T. Ma (2019), *Fixup*, arXiv:1901.09321.
- L. Prechelt (1998), *Early Stopping: But When?*"""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Ioffe & Szegedy 2015, arXiv:1502.03167; Zhang and Sennrich (2019), Zhang et al. 2019, Prechelt (1998)", None),
        ("Ioffe & Szegedy 2016", "Ioffe & Szegedy 2016 is not in"),
        ("Szegedy & Ioffe 2015", "Szegedy & Ioffe 2015 is not in"),
        ("Ioffe et al. 2015", "Ioffe et al. 2015 is not in"),
        ("see arXiv:1607.06450", "arXiv:1607.06450 is 0 times"),
    ],
)
def test_what_is_cited_must_be_listed(text, fault):
    faults = unlisted(text, reading_list(LIST))
    assert faults == [] if fault is None else len(faults) == 1 and faults[0].startswith(fault)


def test_a_work_listed_twice_is_told():
    twice = LIST + "\n- S. Ioffe and C. Szegedy (2015), *Again*, arXiv:1502.03167."
    assert unlisted("arXiv:1502.03167", reading_list(twice)) == [
        "arXiv:1502.03167 is 2 times in the reading list, not once"
    ]


def test_who_cites_an_entry_is_found_by_number_or_by_authors():
    texts = {"a": ([], cited("Ioffe & Szegedy 2015")), "b": (["1502.03167"], []), "c": ([], cited("Zhang et al. 2019"))}
    batch, rms, fixup, _ = reading_list(LIST)
    assert [users(entry, texts) for entry in (batch, rms, fixup)] == [{"a", "b"}, set(), {"c"}]


def test_et_al_means_the_work_that_the_text_names_in_full():
    digits, inputs = reading_list(
        "- Y. LeCun, L. Bottou, Y. Bengio and P. Haffner (1998), *Documents*.\n"
        "- Y. LeCun, L. Bottou, G. Orr and K.-R. Müller (1998), *BackProp*."
    )
    short, full = "LeCun et al. 1998", "Y. LeCun, L. Bottou, G. Orr and K.-R. Müller (1998)"
    texts = {"short": ([], cited(short)), "both": ([], cited(f"{short}. {full}"))}
    assert users(digits, texts) == {"short"}
    assert users(inputs, texts) == {"short", "both"}


def test_a_line_without_authors_is_told():
    with pytest.raises(ValueError, match="without authors"):
        reading_list("- *A title without anybody.*")


# ---- Advice and glossary ------------------------------------------------------------------------


def advice_lines(text: str) -> list[str]:
    """The lines of advice: list items, and rows of tables without their headings."""
    lines = text.splitlines()
    rule = re.compile(r"\|(?: ?:?-+:? ?\|)+")
    heads = {i - 1 for i, line in enumerate(lines) if rule.fullmatch(line.strip())}
    return [
        line
        for i, line in enumerate(lines)
        if line.startswith(("- ", "| ")) and i not in heads and not rule.fullmatch(line.strip())
    ]


def unsupported(text: str, made: Mapping[str, str]) -> list[str]:
    """Lines of advice without evidence, and evidence that is none; `made` is identifier -> notebook of each claim."""
    faults = []
    for line in advice_lines(text):
        linked = re.findall(r"\[`(L\d+\.\d+)`\]\(([^()#\s]+)\.ipynb(?:#\S*)?\)", line)
        for identifier in sorted(set(_IDENTIFIER.findall(line)) - {name for name, _ in linked}):
            faults.append(f"{identifier} is not a link [`{identifier}`](NOTEBOOK.ipynb): {line}")
        for identifier, notebook in linked:
            if identifier not in made:
                faults.append(f"{identifier} is a claim that no notebook makes: {line}")
            elif made[identifier] != notebook:
                faults.append(f"{identifier} is made in {made[identifier]}, not in {notebook}: {line}")
        if not linked and "folklore" not in line:
            faults.append(f"neither evidence nor the word folklore: {line}")
    return faults


MADE = {"L49.12": "06-layers", "L50.1": "07-fits"}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("- Use IN. [`L49.12`](06-layers.ipynb)", None),
        ("- Use IN. [`L49.12`](06-layers.ipynb#Who-depends-on-whom?)", None),
        ("- It is said to help: **folklore**.", None),
        ("| small batches | GN | [`L49.12`](06-layers.ipynb) |", None),
        ("Prose between the lists needs none.", None),
        ("- Use IN.", "neither evidence"),
        ("| small batches | GN | |", "neither evidence"),
        ("- Use IN. [`L49.13`](06-layers.ipynb)", "L49.13 is a claim that no notebook makes"),
        ("- Use IN. [`L49.12`](07-fits.ipynb)", "L49.12 is made in 06-layers"),
        ("- Use IN. `L49.12`, **folklore**", "L49.12 is not a link"),
    ],
)
def test_a_line_of_advice_needs_evidence(line, fault):
    faults = unsupported(f"| when | what | evidence |\n|---|---|---|\n{line}", MADE)
    assert faults == [] if fault is None else len(faults) == 1 and faults[0].startswith(fault)


def glossary(text: str) -> dict[str, str]:
    """Word -> its line, for the lines `- **word**: …`.

    Raises:
        ValueError: If a list item has another form, or a word comes twice.
    """
    entries = {}
    for line in text.splitlines():
        if line.startswith("- "):
            match = re.match(r"- \*\*([^*]+)\*\*: \S", line)
            if not match:
                raise ValueError(f"a line of the glossary is not '- **word**: …': {line}")
            if match[1] in entries:
                raise ValueError(f"the glossary has {match[1]!r} twice")
            entries[match[1]] = line
    return entries


def astray(text: str, anchors: Mapping[str, Iterable[str]]) -> list[str]:
    """Links to notebooks that are not there, or to headings that they do not have.

    `anchors` is file name -> the anchors of its headings.
    """
    faults = []
    for file, fragment in _LINK.findall(text):
        if file not in anchors:
            faults.append(f"the notebook {file} is not there")
        elif fragment and unquote(fragment) not in anchors[file]:
            faults.append(f"{file} has no heading #{unquote(fragment)}")
    return faults


def unshown(entries: Mapping[str, str], anchors: Mapping[str, Iterable[str]]) -> list[str]:
    """Words of the glossary without a link to a notebook, or with one that leads nowhere."""
    faults = [f"{word}: no link to a notebook" for word, line in entries.items() if not _LINK.search(line)]
    return faults + [f"{word}: {fault}" for word, line in entries.items() for fault in astray(line, anchors)]


ANCHORS = {"06-layers.ipynb": ["Who-depends-on-whom?", "What-is-N-(the-batch)?"]}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("- **axis**: Which one. [06](06-layers.ipynb)", None),
        ("- **axis**: Which one. [06](06-layers.ipynb#Who-depends-on-whom?)", None),
        ("- **axis**: Which one. [06](06-layers.ipynb#What-is-N-(the-batch)?)", None),
        ("- **axis**: Which one. [06](06-layers.ipynb#Who-depends-on-whom%3F)", None),
        ("- **axis**: Which one.", "axis: no link to a notebook"),
        ("- **axis**: Which one. [06](06-gone.ipynb)", "axis: the notebook 06-gone.ipynb is not there"),
        ("- **axis**: Which one. [06](06-layers.ipynb#Who?)", "axis: 06-layers.ipynb has no heading #Who?"),
    ],
)
def test_a_word_of_the_glossary_needs_a_link(line, fault):
    assert unshown(glossary(line), ANCHORS) == ([] if fault is None else [fault])


def test_a_glossary_of_another_form_is_told():
    with pytest.raises(ValueError, match="is not"):
        glossary("- axis: Which one.")
    with pytest.raises(ValueError, match="twice"):
        glossary("- **axis**: One.\n- **axis**: Two.")


# ---- Questions ----------------------------------------------------------------------------------


def anchor(title: str) -> str:
    """The anchor that JupyterLab 4 gives to a heading: its text, blanks as hyphens, without the Markdown around it."""
    title = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title)
    return re.sub(r"[`*]", "", title).strip().replace(" ", "-")


def anchors(notebook: NotebookNode) -> list[str]:
    """What a link may name: a heading, or the id of a cell that begins with one."""
    texts = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    headings = [anchor(title) for cell in texts for title in re.findall(r"(?m)^#{1,6} (.+)$", cell.source)]
    return headings + [f"cell-id={cell.id}" for cell in texts if re.match(r"#{1,6} ", cell.source)]


def answered(notebook: NotebookNode) -> dict[str, list]:
    """`### ` heading -> the cells below it, up to the next `## ` or `### `; the first is the heading's, cut there."""
    parts, current = {}, None
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            if current is not None:
                parts[current].append(cell)
            continue
        for piece in re.split(r"(?m)^(?=###? )", cell.source):
            if piece.startswith("### "):
                current = piece.splitlines()[0][4:].strip()
                parts[current] = [new_markdown_cell(piece.partition("\n")[2])]
            elif piece.startswith("## "):
                current = None
            elif current is not None:
                parts[current].append(new_markdown_cell(piece))
    return parts


def unanswered(questions: Iterable[Mapping], notebook: NotebookNode, anchors: Mapping[str, Iterable[str]]) -> list[str]:
    """What a question lacks in the reference: heading, threads, answer, a cell that runs or a link to a section."""
    parts = answered(notebook)
    faults = []
    for question in questions:
        asks = question["asks"]
        if asks not in parts:
            faults.append(f"no heading '### {asks}'")
            continue
        text = "\n".join(cell.source for cell in parts[asks] if cell.cell_type == "markdown")
        missing = [thread for thread in question["threads"] if not re.search(rf"{re.escape(thread)}(?!\d)", text)]
        faults += [f"'{asks}': the thread {thread} is not named" for thread in missing]
        said = re.sub(r"\[[^\]]*\]\([^)]*\)|`[^`]*`|\S+#\d+", "x", text)
        if not re.search(r"\w+(?:\W+\w+){3,}?[^.!?]*[.!?](?:\s|$)", said):
            faults.append(f"'{asks}': no sentence answers it")
        runs = any(cell.cell_type == "code" and cell.outputs for cell in parts[asks])
        links = [fragment for _, fragment in _LINK.findall(text)]
        if not runs and not any(links):
            faults.append(f"'{asks}': neither a code cell with output nor a link to a section")
        faults += [f"'{asks}': {fault}" for fault in astray(text, anchors)]
    return faults


ASKED = [{"threads": ["keras-team/keras#65", "pytorch/pytorch#7"], "asks": "Why does `fit` differ?"}]


def reference(text, code=True, output=True):
    cells = [new_markdown_cell("## Batch normalization\n\nAll."), new_markdown_cell(text)]
    if code:
        outputs = [new_output("stream", name="stdout", text="✓ so it is\n")] if output else []
        cells.append(new_code_cell("confirm('so it is', True)", outputs=outputs))
    return new_notebook(cells=[*cells, new_markdown_cell("### Another\n\nkeras-team/keras#1 says nothing of it.")])


GOOD = "### Why does `fit` differ?\n\nDropout is on in training only. (keras-team/keras#65, pytorch/pytorch#7)\n"


@pytest.mark.parametrize(
    ("notebook", "fault"),
    [
        (reference(GOOD), None),
        (reference(GOOD + "[06](06-layers.ipynb#Who-depends-on-whom?)", code=False), None),
        (reference(GOOD.replace("fit", "eval")), "no heading"),
        (reference(GOOD.replace("#65", "#650")), "thread keras-team/keras#65 is not named"),
        (reference(GOOD.replace(", pytorch/pytorch#7", "")), "thread pytorch/pytorch#7 is not named"),
        (reference("### Why does `fit` differ?\n\nkeras-team/keras#65, pytorch/pytorch#7"), "no sentence"),
        (reference(GOOD, output=False), "neither a code cell with output nor a link"),
        (reference(GOOD + "[06](06-layers.ipynb)", code=False), "neither a code cell with output nor a link"),
        (reference(GOOD + "[06](06-layers.ipynb#Who?)"), "has no heading #Who?"),
        (reference(GOOD + "[06](06-gone.ipynb)"), "06-gone.ipynb is not there"),
    ],
)
def test_a_question_needs_its_parts(notebook, fault):
    faults = unanswered(ASKED, notebook, ANCHORS)
    assert faults == [] if fault is None else len(faults) == 1 and fault in faults[0]


def test_the_cell_of_the_next_question_does_not_count():
    notebook = reference(GOOD + "\n### Next\n\nNo.")
    assert unanswered(ASKED, notebook, ANCHORS) == [
        "'Why does `fit` differ?': neither a code cell with output nor a link to a section"
    ]


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("Which statistics does a call use?", "Which-statistics-does-a-call-use?"),
        ("`fit` says one thing, `evaluate` another?", "fit-says-one-thing,-evaluate-another?"),
        (r"Is $2/\lambda_{\max}$ really the limit?", r"Is-$2/\lambda_{\max}$-really-the-limit?"),
    ],
)
def test_an_anchor_is_jupyterlabs(title, wanted):
    assert anchor(title) == wanted


# ---- Conventions --------------------------------------------------------------------------------


def unexecuted(notebook: NotebookNode) -> list[str]:
    """What a convention table lacks: a link in each row to a section of its own below it, and an output there."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    rows = [line for line in advice_lines(text) if line.startswith("| ")]
    linked = [re.match(r"\| \[[^\]]+\]\(#([^()\s]+)\) \|", row) for row in rows]
    faults = [f"no link to its section: {row}" for row, link in zip(rows, linked, strict=True) if not link]
    targets = [unquote(link[1]) for link in linked if link]
    parts = {anchor(title): cells for title, cells in answered(notebook).items()}
    faults += [f"#{target} is no section" for target in targets if target not in parts]
    count = {name: targets.count(name) for name in parts}
    faults += [f"#{name} is the section of {times} rows" for name, times in count.items() if times != 1]
    printed = {name for name, cells in parts.items() if any(c.get("outputs") for c in cells if c.cell_type == "code")}
    return faults + [f"#{name} has no cell with an output" for name in parts if name not in printed]


def table_of(row, output=True):
    outputs = [new_output("stream", name="stdout", text="✓ so it is\n")] if output else []
    texts = [f"## Conventions\n\n| row | Keras |\n|---|---|\n{row}", "### A row\n\nText."]
    return new_notebook(cells=[*map(new_markdown_cell, texts), new_code_cell("x", outputs=outputs)])


@pytest.mark.parametrize(
    ("notebook", "fault"),
    [
        (table_of("| [a row](#A-row) | 1 |"), None),
        (table_of("| [a row](#A-row) | 1 |\n| another | 2 |"), "no link to its section: | another"),
        (table_of("| [a row](#A-row) | 1 |\n| [another](#Another) | 2 |"), "#Another is no section"),
        (table_of("| [a row](#A-row) | 1 |\n| [again](#A-row) | 2 |"), "#A-row is the section of 2 rows"),
        (table_of("| [a row](#A-row) | 1 |", output=False), "#A-row has no cell with an output"),
    ],
)
def test_a_row_of_the_conventions_is_executed(notebook, fault):
    faults = unexecuted(notebook)
    assert faults == [] if fault is None else len(faults) == 1 and faults[0].startswith(fault)


# ---- The course ---------------------------------------------------------------------------------


def text_of(notebook: NotebookNode, title: str) -> str:
    """The Markdown of a section."""
    found = next((section for section in sections(notebook) if section.title == title), None)
    assert found, f"{REFERENCE.name} has no section '## {title}'"
    return "\n\n".join(notebook.cells[i].source for i in found.cells if notebook.cells[i].cell_type == "markdown")


@pytest.fixture(scope="module")
def notebook():
    return read(REFERENCE)


@pytest.fixture(scope="module")
def course():
    """File name -> what a notebook says: its Markdown and the sources of its claims."""
    said = {}
    for path in sorted(FOLDER.glob("*.ipynb")):
        if path != REFERENCE:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
            texts += [claim.source for claim in claims.collect([path]) if claim.source]
            said[path.name] = "\n\n".join(texts)
    return said


@pytest.fixture(scope="module")
def all_anchors():
    return {path.name: anchors(read(path)) for path in sorted(FOLDER.glob("*.ipynb"))}


def test_the_reading_list_has_all_that_is_cited(notebook, course):
    entries = reading_list(text_of(notebook, READING))
    library = {str(path.relative_to(REPOSITORY)): path for path in sorted((REPOSITORY / "helpers").rglob("*.py"))}
    library |= {name: REPOSITORY / name for name in ("README.md", "data/README.md")}
    texts = course | {name: path.read_text(encoding="utf-8") for name, path in library.items()}
    assert {name: faults for name, text in texts.items() if (faults := unlisted(text, entries))} == {}


def test_the_reading_list_has_nothing_twice(notebook):
    entries = reading_list(text_of(notebook, READING))
    titles = [re.search(r"\*(.+?)\*", entry.text)[1].casefold() for entry in entries]
    numbers = [number for entry in entries for number in _ARXIV.findall(entry.text)]
    assert len(set(titles)) == len(titles)
    assert len(set(numbers)) == len(numbers)


def test_the_reading_list_says_which_notebooks_use_an_entry(notebook, course, all_anchors):
    texts = {name: (_ARXIV.findall(text), cited(text)) for name, text in course.items()}
    wrong = {}
    for entry in reading_list(text_of(notebook, READING)):
        assert not astray(entry.text, all_anchors)
        named = {file for file, _ in _LINK.findall(entry.text)}
        using = users(entry, texts)
        if named != using:
            wrong[str(entry)] = f"add {sorted(using - named)}, remove {sorted(named - using)}"
    assert wrong == {}


def test_the_advice_has_evidence_or_is_folklore(notebook, all_anchors):
    text = text_of(notebook, ADVICE)
    made = {claim.identifier: claim.notebook for claim in claims.collect(sorted(FOLDER.glob("*.ipynb")))}
    assert len(advice_lines(text)) >= 20
    assert unsupported(text, made) == []
    assert astray(text, all_anchors) == []


def test_the_glossary_leads_to_the_notebooks(notebook, all_anchors):
    entries = glossary(text_of(notebook, GLOSSARY))
    assert 70 <= len(entries) <= 100
    assert unshown(entries, all_anchors) == []
    words = [word.casefold() for word in entries]
    assert words == sorted(words)


def test_each_row_of_the_conventions_is_executed(notebook):
    section = next(section for section in sections(notebook) if section.title == CONVENTIONS)
    part = new_notebook(cells=[notebook.cells[i] for i in section.cells])
    assert len(answered(part)) >= 13
    assert unexecuted(part) == []


def test_each_question_is_answered(notebook, all_anchors):
    questions = tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))["question"]
    assert len({question["asks"] for question in questions}) == len(questions) >= 40
    assert unanswered(questions, notebook, all_anchors) == []
