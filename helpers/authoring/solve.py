"""Solved copies of notebooks."""

import ast

from nbformat import NotebookNode

from helpers.authoring.names import bound, read
from helpers.authoring.notebook import canonical, catalogue, code_cells, placed_exercises


def solved(notebook: NotebookNode) -> NotebookNode:
    """A copy whose students' cells hold the solutions, without outputs.

    Raises:
        AuthoringError: If an exercise is misplaced or not in the catalogue.
    """
    notebook = canonical(notebook)
    exercises = catalogue(notebook)
    for placed in placed_exercises(notebook):
        notebook.cells[placed.answer].source = exercises[placed.name].solved_cell()
    for cell in code_cells(notebook):
        cell.outputs, cell.execution_count = [], None
    return notebook


def around_the_exercises(notebook: NotebookNode) -> set[int]:
    """The indices of the code cells that have to do with exercises or sliders: a third of a notebook's, as a rule.

    These are the checks and students' cells, the cells with a slider, those that call a function which an exercise
    watches (under `@exercises.…`), the cells that use what a student's cell binds, and, for all of them, the earlier
    cells that bind a name that they read, or that may change its value in place (a method is called on it, an item or an
    attribute is set). What a function does to its arguments is not seen: compare the outputs with those of the whole
    notebook.

    Raises:
        AuthoringError: If an exercise is misplaced.
    """
    code = [index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    if not code:
        return set()
    source = {index: notebook.cells[index].source for index in code}
    binds = {index: bound(source[index]) for index in code}
    reads = {index: read(source[index]) - binds[code[0]] for index in code}
    changes = {index: binds[index] | (_changed_in_place(source[index]) - binds[code[0]]) for index in code}
    placed = placed_exercises(notebook)
    found = {code[0]} | {index for place in placed for index in (place.answer, place.check)}
    watched = set().union(*(binds[index] for index in code if "@exercises." in source[index]))
    found |= {index for index in code if "plots.explore(" in source[index] or reads[index] & watched}
    answers = set().union(*(binds[place.answer] for place in placed))
    for index in code:
        if index in found or not reads[index] & answers:
            continue
        found.add(index)
        answers |= binds[index]
    waiting = list(found)
    while waiting:
        index = waiting.pop()
        needed = {other for other in code if other < index and changes[other] & reads[index]} - found
        found |= needed
        waiting += needed
    return found


def _changed_in_place(source: str) -> set[str]:
    """Names whose value a cell may change without binding them."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:
        return set()
    changed = [node.func.value for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    changed += [
        node.value for node in nodes
        if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load)
    ]
    names = set()
    for node in changed:
        while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
            node = node.func if isinstance(node, ast.Call) else node.value
        if isinstance(node, ast.Name):
            names.add(node.id)
    return names
