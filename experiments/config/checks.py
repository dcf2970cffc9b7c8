"""Rules for a whole config, one function per rule; checked before the first world."""

from collections.abc import Callable, Iterator, Mapping

from experiments.config.defaults import parameters
from experiments.errors import InputError, nearest
from sim.ledger.parameters import Domain, Ledger, Parameter
from sim.theatre.theatre import Theatre

_CLOSE = 1e-6
_OF_FACTIONS = ("patron_control", "facade_share", "faction_share_rockets", "faction_share_convoys")
_PRESENCE = ("lead_share_of_presence", "members_share_of_presence", "mission_share_of_presence")
_OF_SITES = ("urban_density", "coalition_exposure", "cover_at_start", *_PRESENCE)


def check_consistency(ledger: Ledger, theatre: Theatre) -> None:
    """Apply every rule."""
    for rule in RULES:
        for complaint in rule(ledger, theatre):
            raise InputError(complaint)


def _range(parameter: Parameter) -> tuple[float, float]:
    values = [value for _, value in parameter.items()] + list(parameter.prior.bounds() if parameter.prior else ())
    return min(values), max(values)


def branching_below_one(ledger: Ledger, theatre: Theatre) -> Iterator[str]:
    """Each attack excites fewer than one further attack; otherwise attacks grow without limit."""
    own, cross = ledger.parameters["militias.self_excitation"], ledger.parameters["militias.cross_excitation"]
    if (ratio := _range(own)[1] + _range(cross)[1]) >= 1.0:
        sums = "militias.self_excitation and cross_excitation add up to as much as"
        yield f"{sums} {ratio:g}: keep the sum below 1, or attacks grow without limit"
    if (ratio := _range(ledger.parameters["islamic_state.self_excitation"])[1]) >= 1.0:
        yield f"islamic_state.self_excitation reaches {ratio:g}: keep it below 1, or attacks grow without limit"


def day_is_the_step(ledger: Ledger, theatre: Theatre) -> Iterator[str]:
    """The step of the model is a day: what decays within less than a day would change its sign every day."""
    for name, parameter in ledger.parameters.items():
        if parameter.unit == "days" and parameter.domain is Domain.POSITIVE and (days := _range(parameter)[0]) < 1.0:
            yield f"{name} is as short as {days:g} days: it must be at least 1 day, the step of the model"
        if parameter.unit == "1/day" and not name.endswith("_hazard") and (rate := _range(parameter)[1]) > 1.0:
            yield f"{name} is as high as {rate:g} per day: it must be at most 1"


def tolerance_below_one(ledger: Ledger, theatre: Theatre) -> Iterator[str]:
    """Members cannot tolerate the loss of all lead troops: the excess loss is divided by the rest."""
    if (level := _range(ledger.parameters["coalition.lead_loss_tolerated"])[1]) >= 1.0:
        yield f"coalition.lead_loss_tolerated reaches {level:g}: keep it below 1"


def presence_sums_to_one(ledger: Ledger, theatre: Theatre) -> Iterator[str]:
    """The presence at a site is divided between the lead, the members and the mission."""
    parts = [dict(ledger.parameters[f"sites.{name}"].items()) for name in _PRESENCE]
    for site in theatre.sites:
        if any(site.name not in part for part in parts):
            continue
        total = sum(part[site.name] for part in parts)
        if abs(total - 1.0) > _CLOSE:
            yield f"sites.*_share_of_presence of {site.name} add up to {total:g}, not to 1"


def distributions_sum_to_one(ledger: Ledger, theatre: Theatre) -> Iterator[str]:
    """Shares add up to one."""
    for name, parameter in ledger.parameters.items():
        if parameter.prior is not None and parameter.prior.family == "dirichlet":
            total = sum(value for _, value in parameter.items())
            if abs(total - 1.0) > _CLOSE:
                yield f"{name} adds up to {total:g}, not to 1: change the other shares too"


def agents_have_values(ledger: Ledger, theatre: Theatre) -> Iterator[str]:
    """Every faction and site of the tables has its values in the ledger."""
    factions, sites = [name for name, _ in theatre.factions], [site.name for site in theatre.sites]
    wanted = {f"militias.{entry}": factions for entry in _OF_FACTIONS}
    wanted["sites.attractiveness"] = [site.name for site in theatre.sites if site.campaign == "rockets"]
    wanted |= {f"sites.{entry}": sites for entry in _OF_SITES}
    for name, agents in wanted.items():
        given = dict(ledger.parameters[name].items())
        for agent in agents:
            if agent not in given:
                yield f"{name} has no value for {agent}; it has {', '.join(given)}"


def values_are_of_somebody(ledger: Ledger, theatre: Theatre) -> Iterator[str]:
    """A value by name belongs to a name in the shipped ledger or in the theatre; otherwise no agent reads it."""
    somebody = {name for name, _ in theatre.factions}
    somebody |= {actor.name for actors in (theatre.sites, theatre.governorates, theatre.members) for actor in actors}
    for name, parameter in ledger.parameters.items():
        shipped = parameters()[name]["value"]
        if isinstance(parameter.value, tuple) != isinstance(shipped, Mapping):
            wanted = f"a value for each of {', '.join(shipped)}" if isinstance(shipped, Mapping) else "one value"
            given = dict(parameter.items()) if isinstance(parameter.value, tuple) else parameter.value
            yield f"{name} has {wanted}, not {given}"
        if not isinstance(shipped, Mapping):
            continue
        for key, value in parameter.items():
            if key not in shipped and key not in somebody:
                hint = nearest(key, shipped) or f"; it has {', '.join(shipped)}"
                yield f"{name}.value.{key}={value:g} belongs to no agent{hint}"
        if not set(shipped) & somebody and (missing := [key for key in shipped if key not in dict(parameter.items())]):
            yield f"{name} has no value for {', '.join(missing)}"


def cells_are_governorates(ledger: Ledger, theatre: Theatre) -> Iterator[str]:
    """Every cell of the Islamic State is in a governorate of the table."""
    names = [governorate.name for governorate in theatre.governorates]
    for cell, _ in ledger.parameters["islamic_state.governorate_share"].items():
        if cell not in names:
            yield f"islamic_state.governorate_share names {cell!r}, which is no governorate of the theatre"


def theatre_has_its_anchors(ledger: Ledger, theatre: Theatre) -> Iterator[str]:
    """There is an embassy, a convoy route, and members at the start."""
    if all(site.name != "embassy" for site in theatre.sites):
        yield "the table of sites has no site called 'embassy'"
    if not any(governorate.convoy_route for governorate in theatre.governorates):
        yield "the table of governorates has none with a convoy route"
    if sum(member.troops for member in theatre.members if member.present) <= 0.0:
        yield "the table of members has no member with troops at the start"


RULES: tuple[Callable[[Ledger, Theatre], Iterator[str]], ...] = (
    branching_below_one,
    day_is_the_step,
    tolerance_below_one,
    presence_sums_to_one,
    distributions_sum_to_one,
    values_are_of_somebody,
    agents_have_values,
    cells_are_governorates,
    theatre_has_its_anchors,
)
"""All rules, in the order of the checks."""
