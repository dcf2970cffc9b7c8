"""Write sim/ODD_tables.md, the tables of the description, from code and configs: `python -m experiments.reference.odd`."""

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from experiments.config.compose import compose
from experiments.config.mechanisms import shipped_mechanisms
from experiments.config.policies import shipped_policies
from experiments.engine.initial_state import build_model
from experiments.reference import catalogue
from experiments.reference.catalogue import outcome_expressions, setup_draws, users_of_parameter
from sim.cache import PACKAGE
from sim.day import DAY
from sim.history.events import KINDS
from sim.model import IraqModel
from sim.record.outcomes import OUTCOMES, Worse
from sim.worlds import Worlds

_NEVER = 1e9
"""Days from here on mean never."""


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a markdown table."""
    cells = [[re.sub(r"\s+", " ", str(cell)).strip().replace("|", "\\|") for cell in row] for row in rows]
    lines = [headings, ["---"] * len(headings), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def parameters(grade: str) -> str:
    """Return the table of the parameters of one grade."""
    chosen = {name: entry for name, entry in catalogue.parameters().items() if entry["grade"] == grade}
    headings = ("parameter", "symbol", "value", "prior", "unit", "meaning", "used in", "source")
    return table(headings, ((f"`{name}`", *_parameter(name, entry)) for name, entry in chosen.items()))


def _parameter(name: str, entry: Mapping[str, Any]) -> Sequence[str]:
    value = _plain(entry["value"])
    family, *numbers = entry.get("prior") or ["fixed"]
    prior = f"{family} {', '.join(map(_plain, numbers))}"
    symbol = f"`{entry['symbol']}`" if entry["symbol"] else ""
    used = ", ".join(f"`{place.function}`" for place in users_of_parameter(name))
    return symbol, value, prior, entry["unit"], entry["meaning"], used, entry["source"]


def stages() -> str:
    """Return the day, stage by stage."""
    rows = [(number, stage.story, f"`{stage.kind}`", f"`{stage.method}`") for number, stage in enumerate(DAY, 1)]
    return table(("", "stage", "acts", "by"), rows)


@cache
def _model() -> IraqModel:
    """Return the model on the eve of day 0, with parameters at their values and switches in their first variant."""
    return build_model(compose("stay", "ensemble.uncertainty=none"), Worlds(0, 2))


def agents() -> str:
    """Return the kinds: the number and names of their agents, and their draws per day."""
    rows = []
    for name, kind in _model().kinds().items():
        draws = [f"{decision} (normal)" if decision in kind.normals else decision for decision in kind.decisions]
        mesa = kind.agent_class.__name__ if kind.agent_class else "none: a condition"
        about = str(sys.modules[type(kind).__module__].__doc__).splitlines()[0]
        names = ", ".join(kind.names) if len(kind.names) <= 8 else f"{kind.names[0]}, {kind.names[1]}, ... (table of members)"
        rows.append((f"`{name}`", about, mesa, len(kind.names), names, ", ".join(draws) or "nothing"))
    pairs = [f"{faction} at {site}" for site in _model().sites.names for faction in _model().militias.names]
    shown = f"{pairs[0]}, {pairs[1]}, ... {pairs[-1]}"
    rows.append(("`militias` at `sites`", "The dice of each faction at each site.", "none: dice", len(pairs), shown, "attack"))
    return table(
        ("kind", "what it is", "Mesa class", "agents", "names, in the order of the rows", "draws per day, in order"), rows
    )


def states() -> str:
    """Return all states: value on the eve of day 0, meaning, and treatment after the year before."""
    rows = []
    for name, kind in _model().kinds().items():
        section = (inspect.getdoc(type(kind)) or "").partition("States:\n")[2]
        meanings = dict(re.findall(r"^ {4}(\w+):? (.*(?:\n {8}.*)*)", section, re.MULTILINE))
        rows += [
            (f"`{name}.{state}`", _start(values), meanings.get(state, ""), kind.at_day_0[state])
            for state, values in kind.memory.items()
        ]
    return table(("state", "start", "[unit]: meaning", "after the year before"), rows)


def _start(values: Any) -> str:
    differing = np.unique(values)
    if len(differing) == 1:
        return f"{float(differing[0]):.6g}" if abs(differing[0]) < _NEVER else "never"
    return "by world" if values.shape[0] == 1 else "by agent"


def draws() -> str:
    """Return the draws before the first day."""
    rows = [(decision, f"`NAME: {decision}`", f"`{reader.module}`") for decision, reader in setup_draws()]
    return table(("drawn once per agent and world", "name that addresses it", "by"), rows)


def outcomes() -> str:
    """Return all outcomes, in the order of tables."""
    worse = {Worse.MORE: "more", Worse.LESS: "less", Worse.NEITHER: "neither"}
    reads = outcome_expressions()
    rows = (
        (f"`{o.name}`", o.long_name, o.unit, o.aggregation.value + (", rare" if o.rare else ""), o.dimension or "",
         worse[o.worse], f"`{reads[o.name]}`")
        for o in OUTCOMES
    )  # fmt: skip
    return table(("outcome", "meaning", "unit", "recorded", "by", "worse", "reads"), rows)


def policies() -> str:
    """Return all policies with their shipped settings."""
    rows = []
    for name, (kind, settings) in shipped_policies().items():
        strength = "0 or 1" if kind.switch else kind.strength_domain
        rows.append((f"`{name}`", f"{kind.description} {kind.__doc__}", strength, _settings(settings)))
    return table(("policy", "what it does", "strength", "settings as shipped"), rows)


def effects() -> str:
    """Return the expected effects of each policy."""
    rows = [
        (f"`{name}`", f"`{effect.beside}`" if effect.beside else "", f"`{effect.outcome}`", effect.direction, effect.why)
        for name, (kind, _) in shipped_policies().items()
        for effect in kind.effects
    ]
    return table(("policy", "beside", "outcome", "moves", "why"), rows)


def scenarios() -> str:
    """Return all scenarios with their policies, in the order of their actions."""
    rows = [
        (f"`{name}`", found.meaning, "; ".join(f"`{policy}`: {_settings(s)}" for policy, s in found.policies.items()) or "none")
        for name, found in catalogue.scenarios().items()
    ]
    return table(("scenario", "meaning", "policies"), rows)


def mechanisms() -> str:
    """Return all mechanisms with their neutral values."""
    rows = [
        (f"`{name}`", found.meaning, "off" if found.beyond_core else "on", _settings(found.neutral))
        for name, found in shipped_mechanisms().items()
    ]
    return table(("mechanism", "what it is", "in the core", "neutral values"), rows)


def switches() -> str:
    """Return all switches with their variants and weights."""
    rows = []
    for name, weights in catalogue.switches().items():
        about, variants = catalogue.switch_meaning(name)
        said = "; ".join(f"`{variant}` {weight:g}: {variants[variant]}" for variant, weight in weights.items())
        rows.append((f"`{name}`", about, said))
    return table(("switch", "about", "variants with their weights, the first without uncertainty"), rows)


def events() -> str:
    """Return the dated events."""
    rows = [(f"`{n}`", e["kind"], e.get("date") or e.get("every_year", "")) for n, e in catalogue.calendar().items()]
    return table(("event", "kind", "date"), rows)


def known_events() -> str:
    """Return the known events of the year before."""
    rows = []
    for name, event in catalogue.history()["events"].items():
        details = f"{', '.join(event.get('members', ()))}{event.get('site', '')}{event.get('stance', '')}"
        rows.append((f"`{name}`", event["kind"], event["date"], event.get("until", ""), details, event["source"]))
    return table(("event", "kind", "date", "until", "of it", "source"), rows)


def kinds_of_events() -> str:
    """Return the effect of each kind of known event."""
    return table(("kind", "what it does"), ((f"`{name}`", kind.meaning) for name, kind in KINDS.items()))


def conditions() -> str:
    """Return the parameters that are fixed in the year before."""
    rows = [(f"`{e['parameter']}`", f"{e['value']:g}", e["source"]) for e in catalogue.history()["fixed"].values()]
    return table(("parameter", "fixed at", "because"), rows)


def patterns() -> str:
    """Return the patterns with their targets."""
    rows = [(t["number"], t["name"], t["statistic"], t["unit"], *_target(t)) for t in catalogue.targets().values()]
    return table(("pattern", "name", "statistic", "unit", "target", "rule", "used in"), rows)


def _target(entry: Mapping[str, Any]) -> Sequence[str]:
    low, high = entry.get("low"), entry.get("high")
    ends = [f"at least {low:g}" if high is None else f"{low:g}"] if low is not None else []
    ends += [f"at most {high:g}" if low is None else f"{high:g}"] if high is not None and high != low else []
    used = {"prior": "informed_a_prior", "calibration": "calibrated"}
    return " to ".join(ends) or "reported", entry.get("rule", ""), ", ".join(u for u, name in used.items() if entry.get(name))


def rules() -> str:
    """Return all rules with their modules and docstrings."""
    rows = [
        (f"`{name}`", Path(rule.module).stem, "added up" if rule.summed else "each", rule.docstring)
        for name, rule in sorted(catalogue.rules().items(), key=lambda item: (item[1].module, item[0]))
    ]
    return table(("rule", "module", "over agents", "what it does, its equation in symbols, its source"), rows)


def _settings(settings: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {'null' if value is None else _plain(value)}" for name, value in settings.items())


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name} {_plain(entry)}" for name, entry in value.items()) or "empty"
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


FILE = PACKAGE / "ODD_tables.md"
_TOP = """# Tables of the description

The tables of [`ODD.md`](ODD.md) and [`CALIBRATION.md`](CALIBRATION.md), which say how to read them. Do not edit this file:
`python -m experiments.reference.odd` writes it from the code and the configs, and a test fails when it is out of date."""
TABLES: Mapping[str, Callable[[], str]] = {
    "Patterns": patterns,
    "Agents": agents,
    "States": states,
    "Stages": stages,
    "Setup draws": draws,
    "Dated events": events,
    "Switches": switches,
    "Mechanisms": mechanisms,
    "Policies": policies,
    "Effects of policies": effects,
    "Scenarios": scenarios,
    "Outcomes": outcomes,
    **{f"Parameters of grade {grade}": partial(parameters, grade) for grade in "ABC"},
    "Rules": rules,
    "Known events of the year before": known_events,
    "Kinds of known events": kinds_of_events,
    "Parameters fixed in the year before": conditions,
}
"""The function of each table, by its heading."""


def tables() -> str:
    """Return all tables under their headings."""
    return "\n\n".join([_TOP, *(f"## {heading}\n\n{made()}" for heading, made in TABLES.items())]) + "\n"


def write(file: Path = FILE) -> None:
    """Write all tables."""
    file.write_text(tables(), encoding="utf-8")


if __name__ == "__main__":
    write()
