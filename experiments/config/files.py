"""Write files whole or not at all; read JSON, and read YAML by the rules of Hydra's command line."""

import json
import os
import pickle
import re
import tempfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from secrets import randbelow
from typing import Any, cast

import yaml

from experiments.errors import InputError


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all, with the rights that the user's umask gives; others may be writing the same."""
    # not by tempfile, whose files only their owner may read; not by process, since machines of a cluster have equal ones
    temporary = path.with_name(f".{path.name}.{randbelow(10**12)}")
    try:
        temporary.write_bytes(content if isinstance(content, bytes) else content.encode())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def read_json(file: Path) -> dict[str, Any]:
    """Return the mapping in a JSON file, empty if no mapping can be read."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def keep(file: Path, content: bytes) -> None:
    """Write a checksum and then content that can be made again."""
    write_whole(file, sha256(content).digest() + content)


def kept(file: Path) -> bytes | None:
    """Return the content that `keep` wrote; None if it is missing or damaged."""
    try:
        written = file.read_bytes()
    except OSError:
        return None
    content = written[sha256().digest_size :]
    return content if sha256(content).digest() == written[: sha256().digest_size] else None


def half_written(folder: Path) -> list[Path]:
    """Return unfinished files of `write_whole` below a folder: its process was killed, or another process is still writing."""
    return [path for path in folder.rglob(".*") if re.fullmatch(r"\..+\.[0-9]+", path.name) and path.is_file()]


def place_of(where: str) -> Path:
    """Return the path that an analyst gave, with `~` for the home folder."""
    try:
        return Path(where).expanduser()
    except RuntimeError:
        raise InputError(f"{where}: this home folder is unknown; give the full path") from None


def check_writable(results: Path) -> None:
    """Check that results can be written below a folder, without leaving a file."""
    existing = results.absolute()
    while not existing.exists():
        if existing.is_symlink():
            raise InputError(f"results={results}: {existing.name} is a link to {os.readlink(existing)}, which does not exist")
        existing = existing.parent
    if not existing.is_dir():
        raise InputError(f"results={results}: {existing.name} is a file, not a folder")
    with writable(results):
        tempfile.TemporaryFile(dir=existing).close()


@contextmanager
def writable(results: Path) -> Generator[None]:
    """Turn an error of writing below a folder of results into one line."""
    try:
        yield
    except OSError as error:
        raise InputError(f"results={results}: the folder cannot be written ({error.strerror})") from None


_DEEPEST = 100
"""Most levels of nesting: libyaml recurses, and much deeper nesting would crash the process."""
_MOST_VALUES = 100_000
"""Values of one file, with repetitions by aliases; the largest shipped file has two thousand."""

_WHOLE = r"(?:0|[1-9](?:_?[0-9])*)"
_POINT = rf"(?:{_WHOLE}\.|{_WHOLE}?\.[0-9](?:_?[0-9])*)"
_INT = re.compile(rf"^[-+]?{_WHOLE}$")
_FLOAT = re.compile(rf"^[-+]?(?:{_POINT}|(?:{_WHOLE}|{_POINT})[eE][-+]?[0-9](?:_?[0-9])*|[Ii][Nn][Ff]|[Nn][Aa][Nn])$")
"""Numbers of Hydra's grammar, see hydra/grammar/OverrideLexer.g4."""
_BOOL = re.compile(r"^(?i:true|false)$")
_NULL = re.compile(r"^(?:~|(?i:null)|)$")
_OTHERWISE = re.compile(
    r"^[-+]?(?:[0-9][0-9_]*(?::[0-9_]+)*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9_]+)?|0[xX][0-9a-fA-F_]+|0[bB][01_]+|\.(?i:inf|nan))$"
)
"""Other numbers of YAML 1.1 (octal, hexadecimal, binary, base 60 ...), which are texts on the command line."""
_NOT_A_NUMBER = "!not_a_number"


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """libyaml's loader with the grammar of Hydra's command line; it refuses duplicate keys, as OmegaConf does."""

    yaml_implicit_resolvers: Mapping[str, list[tuple[str, re.Pattern[str]]]] = {}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(None, None, f"found duplicate key {key.value}", key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep=deep)

    def refuse_number(self, node: yaml.ScalarNode) -> None:
        text = str(node.value)
        plain = text.lstrip("+-0_").replace("_", "")
        hint = f"write {plain}" if plain.isdigit() and set(text) <= set("0123456789_") else "write it as a decimal number"
        problem = f"{text} cannot be read as a number, here or on the command line: {hint}, or put it in quotes as a text"
        raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:int", _INT, "-+0123456789"),
    ("tag:yaml.org,2002:float", _FLOAT, "-+.0123456789iInN"),
    ("tag:yaml.org,2002:bool", _BOOL, "tTfF"),
    ("tag:yaml.org,2002:null", _NULL, ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:merge", re.compile(r"^<<$"), "<"),
    (_NOT_A_NUMBER, _OTHERWISE, "-+.0123456789"),
):
    _Loader.add_implicit_resolver(_tag, _pattern, list(_first))
_Loader.add_constructor(_NOT_A_NUMBER, _Loader.refuse_number)


def read_yaml(file: Path) -> Any:
    """Return a new copy of the content of a file: mappings, lists, texts, numbers, true, false and null."""
    return pickle.loads(_pickled(*version(file)))  # written by this process


def leaves(where: str, value: object) -> Iterator[tuple[str, object]]:
    """Yield the single values in mappings and lists, with their dotted names: "ensemble.days"."""
    if isinstance(value, Mapping):
        for key, entry in value.items():
            yield from leaves(f"{where}.{key}", entry)
    elif isinstance(value, list):
        for entry in value:
            yield from leaves(where, entry)
    else:
        yield where, value


def read_text(file: Path) -> str:
    """Return the text of a file, without a byte order mark."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InputError(f"{shown(file)} cannot be read ({error.strerror})") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(f"{shown(file)}, line {line}: this is not UTF-8: save the file as text in UTF-8") from None


def shown(file: Path) -> str:
    """Return a path as an analyst would write it, relative to the working directory if it is below."""
    here = Path.cwd()
    return str(file.relative_to(here) if file.is_relative_to(here) else file)


def version(file: Path) -> tuple[Path, int, int]:
    """Return a file with the time of its last change and its size, as the key of caches."""
    try:
        state = file.stat()
    except OSError as error:
        raise InputError(f"{shown(file)} cannot be read ({error.strerror})") from None
    return file, state.st_mtime_ns, state.st_size


@lru_cache(maxsize=512)
def _pickled(file: Path, changed: int, size: int) -> bytes:
    """Return the content of one version of a file; it is cached, since six arms read each of sixty files six times."""
    return pickle.dumps(_parsed(file, read_text(file)))


def _parsed(file: Path, text: str) -> object:
    try:
        check_events(file, text)
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            if node is None:
                return None
            if _values(node, {}) > _MOST_VALUES:
                raise InputError(f"{shown(file)} holds more than {_MOST_VALUES:,} values with its aliases expanded")
            return loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{shown(file)}, line {mark.line + 1}" if mark else shown(file)
        raise InputError(f"{where}: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise InputError(f"{shown(file)} is not YAML ({str(error).splitlines()[0]})") from None


def check_events(file: Path, text: str) -> None:
    """Refuse tags, and nesting that is too deep for libyaml."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if getattr(event, "tag", None):
            raise InputError(f"{shown(file)}, line {event.start_mark.line + 1}: {event.tag} is a tag, and tags are not allowed")
        if depth > _DEEPEST:
            raise InputError(f"{shown(file)}, line {event.start_mark.line + 1}: nested more than {_DEEPEST} levels deep")


def _values(node: yaml.Node, known: dict[int, int]) -> int:
    """Count a node and its descendants with aliases expanded; a node that contains itself has no end."""
    if id(node) not in known:
        known[id(node)] = _MOST_VALUES + 1  # while it is open
        children = node.value if isinstance(node, yaml.CollectionNode) else []
        if isinstance(node, yaml.MappingNode):
            children = [child for pair in children for child in pair]
        known[id(node)] = 1 + sum(_values(cast(yaml.Node, child), known) for child in children)
    return known[id(node)]
