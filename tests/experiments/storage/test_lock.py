"""One process at a time; who waits says for whom, and the dead are not waited for."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments.storage.write import only_writer

HOLD = """
import sys, time
from pathlib import Path
from experiments.storage.write import only_writer
with only_writer(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def holders() -> Iterator[list[subprocess.Popen[str]]]:
    """Collect the processes of a test and end them after it."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.communicate()


def hold(folder: Path, seconds: float, holders: list[subprocess.Popen[str]]) -> subprocess.Popen[str]:
    """Let another process hold the lock of a folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder), str(seconds)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    holders.append(process)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
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
    tmp_path: Path, holders: list[subprocess.Popen[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    other = hold(tmp_path, 1.0, holders)
    with only_writer(tmp_path):
        assert other.wait(5) == 0
    said = capsys.readouterr().err
    assert said.startswith(f"knockon: waiting for process {other.pid} on ")
    assert said.count("\n") == 1
    assert "which writes" in said


def test_the_lock_of_a_killed_process_is_taken_over(
    tmp_path: Path, holders: list[subprocess.Popen[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    other = hold(tmp_path, 600, holders)
    other.kill()
    other.wait()
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
    tmp_path: Path, holders: list[subprocess.Popen[str]], capsys: pytest.CaptureFixture[str], content: str
) -> None:
    hold(tmp_path, 0.3, holders)
    (tmp_path / "holder.json").write_text(content, encoding="utf-8")
    with only_writer(tmp_path):
        pass
    assert "waiting for another process" in capsys.readouterr().err
