"""The notebooks run from top to bottom; called as a program, this module writes them anew, with their outputs."""

import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

FOLDER = Path(__file__).parents[2] / "experiments"
NOTEBOOKS = {file.stem: file for file in (FOLDER / "first_hour.ipynb", *sorted((FOLDER / "notebooks").glob("*.ipynb")))}
LONGEST_SECONDS = 900
"""For a cell, on a machine that is busy and has still to compile the rules."""
PICTURES = {"first_hour": 2, "exploring": 2}


def executed(file: Path) -> NotebookNode:
    """Run a notebook in a fresh kernel, and leave out progress and notes, which go to standard error."""
    notebook = nbformat.read(file, as_version=4)
    NotebookClient(notebook, timeout=LONGEST_SECONDS, record_timing=False).execute()
    for cell in code(notebook):
        cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
    return notebook


def code(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the cells that are code."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_are_the_five_that_the_readme_names() -> None:
    assert {*NOTEBOOKS} == {"first_hour", "own_scenario_and_policy", "sensitivity_to_decision", "scoring_data", "exploring"}


@pytest.mark.promised
@pytest.mark.slow
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_runs_and_shows_what_the_stored_one_shows(name: str) -> None:
    fresh, stored = code(executed(NOTEBOOKS[name])), code(nbformat.read(NOTEBOOKS[name], as_version=4))
    shown = [[output.output_type for output in cell.outputs] for cell in fresh]
    assert shown == [[output.output_type for output in cell.outputs] for cell in stored]
    assert sum("image/png" in output.get("data", {}) for cell in fresh for output in cell.outputs) == PICTURES.get(name, 0)
    printed = [output["text"] for cell in fresh for output in cell.outputs if output.output_type == "stream"]
    assert not [text for text in printed if text.startswith("knockon: ")], "a refused command prints its one line"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_stored_one_was_executed_in_order_without_errors_and_names_no_machine(name: str) -> None:
    cells = code(nbformat.read(NOTEBOOKS[name], as_version=4))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert not [output for cell in cells for output in cell.outputs if output.output_type == "error"]
    assert all(cell.outputs for cell in cells[1:])
    text = NOTEBOOKS[name].read_text(encoding="utf-8")
    assert not [word for word in ("/home/", "/root/", "/tmp/", "/work/", "/Users/", "Traceback") if word in text]


if __name__ == "__main__":
    for chosen in sys.argv[1:] or NOTEBOOKS:
        nbformat.write(executed(NOTEBOOKS[chosen]), NOTEBOOKS[chosen])
