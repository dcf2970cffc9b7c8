"""Mesa's own tools work on the model."""

import mesa
import numpy as np
import pytest
from composing import composed

from experiments.engine.block import run_block
from experiments.mesa_model import ScenarioModel
from sim.agents.coalition import Coalition
from sim.agents.militias import Militias
from sim.worlds import Worlds

DAYS = "ensemble.days=40"


SHORT = "ensemble.days=20"


@pytest.mark.parametrize("start", ["ensemble.uncertainty=posterior", "ensemble.uncertainty=prior"])
@pytest.mark.parametrize("scenario", ["stay", "us_pullout"])
def test_a_world_is_that_of_the_ensemble_where_it_starts_too(scenario: str, start: str) -> None:
    ensemble = run_block(composed(scenario, DAYS, start), Worlds(0, 4)).sel(day=40)
    for world in (0, 3):
        model = ScenarioModel(scenario, (DAYS, start), world)
        model.run(40)
        for name in ("attacks", "islamic_state_attacks", "members_troops_gone", "civilian_deaths", "lead_troop_share"):
            assert np.float32(model.recorder.so_far(name, model)[0]) == ensemble[name].sel(world=world).values, name


def test_batch_run_gives_the_worlds_of_the_ensemble() -> None:
    runs = mesa.batch_run(
        ScenarioModel,
        {"scenario": ["stay", "us_pullout"], "world": [0, 3], "overrides": [(SHORT,)]},
        max_steps=100,
        display_progress=False,
        rng=[20200930],
    )
    assert len(runs) == 4
    for row in runs:
        ensemble = run_block(composed(row["scenario"], SHORT), Worlds(0, 4)).sel(world=row["world"], day=20)
        for name in ("attacks", "islamic_state_attacks", "members_troops_gone", "civilian_deaths", "lead_troop_share"):
            assert row[name] == pytest.approx(float(ensemble[name]), rel=1e-6), name


def test_the_collector_keeps_every_day() -> None:
    model = ScenarioModel("us_pullout", (DAYS,))
    while model.running:
        model.step()
    frame = model.datacollector.get_model_vars_dataframe()
    assert len(frame) == 40
    assert (np.diff(frame["attacks"]) >= 0).all()
    assert (frame["lead_troop_share"].iloc[:15] == 1).all()
    assert frame["lead_troop_share"].iloc[-1] < 1


def test_agents_can_be_chosen_and_asked_as_in_mesa() -> None:
    model = ScenarioModel("stay", (DAYS,), worlds=3)
    model.step()
    members = model.agents_by_type[Coalition.agent_class]
    assert len(members) == 31
    large = model.agents.select(lambda agent: isinstance(agent, Coalition.agent_class) and (agent.troops >= 150).all())
    assert {agent.name for agent in large} == {"italy", "spain", "canada", "hungary"}
    assert model.agents_by_type[Militias.agent_class].get("capacity")[0].shape == (3,)


def test_an_agent_is_a_view_of_its_row() -> None:
    model = ScenarioModel("stay", (DAYS,), worlds=3)
    italy = model.agent("italy")
    italy.troops = [1.0, 2.0, 3.0]
    np.testing.assert_array_equal(model.coalition.troops[model.coalition.names.index("italy")], [1.0, 2.0, 3.0])
    model.coalition.troops[:] = 7.0
    np.testing.assert_array_equal(italy.troops, [7.0, 7.0, 7.0])
    with pytest.raises(AttributeError, match="CoalitionMember has no budget"):
        italy.budget  # noqa: B018
