"""If a file of a comparison is damaged, a job names the file in one line, or works without it; a new run repairs it."""

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
from storing import outcomes

from experiments.api import load
from experiments.config.arm import Arm
from experiments.engine.replayed import replay
from experiments.engine.run import run_arm
from experiments.errors import InputError
from experiments.storage.comparison import read_comparison
from experiments.storage.read import ArmStore
from experiments.studies.replay.choice import Choice, Pick
from experiments.studies.replay.report import check_stored

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
    assert list(read_comparison(folder).worlds.values()) == [4, 4]


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
def test_a_damaged_record_of_an_arm_is_one_line(
    knockon: Callable[..., Answer], name: str, harm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.studies.export.study.booktabs", lambda *_: "")  # LaTeX has tests of its own
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


CHUNK_OF_WORLDS = "(a chunk)"


def _file(store: ArmStore, name: str) -> Path:
    """Return a file of an arm's folder, there or not."""
    chunks = (file for file in store.dataset.rglob("*") if file.is_file() and file.name != "zarr.json")
    return min(chunks) if name == CHUNK_OF_WORLDS else store.path / name


@pytest.fixture(scope="module")
def arm() -> Arm:
    arm = composed("stay", "ensemble.worlds=2", "ensemble.days=3", "ensemble.record=totals", "ensemble.uncertainty=none")
    return replace(arm, resolved={"ensemble": arm.resolved["ensemble"]})  # of the record any entry will do


@pytest.mark.parametrize(
    "name",
    [
        "manifest.json",
        "config.yaml",
        "holder.json",
        "chunks/000000.json",
        "outcomes.zarr/zarr.json",
        CHUNK_OF_WORLDS,
    ],
)
def test_running_again_mends_what_is_damaged(
    arm: Arm, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arm = replace(arm, results=tmp_path / "results")
    monkeypatch.setattr(
        "experiments.engine.workers.run_block_of",
        lambda arms, worlds: [outcomes(worlds.first, worlds.count).assign_attrs(key=arm.key) for arm in arms],
    )
    store = run_arm(arm)
    config, attacks = store.config(), store.open()["attacks"].values
    for number, harm in enumerate(BYTES.values()):
        file = _file(store, name)
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


def test_loading_and_replaying_say_what_is_damaged_or_do_not_need_it(arm: Arm, tmp_path: Path) -> None:
    named = {"stay": replace(arm, results=tmp_path / "results")}
    store, choice = run_arm(named["stay"]), Choice((("stay",),), None, Pick.MEDIAN, "civilian_deaths")
    whole, world = store.open().load(), choice.find(named)
    replayed = replay(named, world)
    assert check_stored(named, replayed) == {"stay": []}
    calls: list[Callable[[], bool]] = [
        lambda: load(store.path)["attacks"].identical(whole["attacks"]),
        lambda: choice.find(named) == world,
        lambda: check_stored(named, replayed)["stay"] in (None, []),
    ]
    inner = next(iter(sorted(store.dataset.glob("*/zarr.json"))))
    needed, others = (
        [store.mark_of(0), store.dataset / "zarr.json", _file(store, CHUNK_OF_WORLDS)],
        ["manifest.json", "config.yaml"],
    )
    said: list[str] = []
    for file in [*needed, inner, *(store.path / name for name in others)]:
        before = file.read_bytes()
        for harm in ("cut", "list"):
            file.write_bytes(BYTES[harm](before))
            for call in calls:
                if (line := _line_of(call)) is not None:
                    said.append(line)
                    assert file not in [store.path / name for name in others], line
        file.write_bytes(before)
    assert len(said) >= len(needed) * 2
    assert all(len(line.splitlines()) == 1 and "run the arm" in line for line in said), said


def _line_of(call: Callable[[], bool]) -> str | None:
    """Return what a call says is wrong; where it says nothing, it must have come to what is right."""
    try:
        is_right = call()
    except InputError as error:
        return str(error)
    assert is_right
    return None
