"""A package holds everything that a reader needs to rebuild a result; packed again, it is the same file."""

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
import yaml
from comparing import comparison
from composing import composed
from conftest import Answer, is_one_line

from experiments.config.defaults import conf_folder
from experiments.reports.folder import write_result
from experiments.storage.about import write_about
from experiments.storage.comparison import read_comparison
from experiments.storage.read import ArmStore
from experiments.storage.write import ArmWriter
from experiments.studies.compare.figures.draw import draw_comparison
from experiments.studies.package.study import checksums, command_of, environment, pack
from sim.theatre.tables import DATA

SMALL = ("experiment=pullout_against_how_things_stood", "ensemble.worlds=4", "ensemble.worlds_per_draw=2", "ensemble.days=16", "compute=serial")  # fmt: skip


def members(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as opened:
        assert opened.testzip() is None
        return {name.partition("/")[2]: opened.read(name) for name in opened.namelist()}


OWN_POLICY = """from sim.policies.full_pullout import FullPullout


class Escort(FullPullout):
    pass
"""
OWN_SCENARIO = """# @package _global_
policies:
  escort: {start: 3}
"""
OWN_EXPERIMENT = """# @package _global_
hydra: {sweeper: {params: {scenario: "stay,mine"}}}
ensemble: {worlds: 2, days: 15, uncertainty: none}
"""


def keys(folder: Path) -> set[str]:
    return {arm.name.rpartition("-")[2] for arm in (folder / "arms").iterdir()}


@pytest.mark.promised
@pytest.mark.slow
def test_what_an_analyst_brought_is_rebuilt_elsewhere(
    knockon: Callable[..., Answer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.studies.compare.report.draw_comparison", partial(draw_comparison, kinds=["overview"]))
    person, work = tmp_path / "secret_person", tmp_path / "secret_person" / "work"
    for folder in (work, person / "python", *(person / "cfg" / group for group in ("scenario", "policy", "experiment"))):
        folder.mkdir(parents=True)
    (person / "python" / "policy_of_a_person.py").write_text(OWN_POLICY)
    (person / "cfg" / "policy" / "escort.yaml").write_text("_target_: policy_of_a_person.Escort\nstart: 14\nstrength: 1\n")
    (person / "cfg" / "scenario" / "mine.yaml").write_text(OWN_SCENARIO)
    (person / "cfg" / "experiment" / "of_mine.yaml").write_text(OWN_EXPERIMENT)
    members = (DATA / "coalition_members.csv").read_text().splitlines(keepends=True)
    (person / "elsewhere.csv").write_text("".join(members[:-1]))
    monkeypatch.chdir(work)
    monkeypatch.syspath_prepend(str(person / "python"))
    arguments = ("experiment=of_mine", f"theatre.tables.members={person}/elsewhere.csv", "--config-dir", "../cfg")
    answer = knockon("package", *arguments)
    assert answer.code == 0, answer.err
    with zipfile.ZipFile("results/of_mine.zip") as opened:
        opened.extractall(tmp_path / "clean")
    clean = tmp_path / "clean" / "of_mine"
    for file in [*clean.rglob("*"), *(work / "results").rglob("*")]:
        assert not file.is_file() or b"secret_person" not in file.read_bytes(), file
    command = (clean / "command.txt").read_text().strip()
    assert command == (
        "PYTHONPATH=result/own/python knockon compare experiment=of_mine theatre.tables.members=./elsewhere.csv"
        " --config-dir result/own/conf"
    )
    there = {name: os.environ[name] for name in ("HOME", "NUMBA_CACHE_DIR", "XDG_CACHE_HOME") if name in os.environ}
    there["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}"
    done = subprocess.run(["sh", "-c", command], cwd=clean, env=there, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert keys(clean / "results") == keys(work / "results")
    assert len(keys(clean / "results")) == 2


def test_a_result_that_is_no_comparison_is_packed_with_its_command() -> None:
    arm = composed("stay", "ensemble.uncertainty=none")
    packed, _ = pack(write_result("decide", {}, {"stay": arm}, {}), "knockon decide scenario=stay")
    content = members(packed)
    assert content["command.txt"] == b"knockon decide scenario=stay\n"
    assert "result/arms.csv" in content


@pytest.mark.slow
def test_what_is_packed_is_rebuilt_by_its_own_command(knockon: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.studies.compare.report.draw_comparison", partial(draw_comparison, kinds=["overview"]))
    answer = knockon("package", *SMALL, "results=one")
    assert answer.code == 0
    assert "one/pullout_against_how_things_stood.zip" in answer.out
    packed = members(Path("one/pullout_against_how_things_stood.zip"))
    assert packed["experiment.yaml"] == (conf_folder() / "experiment" / "pullout_against_how_things_stood.yaml").read_bytes()
    assert {"result/arms.csv", "result/report.html", "result/tables/comparison.csv", "result/figures/overview_1.pdf"} <= set(
        packed
    )
    configs = [yaml.safe_load(packed[name]) for name in packed if name.endswith("config.yaml")]
    assert [config["ensemble"]["worlds_per_draw"] for config in configs] == [2, 2]
    command = packed["command.txt"].decode().split()
    assert command == ["knockon", "compare", *SMALL[:-1]]

    assert knockon(*command[1:], "results=two", "compute=serial").code == 0
    (folder,) = Path("two").glob("compare-*")
    assert knockon("package", str(folder)).code == 0
    rebuilt = members(Path("two") / f"{folder.name}.zip")
    compared = [name for name in packed if name.startswith(("result/", "arms/")) or name == "environment.txt"]
    assert len(compared) > 8
    assert [name for name in compared if packed[name] != rebuilt.get(name)] == []


def test_a_finished_comparison_is_packed_with_checksums_that_fit(knockon: Callable[..., Answer]) -> None:
    folder = comparison(Path("results"))
    (folder / "export").mkdir()
    (folder / "export" / "worlds.csv").write_text("large")
    answer = knockon("package", str(folder))
    assert (answer.code, answer.err) == (0, "")
    file = folder.parent / f"{folder.name}.zip"
    content = members(file)
    assert set(content) == {
        "README.txt", "SHA256SUMS", "command.txt", "environment.txt",
        "arms/stay-0123456789/about.json", "arms/stay-0123456789/config.yaml",
        "arms/us_pullout-0123456789/about.json", "arms/us_pullout-0123456789/config.yaml",
        "result/arms.csv", "result/figures/fans.pdf", "result/report.html", "result/tables/comparison.csv",
    }  # fmt: skip
    with zipfile.ZipFile(file) as opened:
        opened.extractall("unpacked")
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=Path("unpacked") / folder.name, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(": OK") == len(content) - 1
    about = json.loads(content["arms/us_pullout-0123456789/about.json"])
    assert (about["label"], about["reference"], about["worlds"], about["seed"]) == ("us_pullout", "stay", 4, 20200930)
    assert about["made_with"] == [{"versions": {"knockon": "0.2.0", "numpy": "2.2.0"}, "python": "3.12.1", "commit": "abc"}]
    command = "knockon compare scenario=stay,us_pullout militias.effect_of_restraint=1.5 ensemble.worlds=4"
    assert content["command.txt"].decode() == f"{command}\n"
    assert command in content["README.txt"].decode()
    before = file.read_bytes()
    assert knockon("package").code == 0
    assert file.read_bytes() == before


def test_the_command_has_what_was_shown_and_under_which_names() -> None:
    folder = comparison(Path("results"))
    shown = {"outcomes": ["members_out", "attacks"], "months": [6, 12]}
    labels = {"us_pullout": "All leave, at once", "stay, a=1": "no name of a setting"}
    write_about(folder, {"title": "Leave: and then?", "labels": labels, "names": {}, "show": shown})
    content = members(pack(folder)[0])
    assert content["command.txt"].decode() == (
        "knockon compare scenario=stay,us_pullout militias.effect_of_restraint=1.5 ensemble.worlds=4 'title=Leave: and then?'"
        """ 'labels={us_pullout: "All leave, at once"}' 'show.outcomes=[members_out,attacks]' 'show.months=[6,12]'\n"""
    )
    assert "pip install -r environment.txt" in content["README.txt"].decode()
    assert "get the sources of knockon 0.2.0 (commit abc), then" in content["README.txt"].decode()


def test_values_with_brackets_and_other_references_stay_in_the_command() -> None:
    folder = comparison(Path("results"))
    for arm, effect in (("stay", "0"), ("us_pullout", "2")):
        store = ArmStore(folder.parent / "arms" / f"{arm}-0123456789")
        swept = ["scenario=us_pullout", f"a.b={effect}", "c.prior=[uniform,0,1]", "ensemble.worlds=2"]
        about, config = store.manifest() or {}, store.config() or {}
        with ArmWriter(store, 4) as writer:
            writer.write_config({**config, "reference": "us_pullout"})
            writer.write_manifest({**about, "swept": swept})
    assert command_of(read_comparison(folder)) == (
        "knockon compare scenario=us_pullout a.b=0,2 'c.prior=[uniform,0,1]' ensemble.worlds=4 reference=us_pullout"
    )


def test_arms_that_are_no_sweep_have_a_line_each() -> None:
    folder = comparison(Path("results"))
    path = folder.parent / "arms" / "stay-0123456789"
    about = json.loads((path / "manifest.json").read_text())
    (path / "manifest.json").write_text(json.dumps({**about, "swept": ["scenario=stay", "model=core"]}))
    assert command_of(read_comparison(folder)).splitlines() == [
        "knockon run scenario=stay model=core ensemble.worlds=4",
        "knockon run scenario=us_pullout militias.effect_of_restraint=1.5 ensemble.worlds=4",
    ]


def test_the_environment_is_exact_and_names_no_registry() -> None:
    lines = environment().splitlines()
    assert lines[0].startswith("# Python 3.1")
    assert all(re.fullmatch(r"[\w.-]+==[\w.+!-]+", line) for line in lines[1:])
    names = {line.partition("==")[0].lower() for line in lines[1:]}
    assert {"numpy", "numba", "llvmlite", "mesa", "networkx", "hydra-core", "omegaconf", "pandas"} <= names
    assert not names & {"pytest", "ruff", "distributed", "knockon"}  # networkx is of an extra of Mesa, knockon on no index
    assert not re.search(r"https?://|@|--", environment())


def test_checksums_are_those_of_sha256sum() -> None:
    assert checksums({"b": b"", "a": b"x"}) == f"{sha256(b'x').hexdigest()}  a\n{sha256(b'').hexdigest()}  b\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["experiment=no"], "experiment=no: there is no such experiment; there are green_zone_and_where_attacks_go"),
        (["results/arms"], "results/arms is no folder of a result: it has no tables"),
        (["worlds=3"], "worlds=3 is no setting of package"),
        (["results=elsewhere"], "elsewhere holds no comparison"),
        (["results/decide-0"], "results/decide-0 is no comparison, and knockon package knows only the commands of comparisons"),
    ],
)
def test_what_cannot_be_packed_is_one_line(knockon: Callable[..., Answer], arguments: list[str], said: str) -> None:
    comparison(Path("results"))
    Path("results/decide-0/tables").mkdir(parents=True)
    is_one_line(knockon("package", *arguments), said)
    assert not list(Path().rglob("*.zip"))


def test_a_result_that_lost_its_arms_is_not_packed(knockon: Callable[..., Answer]) -> None:
    folder = comparison(Path("results"))
    (folder.parent / "arms" / "stay-0123456789" / "config.yaml").unlink()
    is_one_line(knockon("package", str(folder)), "is missing or has been changed: run the comparison again")
