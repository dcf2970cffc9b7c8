"""Hydra puts the files of one choice of groups together once in all tests: that is most of what a composition takes."""

import pickle
from collections.abc import Sequence
from dataclasses import replace
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
from experiments.config.defaults import conf_folder

_SHIPPED = str(conf_folder())
_put_together = ConfigLoaderImpl._compose_config_from_defaults_list
_load = ConfigLoaderImpl._load_single_config
_list_files = config_loader_impl.create_defaults_list
_kept: dict[object, bytes] = {}
_loaded: dict[object, bytes] = {}
_listed: dict[object, DefaultsList] = {}
_read: dict[object, IConfigRepository] = {}


def compose_once() -> None:
    """Keep what Hydra makes of shipped files alone; overrides of values are applied to a copy, by Hydra."""
    ConfigLoaderImpl._load_single_config = _load_once  # ty: ignore[invalid-assignment]
    ConfigLoaderImpl._compose_config_from_defaults_list = _put_together_once  # ty: ignore[invalid-assignment]
    config_loader_impl.create_defaults_list = _list_files_once


def _put_together_once(loader: ConfigLoaderImpl, defaults: list[ResultDefault], repo: IConfigRepository) -> DictConfig:
    if not _are_shipped(repo):
        return _put_together(loader, defaults=defaults, repo=repo)
    key = (_folders(repo), *map(repr, defaults))
    if key not in _kept:
        _kept[key] = pickle.dumps(_put_together(loader, defaults=defaults, repo=repo))
    return pickle.loads(_kept[key])


def _load_once(loader: ConfigLoaderImpl, default: ResultDefault, repo: IConfigRepository) -> ConfigResult:
    """Load a file and put it where it belongs: Hydra copies it node by node for that."""
    if not _are_shipped(repo):
        return _load(loader, default=default, repo=repo)
    key = (_folders(repo), default.config_path, default.package, default.primary)
    if key not in _loaded:
        _loaded[key] = pickle.dumps(_load(loader, default=default, repo=repo))
    return pickle.loads(_loaded[key])


def _list_files_once(repo: IConfigRepository, overrides_list: list[Override], **asked: Any) -> DefaultsList:
    if not _are_shipped(repo) or any(one.is_sweep_override() for one in overrides_list):
        return _list_files(repo=repo, overrides_list=overrides_list, **asked)
    repo = _read.setdefault(_folders(repo), repo)
    choices = [one for one in overrides_list if repo.group_exists(one.key_or_group) and not isinstance(one.value(), dict)]
    key = (_folders(repo), *sorted(asked.items()), *(one.input_line for one in choices))
    if key not in _listed:
        _listed[key] = _list_files(repo=repo, overrides_list=choices, **asked)
    return replace(_listed[key], config_overrides=[one for one in overrides_list if one not in choices])


def _folders(repo: IConfigRepository) -> Sequence[str]:
    return tuple(f"{source.provider} {source.scheme()} {source.path}" for source in repo.get_sources())


def _are_shipped(repo: IConfigRepository) -> bool:
    """Tell whether no other folder is read: an analyst's files may change between two calls."""
    return [source.path for source in repo.get_sources() if isinstance(source, ConfSource)] == [_SHIPPED]
