"""A result is drawn again if one of its inputs or one of its files has changed, and only then."""

from pathlib import Path

import pytest

from experiments.reports import unchanged
from experiments.reports.unchanged import is_unchanged, note, origin


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "a.csv").write_text("1\n", encoding="utf-8")
    (tmp_path / "page.html").write_text("<p>", encoding="utf-8")
    note(tmp_path, "of this")
    return tmp_path


def test_a_result_is_unchanged_while_its_origin_and_files_are(folder: Path) -> None:
    assert is_unchanged(folder, "of this")
    assert not is_unchanged(folder, "of that")
    (folder / "added.txt").write_text("by the analyst", encoding="utf-8")
    assert is_unchanged(folder, "of this")


@pytest.mark.parametrize("harm", ["edited", "removed"])
def test_a_file_that_was_changed_makes_it_another(folder: Path, harm: str) -> None:
    file = folder / "tables" / "a.csv"
    file.write_text("2\n", encoding="utf-8") if harm == "edited" else file.unlink()
    assert not is_unchanged(folder, "of this")


@pytest.mark.parametrize("written", ["", "{", "[]", '{"made_from": "of this"}', '{"made_from": "of this", "files": 3}'])
def test_a_damaged_note_is_none(folder: Path, written: str) -> None:
    (folder / "written.json").write_text(written, encoding="utf-8")
    assert not is_unchanged(folder, "of this")
    assert not is_unchanged(folder / "nowhere", "of this")


def test_the_origin_is_code_configs_libraries_and_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = origin({"worlds": 3})
    assert origin({"worlds": 3}) == first
    assert origin({"worlds": 4}) != first
    with monkeypatch.context() as other:
        other.setattr(unchanged, "version", lambda name: "0")
        assert origin({"worlds": 3}) != first
    files = [tmp_path / group / "default.yaml" for group in ("figure", "headlines", "own")]
    for file in files:
        file.parent.mkdir()
        file.write_text("a: 1\n", encoding="utf-8")
    monkeypatch.setattr(unchanged, "conf_folder", lambda: tmp_path)
    monkeypatch.setattr(unchanged, "own_folder", lambda: tmp_path / "own")
    seen = {first, origin({"worlds": 3})}
    for number, file in enumerate(files, 3):  # also where several have one name
        file.write_text("a: 2\n", encoding="utf-8")
        seen.add(origin({"worlds": 3}))
        assert len(seen) == number
