"""Whatever is damaged of what a comparison left: one line that says which file, or it was not needed; and running again mends."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import yaml
from comparing import comparison
from composing import composed
from conftest import Answer

from experiments.compared import read_comparison
from experiments.ensemble import run_arm
from experiments.setup import Setup
from experiments.store import ArmStore

type Harm = Callable[[bytes], bytes]


def _edited(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Harm:
    def edit(content: bytes) -> bytes:
        Path("edited.csv").write_bytes(content)
        return change(pd.read_csv("edited.csv", dtype=str)).to_csv(index=False).encode()

    return edit


def _said(change: Mapping[str, object]) -> Harm:
    return lambda content: json.dumps({**json.loads(content), **change}).encode()


BYTES: dict[str, Harm] = {
    "cut": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "binary": lambda content: bytes(range(256)) * 4,
    "null": lambda content: b"null\n",
    "number": lambda content: b"7\n",
    "list": lambda content: b"[1, two]\n",
}
LISTS: dict[str, Harm] = {
    "a word for a number": _edited(lambda table: table.assign(worlds="many")),
    "more worlds than there are": _edited(lambda table: table.assign(worlds="999999999999")),
    "no world": _edited(lambda table: table.assign(worlds="0")),
    "no rows": _edited(lambda table: table[:0]),
    "a row less": _edited(lambda table: table[:1]),
    "a column less": _edited(lambda table: table.drop(columns="worlds")),
    "another reference": _edited(lambda table: table.assign(reference="nobody")),
    "another folder": _edited(lambda table: table.assign(folder="../../elsewhere")),
    "a folder of another key": _edited(lambda table: table.assign(folder="stay-9876543210")),
    "labels exchanged": _edited(lambda table: table.assign(arm=list(table["arm"][::-1]), reference="us_pullout")),
}
MANIFESTS: dict[str, Harm] = {
    "runs of a number": _said({"runs": 3}),
    "runs of null": _said({"runs": None}),
    "runs of words": _said({"runs": ["one"]}),
    "worlds of a word": _said({"runs": [{"worlds": "many"}]}),
    "versions of a list": _said({"runs": [{"worlds": 4, "versions": [1]}]}),
    "swept of a number": _said({"swept": 3}),
    "swept of numbers": _said({"swept": [3]}),
}


def _is_said(answer: Answer) -> None:
    assert answer.code in (0, 2)
    assert "Traceback" not in answer.err
    assert len(answer.err.strip().splitlines()) == (1 if answer.code else 0)
    if answer.code:
        assert "again" in answer.err, answer.err


@pytest.mark.parametrize("harm", [*BYTES, *LISTS])
def test_a_damaged_list_of_arms_is_one_line(knockon: Callable[..., Answer], harm: str) -> None:
    folder = comparison(Path("results"))
    file = folder / "arms.csv"
    before = file.read_bytes()
    file.write_bytes((BYTES | LISTS)[harm](before))
    answers = [knockon("export"), knockon("package", str(folder))]
    for answer in answers:
        _is_said(answer)
        assert answer.code == 2
        assert "arms" in answer.err
    assert not list(Path().rglob("*.zip"))
    file.write_bytes(before)
    assert [arm.worlds for arm in read_comparison(folder).arms] == [4, 4]


def test_figures_say_it_too(knockon: Callable[..., Answer]) -> None:
    folder = comparison(Path("results"))
    (folder / "arms.csv").write_bytes(LISTS["a word for a number"]((folder / "arms.csv").read_bytes()))
    answer = knockon("figures")
    assert answer.code == 2
    assert (
        f"knockon: {folder}/arms.csv is damaged (worlds='many' is no number of worlds): run the comparison again" in answer.err
    )


@pytest.mark.parametrize(
    ("name", "harm"), [*(("manifest.json", harm) for harm in [*BYTES, *MANIFESTS]), *(("config.yaml", harm) for harm in BYTES)]
)
def test_a_damaged_record_of_an_arm_is_one_line(knockon: Callable[..., Answer], name: str, harm: str) -> None:
    folder = comparison(Path("results"))
    file = folder.parent / "arms" / "stay-0123456789" / name
    file.write_bytes((BYTES | MANIFESTS)[harm](file.read_bytes()))
    _is_said(knockon("export"))
    packed = knockon("package", str(folder))
    _is_said(packed)
    assert packed.code == 2
    assert name in packed.err


@pytest.mark.parametrize("harm", BYTES)
def test_no_damaged_worlds_are_packed_or_exported(knockon: Callable[..., Answer], harm: str) -> None:
    folder = comparison(Path("results"))
    arm = folder.parent / "arms" / "stay-0123456789"
    for file in [*(arm / "outcomes.zarr").rglob("*"), *(arm / "chunks").glob("*")]:
        if not file.is_file() or (file.name == "zarr.json" and file.parent.name != "outcomes.zarr"):
            continue
        whole = file.read_bytes()
        file.write_bytes(BYTES[harm](whole))
        for answer in (knockon("export"), knockon("package", str(folder))):
            _is_said(answer)
            assert answer.code == 2, file
        file.write_bytes(whole)
    assert not list(Path().rglob("*.zip"))
    assert knockon("package", str(folder)).code == 0


@pytest.fixture(scope="module")
def arm() -> Setup:
    return composed("stay", "ensemble.worlds=2", "ensemble.days=15", "ensemble.uncertainty=none")


@pytest.mark.parametrize(
    "name", ["manifest.json", "config.yaml", "holder.json", "chunks/000000.json", "outcomes.zarr/zarr.json"]
)
def test_running_again_mends_what_is_damaged(arm: Setup, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    arm = replace(arm, results=tmp_path / "results")
    store = run_arm(arm)
    config, attacks = store.config(), store.open()["attacks"].values
    for number, harm in enumerate(BYTES.values()):
        file = store.path / name
        file.write_bytes(harm(file.read_bytes() if file.exists() else b""))
        if number % 2:
            (store.path / "chunks" / "12 copied.json").write_text("x")
            (store.path / "failures").mkdir(exist_ok=True)
            (store.path / "failures" / "a-b.yaml").write_text("x")
        run_arm(arm)
        assert store.config() == config
        assert store.manifest() is not None
        assert (ArmStore(store.path).open()["attacks"].values == attacks).all()
    assert "Traceback" not in capsys.readouterr().err
    assert config == yaml.safe_load(yaml.safe_dump(dict(arm.resolved)))
