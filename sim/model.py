"""The theatre and its day."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from sim.agents.landing import Landing
from sim.arithmetic import over_agents, plus, same, times
from sim.arrays import Array
from sim.day import DAY, Observer, Records, Stage
from sim.kind import Kind, WorldAgent, kinds
from sim.ledger.parameters import Ledger
from sim.ledger.sampled_parameters import Drawn
from sim.phase import Phase
from sim.policies.policy import Lever, Policy
from sim.tape import Repeated, in_one_go, repeated, same_every_day
from sim.theatre.calendar import Calendar, Today
from sim.theatre.theatre import Theatre
from sim.worlds import CHUNK, Worlds

if TYPE_CHECKING:  # a new kind needs no line here: it is found in sim/agents/
    from sim.agents.coalition import Coalition
    from sim.agents.crowd import Crowd
    from sim.agents.elsewhere import Elsewhere
    from sim.agents.embassy import Embassy
    from sim.agents.enablers import Enablers
    from sim.agents.government import Government
    from sim.agents.islamic_state import IslamicState
    from sim.agents.kurdistan import Kurdistan
    from sim.agents.lead_nation import LeadNation
    from sim.agents.militias import Militias
    from sim.agents.nato_mission import NATOMission
    from sim.agents.neighbours import Neighbours
    from sim.agents.patron import Patron
    from sim.agents.sites import Sites
    from sim.agents.situation import Situation
    from sim.agents.truce import Truce
    from sim.history.forcings import Forcing


class Levers:
    """All that acts on the theatre from outside: known events, then the policies of each arm, in the order of its config."""

    def __init__(self, model: "IraqModel", arms: Iterable[Iterable[Policy]], forcings: "Iterable[Forcing]") -> None:
        self.model = model
        self.levers = [*forcings, *(Lever(policy, model, arm) for arm, policies in enumerate(arms) for policy in policies)]

    def act(self) -> None:
        """Let each event and policy act on its day."""
        for lever in self.levers:
            lever.act(self.model)


class Harm:
    """The day's dead, by perpetrator."""

    def __init__(self, model: "IraqModel") -> None:
        self.model = model
        self.chances = model.sites.vector()

    @same_every_day
    def add_up(self) -> None:
        """Add up the deaths by the militias, before any actor reacts to them."""
        model = self.model
        plus(model.sites.civilian_deaths_in_all, model.elsewhere.civilian_deaths, out=model.civilian_deaths_by_militias)
        over_agents(model.sites.civilian_chance, out=self.chances)
        plus(self.chances, model.elsewhere.civilian_chance, out=self.chances)
        times(self.chances, model.landing.large_share, out=model.large_killings_by_militias)


class IraqModel(mesa.Model):
    """Iraq from 30 September 2020 in many worlds at once; one `step()` is one day of all of them.

    Attributes:
        day: of the model; the first step is day 0.
        worlds: that the block carries.
        parameters: as drawn for these worlds.
        stages: what each stage of the day calls, in its order.
    """

    if TYPE_CHECKING:
        coalition: Coalition
        crowd: Crowd
        elsewhere: Elsewhere
        embassy: Embassy
        enablers: Enablers
        government: Government
        islamic_state: IslamicState
        kurdistan: Kurdistan
        lead: LeadNation
        militias: Militias
        nato: NATOMission
        neighbours: Neighbours
        patron: Patron
        sites: Sites
        situation: Situation
        truce: Truce

    def __init__(
        self,
        ledger: Ledger,
        theatre: Theatre,
        calendar: Calendar,
        policies: Sequence[Policy] = (),
        worlds: int | Worlds = CHUNK,
        seed: int = 1,
        recorder: Observer | None = None,
        forcings: "Sequence[Forcing]" = (),
        phase: Phase = Phase.DAYS,
        day: Sequence[Stage] = DAY,
        beside: Sequence[Sequence[Policy]] = (),
    ) -> None:
        """Set up the theatre.

        Args:
            ledger: parameters and switches, and how worlds are drawn from them.
            theatre: the tables of actors, sites and governorates.
            calendar: the dated events.
            policies: the policies in force; those of the same day act in this order.
            worlds: number of worlds, from world 0 on; or a `Worlds`, which says which worlds.
            seed: of the ensemble; all draws are addressed from it.
            recorder: keeps the outcomes; None records nothing.
            forcings: events that are known to have happened.
            phase: phase of the dice that the worlds use.
            day: the stages of each day: all or some of `DAY`, in the order of `DAY`.
            beside: the policies of each further arm. The model carries the same worlds once more for each of these arms, and a
                policy acts only in the worlds of its own arm.
        """
        super().__init__(rng=seed)
        self.seed_of_worlds = seed
        carried = (worlds if isinstance(worlds, Worlds) else Worlds(0, worlds)).side_by_side(1 + len(beside))
        self.worlds = carried if ledger.design is None else ledger.design.carried(carried)
        self.theatre = theatre
        self.calendar = calendar
        self.phase = phase
        self.parameters = Drawn(ledger, seed, self.worlds)
        self.addresses: set[int] = set()
        self.today = Today(calendar)
        self.day = -1

        self.landing = Landing(self)
        self._waiting: dict[str, type[Kind] | None] = dict(kinds())
        for name in kinds():
            getattr(self, name)
        self.levers = Levers(self, [policies, *beside], forcings)
        self.harm = Harm(self)
        self.records = Records(self, recorder)

        self.civilian_deaths_by_militias = self.sites.vector()
        self.large_killings_by_militias = self.sites.vector()
        self._governorate_of_site = self._sites_by_governorate()
        self.stages = [repeated(getattr(getattr(self, stage.kind), stage.method)) for stage in day]
        self._parts: list[Callable[[], None]] = []

    def __getattr__(self, name: str) -> Any:
        """Set up a kind when it is first used, because kinds read each other while they are set up."""
        waiting = self.__dict__.get("_waiting", {})
        if name not in waiting:
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        kind, waiting[name] = waiting[name], None
        if kind is None:
            raise RuntimeError(f"the kind {name} is asked for while it is set up: two kinds wait for each other")
        setattr(self, name, kind(self))
        return getattr(self, name)

    @property
    def day(self) -> int:
        """Return the day; it is set for the rules as well, which read `today`."""
        return self._day

    @day.setter
    def day(self, day: int) -> None:
        self._day = day
        self.today.become(day)

    def __repr__(self) -> str:
        """Return the day, the worlds and what acts."""
        levers = [type(getattr(lever, "policy", lever)).__name__ for lever in self.levers.levers]
        return (
            f"<{type(self).__name__} on day {self.day}: {len(self.agents)} agents in {self.worlds.count:,} worlds;"
            f" {', '.join(levers) or 'no policy'}>"
        )

    def step(self) -> None:  # ty: ignore[invalid-method-override]  # Mesa types its own as an unbound function
        """Run one day in all worlds."""
        self.day += 1
        for part in self._parts or self.stages:
            part()
        if not self._parts and all(stage.is_recorded for stage in self.stages if isinstance(stage, Repeated)):
            self._parts = in_one_go(self.stages)

    def compile_backwards(self) -> None:
        """Compile the day's rules from the evening to the morning, so that two processes share the work."""
        self.day = 0
        for stage in reversed(self.stages):
            stage()

    def run(self, days: int) -> None:
        """Run some days."""
        for _ in range(days):
            self.step()  # ty: ignore[missing-argument]

    def agent(self, name: str) -> WorldAgent:
        """Return the agent of a name.

        Raises:
            KeyError: there is none.
        """
        for agent in self.agents:
            if agent.name == name:
                return agent
        raise KeyError(f"no agent is called {name!r}; there are {', '.join(agent.name for agent in self.agents)}")

    def kinds(self) -> dict[str, Kind]:
        """Return every kind by the name of the model's attribute that holds it."""
        return {name: getattr(self, name) for name in kinds()}

    @property
    def civilian_deaths(self) -> Array:
        """Iraqi civilians killed today by anybody, (1, worlds)."""
        return self.sum_of(
            self.civilian_deaths_by_militias,
            self.islamic_state.civilian_deaths_in_all,
            self.lead.civilian_deaths,
            self.enablers.civilian_deaths,
        )

    @property
    def iraqi_force_deaths(self) -> Array:
        """Iraqi soldiers and police killed today by anybody, (1, worlds)."""
        return self.sum_of(
            self.sites.iraqi_deaths_in_all,
            self.elsewhere.iraqi_deaths,
            self.islamic_state.iraqi_deaths_in_all,
            self.lead.iraqi_deaths,
        )

    def coalition_troops_gone(self) -> Array:
        """Return the share of the coalition's troops, the lead's included, that is no longer there, (1, worlds)."""
        lead, members = self.lead.troops_at_start, self.coalition.all_troops
        return 1.0 - (lead * self.lead.troop_share + members * self.coalition.remaining) / (lead + members)

    def attacks_by_governorate(self) -> Array:
        """Return all militia attacks so far by governorate, (governorates, worlds).

        Attacks on convoys are spread over the governorates with a convoy route in proportion to population; displaced
        attacks fall in the capital, those on the Kurdish region in the governorate of the Erbil base.
        """
        attacks = np.zeros((len(self.theatre.governorates), self.worlds.count))
        targets = self.elsewhere.attacks_so_far
        in_capital = self.over(self.stacked([targets[name] for name in targets if name != "kurdistan"]))
        rows = [*self.sites.attacks_so_far, targets["kurdistan"][0], in_capital[0]]
        for weights, row in zip(self._governorate_of_site, rows, strict=True):
            for governorate, weight in enumerate(weights):
                if weight > 0.0:
                    attacks[governorate] += weight * row
        return attacks

    def _sites_by_governorate(self) -> list[list[float]]:
        """Return for each site, then displaced attacks on the Kurdish region and elsewhere, each governorate's share."""
        governorates = self.theatre.governorates
        names = [governorate.name for governorate in governorates]
        along_routes = [g.population if g.convoy_route else 0.0 for g in governorates]
        convoys = [population / sum(along_routes) for population in along_routes]
        places = {site.name: site.governorate for site in self.theatre.sites}
        erbil, capital = places.get("erbil_base", "erbil"), places["embassy"]
        in_one = [*places.values(), erbil, capital]
        return [[float(name == place) for name in names] if place else convoys for place in in_one]

    def over(self, values: Array) -> Array:
        """Add a value (agents, worlds) over agents, (1, worlds)."""
        whole = self.sites.vector()
        over_agents(values, out=whole)
        return whole

    def sum_of(self, first: Array, *others: Array) -> Array:
        """Add values (1, worlds) in their order, (1, worlds)."""
        whole = self.sites.vector()
        same(first, out=whole)
        for other in others:
            plus(whole, other, out=whole)
        return whole

    def stacked(self, rows: Sequence[Array]) -> Array:
        """Put vectors (1, worlds) on top of each other, (rows, worlds)."""
        stack = np.empty((len(rows), self.worlds.count))
        for place, row in enumerate(rows):
            same(row, out=stack[place : place + 1])
        return stack
