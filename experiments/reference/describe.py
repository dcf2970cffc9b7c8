"""Describe a parameter, rule, policy, outcome, mechanism, switch or scenario in a few lines."""

import textwrap
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import sim
from experiments.config.dates import with_dates
from experiments.config.defaults import conf_folder, declared
from experiments.config.mechanisms import shipped_mechanisms
from experiments.errors import InputError, nearest
from experiments.reference import catalogue, find, model_words
from experiments.reference.catalogue import callers_of, outcome_expressions, stages_of, users_of_parameter, users_of_switch
from sim.ledger.grades import GRADES

_WIDTH = 110
_LABELS = 10
_RECORDED = {
    "FLOW": "flow: summed from day 0",
    "LAST_MONTH": "summed over the last 30 days",
    "LEVEL": "level at the end of the day",
    "RATIO": "ratio of two sums from day 0",
    "FIRST_DAY": "the first day on which it happened",
}
_WORSE = {"MORE": "more is worse", "LESS": "less is worse", "NEITHER": "neither direction is worse"}
type _Fields = list[tuple[str, object]]


def describe(name: str) -> str:
    """Describe everything with a name, such as a parameter or a symbol ("b_R"), or list a subject, or find a word."""
    given = name.strip().replace("scenario=", "scenarios.")
    if (subject := find.subject_of(given)) is not None:
        return find.one_line_each(subject)
    found = [explain(key) for subject, (names, explain) in SUBJECTS.items() for key in _matches(subject, given, names())]
    if given in declared():
        found.append("\n".join([f"{given}: group of parameters", *find.of_a_group(given)]))
    if not found or any(given.lower() in find.rows(subject) for subject in find.TABLES):
        found += filter(None, [find.found(given)])
    if not found:
        known = {entry for names, _ in SUBJECTS.values() for entry in names()}
        hint = nearest(given, known) or find.near(given)
        raise InputError(f"nothing is called {name!r}, and no text has this word{hint}; knockon describe lists what there is")
    return "\n\n".join(found)


def listing() -> str:
    """Return all names with a description, one paragraph per subject."""
    parts = ["knockon describe NAME describes one of these."]
    for subject, (names, _) in SUBJECTS.items():
        entries = list(names())
        text = textwrap.fill(", ".join(entries), _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
        parts.append(f"{subject} ({len(entries)}):\n{text}")
    return "\n\n".join(parts)


def _matches(subject: str, given: str, names: Mapping[str, Any]) -> list[str]:
    given = given.removeprefix(f"{subject}.")
    if subject in find.TABLES:
        given = given.lower().replace(" ", "_")
    if given in names:
        return [given]
    if subject != "parameters":
        return []
    return [name for name, entry in names.items() if given and given in (name.partition(".")[2], entry["symbol"])]


def parameter(name: str) -> str:
    """Describe a parameter."""
    entry = catalogue.parameters()[name]
    values, grade = entry["value"], entry["grade"]
    neutral = [(key, found.neutral[name]) for key, found in shipped_mechanisms().items() if name in found.neutral]
    shown = ", ".join(f"{key} {value:g}" for key, value in values.items()) if isinstance(values, Mapping) else values
    fields: _Fields = [
        ("value", shown),
        ("unit", entry["unit"]),
        ("prior", f"[{', '.join(map(str, entry['prior']))}]" if entry.get("prior") else "none: fixed"),
        ("domain", domain_in_words(entry["domain"])),
        ("grade", f"{grade} ({GRADES[grade]})"),
        ("source", entry["source"]),
        ("defined in", _line_of(catalogue.file_of("parameters", name.partition(".")[0]), f"{name.partition('.')[2]}:")),
        ("used in", "; ".join(map(str, users_of_parameter(name)))),
        ("off with", "; ".join(f"mechanisms.{key}=off, which sets it to {value:g}" for key, value in neutral)),
        ("use it", f"knockon run {name}{f'.value.{next(iter(values))}' if isinstance(values, Mapping) else ''}=..."),
    ]
    return _text(f"{name}: parameter{', symbol ' + entry['symbol'] if entry['symbol'] else ''}", entry["meaning"], fields)


def domain_in_words(domain: str) -> str:
    """Return a domain as `Domain` prints it, without its module, which would import numba; a test compares both."""
    return f"a {domain}, 0 to 1" if domain in ("probability", "share") else f"a {domain} number"


def rule(name: str) -> str:
    """Describe a rule by its docstring, its inputs and its callers."""
    found = catalogue.rules()[name]
    first, _, rest = found.docstring.partition("\n")
    fields: _Fields = [
        ("inputs", ", ".join(found.names)),
        ("applied", "to agents and worlds, and summed over agents" if found.summed else "to agents and worlds"),
        ("defined in", _line_of(catalogue.PACKAGE.parent / found.module, f"def {name}(")),
        ("called by", "; ".join(map(str, callers_of(name)))),
        ("when", "; ".join(stages_of(name))),
    ]
    return _text(f"{name}: rule", first, fields, rest.strip("\n"))


def policy(name: str) -> str:
    """Describe a policy."""
    kind, settings = model_words.policies()[name], with_dates(catalogue.policies()[name], catalogue.day_0())
    used = [key for key, scenario in catalogue.scenarios().items() if name in scenario.policies]
    moves: dict[str, list[str]] = {}
    for effect in kind.effects:
        beside = f" beside {effect.beside}" if effect.beside else ""
        moves.setdefault(effect.direction, []).append(f"{effect.outcome}{beside} ({effect.why})")
    fields: _Fields = [
        ("settings", ", ".join(f"{key} {_plain(value)}" for key, value in settings.items())),
        ("strength", "0 or 1" if kind.switch else domain_in_words(kind.domain)),
        *(
            ("does not move" if direction == "unmoved" else f"moves {direction}", "; ".join(texts))
            for direction, texts in moves.items()
        ),
        ("needs", ", ".join(f"mechanisms.{mechanism}=on" for mechanism in kind.needs)),
        ("caveat", kind.caveat),
        ("defined in", f"conf/policy/{name}.yaml; {kind.defined_in}"),
        ("scenarios", ", ".join(used) or "none of the shipped ones"),
        ("use it", f"knockon run '+policies.{name}={{start: 14, strength: {settings['strength']}}}'"),
    ]
    return _text(f"{name}: policy", kind.description, fields, kind.about)


def outcome(name: str) -> str:
    """Describe an outcome."""
    found = model_words.outcomes()[name]
    rare = "; compared as a mean of P(at least one), with its Monte Carlo error" if found.rare else ""
    movers = [
        f"{policy}{f' beside {effect.beside}' if effect.beside else ''} {effect.direction}"
        for policy, kind in model_words.policies().items()
        for effect in kind.effects
        if effect.outcome == name
    ]
    fields: _Fields = [
        ("unit", found.unit),
        ("recorded", f"{_RECORDED[found.aggregation]}{rare}"),
        ("probability", f"see {found.hazard}" if found.hazard else ""),
        ("values", f"one per world{' and ' + found.dimension if found.dimension else ''}"),
        ("direction", _WORSE[found.worse]),
        ("defined in", _line_of(Path(sim.__path__[0]) / "record" / "outcomes.py", f'Outcome("{name}"')),
        ("reads", outcome_expressions()[name]),
        ("moved by", "; ".join(movers)),
    ]
    return _text(f"{name}: outcome", found.long_name, fields)


def mechanism(name: str) -> str:
    """Describe a mechanism."""
    found = shipped_mechanisms()[name]
    fields: _Fields = [
        ("core", "off in model=core" if found.beyond_core else "on in model=core too"),
        ("neutral", ", ".join(f"{key}={value:g}" for key, value in found.neutral.items())),
        ("defined in", f"conf/mechanisms/{name}.yaml"),
        ("use it", f"knockon run mechanisms.{name}=off"),
    ]
    return _text(f"{name}: mechanism", found.meaning, fields)


def switch(name: str) -> str:
    """Describe a switch and its variants."""
    weights = catalogue.switches()[name]
    meaning, variants = catalogue.switch_meaning(name)
    fields: _Fields = [
        *((variant, f"weight {weight:g}: {variants[variant]}") for variant, weight in weights.items()),
        ("defined in", _line_of(catalogue.file_of("switches", "default"), f"{name}:")),
        ("read by", "; ".join(map(str, users_of_switch(name)))),
        ("use it", f"knockon run -m switches.{name}={','.join(weights)}"),
    ]
    return _text(f"{name}: switch", meaning, fields)


def scenario(name: str) -> str:
    """Describe a scenario."""
    found = catalogue.scenarios()[name]
    fields: _Fields = [
        (key, ", ".join(f"{setting} {_plain(value)}" for setting, value in with_dates(settings, catalogue.day_0()).items()))
        for key, settings in found.policies.items()
    ]
    fields += [
        ("shown as", found.title),
        ("defined in", f"conf/scenario/{name}.yaml"),
        ("use it", f"knockon compare scenario=stay,{name}"),
    ]
    return _text(f"{name}: scenario", found.meaning, fields)


def row(subject: str, name: str) -> str:
    """Describe a member, site, faction, governorate or neighbour by its row in the shipped table."""
    values, file = find.rows(subject)[name], find.table_of(subject)
    fields: _Fields = [(column.replace("_", " "), value) for column, value in list(values.items())[1:] if column != "label"]
    fields += [("defined in", f"sim/data/{file}"), ("use it", f"knockon run theatre.tables.{subject}=./my_{subject}.csv")]
    return _text(f"{name}: {find.TABLES[subject]}", values["label"], fields)


def _plain(value: object) -> str:
    return "null" if value is None else str(value)


def _text(title: str, meaning: str, fields: _Fields, more: str = "") -> str:
    """Return a title, a sentence, an optional paragraph, and labelled lines."""
    width = max(_LABELS, *(len(label) for label, value in fields if value))
    lines = [
        textwrap.fill(str(value), _WIDTH, initial_indent=f"  {label:<{width}}  ", subsequent_indent=" " * (width + 4))
        for label, value in fields
        if value
    ]
    paragraphs = [title, textwrap.fill(meaning, _WIDTH, initial_indent="  ", subsequent_indent="  ")]
    paragraphs += [textwrap.indent(more, "  ")] if more else []
    return "\n\n".join([*paragraphs, "\n".join(lines)])


def _line_of(file: Path, start: str) -> str:
    """Return the place of the line in a file that starts with a text."""
    roots = {conf_folder(): "conf", Path(sim.__path__[0]): "sim"}
    shown = next(Path(name) / file.relative_to(root) for root, name in roots.items() if file.is_relative_to(root))
    lines = file.read_text(encoding="utf-8").splitlines()
    return f"{shown.as_posix()}, line {next(n for n, line in enumerate(lines, 1) if line.strip().startswith(start))}"


SUBJECTS: Mapping[str, tuple[Callable[[], Mapping[str, Any]], Callable[[str], str]]] = {
    "parameters": (catalogue.parameters, parameter),
    "rules": (catalogue.rules, rule),
    "policies": (catalogue.policies, policy),
    "outcomes": (outcome_expressions, outcome),
    "mechanisms": (shipped_mechanisms, mechanism),
    "switches": (catalogue.switches, switch),
    "scenarios": (catalogue.scenarios, scenario),
    **{subject: (partial(find.rows, subject), partial(row, subject)) for subject in find.TABLES},
}
"""By subject: its names, and the function that describes one."""
