"""A chunk is not read if it has no mark, or if it does not match its mark."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from storing import CHUNK, SITES, cut, files_of, is_stored, leftovers, opened, outcomes, write

from experiments.api import load
from experiments.config.files import check_writable, place_of
from experiments.errors import InputError
from experiments.storage.chunks import spans
from experiments.storage.read import ArmStore
from experiments.storage.write import ArmWriter

pytestmark = pytest.mark.usefixtures("small_chunks")


@pytest.fixture
def store(tmp_path: Path) -> ArmStore:
    return ArmStore(tmp_path / "results" / "arms" / "stay-0123456789")


# what is read


def test_a_round_trip_keeps_numbers_labels_and_attributes(store: ArmStore) -> None:
    write(store, (0, 3))
    written, read = opened(0, 3), store.open().load()
    xr.testing.assert_identical(read, written)
    assert {name: read[name].dtype for name in read.data_vars} == {name: written[name].dtype for name in written.data_vars}
    assert read["attacks"].attrs == {"long_name": "attacks on sites", "units": "attacks", "worse": 1}
    assert list(read["site"].values) == SITES
    assert leftovers(store.path) == []


def test_any_program_finds_labelled_outcomes_in_it(store: ArmStore) -> None:
    write(store, (0, 3), worlds=3)
    with xr.open_zarr(store.dataset, chunks=None, consolidated=False) as data:
        stacked = data["float32_by_day"].sel(float32_by_day_names="attacks")
        assert list(data["world"].values) == [0, 1, 2]
        assert float(stacked.sel(world=2, day=730)) == 202.0
        assert data["float32_by_day"].attrs["variables"]["attacks"]["units"] == "attacks"


def test_a_chunk_is_a_few_files_however_many_outcomes(store: ArmStore) -> None:
    write(store, (0, 4), (1, 4))
    many = outcomes(8, 4).assign({f"attacks_{number}": outcomes(8, 4)["attacks"] for number in range(30)})
    wide = ArmStore(store.path.with_name("wide"))
    with ArmWriter(wide, 4) as writer:
        writer.write_chunk(0, many.assign_coords(world=range(4)))
    assert len(files_of(store, 1)) == len(files_of(wide, 0)) == 4
    assert set(wide.open().data_vars) == set(many.data_vars)


def test_worlds_come_from_all_chunks_in_order(store: ArmStore) -> None:
    write(store, (0, 4), (1, 4), (2, 2))
    is_stored(store, 10)


def test_chunks_may_be_written_in_any_order(store: ArmStore) -> None:
    write(store, (2, 1), (0, 4), (1, 4))
    is_stored(store, 9)


def test_zeros_are_stored_like_anything_else(store: ArmStore) -> None:
    with ArmWriter(store, 4) as writer:
        writer.write_chunk(0, outcomes(0, 4) * 0)
    assert len(files_of(store, 0)) == 4
    xr.testing.assert_identical(store.open().load(), opened(0, 4) * 0)


@pytest.mark.parametrize("worlds", [1, 3, 4, 5, 6])
def test_as_many_worlds_are_opened_as_are_asked_for(store: ArmStore, worlds: int) -> None:
    write(store, (0, 4), (1, 2))
    xr.testing.assert_identical(store.open(worlds).load(), opened(0, worlds))


def test_more_worlds_than_there_are_are_refused(store: ArmStore) -> None:
    write(store, (0, 4), (1, 2))
    with pytest.raises(InputError, match=r"holds 6 finished worlds, but 7 must be there: run the arm again"):
        store.open(7)


def test_an_arm_without_a_finished_world_is_refused(store: ArmStore) -> None:
    for arm in (store, ArmStore(store.path / "nowhere")):
        with pytest.raises(InputError, match="holds 0 finished worlds, but at least 1 must be there: run the arm again"):
            arm.open()


def test_worlds_behind_a_missing_chunk_are_not_read(store: ArmStore) -> None:
    write(store, (1, 4))
    with pytest.raises(InputError, match="holds 0 finished worlds"):
        store.open()
    assert store.missing(8) == {0: 4}
    assert store.stored() == {1: 4}


def test_what_is_read_is_read_when_it_is_used(store: ArmStore) -> None:
    write(store, (0, 4))
    data = store.open()
    for file in files_of(store, 0):
        if file.parent.name == "float32_by_day":
            file.unlink()
    assert data["attacks_by_site"].notnull().all()
    assert data["attacks"].isnull().all(), "Zarr reads what is not there as NaN: hence the marks"
    with pytest.raises(InputError, match="damaged"):
        store.open()


# what is computed


def test_a_partial_last_chunk_is_computed_again_when_more_is_asked(store: ArmStore) -> None:
    assert store.missing(6) == {0: 4, 1: 2}
    write(store, (0, 4), (1, 2), worlds=6)
    for fewer in (1, 4, 5, 6):
        assert store.missing(fewer) == {}
    assert store.missing(7) == {1: 3}
    assert store.missing(9) == {1: 4, 2: 1}
    write(store, (1, 4), worlds=8)
    is_stored(store, 8)
    write(store, (2, 4), worlds=20)
    is_stored(store, 12)


# what is damaged


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def swap(file: Path) -> None:
    other = file.with_name(file.name.replace("c.1", "c.0", 1))
    (content, others) = file.read_bytes(), other.read_bytes()
    file.write_bytes(others)
    other.write_bytes(content)


def empty(file: Path) -> None:
    file.write_bytes(b"")


HARMS = [cut, flip, empty, Path.unlink]


def harmed(files: list[Path], harm: Callable[[Path], None]) -> Iterator[Path]:
    """Harm one file after the other, and mend it."""
    for file in files:
        content = file.read_bytes()
        harm(file)
        yield file
        file.write_bytes(content)


@pytest.mark.parametrize("harm", HARMS)
def test_a_damaged_file_is_never_read(store: ArmStore, harm: Callable[[Path], None]) -> None:
    write(store, (0, 4), (1, 4), (2, 4))
    for _ in harmed(files_of(store, 1), harm):
        assert store.missing(12) == store.missing(8) == {1: 4}
        assert store.missing(4) == {}
        assert store.damaged(12) == [1]
        said = r"holds 4 finished worlds, but 12 must be there \(the files of worlds 4 to 7 are damaged\)"
        with pytest.raises(InputError, match=said):
            store.open(12)
        with pytest.warns(UserWarning, match="only the first 4 worlds .* worlds 4 to 7 are damaged"):
            xr.testing.assert_identical(load(store.path).load(), opened(0, 4))
    is_stored(store, 12)


def test_a_damaged_chunk_is_written_again(store: ArmStore) -> None:
    write(store, (0, 4), (1, 4), (2, 4))
    for file, harm in zip(files_of(store, 1), HARMS, strict=True):
        harm(file)
    write(store, (1, 4))
    is_stored(store, 12)


def test_swapped_files_are_noticed(store: ArmStore) -> None:
    write(store, (0, 4), (1, 4), (2, 4))
    for file in files_of(store, 1):
        swap(file)
        same = "int8" in str(file)  # the forms of both chunks are the same, and so are their files
        assert store.missing(12) == ({} if same else {0: 4, 1: 4})
        swap(file)
    is_stored(store, 12)


def test_a_chunk_without_a_whole_mark_is_not_read(store: ArmStore) -> None:
    write(store, (0, 4), (1, 4), worlds=8)
    path = store.mark_of(1)
    for mark in (None, "", "{", "[]", '{"layout": 2}', '{"layout": 2, "chunk": 1, "worlds": 4, "checksum": 5}'):
        path.unlink() if mark is None else path.write_text(mark, encoding="utf-8")
        assert store.missing(8) == {1: 4}
        with pytest.raises(InputError, match="holds 4 finished worlds"):
            store.open(5)


def test_a_changed_mark_is_not_trusted(store: ArmStore) -> None:
    write(store, (0, 3))
    path = store.mark_of(0)
    path.write_text(path.read_text(encoding="utf-8").replace('"worlds": 3', '"worlds": 4'), encoding="utf-8")
    assert store.missing(3) == {0: 3}


def test_a_mark_of_another_chunk_does_not_fit(store: ArmStore) -> None:
    write(store, (0, 4))
    shutil.copy(store.mark_of(0), store.mark_of(1))
    assert store.missing(8) == {1: 4}


@pytest.mark.parametrize("harm", HARMS)
def test_damaged_labels_and_descriptions_are_noticed(store: ArmStore, harm: Callable[[Path], None]) -> None:
    write(store, (0, 4), (1, 2), worlds=6)
    names = ["site/c.0", "day/c.0", "float32_by_day_names/c.0", "zarr.json"]
    for _ in harmed([store.dataset / name for name in names], harm):
        assert store.missing(6) == {0: 4, 1: 2}
        with pytest.raises(InputError, match="worlds 0 to 3, 4 to 7 are damaged"):
            store.open(6)
    is_stored(store, 6)


def test_damaged_descriptions_are_written_again(store: ArmStore) -> None:
    write(store, (0, 4), (1, 2), worlds=6)
    cut(store.dataset / "zarr.json")
    write(store, (0, 4), (1, 2), worlds=6)
    is_stored(store, 6)


def test_descriptions_beside_the_one_that_counts_do_no_harm(store: ArmStore) -> None:
    write(store, (0, 4))
    (store.dataset / "float32_by_day" / "zarr.json").unlink()
    is_stored(store, 4)


def test_spans_are_worlds() -> None:
    assert spans([0, 3]) == "0 to 3, 12 to 15"


# what is of somebody else


def test_another_version_is_neither_read_nor_changed(store: ArmStore) -> None:
    write(store, (0, 4))
    for text in ('{"chunk": 0, "worlds": 4}', '{"layout": 3, "worlds": 4}'):
        store.mark_of(0).write_text(text, encoding="utf-8")
        before = {path: path.read_bytes() for path in store.path.rglob("*") if path.is_file()}
        for use in (store.open, lambda: store.missing(4), lambda: store.check_key("0123456789"), lambda: load(store.path)):
            with pytest.raises(InputError, match="written by another version of knockon"):
                use()
        assert {path: path.read_bytes() for path in store.path.rglob("*") if path.is_file()} == before


def test_a_folder_of_another_config_is_refused(store: ArmStore) -> None:
    store.check_key("0123456789")
    write(store, (0, 4))
    store.check_key("0123456789")
    with pytest.raises(InputError, match=r"holds the results of another config \(key 0123456789\)"):
        store.check_key("9876543210")


def test_the_manifest_tells_of_another_config_too(store: ArmStore) -> None:
    with ArmWriter(store, 4) as writer:
        writer.write_manifest({"key": "9876543210"})
    with pytest.raises(InputError, match=r"holds the results of another config \(key 9876543210\)"):
        store.check_key("0123456789")


def test_a_corrupt_manifest_hides_no_results(store: ArmStore) -> None:
    write(store, (0, 4))
    for content in (b"", b"{", b"[]", b"\0", b"\xff"):
        (store.path / "manifest.json").write_bytes(content)
        assert store.manifest() is None
        store.check_key("0123456789")
    is_stored(store, 4)


def test_a_manifest_is_read_as_it_was_written(store: ArmStore) -> None:
    with ArmWriter(store, 4) as writer:
        writer.write_manifest({"seed": 1, "runs": [{"worlds": 4}]})
    assert store.manifest() == {"seed": 1, "runs": [{"worlds": 4}]}
    assert json.loads((store.path / "manifest.json").read_text(encoding="utf-8"))["seed"] == 1


# where nothing can be written


def test_a_results_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for results in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(InputError, match="file is a file, not a folder"):
            check_writable(results)
    with pytest.raises(InputError, match="cannot be written"), ArmWriter(ArmStore(tmp_path / "file" / "arms" / "stay-0"), 1):
        pass


def test_a_results_folder_that_refuses_files_is_refused() -> None:
    with pytest.raises(InputError, match="results=/proc/knockon: the folder cannot be written"):
        check_writable(Path("/proc/knockon"))


def test_the_check_leaves_nothing(tmp_path: Path) -> None:
    check_writable(tmp_path / "one" / "two")
    assert list(tmp_path.iterdir()) == []


def test_results_that_are_a_link_to_nothing_are_refused(tmp_path: Path) -> None:
    (tmp_path / "results").symlink_to(tmp_path / "unplugged")
    with pytest.raises(InputError, match="results is a link to .*unplugged, which does not exist"):
        check_writable(tmp_path / "results")
    assert not (tmp_path / "unplugged").exists()


def test_the_home_of_somebody_unknown_is_refused() -> None:
    with pytest.raises(InputError, match="~nobody_at_all/results: this home folder is unknown"):
        place_of("~nobody_at_all/results")


@pytest.mark.parametrize("part", [slice(None), slice(1, 6), slice(5, 6)])
def test_what_is_opened_can_be_written_elsewhere_also_a_part(store: ArmStore, tmp_path: Path, part: slice) -> None:
    write(store, (0, CHUNK), (1, CHUNK))
    data = store.open().isel(world=part)
    data.to_zarr(tmp_path / "elsewhere.zarr", consolidated=False)
    data.to_netcdf(tmp_path / "elsewhere.nc")
    for written in (
        xr.open_zarr(tmp_path / "elsewhere.zarr", consolidated=False, chunks=None),
        xr.open_dataset(tmp_path / "elsewhere.nc"),
    ):
        for name in data.data_vars:
            np.testing.assert_array_equal(written[name].values, data[name].values)
        assert written["form_strikes"].attrs["forms"] == "deter, provoke"
        assert written.attrs["seed"] == 20200930
