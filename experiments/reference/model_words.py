"""The words of policies and outcomes, read from the sources of the model: to import it takes seconds."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import sim
from experiments.config.defaults import conf_folder, names_in
from experiments.config.files import read_yaml

_PACKAGE = Path(sim.__path__[0])
_DIRECTIONS = {"UP": "up", "DOWN": "down", "OPEN": "either way", "UNMOVED": "unmoved"}
"""The values of `Direction`, which a test holds."""


@dataclass(frozen=True, slots=True)
class OutcomeWords:
    """An outcome as the model's table of outcomes describes it, without the states that it is computed from."""

    name: str
    long_name: str
    unit: str
    aggregation: str
    worse: str
    dimension: str = ""
    rare: bool = False
    hazard: str = ""


@dataclass(frozen=True, slots=True)
class EffectWords:
    """An expected effect of a policy; `direction` is the value of a `Direction`."""

    outcome: str
    direction: str
    why: str
    beside: str = ""


@dataclass(frozen=True, slots=True)
class PolicyWords:
    """A shipped policy as its class describes itself.

    Attributes:
        domain: the value of the domain of its strength. `defined_in`: its file. `about`: its docstring.
    """

    description: str
    about: str
    defined_in: str
    switch: bool
    domain: str
    effects: tuple[EffectWords, ...]
    needs: tuple[str, ...]
    caveat: str


@cache
def outcomes() -> Mapping[str, OutcomeWords]:
    """Return the outcomes by name."""
    found = {}
    for call in _calls(_tree(_PACKAGE / "record" / "outcomes.py"), "Outcome"):
        name, long_name, unit = (ast.literal_eval(argument) for argument in call.args[:3])
        aggregation, worse = (ast.unparse(argument) for argument in call.args[3:5])
        wanted = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg in ("dimension", "rare", "hazard")}
        more = {str(key): ast.literal_eval(value) for key, value in wanted.items()}
        if len(call.args) > 6:
            more["dimension"] = ast.literal_eval(call.args[6])
        found[name] = OutcomeWords(name, long_name, unit, aggregation, worse, **more)
    return found


@cache
def policies() -> Mapping[str, PolicyWords]:
    """Return the shipped policies by name."""
    targets = {name: str(read_yaml(conf_folder() / "policy" / f"{name}.yaml")["_target_"]) for name in names_in("policy")}
    return {name: _policy(target) for name, target in targets.items()}


def _policy(target: str) -> PolicyWords:
    module, _, name = target.rpartition(".")
    file = _PACKAGE.parent.joinpath(*module.split(".")).with_suffix(".py")
    (found,) = (node for node in _tree(file).body if isinstance(node, ast.ClassDef) and node.name == name)
    given = {ast.unparse(node.targets[0]): node.value for node in found.body if isinstance(node, ast.Assign)}
    given |= {ast.unparse(node.target): node.value for node in found.body if isinstance(node, ast.AnnAssign) and node.value}
    effects = tuple(_effect(call) for call in _calls(given["effects"], "Effect")) if "effects" in given else ()
    domain = ast.unparse(given["strength_domain"]) if "strength_domain" in given else "share"
    said: dict[str, Any] = {"description": "", "switch": False, "needs": (), "caveat": ""}
    return PolicyWords(
        about=ast.get_docstring(found) or "",
        defined_in=f"{module.replace('.', '/')}.py",
        domain=domain.rpartition(".")[2].lower().replace("_", "-"),
        effects=effects,
        **{name: ast.literal_eval(given[name]) if name in given else otherwise for name, otherwise in said.items()},
    )


def _effect(call: ast.Call) -> EffectWords:
    names = ("outcome", "direction", "why", "beside")
    given = {**dict(zip(names, call.args, strict=False)), **{str(word.arg): word.value for word in call.keywords}}
    direction = _DIRECTIONS[ast.unparse(given.pop("direction")).rpartition(".")[2]]
    return EffectWords(direction=direction, **{name: ast.literal_eval(value) for name, value in given.items()})


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))
