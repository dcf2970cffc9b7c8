"""Which code reads what: the sources of `sim` searched for parameters, switches and rules, without running them."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from sim.model import DAY
from sim.rule import PACKAGE

_LEDGER = ""
"""Stands for the drawn parameters of all groups."""
_BY_NAME = ("rows", "by_name")


@dataclass(frozen=True, slots=True, order=True)
class Reader:
    """A place in the code.

    Attributes:
        module: file below the project's folder, "sim/agents/militias.py".
        function: in it, with its class, "Militias.attack".
    """

    module: str
    function: str

    def __str__(self) -> str:
        return f"{self.module} ({self.function})"


type Readers = Mapping[str, tuple[Reader, ...]]
type _Groups = dict[str, str]
"""Names of variables that stand for a group of parameters, or for all of them."""


def readers_of_parameters(groups: frozenset[str]) -> Readers:
    """Return who reads each parameter: attributes of a group, and names given to `rows` and `by_name`."""
    return _search(groups)[0]


def readers_of_switches(groups: frozenset[str]) -> Readers:
    """Return who asks for the forms of each switch."""
    return _search(groups)[1]


def callers_of(name: str) -> tuple[Reader, ...]:
    """Return who calls a rule by its name."""
    return tuple(sorted(reader for reader, called in _calls().items() if name in called))


def stages_of(name: str) -> tuple[str, ...]:
    """Return when a rule is applied: in which stages, before the first day, or when the day is recorded."""
    calling = {reader.function for reader in callers_of(name)}
    for reader, called in _calls().items():  # a stage may leave a part of its work to a method of its own
        owner = reader.function.partition(".")[0]
        own = {f"self.{function.partition('.')[2]}" for function in calling if function.startswith(f"{owner}._")}
        if own & called:
            calling.add(reader.function)
    classes = _classes_of_kinds()
    stages = [stage.story for stage in DAY if f"{classes[stage.kind]}.{stage.method}" in calling]
    if any(function.endswith(".__init__") for function in calling):
        stages.insert(0, "before the first day")
    return tuple(stages) or ("the day is recorded",)


def _classes_of_kinds() -> Mapping[str, str]:
    """Return the class behind each attribute of the model that acts."""
    classes = {}
    for reader, body in _functions():
        if reader.function == "IraqModel.__init__":
            for node in _nodes(body):
                if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Call):
                    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                    classes[ast.unparse(target).removeprefix("self.")] = ast.unparse(node.value.func)
    return classes


def outcome_expressions() -> Mapping[str, str]:
    """Return the expression that each outcome reads from the model `m`."""
    expressions = {}
    for node in ast.walk(_parsed()["sim/record/outcomes.py"]):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Outcome":
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            read = [ast.unparse(argument.body) for argument in given if isinstance(argument, ast.Lambda)]
            expressions[ast.literal_eval(node.args[0])] = " over ".join(read)
    return expressions


@cache
def setup_draws() -> tuple[tuple[str, Reader], ...]:
    """Return the decisions that are drawn once before the first day, with the code that draws them."""
    found = []
    for reader, body in _functions():
        for node in _nodes(body):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "start_uniforms":
                found.append((str(ast.literal_eval(node.args[2])), reader))
    return tuple(found)


@cache
def _parsed() -> Mapping[str, ast.Module]:
    files = sorted(PACKAGE.rglob("*.py"))
    return {file.relative_to(PACKAGE.parent).as_posix(): ast.parse(file.read_text(encoding="utf-8")) for file in files}


def _functions() -> Iterator[tuple[Reader, ast.FunctionDef]]:
    """Yield every function and method of the model."""
    for module, tree in _parsed().items():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                yield Reader(module, node.name), node
            for method in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(method, ast.FunctionDef):
                    yield Reader(module, f"{node.name}.{method.name}"), method  # ty: ignore[unresolved-attribute]


def _nodes(body: ast.FunctionDef) -> Iterator[ast.AST]:
    for statement in body.body:
        yield from ast.walk(statement)


@cache
def _calls() -> Mapping[Reader, frozenset[str]]:
    """Return what each function calls, as it is written: "over_agents", "self._pull"."""
    return {
        reader: frozenset(ast.unparse(node.func) for node in _nodes(body) if isinstance(node, ast.Call))
        for reader, body in _functions()
    }


@cache
def _search(groups: frozenset[str]) -> tuple[Readers, Readers]:
    """Find who reads which parameter and which switch."""
    parameters: dict[str, set[Reader]] = {}
    switches: dict[str, set[Reader]] = {}
    kept = _kept_groups(groups)
    for reader, body in _functions():
        known = kept | _local_groups(body, groups, kept)
        for node in _nodes(body):
            if isinstance(node, ast.Attribute) and (group := _group(node.value, known, groups)):
                parameters.setdefault(f"{group}.{node.attr}", set()).add(reader)
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                asked = str(node.args[0].value)
                if isinstance(node.func, ast.Attribute) and node.func.attr in _BY_NAME:
                    parameters.setdefault(f"{_group(node.func.value, known, groups)}.{asked}", set()).add(reader)
                elif isinstance(node.func, ast.Name) and len(node.args) > 1:
                    switches.setdefault(asked, set()).add(reader)
    return _settled(parameters), _settled(switches)


def _settled(found: Mapping[str, set[Reader]]) -> Readers:
    return {name: tuple(sorted(readers)) for name, readers in found.items()}


def _kept_groups(groups: frozenset[str]) -> _Groups:
    """Return the attributes that keep a group for others, as in `self.own = drawn.lead_nation`."""
    kept: _Groups = {}
    for _, body in _functions():
        local = _local_groups(body, groups, {})
        kept |= {f".{name.removeprefix('self.')}": group for name, group in local.items() if name.startswith("self.")}
    return kept


def _local_groups(body: ast.FunctionDef, groups: frozenset[str], kept: _Groups) -> _Groups:
    """Return the variables of a function that stand for a group, in the order in which they are assigned."""
    known = dict(kept)
    for node in _nodes(body):
        for target, value in _assignments(node):
            group = _group(value, known, groups)
            if group is not None:
                known[ast.unparse(target)] = group
    return known


def _assignments(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield what is assigned to what, pairs of tuples taken apart."""
    if not isinstance(node, ast.Assign):
        return
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=False)
        else:
            yield target, node.value


def _group(node: ast.expr, known: _Groups, groups: frozenset[str]) -> str | None:
    """Return the group that an expression stands for, "" for all of them, None for anything else."""
    if ast.unparse(node) in known:
        return known[ast.unparse(node)]
    if not isinstance(node, ast.Attribute):
        return None
    if node.attr == "parameters" and ast.unparse(node.value).endswith("model"):
        return _LEDGER
    if _group(node.value, known, groups) == _LEDGER and node.attr in groups:
        return node.attr
    return known.get(f".{node.attr}")
