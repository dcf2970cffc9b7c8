"""Files of results are written whole or not at all, and the analyst's umask decides who may read them."""

import os
import stat
from pathlib import Path

import pytest

from experiments.config.files import half_written, write_whole


@pytest.mark.parametrize(("umask", "mode"), [(0o022, "0o644"), (0o002, "0o664"), (0o077, "0o600")])
def test_a_file_has_the_mode_that_the_umask_gives(umask: int, mode: str, tmp_path: Path) -> None:
    before = os.umask(umask)
    try:
        write_whole(tmp_path / "file", "text")
    finally:
        os.umask(before)
    assert oct(stat.S_IMODE((tmp_path / "file").stat().st_mode)) == mode


def test_processes_with_one_number_on_two_machines_write_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, write = tmp_path / "file", Path.write_bytes

    def meanwhile(path: Path, content: bytes) -> int:
        written = write(path, content)
        assert path in half_written(tmp_path)
        if content == b"slow":  # the other begins and ends before this one moves its file into place
            write_whole(file, b"fast")
            assert file.read_bytes() == b"fast"
        return written

    monkeypatch.setattr(Path, "write_bytes", meanwhile)
    write_whole(file, b"slow")
    assert list(tmp_path.iterdir()) == [file]
    assert file.read_bytes() == b"slow"


def test_what_cannot_be_written_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_whole(tmp_path / "file", "before")

    def full(path: Path, content: bytes) -> int:
        path.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(tmp_path / "file", "after")
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]
    assert (tmp_path / "file").read_text(encoding="utf-8") == "before"
