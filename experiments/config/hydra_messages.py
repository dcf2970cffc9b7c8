"""What Hydra could not compose, in one line with the nearest names that exist."""

import re

from hydra.errors import HydraException, MissingConfigException, OverrideParseException

from experiments.config.defaults import declared, names_in, settings
from experiments.errors import nearest


def explain(error: HydraException) -> str:
    """Say in one line what Hydra could not compose."""
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
        return f"{matched[1]} is a sweep: add -m, as in knockon run -m {matched[1]}"
    if matched := re.search(r"Could not (?:override|append to config|delete from config)[^']*'([^']+)'", text):
        return unknown_setting(matched[1].split("=")[0])
    return text.splitlines()[0]


def unknown_setting(name: str) -> str:
    """Say that a name is no setting, with the nearest names that are."""
    group, _, rest = name.partition(".")
    policy = rest.partition(".")[0]
    if group == "policies" and policy:
        policies = names_in("policy")
        hint = nearest(policy, policies) if policy not in policies else f"; add it to the scenario with +{name}=..."
    else:
        hint = nearest(name, settings() - {name})
        if not hint and group in declared():
            hint = f"; {group} has {', '.join(declared()[group])}"
    return f"{name} is no setting of this config{hint}"
