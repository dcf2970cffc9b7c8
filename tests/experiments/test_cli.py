"""The command line: one line of error for every unusable input, and no world computed twice."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from conftest import Answer, is_one_line, same_bits

import experiments.engine.workers
from experiments.api import load
from experiments.config.defaults import conf_folder
from experiments.config.hydra_run import job_files
from sim.theatre.tables import DATA

SMALL = ("ensemble.worlds=8", "ensemble.days=40")
SCENARIOS = sorted(path.stem for path in (conf_folder() / "scenario").glob("*.yaml"))


def everything() -> set[str]:
    """Return every path below the working directory."""
    return {path.as_posix() for path in Path().rglob("*")}


# bad input


@pytest.fixture
def a_folder_with_bad_files() -> None:
    """Put a file where a folder should be, and files that cannot be used, in the working directory."""
    Path("file").write_text("", encoding="utf-8")
    Path("my_conf/scenario").mkdir(parents=True)
    Path("my_conf/scenario/broken.yaml").write_text("seed: 1\nseed: 2\n", encoding="utf-8")
    members = pd.read_csv(DATA / "coalition_members.csv", dtype=str, keep_default_na=False)
    members.drop(columns="troops").to_csv("no_troops.csv", index=False)
    depends = members["framework_nation"].mask(members["member"] == "spain", "atlantis")
    members.assign(framework_nation=depends).to_csv("nation.csv", index=False)


BAD = {
    "an unknown job": (("rnu",), ("no job 'rnu'", "did you mean run?", "compare, run")),
    "an unknown scenario": (("run", "scenario=us_pulout"), ("scenario=us_pulout", "did you mean us_pullout")),
    "an unknown scenario in one arm": (
        ("run", "-m", "scenario=stay,us_pulout", *SMALL),
        ("scenario=us_pulout", "did you mean us_pullout"),
    ),
    "a new key": (("run", "+typo=1"), ("typo=1 is no setting",)),
    "a misspelt parameter": (
        ("run", "militias.efect_of_restraint=1"),
        ("militias.efect_of_restraint is no setting", "did you mean militias.effect_of_restraint"),
    ),
    "a part of a setting that has none": (("run", "results.directory=x"), ("results takes one value: write results=...",)),
    "a misspelt setting of one job": (("explore", "explore.prt=1"), ("did you mean explore.port",)),
    "several values where one is taken": (
        ("explore", "scenario=us_pullout,crackdown"),
        ("knockon explore takes one value here", "knockon run -m scenario=us_pullout,crackdown"),
    ),
    "a misspelt setting": (("run", "ensemble.wolrds=8"), ("did you mean ensemble.worlds",)),
    "a probability above 1 in one arm": (
        ("run", "-m", "embassy.breach_probability=0.2,1.5", *SMALL),
        ("embassy.breach_probability=1.5", "a probability, 0 to 1"),
    ),
    "a policy after the horizon": (
        ("run", "scenario=us_pullout", "ensemble.days=10"),
        ("policies.full_pullout.start=14", "horizon", "day 9"),
    ),
    "a missing table": (("run", "theatre.tables.members=./none.csv"), ("theatre.tables.members", "no file ./none.csv")),
    "a table with an unknown framework nation": (
        ("run", "theatre.tables.members=./nation.csv"),
        ("./nation.csv", "'atlantis' of spain is no member"),
    ),
    "results in the place of a file": (("run", "results=file"), ("results=file", "is a file, not a folder")),
    "results in a folder of its own for each arm": (
        ("run", "-m", "results=a,b", *SMALL),
        ("results=a,b: the arms of a sweep are compared",),
    ),
    "a scenario that a subfolder lacks": (
        ("run", "scenario=mine/deep"),
        ("scenario=mine/deep: there is no such scenario; there are",),
    ),
    "results below a file": (("run", "results=file/below"), ("results=file/below", "is a file, not a folder")),
    "results where nobody can write": (("run", "results=/proc/knockon"), ("results=/proc/knockon", "cannot be written")),
    "a value that its prior would ignore": (
        ("run", "militias.effect_of_restraint.value=1"),
        ("would change nothing", "write militias.effect_of_restraint=1 to fix it"),
    ),
    "an unknown flag": (("run", "--fast"), ("--fast",)),
    "a sweep without -m": (("run", "scenario=stay,crackdown"), ("scenario=stay,crackdown is a sweep: add -m",)),
    "a wrong name beside a sweep": (
        ("compare", "scenario=stay,crackdown", "ensemble.wrlds=3"),
        ("ensemble.wrlds is no setting", "did you mean ensemble.worlds"),
    ),
    "a pattern without -m": (("run", "scenario=glob(nothing*)"), ("scenario=glob(nothing*) is a sweep: add -m",)),
    "a file that cannot be read": (
        ("run", "--config-dir", "my_conf", "scenario=broken"),
        ("broken.yaml, line 2: found duplicate key seed",),
    ),
    "something that is no override": (("run", "us_pullout"), ("'us_pullout' cannot be read: write NAME=VALUE",)),
}


@pytest.mark.usefixtures("a_folder_with_bad_files")
@pytest.mark.parametrize("bad", BAD)
def test_bad_input_gets_one_line_and_writes_nothing(knockon: Callable[..., Answer], bad: str) -> None:
    arguments, said = BAD[bad]
    before = everything()
    is_one_line(knockon(*arguments), *said)
    assert everything() == before


@pytest.mark.usefixtures("a_folder_with_bad_files")
@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "theatre.tables.members=./no_troops.csv"),
        ("run", "results=${nowhere}"),
        ("run", "calendar=null"),
        ("run", "--resolve"),
        ("run", "-m", "ensemble.days=15,20", "ensemble.worlds=2"),
    ],
    ids=lambda arguments: " ".join(arguments),
)
def test_other_bad_input_gets_one_line(knockon: Callable[..., Answer], arguments: tuple[str, ...]) -> None:
    is_one_line(knockon(*arguments))


def test_bad_input_to_the_command_itself() -> None:
    command = [str(Path(sys.executable).parent / "knockon"), "run", "ensemble.worlds=-5"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    is_one_line(Answer(ended.returncode, ended.stdout, ended.stderr), "ensemble.worlds=-5 is not a whole number")
    assert everything() == set()


# without a job


@pytest.mark.parametrize("arguments", [(), ("help",), ("--help",), ("-h",)])
def test_alone_it_lists_the_jobs_and_scenarios(knockon: Callable[..., Answer], arguments: tuple[str, ...]) -> None:
    answer = knockon(*arguments)
    lines = answer.out.splitlines()
    assert (answer.code, answer.err) == (0, "")
    assert {line.split()[0] for line in lines if line.startswith("  ")} == set(job_files())
    (listed,) = (line for line in lines if line.startswith("scenarios: "))
    assert listed.removeprefix("scenarios: ").split(", ") == SCENARIOS


def test_the_help_of_a_job_fits_on_a_screen(knockon: Callable[..., Answer]) -> None:
    answer = knockon("compare", "--help")
    assert answer.code == 0
    assert answer.out.startswith("knockon compare [name=value ...]")
    assert "ensemble (7)" in answer.out
    assert len(answer.out.splitlines()) < 30


def test_it_tells_its_version(knockon: Callable[..., Answer]) -> None:
    from importlib.metadata import version

    assert knockon("--version") == Answer(0, f"knockon {version('knockon')}\n", "")


# good runs


def times(folder: Path) -> dict[str, int]:
    """Return when each file of an arm was last written."""
    return {path.name: path.stat().st_mtime_ns for path in [folder / "manifest.json", *(folder / "chunks").iterdir()]}


@pytest.mark.usefixtures("drawn")
def test_a_small_run_is_kept_reused_and_extended(knockon: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    answer = knockon("run", *SMALL)
    assert answer.code == 0
    assert "\nBy day 40, as_of_30_september has " in answer.out
    (arm,) = Path("results/arms").iterdir()
    assert arm.name.startswith("as_of_30_september-")
    assert {path.name for path in arm.iterdir()} == {"config.yaml", "manifest.json", "chunks", "outcomes.zarr", "lock"}
    (comparison,) = Path("results").glob("compare-*")
    assert list(pd.read_csv(comparison / "arms.csv")["arm"]) == ["as_of_30_september"]
    assert set(pd.read_csv(comparison / "tables" / "comparison.csv")["day"]) == {40}
    assert set(pd.read_csv(comparison / "tables" / "comparison.csv")["date"]) == {"2020-11-08"}
    assert {path.name for path in Path().iterdir()} == {"results"}
    eight = load(arm).load()
    assert eight.sizes["world"] == 8

    written = times(arm)
    with monkeypatch.context() as without_a_model:
        without_a_model.setattr(experiments.engine.workers, "run_block_of", None)
        again = knockon("run", *SMALL)
    assert (again.code, again.out) == (0, answer.out)
    assert times(arm) == written

    assert knockon("run", "ensemble.worlds=11", "ensemble.days=40").code == 0
    assert list(Path("results/arms").iterdir()) == [arm]
    eleven = load(arm).load()
    assert eleven.sizes["world"] == 11
    assert same_bits(eleven.isel(world=slice(0, 8)), eight) == []
    assert all(times(arm)[name] > before for name, before in written.items())


def test_a_small_comparison(knockon: Callable[..., Answer], drawn: list[tuple[Path, set[str]]]) -> None:
    answer = knockon("compare", "scenario=stay,crackdown", *SMALL)
    assert answer.code == 0
    assert "The comparison is with Stay on the same worlds, by day 40, 2020-11-08." in answer.out
    assert "those with more and those with fewer" in " ".join(answer.out.split())
    assert "Traceback" not in answer.err
    assert sorted(path.name.partition("-")[0] for path in Path("results/arms").iterdir()) == ["crackdown", "stay"]
    (comparison,) = Path("results").glob("compare-*")
    arms = pd.read_csv(comparison / "arms.csv")
    assert dict(zip(arms["arm"], arms["reference"], strict=True)) == {"stay": "stay", "crackdown": "stay"}
    assert all((Path("results/arms") / folder).is_dir() for folder in arms["folder"])
    assert drawn == [(comparison / "figures", {"stay", "crackdown"})]
    table = pd.read_csv(comparison / "tables" / "comparison.csv").set_index(["arm", "outcome"])
    stored = {folder.partition("-")[0]: load(Path("results/arms") / folder) for folder in arms["folder"]}
    expected = pd.Series((stored["crackdown"]["attacks"] - stored["stay"]["attacks"]).values[:, 0])
    assert table.loc[("crackdown", "attacks"), "difference_median"] == pytest.approx(expected.median())
    assert table.loc[("crackdown", "attacks"), "fewer"] <= (expected < 0).mean()
    assert expected.median() < 0.0
    assert {path.name for path in Path().iterdir()} == {"results"}


SIX_LINES = """\
# @package _global_
# A third leaves, then all.
defaults:
  - /policy@policies.partial_cut: partial_cut
policies:
  full_pullout: {start: 30}
"""


@pytest.mark.usefixtures("drawn")
def test_a_scenario_of_ones_own(knockon: Callable[..., Answer]) -> None:
    folder = Path("my_conf/scenario")
    folder.mkdir(parents=True)
    (folder / "cut_then_leave.yaml").write_text(SIX_LINES, encoding="utf-8")
    days = ("ensemble.worlds=3", "ensemble.days=32", "ensemble.record=totals")
    answer = knockon("run", "--config-dir", "my_conf", "scenario=cut_then_leave", *days)
    assert answer.code == 0
    (arm,) = Path("results/arms").iterdir()
    assert arm.name.startswith("cut_then_leave-")
    assert (load(arm)["lead_troop_share"] < 1.0).all()
    assert (load(arm)["announced"] == 1.0).all()
    assert Path("my_conf/scenario/cut_then_leave.yaml").read_text(encoding="utf-8") == SIX_LINES
    is_one_line(knockon("run", "--config-dir", "my_conf", "scenario=cut_then_leav"), "did you mean cut_then_leave?")


@pytest.mark.usefixtures("drawn")
@pytest.mark.slow
def test_the_main_job_needs_no_argument_but_its_size(knockon: Callable[..., Answer]) -> None:
    assert knockon("compare", *SMALL).code == 0
    (comparison,) = Path("results").glob("compare-*")
    arms = pd.read_csv(comparison / "arms.csv")
    assert len(arms) == 6
    assert set(arms["reference"]) == {"as_of_30_september"}


def test_ctrl_c_says_that_the_same_command_goes_on(knockon: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(experiments.engine.workers, "run_block_of", stop)
    answer = knockon("run", *SMALL)
    assert answer.code == 130
    assert answer.err.splitlines()[-1].startswith("knockon: stopped")
    assert "Traceback" not in answer.err
    assert list(Path("results").rglob("0*.json")) == []
