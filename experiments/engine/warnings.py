"""Warnings about an arm that an analyst should read before its results: one function per rule, no errors."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import cast

import loky

from experiments.config.arm import Arm, Start, made_with
from experiments.config.compute import Backend
from experiments.config.dates import day_and_date
from experiments.config.defaults import declared, parameters
from experiments.config.ledger import drawn_switches
from experiments.config.mechanisms import is_off, neutralised, shipped_mechanisms
from experiments.engine.split import blocks_of
from experiments.storage.arms import references_of
from experiments.storage.chunks import in_chunks
from sim.ledger.parameters import Parameter, Uncertainty
from sim.ledger.priors import Prior
from sim.worlds import Worlds

SHORTEST_FOR_RESURGENCE = 365
"""Longest run, in days, that is too short for an IS resurgence, which takes more than a year."""
_NAMED = 5
_AT_START, _ALSO_OF_THE_YEAR = "_at_start", "lead_nation.troops_at_start"
"""Ending of the names of numbers of day 0; the year before ends with these troops too."""


def notes_on(arm: Arm) -> list[str]:
    """Return all warnings about an arm."""
    return [note for rule in RULES for note in rule(arm)]


def notes_on_arms(arms: Mapping[str, Arm]) -> list[str]:
    """Return each warning once, with the names of its arms unless it applies to all."""
    about: dict[str, list[str]] = {}
    for label, arm in arms.items():
        for note in notes_on(arm):
            about.setdefault(note, []).append(label)
    notes = [note if len(labels) == len(arms) else _of(", ".join(labels), note) for note, labels in about.items()]
    return notes + list(differ_by_more_than_a_setting(arms))


def _of(labels: str, note: str) -> str:
    """Return a note with the names of its arms before it; a name is not repeated if a scenario is named like its policy."""
    return note if note.startswith((f"{labels}:", f"{labels} ")) else f"{labels}: {note}"


def differ_by_more_than_a_setting(arms: Mapping[str, Arm]) -> Iterator[str]:
    """Arms with other draws or starts share only random numbers, so differences of single worlds mean little."""
    pairs = [(label, arms[label], arms[reference]) for label, reference in references_of(arms).items()]
    draws = [
        label
        for label, mine, other in pairs
        if mine.ledger.uncertainty is not other.ledger.uncertainty
        or (mine.posterior and other.posterior and mine.posterior.digest != other.posterior.digest)
    ]
    starts = [label for label, mine, other in pairs if mine.start is not other.start or mine.history != other.history]
    if draws:
        yield f"{', '.join(draws)}: parameters have other draws than in the reference, so compare distributions, not worlds"
    if starts:
        yield f"{', '.join(starts)}: worlds start differently from the reference, so differences exist from day 0 on"


def mechanisms_off(arm: Arm) -> list[str]:
    """Return the mechanisms with all parameters at their neutral values, whatever the reason."""
    given = arm.ledger.parameters
    return [
        name
        for name, mechanism in shipped_mechanisms().items()
        if all(given[key] == neutralised(given[key], value) for key, value in mechanism.neutral.items())
    ]


def mechanisms_off_by_config(arm: Arm) -> list[str]:
    """Return the mechanisms that the config switches off by their name or by model=core."""
    given = cast(Mapping[str, object], arm.resolved["mechanisms"])
    return [name for name, word in given.items() if is_off(word)]


def forced_switches(arm: Arm) -> dict[str, str]:
    """Return the switches with one variant in all worlds by the config, with that variant."""
    forced = {name: switch for name, switch in arm.ledger.switches.items() if f"switches.{name}" not in drawn_switches(arm)}
    return {name: max(switch.weights, key=itemgetter(1))[0] for name, switch in forced.items()}


_WITHOUT = {
    "recruitment": "every exit then strengthens IS, so the sign of the effect on IS is assumed, not found",
    "patron": "the switch patron_on_exit has no effect, and the militias' propensity to attack does not reflect the patron",
    "cabinet": "the switch announcement has no effect, and the government neither falls nor asks to leave",
}
"""The consequence of a missing mechanism for the reader of an arm."""


def missed_mechanisms(arm: Arm) -> Iterator[str]:
    """Without some mechanisms, a result or a switch has no meaning."""
    off = mechanisms_off(arm)
    yield from (f"{name} is off: {meaning}" for name, meaning in _WITHOUT.items() if name in off)


def changed_in_vain(arm: Arm) -> Iterator[str]:
    """A mechanism that is off fixes its parameters, whatever the config says about them."""
    changed = _changed(arm)
    for name in mechanisms_off_by_config(arm):
        for parameter in shipped_mechanisms()[name].neutral:
            if parameter in changed:
                yield f"{parameter} as given has no effect: the mechanism {name} is off and fixes it"


def _changed(arm: Arm) -> dict[str, Parameter]:
    """Return the parameters whose entries in the config are not the shipped ones."""
    given = cast(Mapping[str, Mapping[str, object]], arm.resolved)
    entries = {f"{group}.{name}": entry for group in declared() for name, entry in given[group].items()}
    return {name: found for name, found in arm.ledger.parameters.items() if entries[name] != parameters()[name]}


def outside_its_prior(arm: Arm) -> Iterator[str]:
    """A number outside its prior is a typing error or contradicts the prior."""
    neutral = {parameter for name in mechanisms_off_by_config(arm) for parameter in shipped_mechanisms()[name].neutral}
    for name, parameter in _changed(arm).items():
        if name not in neutral:
            prior = parameter.prior or _declared_prior(name)
            for key, value in parameter.items():
                yield from _outside(f"{name}.value.{key}" if key else name, value, prior)
    for policy_name, policy in arm.policies:
        for setting, name in policy.reads.items():
            value = getattr(policy, setting)
            if value is not None:
                yield from _outside(f"policies.{policy_name}.{setting}", value, _declared_prior(name), f"the prior of {name},")


def _declared_prior(name: str) -> Prior | None:
    shipped = parameters()[name]
    return None if shipped.get("fixed") else Prior.read(shipped["prior"])


def _outside(name: str, value: float, prior: Prior | None, of: str = "its prior") -> Iterator[str]:
    if prior is None:
        return
    low, high = prior.bounds()
    if value < low:
        yield f"{name}={value:g} lies below {low:g}, the lowest value of {of} {prior}, by {low - value:g}"
    elif value > high:
        yield f"{name}={value:g} lies above {high:g}, the highest value of {of} {prior}, by {value - high:g}"


def start_is_out_of_the_year_before(arm: Arm) -> Iterator[str]:
    """Numbers of day 0 have no effect on worlds whose initial states come from the year before."""
    if arm.start is not Start.HISTORY:
        return
    for parameter in _changed(arm):
        if parameter.endswith(_AT_START) and parameter != _ALSO_OF_THE_YEAR:
            yield f"{parameter} as given has no effect: worlds start from the year before; ensemble.start=given uses it"


def posterior_leaves_out(arm: Arm) -> Iterator[str]:
    """A posterior that was calibrated from one prior does not apply to another."""
    if arm.posterior is not None and (left_out := arm.posterior.left_out(arm.ledger)):
        yield f"the posterior was fitted with another prior of {_first(left_out)}; the prior that is set here is used instead"


def _first(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")


def posterior_is_of_another_model(arm: Arm) -> Iterator[str]:
    """States and draws belong to the rules of the calibration; a posterior lacks states that were added later."""
    if arm.posterior is None or arm.posterior.made_with.get("model") == made_with(arm)["model"]:
        return
    if arm.start is Start.HISTORY:
        # a model, and Mesa with it, is wanted here alone: a check is three times as fast without them
        from experiments.engine.initial_state import build_model
        from sim.history.year_before import carried

        goes_on = carried(build_model(arm, Worlds(0, 1)))
        if lacking := [name for name in goes_on if name not in arm.posterior.state]:
            yield f"the posterior has no {', '.join(lacking)}: these start as given; knockon calibrate fits a new posterior"
    yield "the posterior was fitted with another version of the model's source code; knockon calibrate fits a new one"


def posterior_is_of_the_whole_model(arm: Arm) -> Iterator[str]:
    """A posterior that was fitted with a mechanism on does not fit without it."""
    if arm.posterior is not None and (off := mechanisms_off(arm)):
        fitted = "the posterior was fitted with all mechanisms on, but these are off"
        yield f"{fitted}: {_first(off)}; run ensemble.uncertainty=prior for comparison"


def horizon_is_short(arm: Arm) -> Iterator[str]:
    """A resurgence takes more than a year."""
    if arm.days <= SHORTEST_FOR_RESURGENCE:
        yield f"ensemble.days={arm.days}: too short for an IS resurgence, which takes more than a year"


def nothing_to_withdraw(arm: Arm) -> Iterator[str]:
    """A rethink withdraws earlier announcements."""
    for name, policy in arm.policies:
        latest = _bounds(policy.start)[1]
        if policy.withdraws and not any(_bounds(p.start)[0] <= latest for _, p in arm.policies if p.withdrawable):
            by = day_and_date(latest, arm.theatre.start)
            yield f"{name} finds nothing to withdraw: no exit or ultimatum starts by day {by}"


def _bounds(dial: Parameter) -> tuple[float, float]:
    values = [value for _, value in dial.items()]
    return dial.prior.bounds() if dial.prior else (min(values), max(values))


def policy_is_inert(arm: Arm) -> Iterator[str]:
    """A policy at its neutral strength does nothing."""
    for name, policy in arm.policies:
        neutral = policy.neutral_strength
        if _bounds(policy.strength) == (neutral, neutral):
            yield f"policies.{name}.strength={neutral:g} changes nothing"


def caveats_of_policies(arm: Arm) -> Iterator[str]:
    """Some results are assumptions, not findings."""
    yield from (f"{name}: {policy.caveat}" for name, policy in arm.policies if policy.caveat)


def only_chance_is_left(arm: Arm) -> Iterator[str]:
    """Without uncertainty about parameters and structure, bands show only chance."""
    if arm.ledger.uncertainty is Uncertainty.NONE:
        yield "ensemble.uncertainty=none: every switch has its first variant, and bands show only chance"


def workers_without_work(arm: Arm) -> Iterator[str]:
    """A block needs only one worker, and workers that share a core are not faster."""
    compute, cores = arm.compute, loky.cpu_count()
    blocks = len(blocks_of(in_chunks(arm.worlds), compute))
    if compute.address is None and compute.backend is not Backend.AUTO and compute.workers > blocks:
        yield (
            f"compute.workers={compute.workers}: {arm.worlds:,} worlds make {blocks} block{'s' * (blocks > 1)}, each for one"
            " worker; the other workers stay idle"
        )
    elif compute.address is None and compute.workers > cores:
        yield f"compute.workers={compute.workers}: this machine has {cores} cores, and more workers are not faster"


RULES: tuple[Callable[[Arm], Iterator[str]], ...] = (
    changed_in_vain,
    outside_its_prior,
    missed_mechanisms,
    horizon_is_short,
    nothing_to_withdraw,
    policy_is_inert,
    caveats_of_policies,
    only_chance_is_left,
    workers_without_work,
    start_is_out_of_the_year_before,
    posterior_leaves_out,
    posterior_is_of_another_model,
    posterior_is_of_the_whole_model,
)
"""All rules, in the order of the warnings."""
