"""Compose an arm from a scenario and overrides; explain in one line what Hydra cannot compose."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import islice
from math import prod
from pathlib import Path
from typing import Any

import hydra
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.config_loader import ConfigLoader
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import ChoiceSweep, Override, RangeSweep
from hydra.errors import HydraException, MissingConfigException, OverrideParseException
from omegaconf import DictConfig, open_dict

from experiments.config.arm import Arm
from experiments.config.compositions import compose_once
from experiments.config.conf_source import shipped_configs
from experiments.config.defaults import ROOTS, declared, names_in, settings, settings_of, use_own_folder
from experiments.config.read import read_arm, resolved
from experiments.errors import InputError, nearest

compose_once()

MOST_ARMS = 1000
"""Arms of one sweep; each is composed and checked before the first run."""
_NAMES = re.compile(r"[\w./-]+(?:,[\w./-]+)*")
_NUMBER = re.compile(r"[-+]?[0-9_.]*[0-9][0-9_.]*(?:[eE][-+]?[0-9_]+)?|(?i:[-+]?(?:inf|nan)|true|false|null)")
_OF_HYDRA = re.compile(r"hydra/(?:launcher|job_logging|hydra_logging)|hydra\.(?:launcher\..+|job\.chdir|mode|verbose)")
"""Settings of Hydra on the command line; folders and arms have settings of knockon."""


def for_hydra(overrides: Sequence[str]) -> list[str]:
    """Return overrides for Hydra, with quotes around file names that are numbers or contain letters beyond ASCII."""
    for override in overrides:
        name = override.partition("=")[0].lstrip("+~")
        if re.match(r"hydra[./=@]|hydra$", name) and not _OF_HYDRA.fullmatch(name):
            instead = {
                "hydra.sweeper.params": "write the sweep itself, scenario=stay,us_pullout",
                "hydra.searchpath": "give your folder of configs with --config-dir",
            }.get(".".join(name.split(".")[:3]), "results=FOLDER sets the folder of results")
            raise InputError(f"{override}: knockon does not use this setting of Hydra; {instead}")
    return [_quoted(_in_full(override)) for override in overrides]


def _in_full(override: str) -> str:
    name, equals, value = override.partition("=")
    if name == "title" and equals and not re.match(r"null$|['\"]", value):
        escaped = value.replace("\\", r"\\").replace('"', r"\"")  # a title may hold commas, colons and quotes
        return f'title="{escaped}"'
    if name == "design" and equals:
        return f"design.sample={value}"
    if name != "until" or not equals:
        return override
    if value.isdigit():
        raise InputError(f"{override}: until takes a date (until=2022-03-31); for {value} days, write ensemble.days={value}")
    return f"ensemble.days={value}"


def _quoted(override: str) -> str:
    name, _, value = override.partition("=")
    is_group = name.lstrip("+") in ("scenario", "experiment")
    if _NAMES.fullmatch(value) and (is_group or not value.isascii()):
        parts = [f'"{part}"' if not part.isascii() or _NUMBER.fullmatch(part) else part for part in value.split(",")]
        return f"{name}={','.join(parts)}"
    return override


def arms_of(loader: ConfigLoader, overrides: Sequence[str]) -> list[list[str]]:
    """Return the overrides of each arm of a sweep.

    Shuffled arms are sorted: Hydra shuffles them again at each call, and the first arm may be the reference.
    """
    parsed = OverridesParser.create(config_loader=loader).parse_overrides(list(overrides))
    by_name = {override.get_key_element(): override for override in parsed}
    sizes = {override.input_line: _size(override) for override in by_name.values()}
    for line, size in sizes.items():
        if size == 0:
            raise InputError(f"{line} has no value: nothing matches it, so there is no arm to run")
    if (arms := prod(sizes.values())) > MOST_ARMS:
        swept = ", ".join(str(line) for line, size in sizes.items() if size > 1)
        raise InputError(f"{swept}: a sweep can have {MOST_ARMS:,} arms, and this one has {arms:,}")
    expanded = [list(arm) for batch in BasicSweeper.split_arguments(parsed, max_batch_size=None) for arm in batch]
    is_shuffled = any(getattr(override._value, "shuffle", False) for override in parsed)
    return sorted(expanded, key=lambda arm: [_in_order(value) for value in arm]) if is_shuffled else expanded


def with_references(arms: Sequence[Sequence[str]], references: Sequence[str]) -> list[list[str]]:
    """Return the overrides of the arms that a sweep lacks as references.

    `arms` are the overrides of each arm of the sweep. Its references have the same overrides, but their own scenario and no
    overrides of policies.
    """
    wanted = dict.fromkeys(
        (f"scenario={reference}", *(one for one in arm if section_of(one) not in ("scenario", "policies")))
        for reference in references
        for arm in arms
    )
    there = {(next((one for one in arm if name_of(one) == "scenario"), ""), frozenset(arm)) for arm in arms}
    return [list(arm) for arm in wanted if (arm[0], frozenset(arm)) not in there]


def _size(override: Override) -> int:
    if not override.is_sweep_override():
        return 1
    values: Any = override.value()
    if isinstance(values, ChoiceSweep):
        return len(values.list)
    if isinstance(values, RangeSweep):
        start, stop, step = float(values.start or 0), float(values.stop or 0), float(values.step)
        return max(0, int(-((start - stop) // step))) if step else MOST_ARMS + 1
    return sum(1 for _ in islice(override.sweep_string_iterator(), MOST_ARMS + 1))


def _in_order(override: str) -> tuple[str, float, str]:
    name, _, value = override.partition("=")
    try:
        return name, float(value), ""
    except ValueError:
        return name, 0.0, value


def explain(error: HydraException, given: Sequence[str] = (), job: str = "") -> str:
    """Return one line on the failed composition for a job.

    Hydra complains of a sweep before it sees a wrong name, so this looks for wrong names among the `given` overrides first.
    """
    text = str(error)
    if isinstance(error, MissingConfigException) and error.missing_cfg_file is not None:
        whole = error.missing_cfg_file
        group, _, name = whole.rpartition("/") if whole.startswith("hydra/") else whole.partition("/")
        options = list(error.options or ())
        needs = "; those of Slurm need pip install 'knockon[slurm]'" if group == "hydra/launcher" else ""
        there = ", ".join(options) + needs
        return f"{group}={name}: there is no such {group or 'config'}{nearest(name, options)}; there are {there}"
    if isinstance(error, OverrideParseException):
        return f"{error.override!r} cannot be read: write NAME=VALUE, and put it in quotes if it has brackets or spaces"
    if matched := re.search(r"(?:Ambiguous value for argument|Sweep parameters) '([^']+)'", text):
        if wrong := [name for name in map(name_of, given) if not _may_be_set(name)]:
            return _unknown_setting(wrong[0], job)
        if job in ("", "run"):
            return f"{matched[1]} is a sweep: add -m, as in knockon run -m {matched[1]}"
        return f"{matched[1]}: knockon {job} takes one value here; for a sweep, use knockon run -m {matched[1]}"
    if matched := re.search(r"Could not (?:override|append to config|delete from config)[^']*'([^']+)'", text):
        return _unknown_setting(matched[1].split("=")[0], job)
    return text.splitlines()[0]


def _may_be_set(name: str) -> bool:
    """Tell whether a name may be a setting; in some sections, all settings are known."""
    section, _, rest = name.partition(".")
    known = {setting for setting in settings() if "." in setting}
    return (
        not rest
        or section not in {setting.partition(".")[0] for setting in known}
        or any(f"{name}.".startswith(f"{setting}.") or setting.startswith(f"{name}.") for setting in known)
    )


def _unknown_setting(name: str, job: str) -> str:
    group, _, rest = name.partition(".")
    policy = rest.partition(".")[0]
    if group == "policies" and policy:
        policies = names_in("policy")
        hint = nearest(policy, policies) if policy not in policies else f"; add it to the scenario with +{name}=..."
    elif rest and group in ROOTS and not any(setting.startswith(f"{group}.") for setting in settings()):
        hint = f"; {group} takes one value: write {group}=..."
    else:
        hint = nearest(name, (settings() | settings_of(job)) - {name})
        if not hint and group in declared():
            hint = f"; {group} has {', '.join(declared()[group])}"
    return f"{name} is no setting of this config{hint}"


def compose(
    scenario: str = "stay", *overrides: str, results: str | Path | None = None, job: str = "run", own: Collection[str] = ()
) -> Arm:
    """Compose and check one arm.

    Args:
        scenario: name of a scenario in conf/scenario/.
        overrides: as on the command line, "militias.effect_of_restraint=1.5".
        results: folder of the results; `results` below the working directory by default.
        job: its config is composed, conf/JOB.yaml.
        own: settings of the job in that config, which are no part of the arm.
    """
    given = for_hydra([f"scenario={scenario}", *overrides])
    config = resolved(_config(given, job, own))
    arm = read_arm(config, scenario, [override for override in given if section_of(override) not in own])
    return arm if results is None else replace(arm, results=Path(results))


def compose_plain(scenario: str, *overrides: str, job: str = "run", own: Collection[str] = ()) -> dict[str, Any]:
    """Compose a config as `compose` does and return its plain values, to be changed and read again by `read_arm`."""
    return resolved(_config(for_hydra([f"scenario={scenario}", *overrides]), job, own))


def _config(overrides: list[str], job: str, own: Collection[str]) -> DictConfig:
    try:
        with shipped_configs():
            config = hydra.compose(job, overrides=overrides)
    except HydraException as error:
        raise InputError(explain(error)) from None
    with open_dict(config):
        for name in own:
            config.pop(name, None)
    return config


_CHECKED: dict[tuple[str, ...], Arm] = {}


def check_arms(configs: Sequence[DictConfig]) -> list[Arm]:
    """Make the arms of composed configs, and keep them for the job that this process runs next."""
    _CHECKED.clear()
    arms = [arm_of(config, config.hydra) for config in configs]
    _CHECKED.update((tuple(config.hydra.overrides.task), arm) for config, arm in zip(configs, arms, strict=True))
    return arms


def sweep_from(arm: Arm) -> list[Arm]:
    """Return all arms of the sweep that `check_arms` has made, for the first arm; for the other arms, return none."""
    arms = list(_CHECKED.values())
    return arms if arms and arms[0] is arm else []


def is_checked(config: DictConfig) -> bool:
    """Tell whether `check_arms` has made the arm of a composed config."""
    return tuple(config.hydra.overrides.task) in _CHECKED


def arm_of(config: DictConfig, node: Any) -> Arm:
    """Make the arm of a composed config, unless `check_arms` has; `node` is its node `hydra`."""
    if (arm := _CHECKED.get(tuple(node.overrides.task))) is not None:
        return arm
    own = [Path(source.path) for source in node.runtime.config_sources if source.provider == "command-line"]
    use_own_folder(own[0] if own else None)  # in another process than the first one, under Slurm say
    return read_arm(resolved(config), str(node.runtime.choices["scenario"]), list(node.overrides.task))


def name_of(override: str) -> str:
    """Return the name of the setting that an override sets."""
    return override.partition("=")[0].lstrip("+~")


def section_of(override: str) -> str:
    """Return the section of the setting that an override sets, or its name if it is in none."""
    return name_of(override).partition(".")[0]
