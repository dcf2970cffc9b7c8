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


TABLES: dict[str, Callable[[], str]] = {}
"""The function of each table, by its heading."""
type _Rows = Iterable[Sequence[object]]


def _table(heading: str, *columns: str) -> Callable[[Callable[[], _Rows]], Callable[[], _Rows]]:
    """Let a function make the rows of the table under a heading, after those of the functions before it."""

    def add(rows: Callable[[], _Rows]) -> Callable[[], _Rows]:
        TABLES[heading] = lambda: _markdown(columns, rows())
        return rows

    return add


def _markdown(headings: Sequence[str], rows: _Rows) -> str:
    cells = [[re.sub(r"\s+", " ", str(cell)).strip().replace("|", "\\|") for cell in row] for row in rows]
    lines = [headings, ["---"] * len(headings), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


@_table("Patterns", "pattern", "name", "statistic", "unit", "target", "rule", "used in")
def _patterns() -> _Rows:
    targets = catalogue.shipped("patterns", "targets")["targets"].values()
    return [(t["number"], t["name"], t["statistic"], t["unit"], *_target(t)) for t in targets]


def _target(entry: Mapping[str, Any]) -> Sequence[str]:
    low, high = entry.get("low"), entry.get("high")
    ends = [f"at least {low:g}" if high is None else f"{low:g}"] if low is not None else []
    ends += [f"at most {high:g}" if low is None else f"{high:g}"] if high is not None and high != low else []
    used = {"prior": "informed_a_prior", "calibration": "calibrated"}
    return " to ".join(ends) or "reported", entry.get("rule", ""), ", ".join(u for u, name in used.items() if entry.get(name))


@cache
def _model() -> IraqModel:
    """Return the model on the eve of day 0, with parameters at their values and switches in their first variant."""
    return build_model(compose("stay", "ensemble.uncertainty=none"), Worlds(0, 2))


@_table("Agents", "kind", "what it is", "Mesa class", "agents", "names, in the order of the rows", "draws per day, in order")
def _agents() -> _Rows:
    for name, kind in _model().kinds().items():
        draws = [f"{decision} (normal)" if decision in kind.normals else decision for decision in kind.decisions]
        mesa = kind.agent_class.__name__ if kind.agent_class else "none: a condition"
        about = str(sys.modules[type(kind).__module__].__doc__).splitlines()[0]
        names = ", ".join(kind.names) if len(kind.names) <= 8 else f"{kind.names[0]}, {kind.names[1]}, ... (table of members)"
        yield f"`{name}`", about, mesa, len(kind.names), names, ", ".join(draws) or "nothing"
    pairs = [f"{faction} at {site}" for site in _model().sites.names for faction in _model().militias.names]
    shown = f"{pairs[0]}, {pairs[1]}, ... {pairs[-1]}"
    yield "`militias` at `sites`", "The dice of each faction at each site.", "none: dice", len(pairs), shown, "attack"


@_table("States", "state", "start", "[unit]: meaning", "after the year before")
def _states() -> _Rows:
    for name, kind in _model().kinds().items():
        section = (inspect.getdoc(type(kind)) or "").partition("States:\n")[2]
        meanings = dict(re.findall(r"^ {4}(\w+):? (.*(?:\n {8}.*)*)", section, re.MULTILINE))
        for state, values in kind.memory.items():
            yield f"`{name}.{state}`", _start(values), meanings.get(state, ""), kind.at_day_0[state]


def _start(values: Any) -> str:
    differing = np.unique(values)
    if len(differing) == 1:
        return f"{float(differing[0]):.6g}" if abs(differing[0]) < _NEVER else "never"
    return "by world" if values.shape[0] == 1 else "by agent"


@_table("Stages", "", "stage", "acts", "by")
def _stages() -> _Rows:
    return [(number, stage.story, f"`{stage.kind}`", f"`{stage.method}`") for number, stage in enumerate(DAY, 1)]


@_table("Setup draws", "drawn once per agent and world", "name that addresses it", "by")
def _setup_draws() -> _Rows:
    return [(decision, f"`NAME: {decision}`", f"`{reader.module}`") for decision, reader in setup_draws()]


@_table("Dated events", "event", "kind", "date")
def _events() -> _Rows:
    events = catalogue.shipped("calendar", "known_2020").items()
    return [(f"`{name}`", event["kind"], event.get("date") or event.get("every_year", "")) for name, event in events]


@_table("Switches", "switch", "about", "variants with their weights; without uncertainty, all worlds have the first")
def _switches() -> _Rows:
    for name, weights in catalogue.switches().items():
        about, variants = catalogue.switch_meaning(name)
        said = "; ".join(f"`{variant}` {weight:g}: {variants[variant]}" for variant, weight in weights.items())
        yield f"`{name}`", about, said


@_table("Mechanisms", "mechanism", "what it is", "in the core", "neutral values")
def _mechanisms() -> _Rows:
    for name, found in shipped_mechanisms().items():
        yield f"`{name}`", found.meaning, "off" if found.beyond_core else "on", _settings(found.neutral)


@_table("Policies", "policy", "what it does", "strength", "settings as shipped")
def _policies() -> _Rows:
    for name, (kind, settings) in shipped_policies().items():
        strength = "0 or 1" if kind.switch else kind.strength_domain
        yield f"`{name}`", f"{kind.description} {kind.__doc__}", strength, _settings(settings)


@_table("Effects of policies", "policy", "beside", "outcome", "moves", "why")
def _effects() -> _Rows:
    for name, (kind, _) in shipped_policies().items():
        for effect in kind.effects:
            beside = f"`{effect.beside}`" if effect.beside else ""
            yield f"`{name}`", beside, f"`{effect.outcome}`", effect.direction, effect.why


@_table("Scenarios", "scenario", "meaning", "policies")
def _scenarios() -> _Rows:
    for name, found in catalogue.scenarios().items():
        policies = [f"`{policy}`: {_settings(settings)}" for policy, settings in found.policies.items()]
        yield f"`{name}`", found.meaning, "; ".join(policies) or "none"


@_table("Outcomes", "outcome", "meaning", "unit", "recorded", "by", "worse", "reads")
def _outcomes() -> _Rows:
    worse = {Worse.MORE: "more", Worse.LESS: "less", Worse.NEITHER: "neither"}
    reads = outcome_expressions()
    for one in OUTCOMES:
        recorded = one.aggregation.value + (", rare" if one.rare else "")
        dimension = one.dimension or ""
        yield f"`{one.name}`", one.long_name, one.unit, recorded, dimension, worse[one.worse], f"`{reads[one.name]}`"


def _parameters(grade: str) -> _Rows:
    for name, entry in catalogue.parameters().items():
        if entry["grade"] == grade:
            family, *numbers = entry.get("prior") or ["fixed"]
            prior = f"{family} {', '.join(map(_plain, numbers))}"
            symbol = f"`{entry['symbol']}`" if entry["symbol"] else ""
            used = ", ".join(f"`{place.function}`" for place in users_of_parameter(name))
            yield f"`{name}`", symbol, _plain(entry["value"]), prior, entry["unit"], entry["meaning"], used, entry["source"]


for _grade in "ABC":
    _columns = ("parameter", "symbol", "value", "prior", "unit", "meaning", "used in", "source")
    _table(f"Parameters of grade {_grade}", *_columns)(partial(_parameters, _grade))


@_table("Rules", "rule", "module", "over agents", "what it does, its equation in symbols, its source")
def _rules() -> _Rows:
    for name, rule in sorted(catalogue.rules().items(), key=lambda item: (item[1].module, item[0])):
        yield f"`{name}`", Path(rule.module).stem, "added up" if rule.summed else "each", rule.docstring


@_table("Known events of the year before", "event", "kind", "date", "until", "of it", "source")
def _known_events() -> _Rows:
    for name, event in catalogue.shipped("history", "known_2019_2020")["events"].items():
        details = f"{', '.join(event.get('members', ()))}{event.get('site', '')}{event.get('stance', '')}"
        yield f"`{name}`", event["kind"], event["date"], event.get("until", ""), details, event["source"]


@_table("Kinds of known events", "kind", "what it does")
def _kinds_of_events() -> _Rows:
    return [(f"`{name}`", kind.meaning) for name, kind in KINDS.items()]


@_table("Parameters fixed in the year before", "parameter", "fixed at", "because")
def _conditions() -> _Rows:
    fixed = catalogue.shipped("history", "known_2019_2020")["fixed"].values()
    return [(f"`{entry['parameter']}`", f"{entry['value']:g}", entry["source"]) for entry in fixed]


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


def tables() -> str:
    """Return all tables under their headings."""
    return "\n\n".join([_TOP, *(f"## {heading}\n\n{made()}" for heading, made in TABLES.items())]) + "\n"


def write(file: Path = FILE) -> None:
    """Write all tables."""
    file.write_text(tables(), encoding="utf-8")


if __name__ == "__main__":
    write()
