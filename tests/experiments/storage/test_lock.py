"""One process writes at a time; a waiting process names the writer, and nobody waits for a process that has ended."""

import json
import multiprocessing
import os
import time
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from experiments.storage.write import only_writer

pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")


@pytest.fixture
def holders() -> Iterator[list[BaseProcess]]:
    """Collect the processes of a test and end them after it."""
    started: list[BaseProcess] = []
    yield started
    for process in started:
        process.kill()
        process.join()


def _hold(folder: Path, seconds: float, held: Event) -> None:
    with only_writer(folder):
        held.set()
        time.sleep(seconds)


def hold(folder: Path, seconds: float, holders: list[BaseProcess]) -> BaseProcess:
    """Let another process hold the lock of a folder: a fork, since a new one imports for seconds."""
    context = multiprocessing.get_context("fork")
    held = context.Event()
    process = context.Process(target=_hold, args=(folder, seconds, held))
    process.start()
    holders.append(process)
    assert held.wait(20)
    return process


def test_who_writes_is_named_while_it_does(tmp_path: Path) -> None:
    with only_writer(tmp_path):
        said = json.loads((tmp_path / "holder.json").read_text(encoding="utf-8"))
        assert said["process"] == os.getpid()
        assert said["host"]
    assert not (tmp_path / "holder.json").exists()
    with only_writer(tmp_path):
        pass


def test_another_waits_and_says_for_whom(
    tmp_path: Path, holders: list[BaseProcess], capsys: pytest.CaptureFixture[str]
) -> None:
    other = hold(tmp_path, 1.0, holders)
    with only_writer(tmp_path):
        other.join(5)
        assert other.exitcode == 0
    said = capsys.readouterr().err
    assert said.startswith(f"knockon: waiting for process {other.pid} on ")
    assert said.count("\n") == 1
    assert "which is writing" in said


def test_the_lock_of_a_killed_process_is_taken_over(
    tmp_path: Path, holders: list[BaseProcess], capsys: pytest.CaptureFixture[str]
) -> None:
    other = hold(tmp_path, 600, holders)
    other.kill()
    other.join()
    assert (tmp_path / "holder.json").exists(), "it could not clear up"
    began = time.monotonic()
    with only_writer(tmp_path):
        assert json.loads((tmp_path / "holder.json").read_text(encoding="utf-8"))["process"] == os.getpid()
    assert time.monotonic() - began < 5
    assert capsys.readouterr().err == ""


def test_an_error_inside_gives_the_lock_back(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), only_writer(tmp_path):
        _ = 1 / 0
    with only_writer(tmp_path):
        pass


@pytest.mark.parametrize("content", ["", "{}", "[]", "{"])
def test_a_holder_that_cannot_be_read_is_another_process(
    tmp_path: Path, holders: list[BaseProcess], capsys: pytest.CaptureFixture[str], content: str
) -> None:
    hold(tmp_path, 0.3, holders)
    (tmp_path / "holder.json").write_text(content, encoding="utf-8")
    with only_writer(tmp_path):
        pass
    assert "waiting for another process" in capsys.readouterr().err
