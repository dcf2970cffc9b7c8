"""The Python sources behind an arm's worlds: found by following imports, and hashed without parts that change no number.

The hash covers the syntax tree of each module, without comments, docstrings and code for the type checker. Names of files do
not count. Installed packages do not count either, except packages with a class that the arm names.
"""

import ast
import atexit
import functools
import importlib.util
import json
import site
import sys
import sysconfig
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from operator import itemgetter
from pathlib import Path

from experiments.config.files import keep, kept, version
from experiments.errors import InputError
from sim.cache import cache_folder

_FOLDERS = (*map(sysconfig.get_path, ("stdlib", "platstdlib", "purelib", "platlib")), *site.getsitepackages())
_MODEL = "sim"
_INSTALLED = tuple({Path(folder).resolve() for folder in _FOLDERS if folder})


def sources_hash(modules: Collection[str]) -> str:
    """Return a hash of the code of modules (dotted names) and their imports, the same in every version of Python."""
    own = all(_top(name) == _MODEL for name in modules)
    return (_hash_of_the_model if own else _hash_of)(frozenset(modules))


def _hash_of(modules: frozenset[str]) -> str:
    sources = {name: _source(*version(file)) for name, file in source_files(modules).items()}
    tops = {_top(name) for name in sources}
    wholes = []
    for name, source in sources.items():
        imported = source.imported_by(name)
        others = [sources[other].digest for other in imported if other in sources]
        installed = [other for other in imported if _top(other) not in tops]
        wholes.append(" ".join([source.digest, *sorted({*others} - {_NOTHING}), *sorted(installed)]))
    return sha256("\n".join(sorted({*wholes} - {_NOTHING})).encode()).hexdigest()[:16]


_hash_of_the_model = functools.cache(_hash_of)
"""The model's own sources were read when it was imported: what changes in its files later does not run."""


def source_files(modules: Collection[str]) -> dict[str, Path]:
    """Return the source files of modules (dotted names) and of their imports outside installed packages.

    Within an installed package, imports are followed if one of the modules belongs to it.
    """
    tops = {_top(name) for name in modules}
    found: dict[str, Path] = {}
    waiting, seen = list(modules), {""}
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if _top(name) not in tops and _is_installed(_file_of(_top(name))):  # to find a module in it would import it
            continue
        file = _file_of(name)
        if file is None and name in modules:
            raise InputError(f"the sources of {name} cannot be read, so its results could not be identified")
        if file is None:
            continue
        found[name] = file
        waiting += [name.rpartition(".")[0], *_source(*version(file)).imported_by(name)]
    return found


@dataclass(frozen=True, slots=True)
class _Source:
    """The code of one file: the hash of its tree, and what it may import as written: `from .a import b` gives `.a`, `.a.b`."""

    is_package: bool
    digest: str
    imported: tuple[str, ...]

    def imported_by(self, name: str) -> list[str]:
        """Return the full names of the modules that this file may import if its own module has the given name."""
        package = name if self.is_package else name.rpartition(".")[0]
        return [importlib.util.resolve_name(one, package) if one.startswith(".") else one for one in self.imported]


def _top(name: str) -> str:
    return name.partition(".")[0]


def _file_of(name: str) -> Path | None:
    """Return the source file of a module, None if it is built in, compiled or no module."""
    return _own_file_of(name) if _top(name) == _MODEL else _look_for(name)


def _look_for(name: str) -> Path | None:
    if _top(name) in sys.stdlib_module_names and name != "__main__":
        return None
    above = name.rpartition(".")[0]
    if above in sys.modules and not hasattr(sys.modules[above], "__path__"):  # a name in a module
        return None
    if above and (file := _file_of(above)) is not None and file.name != "__init__.py":  # the same; to look would import it
        return None
    if (module := sys.modules.get(name)) is not None:
        origin = getattr(module, "__file__", None)
    else:
        try:
            spec = importlib.util.find_spec(name)
        except (ImportError, AttributeError, ValueError):
            return None
        origin = spec.origin if spec else None
    return Path(origin) if origin and origin.endswith(".py") and Path(origin).is_file() else None


_own_file_of = functools.cache(_look_for)
"""`_look_for` for files of the model. Their places are kept: to look for all of them takes as long as to run a month."""


@functools.cache
def _is_installed(file: Path | None) -> bool:
    return file is not None and any(file.resolve().is_relative_to(folder) for folder in _INSTALLED)


@functools.lru_cache(maxsize=512)
def _source(file: Path, changed: int, size: int) -> _Source:
    content = file.read_bytes()
    name = sha256(content).hexdigest()
    if name not in (known := _known()):
        try:
            tree = _WhatRuns().visit(ast.parse(content))
        except SyntaxError as error:
            raise InputError(f"{file}, line {error.lineno}: {error.msg}") from None
        known[name] = [_digest(tree), *dict.fromkeys(_imports(tree))]
        _keep_later()
    digest, *imported = known[name]
    return _Source(file.name == "__init__.py", digest, tuple(imported))


@functools.cache
def _known() -> dict[str, list[str]]:
    """Return known digests and imports of files by the hash of their content; to parse all takes a tenth of a short job."""
    file = _file_of_known()
    return json.loads(found) if file is not None and (found := kept(file)) is not None else {}


@functools.cache
def _keep_later() -> None:
    atexit.register(_keep)


def _keep() -> None:
    with suppress(OSError):
        if (file := _file_of_known()) is not None:
            keep(file, json.dumps(_known()).encode())


def _file_of_known() -> Path | None:
    """Return a file that only this user can write, one for each state of this module and of the model."""
    folder, _ = cache_folder()
    return None if folder is None else folder / f"sources-{sha256(Path(__file__).read_bytes()).hexdigest()[:16]}.json"


def _digest(tree: ast.Module) -> str:
    """Return a hash of a tree. The order of its imports, which follows the names of files, does not change the hash."""
    statements = []
    for node in tree.body:
        words: list[str] = []
        _write(node, words)
        is_import = isinstance(node, ast.Import | ast.ImportFrom)
        statements.append((" ".join(words) if is_import else "", " ".join(words)))
    return sha256(" ".join(words for _, words in sorted(statements, key=itemgetter(0))).encode()).hexdigest()


_NOTHING = _digest(ast.Module([], []))
"""The digest of an empty `__init__.py`."""


class _WhatRuns(ast.NodeTransformer):
    """Removes the parts of a tree that change no number."""

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        """Drop stand-alone texts: docstrings, and those below attributes."""
        return None if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str) else node

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        """Drop code for the type checker."""
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return [self.visit(child) for child in node.orelse]
        return self.generic_visit(node)


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield base
            yield from (f"{base}{'' if base.endswith('.') else '.'}{alias.name}" for alias in node.names)


def _write(node: object, words: list[str]) -> None:
    """Write a tree as words; `ast.dump` differs between versions of Python."""
    if isinstance(node, ast.AST):
        words.append(type(node).__name__)
        for field in node._fields:
            value = getattr(node, field, None)
            if value is None or value == [] or (isinstance(node, ast.ImportFrom) and field in ("module", "level")):
                continue
            words.append(field)
            _write(value, words)
        words.append(")")
    elif isinstance(node, list):
        for entry in node:
            _write(entry, words)
        words.append("]")
    else:
        words.append(repr(node))
