"""Hydra puts the files of one choice of groups together once in all tests: that is most of what a composition takes.

What it made is kept in .pytest_cache for the other workers and later runs, until a config, our rules or a version changes.
"""

import pickle
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hydra._internal import config_loader_impl
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.config_repository import IConfigRepository
from hydra._internal.defaults_list import DefaultsList
from hydra.core.default_element import ResultDefault
from hydra.core.override_parser.types import Override
from hydra.plugins.config_source import ConfigResult
from omegaconf import DictConfig

from experiments.config import conf_source
from experiments.config.conf_source import ConfSource
from experiments.config.defaults import conf_folder
from experiments.config.files import write_whole

_SHIPPED = str(conf_folder())
_put_together = ConfigLoaderImpl._compose_config_from_defaults_list
_load = ConfigLoaderImpl._load_single_config
_list_files = config_loader_impl.create_defaults_list
_kept: dict[object, bytes] = {}
_read: dict[object, IConfigRepository] = {}


def _state() -> str:
    """Return a hash of all that a composition of shipped files depends on."""
    rules = Path(conf_source.__file__).parent
    files = [*sorted(conf_folder().rglob("*.yaml")), *sorted(rules.glob("*.py")), Path(__file__)]
    made_of = [(str(file), file.read_bytes()) for file in files]
    return sha256(repr((made_of, sys.version, version("hydra-core"), version("omegaconf"))).encode()).hexdigest()[:16]


_ALL = Path(__file__).parents[1] / ".pytest_cache" / "composed"
_FOLDER = _ALL / _state()


def compose_once() -> None:
    """Keep what Hydra makes of shipped files alone; overrides of values are applied to a copy, by Hydra."""
    for earlier in set(_ALL.glob("*")) - {_FOLDER}:
        shutil.rmtree(earlier, ignore_errors=True)
    _FOLDER.mkdir(parents=True, exist_ok=True)
    ConfigLoaderImpl._load_single_config = _load_once  # ty: ignore[invalid-assignment]
    ConfigLoaderImpl._compose_config_from_defaults_list = _put_together_once  # ty: ignore[invalid-assignment]
    config_loader_impl.create_defaults_list = _list_files_once


def _put_together_once(loader: ConfigLoaderImpl, defaults: list[ResultDefault], repo: IConfigRepository) -> DictConfig:
    if not _are_shipped(repo):
        return _put_together(loader, defaults=defaults, repo=repo)
    key = ("put together", _folders(repo), *map(repr, defaults))
    return _once(key, lambda: _put_together(loader, defaults=defaults, repo=repo))


def _load_once(loader: ConfigLoaderImpl, default: ResultDefault, repo: IConfigRepository) -> ConfigResult:
    """Load a file and put it where it belongs: Hydra copies it node by node for that."""
    if not _are_shipped(repo):
        return _load(loader, default=default, repo=repo)
    key = ("loaded", _folders(repo), default.config_path, default.package, default.primary)
    return _once(key, lambda: _load(loader, default=default, repo=repo))


def _list_files_once(repo: IConfigRepository, overrides_list: list[Override], **asked: Any) -> DefaultsList:
    if not _are_shipped(repo) or any(one.is_sweep_override() for one in overrides_list):
        return _list_files(repo=repo, overrides_list=overrides_list, **asked)
    repo = _read.setdefault(_folders(repo), repo)
    choices = [one for one in overrides_list if repo.group_exists(one.key_or_group) and not isinstance(one.value(), dict)]
    key = ("listed", _folders(repo), *sorted(asked.items()), *(one.input_line for one in choices))
    listed: DefaultsList = _once(key, lambda: _list_files(repo=repo, overrides_list=choices, **asked))
    return replace(listed, config_overrides=[one for one in overrides_list if one not in choices])


def _once(key: Sequence[object], make: Callable[[], object]) -> Any:
    name = sha256(repr(key).encode()).hexdigest()
    if name not in _kept:
        file = _FOLDER / name
        if not file.exists():
            write_whole(file, pickle.dumps(make()))
        _kept[name] = file.read_bytes()
    return pickle.loads(_kept[name])


def _folders(repo: IConfigRepository) -> Sequence[str]:
    return tuple(f"{source.provider} {source.scheme()} {source.path}" for source in repo.get_sources())


def _are_shipped(repo: IConfigRepository) -> bool:
    """Tell whether no other folder is read: an analyst's files may change between two calls."""
    return [source.path for source in repo.get_sources() if isinstance(source, ConfSource)] == [_SHIPPED]
