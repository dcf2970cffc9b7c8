"""What compositions have in common is made once in a process: Hydra would merge the same forty files for each arm of a sweep.

Hydra itself lists and merges the files, and applies overrides of values to a copy.
"""

import pickle
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from operator import eq
from typing import Any

from hydra._internal import config_loader_impl
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.config_repository import IConfigRepository
from hydra._internal.defaults_list import DefaultsList
from hydra.core.default_element import ResultDefault
from hydra.core.override_parser.types import Override
from hydra.plugins.config_source import ConfigResult
from omegaconf import DictConfig

from experiments.config.conf_source import ConfSource
from experiments.config.defaults import own_folder
from experiments.config.files import version

type _Key = tuple[object, ...]

KEPT: MutableMapping[_Key, bytes] = {}
"""Lists of files, and configs merged from them, a third of a megabyte each."""
_MOST = 64
_LAST: list[_Key] = [()]
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
    key = (*_folders(repo), *sorted(asked.items()), *(one.input_line for one in choices))
    listed: DefaultsList = _once(key, lambda: _list_files(repo=repo, overrides_list=choices, **asked))
    return replace(listed, config_overrides=[one for one in overrides_list if one not in choices])


def _merged(loader: Any, defaults: Sequence[ResultDefault | None], repo: IConfigRepository) -> DictConfig:
    """Merge files, from where the previous composition parts from this one."""
    if not _is_ours(repo):
        return _merge(loader, defaults=defaults, repo=repo)
    folders = _folders(repo)
    key = (*folders, *map(repr, defaults))
    shared = sum(1 for _ in takewhile(bool, map(eq, key, _LAST[0]))) - len(folders)
    _LAST[0] = key
    if key in KEPT or not 0 < shared < len(defaults):
        return _once(key, lambda: _merge(loader, defaults=defaults, repo=repo))
    beginning = _once(key[: shared - len(defaults)], lambda: _merge(loader, defaults=defaults[:shared], repo=repo))
    return _once(key, lambda: _merge(_From(loader, beginning), defaults=[None, *defaults[shared:]], repo=repo))


@dataclass(frozen=True, slots=True)
class _From:
    """A loader that finds what is merged already in place of the default None."""

    loader: Any
    beginning: DictConfig

    def _load_single_config(self, default: ResultDefault | None, repo: IConfigRepository) -> ConfigResult:
        if default is None:
            return ConfigResult(provider="", path="", config=self.beginning, header={})
        return self.loader._load_single_config(default=default, repo=repo)


def _once(key: _Key, make: Callable[[], object]) -> Any:
    if key not in KEPT:
        made = pickle.dumps(make())
        if len(KEPT) >= _MOST:
            KEPT.clear()
        KEPT[key] = made
    return pickle.loads(KEPT[key])


def _folders(repo: IConfigRepository) -> _Key:
    """Return the folders that are read, with the present files of the analyst's."""
    own = sorted(folder.rglob("*.yaml")) if (folder := own_folder()) else []
    return (*(f"{source.provider} {source.path}" for source in repo.get_sources()), *map(version, own))


def _is_ours(repo: IConfigRepository) -> bool:
    return any(isinstance(source, ConfSource) for source in repo.get_sources())
