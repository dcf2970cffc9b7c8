"""The notebook of the first hour runs from top to bottom; called as a program, this writes it with its outputs anew."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

NOTEBOOK = Path(__file__).parents[2] / "experiments" / "first_hour.ipynb"
LONGEST_SECONDS = 900
"""For a cell, on a machine that is busy and has still to compile the rules."""


def executed() -> NotebookNode:
    """Run the notebook in a fresh kernel, and leave out progress and notes, which go to standard error."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=LONGEST_SECONDS, record_timing=False).execute()
    for cell in code(notebook):
        cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
    return notebook


def code(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the cells that are code."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.promised
@pytest.mark.slow
def test_it_runs_and_shows_what_the_stored_one_shows() -> None:
    fresh, stored = code(executed()), code(nbformat.read(NOTEBOOK, as_version=4))
    shown = [[output.output_type for output in cell.outputs] for cell in fresh]
    assert shown == [[output.output_type for output in cell.outputs] for cell in stored]
    assert sum("image/png" in output.get("data", {}) for cell in fresh for output in cell.outputs) == 2


def test_the_stored_one_was_executed_in_order_without_errors_and_names_no_machine() -> None:
    cells = code(nbformat.read(NOTEBOOK, as_version=4))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert not [output for cell in cells for output in cell.outputs if output.output_type == "error"]
    assert all(cell.outputs for cell in cells[1:])
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert not [word for word in ("/home/", "/root/", "/tmp/", "/work/", "/Users/") if word in text]


if __name__ == "__main__":
    nbformat.write(executed(), NOTEBOOK)
