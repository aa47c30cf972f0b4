"""Solved copies of notebooks."""

from nbformat import NotebookNode

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
