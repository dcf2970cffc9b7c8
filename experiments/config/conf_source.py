"""The sources of Hydra's configs: the analyst's own folder, then the shipped one. Each file is checked."""

import pickle
import re
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from hydra import initialize_config_dir
from hydra._internal.core_plugins.file_config_source import FileConfigSource
from hydra.core.config_search_path import ConfigSearchPath, SearchPathQuery
from hydra.core.global_hydra import GlobalHydra
from hydra.core.plugins import Plugins
from hydra.core.utils import JobRuntime
from hydra.plugins.config_source import ConfigLoadError, ConfigResult
from hydra.plugins.search_path_plugin import SearchPathPlugin
from hydra.version import VersionBase
from omegaconf import DictConfig, OmegaConf

from experiments.config.defaults import conf_file, conf_folder, names_in, own_folder
from experiments.config.display import DISPLAY, check_display
from experiments.config.files import read_text, read_yaml, shown, version
from experiments.errors import InputError

_SCHEME = "knockon"
_GLOBAL = "# @package _global_"
_GLOBAL_GROUPS = ("scenario", "experiment")
"""Groups whose files can set anything in the config."""
_HYDRA_OF_FILES = {"mode", "sweeper"}
"""Settings of Hydra that an analyst's file may have: the arms of a sweep. All other settings could run code."""


class ConfSource(FileConfigSource):
    """A folder of configs."""

    @staticmethod
    def scheme() -> str:
        """Return the prefix of its path; Hydra itself reads files of other programs, which lack this prefix."""
        return _SCHEME

    def load_config(self, config_path: str) -> ConfigResult:
        """Return a copy of a config, since Hydra removes its defaults."""
        file = Path(self.path) / self._normalize_file_name(config_path)
        if not file.is_file():
            raise ConfigLoadError(f"Config not found: {file}")
        package, config = _loaded(config_path, *version(file))
        conf_file(config_path)  # prints a note if it replaces a shipped one
        content = _with_every_file(pickle.loads(config))
        return ConfigResult(self.provider, f"{_SCHEME}://{self.path}", content, header={"package": package})


class OwnFolderFirst(SearchPathPlugin):
    """Prefers the analyst's files to shipped ones of the same name, and ignores programs with their own configs."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        """Read the shipped folder by our rules, after the analyst's."""
        for element in search_path.get_path():
            if element.provider == "main" and element.path == str(conf_folder()):
                element.path = f"{_SCHEME}://{conf_folder()}"
                if (own := own_folder()) is not None:
                    search_path.prepend("command-line", f"{_SCHEME}://{own}", SearchPathQuery(provider="main"))
                return


def use_rules() -> None:
    """Let Hydra read the shipped configs and the analyst's by our rules."""
    for plugin in (ConfSource, OwnFolderFirst):
        Plugins.instance().register(plugin)


@contextmanager
def shipped_configs() -> Generator[None]:
    """Let Hydra compose our configs, and restore Hydra's state afterwards, since another program may be using Hydra."""
    use_rules()
    outer, base, name = GlobalHydra.instance().hydra, VersionBase.instance().version_base, JobRuntime.instance().get("name")
    GlobalHydra.instance().clear()
    try:
        with initialize_config_dir(str(conf_folder()), version_base="1.3"):
            yield
    finally:
        GlobalHydra.instance().hydra = outer
        VersionBase.instance().version_base = base
        JobRuntime.instance().set("name", name)


def _with_every_file(config: DictConfig) -> DictConfig:
    """Replace the default `GROUP: "*"` by one default per file of the group, for the section of its name."""
    defaults = config.get("defaults") or []
    for place, entry in enumerate(defaults):
        if isinstance(entry, DictConfig) and "*" in entry.values():
            (group,) = entry
            each = ({f"{group}@{name}": name} for name in names_in(group))
            config.defaults = [*defaults[:place], *each, *defaults[place + 1 :]]
    return config


@lru_cache(maxsize=512)
def _loaded(config_path: str, file: Path, changed: int, size: int) -> tuple[str | None, bytes]:
    """Return the package and the content of one version of a file; unpickling is thirty times as fast as reading."""
    content = read_yaml(file)
    if not isinstance(content, Mapping | None):
        kind = "a list" if isinstance(content, list) else "a text or a number"
        raise InputError(f"{shown(file)} is {kind}: a config is a mapping, such as policies: {{full_pullout: {{start: 14}}}}")
    package = _package(file)
    group = config_path.partition("/")[0]
    if group in _GLOBAL_GROUPS and content and package is None:
        raise InputError(
            f"{shown(file)}: each {group} needs the line {_GLOBAL} above its first setting; without this line, nothing is set"
        )
    for name in _named(config_path, file, content or {}):
        _follow(name, [config_path], file)
    if group == "scenario" and content and DISPLAY in content:
        check_display(file, content.pop(DISPLAY))  # for people: no scenario that builds on this one inherits its name
    if not file.is_relative_to(conf_folder()):
        _check_own(config_path, package, file, content or {})
    return package, pickle.dumps(OmegaConf.create(content or {}))


def _package(file: Path) -> str | None:
    """Return the place of a file's content in the config, from the comments at its head."""
    for number, line in enumerate(read_text(file).splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            break
        if matched := re.fullmatch(r"\s*#\s*@package\s+(\S+)\s*", line):
            return matched[1]
        if re.match(r"\s*#\s*@?\s*package\b", line, re.IGNORECASE):
            raise InputError(f"{shown(file)}, line {number}: {line.strip()} is no header: write {_GLOBAL}")
    return None


def _named(config_path: str, file: Path, content: Mapping[str, Any]) -> Iterator[str]:
    """Yield the configs that a file's defaults include, without overrides of other defaults."""
    defaults = content.get("defaults", [])
    here = config_path.rpartition("/")[0]
    if not isinstance(defaults, list):
        raise InputError(f"{shown(file)}: defaults={defaults!r} is not a list: write each entry on its own line, after a dash")
    for entry in defaults:
        pairs = entry if isinstance(entry, Mapping) else {"": entry}
        (name, value), *more = pairs.items() if pairs else [(None, None)]
        values = value if isinstance(value, list) else [value]
        if more or name is None or not all(isinstance(one, str) or (name and one is None) for one in values):
            raise InputError(
                f"{shown(file)}: {entry!r} in its defaults is neither the name of a config nor a single pair 'group: name'"
            )
        words = str(name).partition("@")[0].split()
        if "override" in words:
            continue
        for one in values:
            if one is not None and one.partition("@")[0] != "_self_":
                path = "/".join([*words[-1:], one.split()[-1].partition("@")[0] if one.split() else ""])
                yield path[1:] if path.startswith("/") else "/".join(filter(None, [here, path]))


def _follow(name: str, chain: list[str], file: Path) -> None:
    """Refuse files whose defaults include themselves, directly or through other files."""
    if name in chain:
        raise InputError(f"{shown(file)}: its defaults name itself ({' names '.join([*chain, name])})")
    inner = conf_file(name)
    if inner.is_file():
        content = read_yaml(inner)
        for below in _named(name, inner, content) if isinstance(content, Mapping) else ():
            _follow(below, [*chain, name], file)


def _check_own(config_path: str, package: str | None, file: Path, content: Mapping[str, Any]) -> None:
    """Refuse settings of Hydra except the arms of a sweep: with others, a config from somebody else could run code."""
    hydra = content.get("hydra")
    named = set(hydra) if isinstance(hydra, Mapping) else {"hydra"} if "hydra" in content else set()
    if isinstance(hydra, Mapping) and isinstance(hydra.get("sweeper"), Mapping) and set(hydra["sweeper"]) <= {"params"}:
        named -= {"sweeper"}
    named -= _HYDRA_OF_FILES - {"sweeper"}
    groups = [str(name) for entry in content.get("defaults", []) if isinstance(entry, Mapping) for name in entry]
    named |= {group for group in groups if re.search(r"(^|[/\s@.])hydra([/@.:]|$)", group)}
    if named or config_path.startswith("hydra/") or (package or "").partition(".")[0] == "hydra":
        raise InputError(
            f"{shown(file)} sets {', '.join(sorted(named)) or 'hydra'} of Hydra: your own file may only set the arms of a"
            " sweep, hydra.sweeper.params; give other settings on the command line"
        )
