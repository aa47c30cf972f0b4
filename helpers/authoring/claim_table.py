"""The claims of all notebooks, and the systems of the lectures that they check, as tables where they are read.

The claims are read from the saved outputs of the notebooks, the systems from `docs/systems.toml`. `write_claims` writes

- into the reference notebook, between `<!-- claims -->` and `<!-- /claims -->`, one table per notebook;
- into the reference notebook, between `<!-- systems -->` and `<!-- /systems -->`, the table of the systems;
- into the README, between `<!-- claims -->` and `<!-- /claims -->`, how many claims hold.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from nbformat import NotebookNode

from helpers import claims
from helpers.authoring import AuthoringError
from helpers.authoring.form import RETIRED_CLAIMS
from helpers.authoring.levels import LECTURES, Section, sections
from helpers.authoring.notebook import read, write
from helpers.authoring.plan import REPOSITORY
from helpers.claims import Claim

REFERENCE = "13-reference.ipynb"  # the notebook that holds the tables
SYSTEMS = "docs/systems.toml"
SYSTEM_NAMES = tuple(f"S{number}" for number in range(1, 27))
COMMAND = "python -m helpers.authoring claims"

_LECTURE_OF = {stem: lecture for lecture, notebooks in LECTURES.items() for stem in notebooks}
_LEGEND = "✓ holds · (✓) holds only under a condition · ✗ does not hold here"
_LINKED = re.compile(r"\[(L\d+\.\d+)\]\(")  # an identifier, as the tables show it

_MATH = re.compile(r"\$[^$]+\$")
_CODE = re.compile(r"(?<!`)(`(?! )[^`\\|$]+(?<! )`)(?!`)")
_MEANS_SOMETHING = re.compile(r"[\\`*_\[\]<>|~&#]")  # in Markdown
# Two dollars in a cell would be a formula. JupyterLab 4.6 shows these two as dollars.
_DOLLAR = "<span>&#36;</span>"


@dataclass(frozen=True)
class PlacedClaim:
    """A claim and where it was measured: the section's heading, in Markdown, and a link to it beside the notebooks.

    Before the first section the heading is empty and the link leads to the notebook.
    """

    claim: Claim
    heading: str
    link: str

    @property
    def verdict(self) -> str:
        """As the table shows it, in Markdown."""
        if self.claim.holds and self.claim.only_when:
            return f"✓ only when {escaped(self.claim.only_when)}"
        return f"{'✓' if self.claim.holds else '✗'} {self.claim.verdict}"

    @property
    def mark(self) -> str:
        if not self.claim.holds:
            return "✗"
        return "(✓)" if self.claim.only_when else "✓"

    @property
    def linked(self) -> str:
        return f"[{self.claim.identifier}]({self.link})"


@dataclass(frozen=True)
class System:
    """One subject of the lectures, as `docs/systems.toml` describes it.

    `source` says where the lectures have it, `taught` which notebooks teach it, by number ("03"), and `claims` which
    claims check it, by identifier.
    """

    label: str
    name: str
    source: str
    taught: tuple[str, ...]
    claims: tuple[str, ...]


def write_claims(repository: Path = REPOSITORY) -> list[str]:
    """Write the tables where they have their places; return one line for each file that changed.

    Raises:
        AuthoringError: As `tables`.
    """
    lines = []
    for path, before, after in tables(repository):
        if before == after:
            continue
        if path.suffix == ".ipynb":
            write(after, path)
        else:
            path.write_text(after, encoding="utf-8")
        added, removed = _changed_identifiers(before, after)
        changes = [f"{what} {_listed(found)}" for what, found in (("added", added), ("removed", removed)) if found]
        lines.append(f"{path}: written" + f" ({'; '.join(changes)})" * bool(changes))
    return lines


def stale(repository: Path = REPOSITORY) -> list[str]:
    """What the command would change, a line for each: empty where the tables are up to date.

    Raises:
        AuthoringError: As `tables`.
    """
    lines = []
    for path, before, after in tables(repository):
        added, removed = _changed_identifiers(before, after)
        lines += [f"{path.name}: {name} is missing from the tables; {COMMAND} adds it" for name in added]
        lines += [f"{path.name}: no notebook makes {name} any more; {COMMAND} removes it" for name in removed]
        if before != after and not added and not removed:
            lines.append(f"{path.name}: differs from what {COMMAND} writes")
    return lines


def tables(repository: Path = REPOSITORY) -> list[tuple[Path, NotebookNode | str, NotebookNode | str]]:
    """The reference notebook and the README: path, what stands there, and what should.

    Raises:
        AuthoringError: If a notebook cannot be read, two claims have one identifier, `docs/systems.toml` does not fit
            the claims (the message has one line for each fault), or a file does not have exactly one place for a table.
    """
    paths = sorted((repository / "notebooks").glob("*.ipynb"))
    reference, readme = repository / "notebooks" / REFERENCE, repository / "README.md"
    if reference not in paths:
        raise AuthoringError(f"{reference} is missing: it needs the marks <!-- claims --> and <!-- systems -->")
    notebooks = {path: read(path) for path in paths}
    placed = placed_claims(notebooks)
    systems = read_systems(repository / SYSTEMS)
    if faults := system_faults(systems, placed, [path.stem for path in paths]):
        raise AuthoringError("\n".join(faults))
    after = read(reference)
    _fill(after, "claims", claim_tables(placed, {path.stem: _title(notebook) for path, notebook in notebooks.items()}))
    _fill(after, "systems", system_table(systems, placed, [path.stem for path in paths]))
    text = readme.read_text(encoding="utf-8")
    if _places(text, "claims") != 1:
        raise AuthoringError(f"README.md: {_wanted_marks('claims')}")
    return [(reference, notebooks[reference], after), (readme, text, _filled(text, "claims", summary(placed)))]


def placed_claims(notebooks: Mapping[Path, NotebookNode]) -> list[PlacedClaim]:
    """The claims in the saved outputs of notebooks, in order, each with its section.

    Args:
        notebooks: path -> what was read from there.

    Raises:
        AuthoringError: If two claims have the same identifier.
    """
    try:
        collected = {claim.identifier: claim for claim in claims.collect(notebooks)}
    except ValueError as error:
        raise AuthoringError(str(error)) from error
    found = []
    for path, notebook in notebooks.items():
        section_of = {index: section for section in sections(notebook) for index in section.cells}
        for index, cell in enumerate(notebook.cells):
            section = section_of.get(index)
            heading = section.title if section else ""
            link = section_link(path, notebook, section) if section else path.name
            found += [PlacedClaim(collected[made.identifier], heading, link) for made in _made(cell)]
    return found


def _made(cell: NotebookNode) -> list[Claim]:
    printed = [output.text for output in cell.get("outputs", []) if output.get("name") == "stdout"]
    return [made for text in printed for made in claims.parse(text)]


def section_link(path: Path, notebook: NotebookNode, section: Section) -> str:
    """A link to a section's heading, for a notebook in the same folder.

    It names the heading's cell. JupyterLab 4 takes the words of the heading as well, but it does not find them in a
    notebook that it opens for this link, nor where the heading has a formula or a letter that is not English.
    """
    return f"{path.name}#cell-id={notebook.cells[section.heading].id}"


def escaped(text: str) -> str:
    """Plain text as Markdown for a table's cell: it reads as it stands. Code between backquotes stays code."""
    parts = _CODE.split(text)  # text and code in turn
    parts[::2] = [_MEANS_SOMETHING.sub(r"\\\g<0>", part).replace("$", _DOLLAR) for part in parts[::2]]
    return "".join(parts)


def _in_table(markdown: str) -> str:
    """Markdown, such as a heading, without a bar that would end the table's cell."""
    without = _MATH.sub(lambda formula: formula[0].replace("|", r"\vert "), markdown)
    return re.sub(r"(?<!\\)\|", r"\\|", without)


def claim_tables(placed: Sequence[PlacedClaim], titles: Mapping[str, str]) -> str:
    """One Markdown table per notebook, each under a heading. `titles` holds the notebooks' titles by file stem.

    A table has a column for sources where at least one of its claims names one.
    """
    parts = []
    for stem, group in groupby(placed, lambda found: found.claim.notebook):
        made = list(group)
        lecture = f"Lecture {_LECTURE_OF[stem]} · " if stem in _LECTURE_OF else ""
        columns = ["claim", "statement", "source", "verdict", "section"]
        rows = [
            [
                found.linked,
                escaped(found.claim.sentence),
                escaped(found.claim.source or ""),
                found.verdict,
                _in_table(found.heading),
            ]
            for found in made
        ]
        if not any(found.claim.source for found in made):
            rows, columns = ([row[:2] + row[3:] for row in rows], columns[:2] + columns[3:])
        parts += [f"### {stem[:2]} {titles[stem]}", f"{lecture}{_count(made)}", _table(columns, rows)]
    return "\n\n".join(parts)


def system_table(systems: Iterable[System], placed: Iterable[PlacedClaim], stems: Iterable[str]) -> str:
    """The systems of the lectures: where they are taught, and what checks them, as a Markdown table."""
    by_identifier = {found.claim.identifier: found for found in placed}
    file_of = {stem[:2]: f"{stem}.ipynb" for stem in stems}
    rows = [
        [
            system.label,
            _in_table(system.name),
            escaped(system.source),
            ", ".join(f"[{number}]({file_of[number]})" for number in system.taught),
            ", ".join(f"{found.linked} {found.mark}" for found in map(by_identifier.__getitem__, system.claims)),
        ]
        for system in systems
    ]
    return f"{_LEGEND}\n\n" + _table(["", "system", "in the lectures", "notebook", "checked by"], rows)


def summary(placed: Sequence[PlacedClaim], folder: str = "notebooks/") -> str:
    """How many claims hold, over all and per lecture, in Markdown. The lecture is the one in a claim's identifier."""
    rows = []
    for lecture in sorted({_lecture(found) for found in placed}):
        rows.append([str(lecture), *map(str, _numbers([found for found in placed if _lecture(found) == lecture]))])
    rows.append([f"**{text}**" for text in ["all", *map(str, _numbers(placed))]])
    text = (
        "A claim is a sentence that a notebook tests; the verdict stands below the measurement. "
        f"The notebooks make {_count(placed)}. [Notebook {REFERENCE[:2]}]({folder}{REFERENCE}) lists them all."
    )
    columns = ["lecture", "claims", "hold", "hold only under a condition", "do not hold here"]
    return f"{text}\n\n{_table(columns, rows)}"


def _lecture(found: PlacedClaim) -> int:
    return int(found.claim.identifier[1:].partition(".")[0])


def _numbers(placed: Sequence[PlacedClaim]) -> tuple[int, int, int, int]:
    """All, those that hold, those that hold on a condition, those that do not."""
    marks = Counter(found.mark for found in placed)
    return len(placed), marks["✓"], marks["(✓)"], marks["✗"]


def _count(placed: Sequence[PlacedClaim]) -> str:
    """ "28 claims: 25 hold, 3 do not hold here"."""
    number, hold, on_condition, fail = _numbers(placed)
    parts = [
        f"{hold} {'holds' if hold == 1 else 'hold'}" * bool(hold),
        f"{on_condition} {'holds' if on_condition == 1 else 'hold'} only under a condition" * bool(on_condition),
        f"{fail} {'does' if fail == 1 else 'do'} not hold here" * bool(fail),
    ]
    return f"{number} {'claim' if number == 1 else 'claims'}: {', '.join(filter(None, parts))}"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


# The systems


def read_systems(path: Path) -> list[System]:
    """The systems of the lectures, in order.

    Raises:
        AuthoringError: If the file is missing or is not TOML, a system is missing or unknown, or one does not have
            exactly the entries name, source (texts), taught, claims (lists of texts).
    """
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise AuthoringError(f"{path} cannot be read: {error}") from error
    if tuple(entries) != SYSTEM_NAMES:
        differ = {"missing": set(SYSTEM_NAMES) - set(entries), "unknown": set(entries) - set(SYSTEM_NAMES)}
        told = "; ".join(f"{what}: {', '.join(sorted(names))}" for what, names in differ.items() if names)
        wanted = f"the systems are {SYSTEM_NAMES[0]} to {SYSTEM_NAMES[-1]}, in order"
        raise AuthoringError(f"{path}: {wanted}; {told or 'reorder them'}")
    return [_system(label, entry, path) for label, entry in entries.items()]


def _system(label: str, entry: object, path: Path) -> System:
    wanted = {"name": str, "source": str, "taught": list, "claims": list}
    fits = isinstance(entry, dict) and {name: type(value) for name, value in entry.items()} == wanted
    if not fits or not all(isinstance(text, str) for text in (*entry["taught"], *entry["claims"])):
        raise AuthoringError(f"{path}: [{label}] needs exactly name, source (texts), taught, claims (lists of texts)")
    return System(label, entry["name"], entry["source"], tuple(entry["taught"]), tuple(entry["claims"]))


def system_faults(systems: Iterable[System], placed: Iterable[PlacedClaim], stems: Sequence[str]) -> list[str]:
    """What does not fit together in the systems, the claims and the notebooks (file stems): a line for each fault."""
    made: dict[str, list[str]] = {}
    for found in placed:
        made.setdefault(found.claim.notebook[:2], []).append(found.claim.identifier)
    identifiers = {identifier for several in made.values() for identifier in several}
    numbers = {stem[:2] for stem in stems}
    faults = []
    for system in systems:
        where = f"{SYSTEMS}, [{system.label}]"
        unknown = [number for number in system.taught if number not in numbers]
        faults += [f"{where}: taught names {number!r}, but no notebook has this number" for number in unknown]
        if not system.taught:
            faults.append(f"{where}: taught is empty: add the number of the notebook that teaches it")
        for identifier, times in Counter(system.claims).items():
            if identifier not in identifiers:
                why = "which is retired" if identifier in RETIRED_CLAIMS else "which no notebook makes"
                faults.append(f"{where}: claims names {identifier}, {why}: remove it, or name what took its place")
            elif times > 1:
                faults.append(f"{where}: claims names {identifier} {times} times: name it once")
        if not identifiers & set(system.claims):
            offered = [f"{number}: {', '.join(made.get(number, ['none']))}" for number in system.taught]
            faults.append(
                f"{where}: no claim checks '{system.name}': add one to claims; its notebooks make {'; '.join(offered)}"
            )
    return faults


# Where the tables stand


def _fill(notebook: NotebookNode, name: str, text: str) -> None:
    cells = [cell for cell in notebook.cells if cell.cell_type == "markdown" and f"<!-- {name} -->" in cell.source]
    if sum(_places(cell.source, name) for cell in cells) != 1:
        raise AuthoringError(f"{REFERENCE}: {_wanted_marks(name)}")
    for cell in cells:
        cell.source = _filled(cell.source, name, text)


def _wanted_marks(name: str) -> str:
    return f"needs exactly one place for its table: a line <!-- {name} --> and, below it, a line <!-- /{name} -->"


def _place(name: str) -> re.Pattern:
    return re.compile(rf"(^<!-- {name} -->\n).*?(^<!-- /{name} -->$)", re.DOTALL | re.MULTILINE)


def _places(text: str, name: str) -> int:
    return len(_place(name).findall(text))


def _filled(text: str, name: str, table: str) -> str:
    return _place(name).sub(lambda marks: f"{marks[1]}\n{table}\n\n{marks[2]}", text)


def _changed_identifiers(before: NotebookNode | str, after: NotebookNode | str) -> tuple[list[str], list[str]]:
    """The identifiers that only the second has, and that only the first has."""
    old, new = (dict.fromkeys(_LINKED.findall(_text(content))) for content in (before, after))
    return [name for name in new if name not in old], [name for name in old if name not in new]


def _listed(names: Sequence[str], most: int = 20) -> str:
    return ", ".join(names) if len(names) <= most else f"{len(names)} claims"


def _text(content: NotebookNode | str) -> str:
    return content if isinstance(content, str) else "\n".join(cell.source for cell in content.cells)


def _title(notebook: NotebookNode) -> str:
    return notebook.cells[0].source.splitlines()[0].removeprefix("# ")
