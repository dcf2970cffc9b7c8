"""An ordinary Mesa model of one scenario, for Mesa's own tools: `mesa.batch_run`, its data collector, notebooks."""

from dataclasses import replace
from functools import partial

from mesa.datacollection import DataCollector

from experiments.api import compose
from experiments.engine.initial_state import put_at_start
from sim.arrays import Array
from sim.model import IraqModel
from sim.record.outcomes import OUTCOMES
from sim.record.recorder import Recorder
from sim.worlds import Worlds


class ScenarioModel(IraqModel):
    """One scenario in one world (or a few): runs until its horizon and collects outcomes day by day.

    `mesa.batch_run(ScenarioModel, {"scenario": ["stay", "us_pullout"], "world": range(10)}, max_steps=730)` runs ten
    worlds of two scenarios on the same dice. For thousands of worlds use `knockon.run`, which carries them side by side.

    Attributes:
        datacollector: cumulative flows and current levels, one column per outcome without a further dimension; numbers
            for one world, else arrays (worlds,).
    """

    def __init__(
        self, scenario: str = "stay", overrides: tuple[str, ...] = (), world: int = 0, worlds: int = 1, rng: int | None = None
    ) -> None:
        """Compose the scenario, with overrides as on the command line, and set up its model.

        `world` is the number of the first world; `rng` is the seed of the ensemble, None keeps the config's.
        """
        arm = compose(scenario, *overrides)
        arm = arm if rng is None else replace(arm, seed=rng)
        self.horizon = arm.days
        chosen = [outcome for outcome in OUTCOMES if outcome.dimension is None]
        self.recorder = Recorder(arm.days, arm.record, chosen)
        policies = [policy for _, policy in arm.policies]
        events = [event for _, event in arm.forcings]
        carried = Worlds(world, worlds)
        super().__init__(arm.ledger, arm.theatre, arm.calendar, policies, carried, arm.seed, self.recorder, events, arm.phase)
        put_at_start(self, arm)
        reporters = {outcome.name: partial(_so_far, name=outcome.name) for outcome in chosen}
        self.datacollector = DataCollector(model_reporters=reporters)

    def step(self) -> None:  # ty: ignore[invalid-method-override]  # Mesa types its own as an unbound function
        """Run one day and collect it; stop at the horizon."""
        super().step()
        self.datacollector.collect(self)
        self.running = self.day + 1 < self.horizon


def _so_far(model: ScenarioModel, name: str) -> float | Array:
    value = model.recorder.so_far(name, model)[0]
    return float(value[0]) if len(value) == 1 else value.copy()
