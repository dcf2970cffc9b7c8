"""The state of the page: arms, held assumptions, worlds, days, seed. It passes the same checks as a command line."""

import json
import os
import shlex
import textwrap
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any, cast

import yaml

from experiments.config.arm import Arm
from experiments.config.compose import compose_plain, name_of, section_of
from experiments.config.defaults import declared, own_folder, parameters
from experiments.config.display import LONGEST_NAME, display_of
from experiments.config.fields import check_keys
from experiments.config.read import read_arm, with_policies
from experiments.errors import InputError, nearest
from experiments.figures.names import arm_name, in_words

MOST_ARMS = 6
_JOB, _OWN = "explore", ("explore",)
_SET_BY_PAGE = {"scenario", "reference", "ensemble.worlds", "ensemble.days", "ensemble.seed", "results", "explore"}
"""Settings of the command line that the page replaces, or that do not belong to an arm."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """An arm of the page: a scenario, and the policies in force with their settings; None: the policies of the scenario."""

    scenario: str
    policies: Mapping[str, Mapping[str, object]] | None = None


@dataclass(frozen=True, slots=True)
class State:
    """The state of the page.

    Attributes:
        arms: the first is the reference.
        held: assumptions that are held, by name.
    """

    arms: tuple[Chosen, ...]
    worlds: int
    days: int
    seed: int
    held: Mapping[str, float] = field(default_factory=dict)


def read_state(given: object) -> State:
    """Read a state that the page sent; `Border` later checks its arms.

    Raises:
        InputError: the state has unknown parts, or too few or too many arms.
    """
    names = {entry.name for entry in fields(State)}
    check_keys("", given, names, names - {"held"})
    plain = cast(Mapping[str, Any], given)
    arms = plain["arms"]
    if not isinstance(arms, Sequence) or isinstance(arms, str) or not 2 <= len(arms) <= MOST_ARMS:
        raise InputError(f"a page compares 2 to {MOST_ARMS} arms")
    for number, arm in enumerate(arms):
        check_keys(f"arms[{number}]", arm, {"scenario", "policies"}, {"scenario"})
        policies = arm.get("policies")
        for name, settings in policies.items() if isinstance(policies, Mapping) else ():
            if isinstance(settings, Mapping) and "_target_" in settings:  # a link from somebody else must run no code
                raise InputError(f"policies.{name}._target_: the page cannot name a class; put it into a file of conf/policy/")
    if not isinstance(held := plain.get("held") or {}, Mapping):
        raise InputError(f"held={held!r} is not a mapping of assumptions to numbers")
    chosen = tuple(Chosen(str(arm["scenario"]), arm.get("policies")) for arm in arms)
    return State(chosen, plain["worlds"], plain["days"], plain["seed"], held)


class Border:
    """Makes the arms of a state: composes each scenario once, applies the changes, and checks the result like any config.

    Args:
        overrides: of the command line, which every arm has.
        composed: configs that are composed already, as plain values by scenario.
    """

    def __init__(self, overrides: Sequence[str] = (), composed: Mapping[str, dict[str, Any]] | None = None) -> None:
        self.overrides = tuple(one for one in overrides if name_of(one) not in _SET_BY_PAGE and section_of(one) not in _OWN)
        self._plain = dict(composed or {})
        self._checked = lru_cache(maxsize=64)(self._check)
        self._without_policies = lru_cache(maxsize=16)(self._check_without_policies)

    def arms(self, state: State) -> list[Arm]:
        """Return the arms of a state.

        Raises:
            InputError: a setting is not valid, or two arms are the same.
        """
        arms = [self.arm(state, chosen) for chosen in state.arms]
        labels = labels_of(self, state)
        for place, arm in enumerate(arms):
            if arm.key in (other.key for other in arms[:place]):
                raise InputError(f"{labels[place]} is there twice: move a setting of one of the two arms, or remove one")
        return arms

    def arm(self, state: State, chosen: Chosen) -> Arm:
        """Return one arm of a state."""
        about = (chosen.scenario, chosen.policies, dict(state.held), state.worlds, state.days, state.seed)
        return self._checked(json.dumps(about, sort_keys=False))

    def policies(self, scenario: str) -> Mapping[str, Mapping[str, object]]:
        """Return the policies of a scenario with their settings."""
        given = self.composed(scenario)["policies"]
        return {name: {key: value for key, value in one.items() if key != "_target_"} for name, one in given.items()}

    def composed(self, scenario: str) -> dict[str, Any]:
        """Return the config of a scenario as plain values; it is composed once."""
        if scenario not in self._plain:
            self._plain[scenario] = compose_plain(scenario, *self.overrides, job=_JOB, own=_OWN)
        return self._plain[scenario]

    def _check(self, about: str) -> Arm:
        scenario, policies, held, *numbers = json.loads(about)
        swept = (f"scenario={scenario}", *self.overrides, *_overrides_of(held))
        given = self.composed(scenario)["policies"] if policies is None else policies
        if not isinstance(given, Mapping):
            return self._read(scenario, held, numbers, given, swept)  # refused
        arm = self._without_policies(json.dumps((self._like(scenario), held, numbers)))
        return with_policies(arm, given, scenario, swept)

    def _like(self, scenario: str) -> str:
        """Return the first scenario that differs from this one only in its policies; all other checks need no repetition."""
        plain = self.composed(scenario)
        return next(name for name, other in self._plain.items() if other | {"policies": plain["policies"]} == plain)

    def _check_without_policies(self, about: str) -> Arm:
        scenario, held, numbers = json.loads(about)
        return self._read(scenario, held, numbers, {}, _overrides_of(held))

    def _read(
        self, scenario: str, held: Mapping[str, float], numbers: Sequence[int], policies: object, swept: Sequence[str]
    ) -> Arm:
        plain: dict[str, Any] = {**self.composed(scenario), "policies": policies}
        plain["ensemble"] = plain["ensemble"] | dict(zip(("worlds", "days", "seed"), numbers, strict=True))
        for name, value in held.items():
            group, _, entry = name.partition(".")
            if group not in declared() or entry not in declared()[group]:
                raise InputError(f"{name}={value!r} is no assumption{nearest(name, parameters())}")
            plain[group] = {**plain[group], entry: value}
        return read_arm(plain, scenario, swept)


def held_by(overrides: Sequence[str]) -> dict[str, float]:
    """Return the assumptions that the command line holds at a number; the page shows them and can release them."""
    held = {}
    for override in overrides:
        name, _, value = override.partition("=")
        group, _, entry = name.partition(".")
        about = declared().get(group, {}).get(entry, {})
        if about.get("prior") is not None and not isinstance(about["value"], Mapping):
            with suppress(ValueError):
                held[name] = float(value)
    return held


def _overrides_of(held: Mapping[str, float]) -> list[str]:
    return [f"{name}={value!r}" for name, value in held.items()]


def changes(border: Border, chosen: Chosen) -> list[str]:
    """Return in words how an arm differs from its scenario: "full pullout day 55", "without Green Zone force"."""
    if chosen.policies is None:
        return []
    shipped, words = border.policies(chosen.scenario), []
    for name, settings in chosen.policies.items():
        if name not in shipped:
            words.append(f"with {in_words(name)}")
        was = shipped.get(name, {})
        moved = {key: value for key, value in settings.items() if value != was.get(key)}
        if name in shipped and moved:
            parts = [f"day {value}" if key == "start" else f"{in_words(key)} {_said(value)}" for key, value in moved.items()]
            words.append(f"{in_words(name)} {', '.join(parts)}")
    return [*words, *(f"without {in_words(name)}" for name in shipped if name not in chosen.policies)]


def _said(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{in_words(str(key))} {day}" for key, day in value.items()) or "none"
    return "as assumed" if value is None else f"{value:g}" if isinstance(value, int | float) else str(value)


def labels_of(border: Border, state: State) -> list[str]:
    """Return a readable name for each arm: its scenario and the moved settings."""
    return [", ".join([name_of_scenario(chosen.scenario), *changes(border, chosen)]) for chosen in state.arms]


def name_of_scenario(name: str) -> str:
    """Return the readable name of a scenario."""
    return display_of(name).name or arm_name(name)


def names_of(border: Border, state: State) -> list[str]:
    """Return a name for each arm in a command: its scenario, or the name of its own file, which contains a part of its key."""
    arms = border.arms(state)
    pairs = zip(state.arms, arms, strict=True)
    return [f"explored_{arm.key[:6]}" if changes(border, chosen) else chosen.scenario for chosen, arm in pairs]


def files_of(border: Border, state: State) -> dict[str, str]:
    """Return the scenario files that hold the moved arms, text by path below the analyst's folder of configs."""
    files = {}
    for chosen, name, label in zip(state.arms, names_of(border, state), labels_of(border, state), strict=True):
        if name == chosen.scenario:
            continue
        plain, base = border.composed(chosen.scenario), border.composed("stay")
        other = {part: plain[part] for part in plain if part not in ("policies", "ensemble") and plain[part] != base[part]}
        display = {"name": _short(label, name), "about": f"{label}; kept from knockon explore."}
        content = {**other, "display": display, "policies": dict(chosen.policies or {})}
        text = yaml.safe_dump(content, sort_keys=False, default_flow_style=None, width=120, allow_unicode=True)
        files[f"scenario/{name}.yaml"] = f"# @package _global_\n{text}"
    return files


def _short(label: str, name: str) -> str:
    """Return a readable name that fits; a cut one ends in the part of the key, since two arms may be cut to the same words."""
    if len(label) <= LONGEST_NAME:
        return label
    end = f" ... ({name.rpartition('_')[2]})"
    return textwrap.shorten(label, LONGEST_NAME - len(end), placeholder="") + end


def folder_of_kept() -> str:
    """Return the analyst's folder of configs, which receives kept scenarios: the given folder, else `my_conf`."""
    own = own_folder()
    return "my_conf" if own is None else os.path.relpath(own)


def words_of(border: Border, state: State) -> list[str]:
    """Return the words of the command (job and overrides) that computes, stores and compares exactly the worlds of the page."""
    names = names_of(border, state)
    own = ["--config-dir", folder_of_kept()] if own_folder() or files_of(border, state) else []
    return [
        "compare", *own, f"scenario={','.join(names)}", f"reference={names[0]}", *border.overrides, *_overrides_of(state.held),
        f"ensemble.worlds={state.worlds}", f"ensemble.days={state.days}", f"ensemble.seed={state.seed}",
    ]  # fmt: skip


def command_of(border: Border, state: State) -> str:
    """Return the command of `words_of` as typed."""
    return f"uv run knockon {shlex.join(words_of(border, state))}"
