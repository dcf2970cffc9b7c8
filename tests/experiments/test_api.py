"""The jobs from Python, and the model under Mesa's own tools."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from composing import composed
from conftest import same_bits
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.utils import JobRuntime
from hydra.version import VersionBase

from experiments import api
from experiments.api import tidy
from experiments.engine.block import build_model, run_block
from experiments.engine.run import run_arm
from experiments.errors import InputError
from knockon import compare, load, model, run
from sim.agents.coalition import Coalition
from sim.model import IraqModel
from sim.worlds import Worlds

SMALL = ("ensemble.worlds=4", "ensemble.days=20", "ensemble.record=totals")


def test_run_returns_the_outcomes_and_keeps_them(tmp_path: Path) -> None:
    data = run("us_pullout", *SMALL, results=tmp_path / "kept")
    assert data.sizes["world"] == 4
    assert same_bits(data.load(), run_block(composed("us_pullout", *SMALL), Worlds(0, 4))) == []
    (folder,) = (tmp_path / "kept" / "arms").iterdir()
    assert same_bits(load(folder), data) == []
    assert list(load(str(folder), 2)["world"].values) == [0, 1]
    assert list(tmp_path.iterdir()) == [tmp_path / "kept"]


def test_compare_pairs_scenarios_with_the_reference(tmp_path: Path) -> None:
    table = compare(["crackdown", "as_of_30_september"], *SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["results"]
    assert dict(zip(table["arm"], table["reference"], strict=True)) == {
        "crackdown": "as_of_30_september",
        "as_of_30_september": "as_of_30_september",
    }
    crackdown = table[(table["arm"] == "crackdown") & (table["outcome"] == "attacks")].squeeze()
    folders = {path.name.partition("-")[0]: path for path in Path("results/arms").iterdir()}
    stay, changed = (load(folders[name])["attacks"].isel(day=0).values for name in ("as_of_30_september", "crackdown"))
    assert (crackdown["worlds"], crackdown["day"]) == (4, 20)
    assert crackdown["median"] == pytest.approx(np.median(changed))
    assert crackdown["difference_median"] == pytest.approx(np.median(changed - stay))


def test_tidy_has_a_row_a_world_and_day() -> None:
    data = run_block(composed("stay", *SMALL), Worlds(0, 4))
    table = tidy({"stay": data, "again": data.isel(world=slice(0, 3))})
    assert list(table.columns[:4]) == ["arm", "world", "day", "attacks"]
    assert dict(table["arm"].value_counts()) == {"stay": 4, "again": 3}
    world = table[(table["arm"] == "stay") & (table["world"] == 2)].squeeze()
    assert world["civilian_deaths"] == float(data["civilian_deaths"].sel(world=2).squeeze())


@pytest.mark.parametrize(
    ("scenario", "overrides", "said"),
    [
        ("us_pulout", (), "did you mean us_pullout"),
        ("stay", ("militias.efect_of_restraint=1",), r"did you mean militias\.effect_of_restraint"),
        ("stay", ("ensemble.worlds=0",), "from 1 to 100000000"),
        ("stay", ("ensemble.worlds=1,2",), "is a sweep"),
        ("stay", ("[",), "cannot be read"),
    ],
)
def test_bad_input_is_an_input_error_in_one_line(scenario: str, overrides: tuple[str, ...], said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said) as refusal:
        run(scenario, *overrides)
    assert "\n" not in str(refusal.value)
    assert list(tmp_path.iterdir()) == []


def test_a_results_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="is a file"):
        run("stay", *SMALL, results=tmp_path / "file")


def test_what_is_no_arm_cannot_be_loaded(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds 0 finished worlds"):
        load(tmp_path)


@pytest.mark.parametrize("call", [lambda: compare([]), lambda: compare("stay"), lambda: model(worlds=0)])
def test_other_bad_arguments_say_what_is_wrong(call: object) -> None:
    with pytest.raises(InputError, match=r"at least|scenarios"):
        call()  # type: ignore[operator]


# the model under Mesa


@pytest.fixture(scope="module")
def iraq() -> IraqModel:
    return model("us_pullout", worlds=3)


def test_a_single_run_is_an_ordinary_mesa_model() -> None:
    single = model(worlds=1)
    assert single.day == -1
    for _ in range(3):
        single.step()
    assert (single.day, single.steps) == (2, 3)
    assert single.agent("denmark").troops.shape == (1,)


def test_a_model_may_begin_at_any_world() -> None:
    one = model(worlds=1, first_world=2)
    several = build_model(composed(), Worlds(0, 3))
    for block in (one, several):
        block.run(15)
    np.testing.assert_array_equal(one.islamic_state.capability[:, 0], several.islamic_state.capability[:, 2])
    np.testing.assert_array_equal(one.patron.restraint[:, 0], several.patron.restraint[:, 2])


def test_agents_are_found_by_type(iraq: IraqModel) -> None:
    counts = {kind.__name__: len(agents) for kind, agents in iraq.agents_by_type.items()}
    assert counts == {
        "LeadNation": 1,
        "CoalitionMember": 31,
        "NATOMission": 1,
        "IraqiGovernment": 1,
        "MilitiaFaction": 5,
        "Patron": 1,
        "IslamicStateCell": 7,
        "KurdistanRegion": 1,
        "Crowd": 1,
        "Embassy": 1,
        "Site": 5,
        "Neighbour": 4,
    }
    assert len(iraq.agents) == sum(counts.values())
    assert len({agent.unique_id for agent in iraq.agents}) == len(iraq.agents)


def test_an_agents_state_is_a_view_of_its_row(iraq: IraqModel) -> None:
    denmark, coalition = iraq.agent("denmark"), iraq.coalition
    row = coalition.names.index("denmark")
    before = coalition.troops.copy()
    np.testing.assert_array_equal(denmark.troops, [120.0, 120.0, 120.0])
    assert np.shares_memory(denmark.troops, coalition.troops)
    denmark.troops = [1.0, 2.0, 3.0]
    np.testing.assert_array_equal(coalition.troops[row], [1.0, 2.0, 3.0])
    coalition.troops[row, 1] = 7.0
    np.testing.assert_array_equal(denmark.troops, [1.0, 7.0, 3.0])
    denmark.troops[...] = 120.0
    np.testing.assert_array_equal(coalition.troops, before)
    assert "troops" in dir(denmark)
    with pytest.raises(AttributeError, match="CoalitionMember has no tanks"):
        denmark.tanks  # noqa: B018
    denmark.note = "mine"
    assert denmark.note == "mine"


def test_mesa_selects_and_reads_agents(iraq: IraqModel) -> None:
    members = iraq.agents_by_type[Coalition.agent_class]
    large = members.select(lambda member: member.troops[0] >= 500)
    assert {agent.name for agent in large} >= {"italy"}
    assert 0 < len(large) < 31
    assert len(iraq.agents.select(agent_type=Coalition.agent_class)) == 31
    names = iraq.agents.select(lambda agent: agent.name == "denmark").get("name")
    assert names == ["denmark"]
    assert members.agg("troops", lambda troops: float(np.sum(troops))) == pytest.approx(float(iraq.coalition.troops.sum()))


def test_mesas_data_collector_reads_the_model() -> None:
    import mesa

    iraq = build_model(composed(), Worlds(0, 1))
    collector = mesa.DataCollector(model_reporters={"restraint": lambda m: float(m.patron.restraint[0, 0])})
    for _ in range(4):
        iraq.step()
        collector.collect(iraq)
    frame = collector.get_model_vars_dataframe()
    assert len(frame) == 4
    assert frame["restraint"].between(0.0, 1.0).all()
    assert frame["restraint"].nunique() > 1


def test_a_stored_arm_is_the_model_stepped(tmp_path: Path) -> None:
    arm = dataclasses.replace(composed("us_pullout", *SMALL), results=tmp_path)
    data = run_arm(arm).open()
    iraq = build_model(arm, Worlds(0, 4))
    attacks = np.zeros(4)
    for _ in range(20):
        iraq.step()
        attacks += sum(site.attacks for site in iraq.agents if type(site).__name__ == "Site")
    np.testing.assert_array_equal(data["attacks"].isel(day=0), attacks)


def test_it_works_inside_another_program_of_hydra_and_leaves_that_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("x: 5\n", encoding="utf-8")
    with initialize_config_dir(str(tmp_path), job_name="other", version_base="1.2"):
        outer, base, name = GlobalHydra.instance().hydra, VersionBase.instance().getbase(), JobRuntime.instance().get("name")
        assert api.compose("us_pullout", "ensemble.worlds=3").worlds == 3
        assert GlobalHydra.instance().hydra is outer
        assert VersionBase.instance().getbase() is base
        assert JobRuntime.instance().get("name") == name
        assert compose("other").x == 5
    assert not GlobalHydra.instance().is_initialized()


def test_a_seed_beyond_32_bits_is_written_elsewhere_too(tmp_path: Path) -> None:
    arm = composed("stay", "ensemble.seed=5000000000", "ensemble.worlds=2", "ensemble.days=3", "ensemble.uncertainty=none")
    path = run_arm(dataclasses.replace(arm, results=tmp_path / "results")).path
    load(path).to_netcdf(tmp_path / "elsewhere.nc")
    with xr.open_dataset(tmp_path / "elsewhere.nc") as written:
        assert int(written.attrs["seed"]) == 5_000_000_000
        np.testing.assert_array_equal(written["civilian_deaths"].values, load(path)["civilian_deaths"].values)
    assert arm.seed_of_samples < 2**32 - 1
    assert composed("stay", "ensemble.uncertainty=none").seed_of_samples == 20200930
