"""All names in the model (parameters, rules, policies, outcomes, mechanisms, switches, scenarios) and their users.

They are read from the sources of the model: importing its rules takes seconds.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import sim
from experiments.config.defaults import conf_folder, names_in, parameters, shipped_reference
from experiments.config.display import display_of
from experiments.config.files import read_yaml
from sim.day import DAY

PACKAGE = Path(sim.__path__[0])


@dataclass(frozen=True, slots=True)
class Equation:
    """A rule or total.

    Attributes:
        module: file below the project's folder. `names`: of its inputs. `summed`: over agents.
    """

    module: str
    names: tuple[str, ...]
    summed: bool
    docstring: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """A shipped scenario.

    Attributes:
        meaning: its sentence. `title`: its name for people.
        policies: settings by policy, with the changes of the scenario.
    """

    name: str
    title: str
    meaning: str
    policies: Mapping[str, Mapping[str, Any]]


@cache
def rules() -> Mapping[str, Equation]:
    """Return the rules and totals of the model by name: its equations, without plain arithmetic and the dice."""
    found = {}
    for place, function in _functions():
        marks = {ast.unparse(decorator) for decorator in function.decorator_list} & {"rule", "total"}
        if marks and place.module not in ("sim/arithmetic.py", "sim/dice.py"):
            names = tuple(argument.arg for argument in function.args.args)
            found[place.function] = Equation(place.module, names, "total" in marks, ast.get_docstring(function) or "")
    return found


def policies() -> Mapping[str, Mapping[str, Any]]:
    """Return the shipped settings of each policy."""
    files = {name: shipped("policy", name) for name in names_in("policy")}
    return {name: {key: value for key, value in given.items() if key != "_target_"} for name, given in files.items()}


def switches() -> Mapping[str, Mapping[str, float]]:
    """Return the weights of each switch's variants."""
    return shipped("switches", "default")


def switch_meaning(name: str) -> tuple[str, Mapping[str, str]]:
    """Return the meaning of a switch, and that of each of its variants."""
    entry = shipped("meanings", "switches")[name]
    return entry["about"], entry["variants"]


@cache
def scenarios() -> Mapping[str, Scenario]:
    """Return the scenarios by name, the reference first."""
    settings_of, found = policies(), dict[str, Scenario]()
    for name in sorted(names_in("scenario"), key=lambda name: (name != shipped_reference(), name)):
        plain = shipped("scenario", name) or {}
        settings: dict[str, Mapping[str, object]] = {}
        for entry in plain.get("defaults", []):
            if isinstance(entry, dict):
                settings |= {str(file): settings_of[str(file)] for file in entry.values()}
            elif entry in found:  # the scenario that it acts on top of, which comes first
                settings |= found[entry].policies
        for policy, changed in plain.get("policies", {}).items():
            settings[policy] = {**settings[policy], **changed}
        shown = display_of(name)
        found[name] = Scenario(name, shown.name, shown.about, settings)
    return found


def day_0() -> date:
    """Return the date of day 0 of the shipped theatre."""
    return date.fromisoformat(str(shipped("theatre", "iraq_2020")["start"]))


def file_of(folder: str, name: str) -> Path:
    """Return the file of a config."""
    return conf_folder() / folder / f"{name}.yaml"


def shipped(folder: str, name: str) -> Any:
    """Return the content of a config."""
    return read_yaml(file_of(folder, name))


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A function of the model.

    Attributes:
        module: file below the project's folder, "sim/agents/militias.py".
        function: in it, with its class, "Militias.attack".
    """

    module: str
    function: str

    def __str__(self) -> str:
        return f"{self.function} ({self.module})"

    @property
    def method(self) -> str:
        """Return the function's name without its class."""
        return self.function.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class _Body:
    """The contents of a function: its words (names of attributes, texts), its calls, and the switches that it reads."""

    words: frozenset[str]
    calls: frozenset[str]
    switches: frozenset[str]


def users_of_parameter(name: str) -> tuple[Place, ...]:
    """Return the rules with an input named like a parameter, else the functions that read it.

    An entry with values by name has inputs `ENTRY_KEY`. If several groups have an entry of this name, those of the modules
    that read the group count.
    """
    group, _, entry = name.partition(".")
    home = re.compile(rf"\b(parameters|drawn)\.{group}\b")
    homes = {module for module, text in _texts().items() if home.search(text)}
    begins = f"{entry}_" if isinstance(parameters()[name]["value"], Mapping) else entry
    found = [
        Place(rule.module, called)
        for called, rule in rules().items()
        if entry in rule.names or (begins != entry and any(argument.startswith(begins) for argument in rule.names))
    ]
    at_home = [place for place in found if homes & {caller.module for caller in callers_of(place.function)}]
    readers = [place for place, body in _bodies().items() if entry in body.words]
    readers_at_home = [place for place in readers if place.module in homes]
    return tuple(sorted(at_home or readers_at_home or found or readers))


def users_of_switch(name: str) -> tuple[Place, ...]:
    """Return the functions that read a switch."""
    return tuple(sorted(place for place, body in _bodies().items() if name in body.switches))


def callers_of(name: str) -> tuple[Place, ...]:
    """Return the functions that call a rule or collect its inputs."""
    return tuple(sorted(place for place, body in _bodies().items() if name in body.calls))


def stages_of(name: str) -> tuple[str, ...]:
    """Return when a rule is applied: stages of the day, before the first day, or at the recording of the day."""
    stories = {f"{_classes_of_kinds()[stage.kind]}.{stage.method}": stage.story for stage in DAY}
    calling = list(callers_of(name))
    for place in calling:  # a stage may call other methods
        if place.function not in stories and place.method != "__init__":
            calling += [
                other
                for other, body in _bodies().items()
                if other not in calling and any(call.endswith(f".{place.method}") for call in body.calls)
            ]
    functions = {place.function for place in calling}
    stages = [story for function, story in stories.items() if function in functions]
    if any(place.method == "__init__" for place in calling):
        stages.insert(0, "before the first day")
    return tuple(stages) or ("the day is recorded",)


def outcome_expressions() -> Mapping[str, str]:
    """Return the expression of each outcome in terms of the model `m`."""
    expressions = {}
    for node in ast.walk(ast.parse(_texts()["sim/record/outcomes.py"])):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Outcome":
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            read = [ast.unparse(argument.body) for argument in given if isinstance(argument, ast.Lambda)]
            expressions[ast.literal_eval(node.args[0])] = " over ".join(read)
    return expressions


_DRAW_ONCE = ("start_uniforms", "start_normals")


@cache
def setup_draws() -> tuple[tuple[str, Place], ...]:
    """Return the decisions that are drawn before the first day, and the functions that draw them."""
    return tuple(
        (str(ast.literal_eval(node.args[2])), place)
        for place, function in _functions()
        if place.function not in _DRAW_ONCE
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _DRAW_ONCE
    )


@cache
def _texts() -> Mapping[str, str]:
    files = sorted(PACKAGE.rglob("*.py"))
    return {file.relative_to(PACKAGE.parent).as_posix(): file.read_text(encoding="utf-8") for file in files}


def _functions() -> Iterator[tuple[Place, ast.FunctionDef]]:
    for module, text in _texts().items():
        for node in ast.parse(text).body:
            owner = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
            for function in node.body if isinstance(node, ast.ClassDef) else [node]:
                if isinstance(function, ast.FunctionDef):
                    yield Place(module, f"{owner}{function.name}"), function


@cache
def _bodies() -> Mapping[Place, _Body]:
    bodies, played = {}, _played()
    for place, function in _functions():
        nodes = [node for statement in function.body for node in ast.walk(statement)]
        calls = [node for node in nodes if isinstance(node, ast.Call)]
        asked = [call.args[0] for call in calls if ast.unparse(call.func).endswith("variant")]
        words = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        words |= {str(node.value) for node in nodes if isinstance(node, ast.Constant)}
        switches = {str(switch.value) for switch in asked if isinstance(switch, ast.Constant)}
        called = {ast.unparse(call.func) for call in calls}
        called |= {played[name] for name in called & {*played}}
        bodies[place] = _Body(frozenset(words), frozenset(called), frozenset(switches))
    return bodies


def _played() -> dict[str, str]:
    """Return the methods that are played from a tape of their own, by what is called: `self.a = repeated(self.b)`."""
    nodes = (node for _, function in _functions() for node in ast.walk(function) if isinstance(node, ast.Assign))
    found = {ast.unparse(node.targets[0]): node.value for node in nodes}
    return {
        name: ast.unparse(value.args[0])
        for name, value in found.items()
        if isinstance(value, ast.Call) and ast.unparse(value.func) == "repeated"
    }


@cache
def _classes_of_kinds() -> Mapping[str, str]:
    classes = {}
    for module, text in _texts().items():
        for node in ast.parse(text).body:
            if isinstance(node, ast.ClassDef) and "Kind" in map(ast.unparse, node.bases):
                named = [ast.literal_eval(keyword.value) for keyword in node.keywords if keyword.arg == "name"]
                classes[named[0] if named else Path(module).stem] = node.name
    for place, function in _functions():
        for node in ast.walk(function) if place.function == "IraqModel.__init__" else ():
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                classes[ast.unparse(target).removeprefix("self.")] = ast.unparse(node.value.func)
    return classes
