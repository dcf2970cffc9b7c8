"""An analyst's own configs and tables are stored with the comparison, and the recorded command finds them."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from composing import composed

from experiments.api import compose
from experiments.config.defaults import use_own_folder
from experiments.config.own import flag_of, keep_own, kept, recorded, recorded_override
from experiments.errors import InputError
from experiments.storage.arms import name_arms
from sim.theatre.tables import DATA

POLICY = "from sim.policies.crackdown import Crackdown\n\n\nclass Escort(Crackdown):\n    pass\n"


def test_configs_and_sources_are_kept_and_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cfg" / "scenario").mkdir(parents=True)
    (tmp_path / "cfg" / "scenario" / "mine.yaml").write_text("policies: {}\n")
    (tmp_path / "policy_of_an_analyst.py").write_text(POLICY)
    monkeypatch.syspath_prepend(str(tmp_path))
    import policy_of_an_analyst  # ty: ignore[unresolved-import]

    given = composed("crackdown", "ensemble.uncertainty=none")
    (name, shipped), *_ = given.policies
    mine = policy_of_an_analyst.Escort(start=shipped.start, strength=shipped.strength)
    folder = tmp_path / "compare"
    use_own_folder(tmp_path / "cfg")
    try:
        keep_own(folder, [replace(given, policies=((name, mine),))])
    finally:
        use_own_folder(None)
    assert (folder / "own" / "conf" / "scenario" / "mine.yaml").read_text() == "policies: {}\n"
    assert [file.name for file in (folder / "own" / "python").rglob("*")] == ["policy_of_an_analyst.py"]
    assert flag_of(folder, "result") == ("PYTHONPATH=result/own/python ", " --config-dir result/own/conf")
    keep_own(folder, [given])
    assert flag_of(folder, "result") == ("", "")
    assert not (folder / "own").exists()


@pytest.fixture
def secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Call from a folder of a person's, whose configs lie in another."""
    person = tmp_path / "secret_person"
    for folder in ("work/tables", "configs/scenario", "elsewhere"):
        (person / folder).mkdir(parents=True)
    monkeypatch.chdir(person / "work")
    use_own_folder(person / "configs")
    yield person
    use_own_folder(None)


def test_a_path_is_recorded_without_the_person_whose_it_is(secret: Path) -> None:
    for given, kept_as in {
        "mine.csv": "mine.csv",
        "tables/mine.csv": "tables/mine.csv",
        f"{secret}/work/tables/mine.csv": "./tables/mine.csv",
        f"{secret}/configs/tables/mine.csv": "./tables/mine.csv",
        f"{secret}/elsewhere/mine.csv": "./mine.csv",
        "../../secret_person/elsewhere/mine.csv": "./mine.csv",
        "a text / with a slash": "a text / with a slash",
        "https://example.org/a": "https://example.org/a",
    }.items():
        assert recorded(given) == kept_as
    assert recorded({"a": [f"{secret}/x.csv", 1, None]}) == {"a": ["./x.csv", 1, None]}
    for override, kept_as in {
        f"theatre.tables.members={secret}/x.csv": "theatre.tables.members=./x.csv",
        f"theatre.tables={{members: '{secret}/Jane Doe/x.csv', sites: s.csv}}": "theatre.tables={members:'./x.csv',sites:s.csv}",
        "a.b.prior=[uniform, 0, 1]": "a.b.prior=[uniform, 0, 1]",
        "~calendar.inauguration": "~calendar.inauguration",
    }.items():
        assert recorded_override(override) == kept_as


def test_own_tables_and_draws_are_kept_where_the_command_finds_them(secret: Path) -> None:
    shutil.copy(DATA / "coalition_members.csv", "tables/mine.csv")
    shutil.copy(DATA / "sites.csv", "bare.csv")
    shutil.copy(DATA / "posterior.npz", secret / "elsewhere" / "draws.npz")
    arm = compose(
        "stay", "theatre.tables.members=tables/mine.csv", "theatre.tables.sites=bare.csv",
        f"ensemble.posterior={secret}/elsewhere/draws.npz",
    )  # fmt: skip
    assert arm.key == composed("stay").key
    assert "secret_person" not in json.dumps([arm.swept, arm.resolved, arm.identity])
    (secret / "configs" / "scenario" / "mine.yaml").write_text(
        f"# @package _global_\npolicies: {{}}\ntheatre: {{tables: {{members: '{secret}/work/tables/mine.csv'}}}}\n"
    )
    keep_own(Path("result"), [arm])
    files = {str(file.relative_to("result/own")) for file in Path("result/own").rglob("*") if file.is_file()}
    assert files == {"conf/scenario/mine.yaml", "files/tables/mine.csv", "files/bare.csv", "files/draws.npz"}
    assert Path("result/own/files/draws.npz").read_bytes() == (DATA / "posterior.npz").read_bytes()
    assert "members: './tables/mine.csv'" in Path("result/own/conf/scenario/mine.yaml").read_text()
    (secret / "configs" / "scenario" / "broken.yaml").write_text("policies: {\n")
    assert kept(secret / "configs" / "scenario" / "broken.yaml") == "policies: {\n"


def test_two_files_of_one_recorded_name_are_refused(secret: Path) -> None:
    for folder in ("work/tables", "elsewhere"):
        shutil.copy(DATA / "coalition_members.csv", secret / folder / "mine.csv")
    arm = composed("stay", "ensemble.uncertainty=none")
    one, other = ((("mine.csv", secret / folder / "mine.csv"),) for folder in ("work/tables", "elsewhere"))
    assert len(name_arms([replace(arm, brought=one), replace(arm, brought=one, scenario="us_pullout")])) == 2
    with pytest.raises(InputError, match=r"mine\.csv are both recorded as mine\.csv: give them different names"):
        name_arms([replace(arm, brought=one), replace(arm, brought=other, scenario="us_pullout")])
