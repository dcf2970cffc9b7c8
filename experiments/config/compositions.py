"""Make the common part of compositions once: Hydra would read the same forty files for each arm and for each command.

Compositions of shipped files alone are kept on the disk, beside the compiled rules, until a shipped file changes.

Hydra itself lists and merges the files, and applies overrides of values to a copy.
"""

import pickle
import sys
from collections.abc import Callable, MutableMapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import hydra
import omegaconf
from hydra._internal import config_loader_impl
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.config_repository import IConfigRepository
from hydra._internal.defaults_list import DefaultsList
from hydra.core.default_element import ResultDefault
from hydra.core.override_parser.types import Override
from hydra.plugins.config_source import ConfigResult
from omegaconf import DictConfig

from experiments.config.conf_source import ConfSource
from experiments.config.defaults import conf_folder, own_folder
from experiments.config.files import keep, kept, version
from sim.cache import folder_for

type _Key = tuple[object, ...]

KEPT: MutableMapping[_Key, bytes] = {}
"""Lists of files, and configs merged from them, a third of a megabyte each."""
_MOST = 64
_MOST_ON_DISK = 100
_READ: dict[_Key, dict[str, ConfigResult | None]] = {}
"""The configs that `_Remembered` has read, by name; only those of the present folders are kept."""
_OF_SCENARIOS = ("policy/", "scenario/", "experiment/")
"""Files that differ between the arms of most sweeps; the files before them are merged once."""
_list_files = config_loader_impl.create_defaults_list
_merge: Any = ConfigLoaderImpl._compose_config_from_defaults_list


def compose_once() -> None:
    """Let Hydra list and merge the files of one choice once."""
    config_loader_impl.create_defaults_list = _listed  # ty: ignore[invalid-assignment]
    ConfigLoaderImpl._compose_config_from_defaults_list = _merged  # ty: ignore[invalid-assignment]


def _listed(repo: IConfigRepository, overrides_list: list[Override], **asked: Any) -> DefaultsList:
    if not _is_ours(repo) or any(one.is_sweep_override() for one in overrides_list):
        return _list_files(repo=repo, overrides_list=overrides_list, **asked)
    choices = [one for one in overrides_list if repo.group_exists(one.key_or_group) and not isinstance(one.value(), dict)]
    folders = _folders(repo)
    key = (*folders, *sorted(asked.items()), *(one.input_line for one in choices))
    remembered: Any = _Remembered(repo, folders)
    listed: DefaultsList = _once(key, lambda: _list_files(repo=remembered, overrides_list=choices, **asked))
    return replace(listed, config_overrides=[one for one in overrides_list if one not in choices])


class _Remembered:
    """The configs of a repository, each read once. The reader must not change them: Hydra copies the lists of files."""

    def __init__(self, repo: IConfigRepository, folders: _Key) -> None:
        if folders not in _READ:
            _READ.clear()
        self._repo, self._read = repo, _READ.setdefault(folders, {})

    def __getattr__(self, name: str) -> Any:
        return getattr(self._repo, name)

    def load_config(self, config_path: str) -> ConfigResult | None:
        if config_path not in self._read:
            self._read[config_path] = self._repo.load_config(config_path)
        return self._read[config_path]


def _merged(loader: Any, defaults: Sequence[ResultDefault | None], repo: IConfigRepository) -> DictConfig:
    """Merge files: first the files that the arms of most sweeps share, then the other files into a copy."""
    if not _is_ours(repo):
        return _merge(loader, defaults=defaults, repo=repo)
    key = (*_folders(repo), *map(repr, defaults))
    paths = [str(default.config_path) if default else "" for default in defaults]
    shared = next((place for place, path in enumerate(paths) if path.startswith(_OF_SCENARIOS)), 0)
    if key in KEPT or shared == 0:
        return _once(key, lambda: _merge(loader, defaults=defaults, repo=repo))

    def merge() -> DictConfig:
        beginning = _once(key[: shared - len(defaults)], lambda: _merge(loader, defaults=defaults[:shared], repo=repo))
        return _merge(_From(loader, beginning), defaults=[None, *defaults[shared:]], repo=repo)

    return _once(key, merge)


@dataclass(frozen=True, slots=True)
class _From:
    """A loader that returns the already merged configs in place of the default None."""

    loader: Any
    beginning: DictConfig

    def _load_single_config(self, default: ResultDefault | None, repo: IConfigRepository) -> ConfigResult:
        if default is None:
            return ConfigResult(provider="", path="", config=self.beginning, header={})
        return self.loader._load_single_config(default=default, repo=repo)


def _once(key: _Key, make: Callable[[], object]) -> Any:
    if key not in KEPT:
        try:
            made = _on_disk(key, make) if own_folder() is None else pickle.dumps(make())
        except pickle.PicklingError:  # it has the config class of a launcher, whose module Hydra imported twice
            return make()
        if len(KEPT) >= _MOST:
            KEPT.clear()
        KEPT[key] = made
    return pickle.loads(KEPT[key])


def _on_disk(key: _Key, make: Callable[[], object]) -> bytes:
    """Return the content of a file that only this user can write; if there is none, make the content and write it there."""
    folder = _kept_folder(_shipped())
    file = None if folder is None else folder / sha256(repr(key).encode()).hexdigest()
    if file is not None and (found := kept(file)) is not None:
        return found
    made = pickle.dumps(make())
    with suppress(OSError):
        if file is not None and sum(1 for _ in file.parent.iterdir()) < _MOST_ON_DISK:
            keep(file, made)
    return made


@cache
def _kept_folder(state: str) -> Path | None:
    folder, _ = folder_for(f"configs-{state}")
    return folder


@cache
def _shipped() -> str:
    """Return a short hash of the shipped files and the programs that read them, on which their compositions depend."""
    files = [*sorted(conf_folder().rglob("*.yaml")), *sorted(Path(__file__).parent.glob("*.py"))]
    made_of = [(str(file), file.read_bytes()) for file in files]  # an installer may give all files one time
    return sha256(repr((made_of, sys.version, hydra.__version__, omegaconf.__version__)).encode()).hexdigest()[:16]


def _folders(repo: IConfigRepository) -> _Key:
    """Return the folders that are read, with the present files of the analyst's folder."""
    own = sorted(folder.rglob("*.yaml")) if (folder := own_folder()) else []
    return (*(f"{source.provider} {source.path}" for source in repo.get_sources()), *map(version, own))


def _is_ours(repo: IConfigRepository) -> bool:
    return any(isinstance(source, ConfSource) for source in repo.get_sources())
