"""Compiled rules are read only from files that nobody else can write, and are compiled anew if a file is damaged.

The model also works without these files.
"""

import ctypes
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import platformdirs
import pytest

from sim import compiled as rules
from sim.agents.patron import restraint_after
from sim.cache import cache_folder, folder_for
from sim.rule import Rule
from sim.tape import INPUTS, address

SIGMA_OF_1 = 0.7310585786300049


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the cache of the user and the folder for temporary files be empty ones."""
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda name: tmp_path / "home" / name)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return tmp_path / "home" / "knockon"


def test_what_is_made_is_for_this_user_alone(home: Path) -> None:
    folder, others = folder_for("x")
    assert (folder, others) == (home / "rules" / "x", [])
    assert [oct(path.stat().st_mode & 0o777) for path in (home, home / "rules", home / "rules" / "x")] == ["0o700"] * 3
    assert folder_for("x") == (folder, [])


def _shared(path: Path) -> None:
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o775)


def _link(path: Path) -> None:
    other = path.parent.parent / "planted"
    other.mkdir(parents=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(other, target_is_directory=True)


@pytest.mark.parametrize("below", ["", "rules", "rules/x"])
@pytest.mark.parametrize(("harm", "said"), [(_shared, "can be written by others"), (_link, "is no folder")])
def test_a_folder_that_others_may_have_filled_is_not_used(
    home: Path, harm: Callable[[Path], None], said: str, below: str
) -> None:
    harm(home / below)
    folder, others = folder_for("x")
    assert folder is not None
    assert folder.is_relative_to(tempfile.gettempdir())
    assert len(others) == 1
    assert said in others[0]


def test_a_folder_of_somebody_else_is_not_used(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder_for("x")
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    folder, others = folder_for("x")
    assert folder is None
    assert "belongs to another user" in others[0]


def test_a_parent_that_all_can_write_is_not_used(home: Path) -> None:
    home.parent.mkdir()
    home.parent.chmod(0o777)
    folder, others = folder_for("x")
    assert folder != home / "rules" / "x"
    assert "can be written by others" in others[0]


def test_who_has_no_home_gets_no_folder_of_that_name(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda name: Path("~/.cache") / name)
    folder, others = folder_for("x")
    assert folder is not None
    assert others == ["there is no home folder"]
    assert not Path("~").exists()


@pytest.fixture
def fresh(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], float]:
    """Ask a rule as a new process would: what was compiled is forgotten, and what is on the disk read again."""
    monkeypatch.setattr(rules, "cache_folder", lambda: folder_for("x"))

    def ask() -> float:
        out = np.empty((1, 3))
        again = Rule(restraint_after.function)
        again(0.5, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.5, 0.0, out=out)
        return float(out[0, 0])

    return ask


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _noise(file: Path) -> None:
    file.write_bytes(bytes(range(256)) * 8)


def _flipped(file: Path) -> None:
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 1
    file.write_bytes(whole)


@pytest.mark.parametrize("harm", [_cut, _empty, _noise, _flipped])
def test_a_damaged_file_is_compiled_anew(fresh: Callable[[], float], home: Path, harm: Callable[[Path], None]) -> None:
    assert fresh() == pytest.approx(SIGMA_OF_1, abs=1e-12)
    (damaged,) = home.rglob("*.o")
    whole = damaged.read_bytes()
    harm(damaged)
    assert fresh() == pytest.approx(SIGMA_OF_1, abs=1e-12)
    assert len(damaged.read_bytes()) == pytest.approx(len(whole), rel=0.1)  # mended for the next


def test_what_is_kept_is_not_compiled_again(fresh: Callable[[], float], home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = fresh()
    (kept,) = home.rglob("*.o")
    whole = kept.read_bytes()
    monkeypatch.setattr(rules, "_compiled", lambda *_: pytest.fail("it was compiled"))
    assert fresh() == first
    assert kept.read_bytes() == whole


def test_what_was_compiled_for_another_processor_is_not_used(
    fresh: Callable[[], float], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh()
    (kept,) = home.rglob("*.o")
    whole = kept.read_bytes()
    monkeypatch.setattr(rules, "_processor", lambda: "another")
    assert fresh() == pytest.approx(SIGMA_OF_1, abs=1e-12)
    assert len(list(home.rglob("*.o"))) == 2
    assert kept.read_bytes() == whole


def test_functions_of_one_name_stay_apart() -> None:
    """Two processes may have given one name to what they compiled, and kept both."""
    sources = [f"def loop(words, numbers):\n    numbers[0] = {number}.0\n" for number in (1, 2)]
    codes = [rules._compiled(source, {}, INPUTS).partition(b"\n") for source in sources]
    (first, _, _), (second, _, code) = codes
    assert first != second
    assert len(first) == len(second)
    renamed = code.replace(second, first)
    found, spare = np.zeros(1), np.zeros(1)
    for number, whole in enumerate((b"\n".join([first, codes[0][2]]), b"\n".join([first, renamed])), start=1):
        function = ctypes.CFUNCTYPE(ctypes.c_int32, *[ctypes.c_void_p] * 4)(rules._loaded(whole))
        assert function(address(spare), address(spare), address(found), address(found)) == 0
        assert found[0] == number


def test_code_that_calls_numba_is_not_kept() -> None:
    """A process without numba would end at once where it looks for such a function."""
    plain, of_numba = (
        rules._compiled(f"def loop(words, numbers):\n    numbers[0] = {value}\n", {"frexp": math.frexp}, INPUTS)
        for value in ("numbers[1] + 1.0", "frexp(numbers[1])[0]")
    )
    assert rules._OF_NUMBA.search(of_numba)
    assert not rules._OF_NUMBA.search(plain)


def test_a_full_disk_is_done_without(fresh: Callable[[], float], home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert fresh() == pytest.approx(SIGMA_OF_1, abs=1e-12)
    assert [file for file in home.rglob("*") if file.is_file()] == []


def test_a_rule_needs_no_disk(monkeypatch: pytest.MonkeyPatch, fresh: Callable[[], float], home: Path) -> None:
    monkeypatch.setattr(rules, "cache_folder", lambda: (None, []))
    assert fresh() == pytest.approx(SIGMA_OF_1, abs=1e-12)
    assert not home.exists()


def test_the_folder_in_use_is_the_users() -> None:
    folder, _ = cache_folder()
    assert folder is None or folder.stat().st_uid == os.getuid()


def test_importing_the_model_leaves_nothing(tmp_path: Path) -> None:
    passed = {name: os.environ[name] for name in ("PATH", "PYTHONPYCACHEPREFIX") if name in os.environ}
    environment = {**passed, "TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", "import sim.model"], cwd=tmp_path, env=environment, check=True)
    assert list(tmp_path.iterdir()) == []
