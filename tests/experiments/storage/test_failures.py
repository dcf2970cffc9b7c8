"""The record of a failure names the worlds and the reason, and contains nothing about the machine."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from experiments.storage.failures import BlockFailure, without_paths
from sim.worlds import Worlds


def failure(error: BaseException) -> BlockFailure:
    """Raise an error below some frames and make the failure of it."""
    try:
        raise error
    except type(error) as raised:
        return BlockFailure.of(Worlds(3, 2), raised)


def test_it_says_what_was_raised_where() -> None:
    failed = failure(ValueError("a rate of\n-1"))
    assert failed.worlds == Worlds(3, 2)
    assert failed.summary == "ValueError: a rate of -1"
    assert "raise error" in failed.traceback
    assert 'test_failures.py"' in failed.traceback


def test_it_travels_between_processes() -> None:
    failed = failure(KeyError("attacks"))
    assert pickle.loads(pickle.dumps(failed)) == failed


def test_files_are_named_from_their_package_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", "/homes/jane")
    try:
        np.linalg.inv(np.zeros((2, 2)))
    except np.linalg.LinAlgError as error:
        error.add_note(f"reading /homes/jane/own.csv and {tmp_path / 'results'}")
        failed = BlockFailure.of(Worlds(0, 1), error)
    assert 'File "numpy/linalg/' in failed.traceback
    assert "reading ~/own.csv and results" in failed.traceback
    for folder in (tmp_path, Path(np.__file__).parent.parent, Path(__file__).parent):
        assert str(folder) not in failed.traceback


def test_a_text_without_paths_stays() -> None:
    assert without_paths("10 / 2 is 5, and/or not") == "10 / 2 is 5, and/or not"
