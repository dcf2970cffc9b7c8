"""A composed config as plain values: what is recorded of a run refers to nothing of this machine, and names no code."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from experiments.errors import InputError

OF_THE_MACHINE = ("results", "compute", "hydra")
"""Where and how a run is computed: the only settings that may take a value from outside, `${oc.env:SCRATCH}` say."""
_REFERENCE = re.compile(r"\$\{\.*(?P<root>\w+)(?:\.\w+|\[\w+\])*\}")
_CLASSES = re.compile(r"policies\.[^.]+\._target_|history\.events\.[^.]+\._target_")
"""Where a config may name a class of the analyst's."""


def resolved(config: DictConfig, names: Collection[str] | None = None) -> dict[str, Any]:
    """Return entries of a composed config as plain values, without Hydra's own.

    Args:
        config: composed.
        names: of the entries; all by default.

    Raises:
        InputError: an entry cannot be resolved, refers to this machine, or names code where none is asked.
    """
    wanted = [str(name) for name in config if name != "hydra" and (names is None or name in names)]
    plain: dict[str, Any] = {}
    for name in wanted:
        node = config._get_node(name)
        raw = OmegaConf.to_container(node, resolve=False) if OmegaConf.is_config(node) else getattr(node, "_value", str)()
        plain[name] = raw
        for where, value in _leaves(name, raw):
            if where.rpartition(".")[2] == "_target_" and not _CLASSES.fullmatch(where):
                raise InputError(f"{where}={value!r}: only a policy, and an event of history.events, can name a class")
            if not isinstance(value, str):
                continue
            if name not in OF_THE_MACHINE:
                _check_reference(where, value)
            if "${" in value or value == "???":
                plain.pop(name, None)
    try:
        return {name: plain[name] if name in plain else _plain(config[name]) for name in wanted}
    except OmegaConfBaseException as error:
        raise InputError(str(error).splitlines()[0]) from None


def _check_reference(where: str, value: str) -> None:
    """Refuse what would put an environment variable, a date or a path of this machine into what is kept and handed on."""
    for place in re.finditer(r"\$\{", value):
        matched = _REFERENCE.match(value, place.start())
        if matched is None or matched["root"] in OF_THE_MACHINE:
            raise InputError(
                f"{where}={value!r}: a setting that is recorded may refer to another one, ${{ensemble.days}}, and to nothing"
                " of this machine (oc.env, now, hydra, results, compute)"
            )


def _leaves(where: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for key, entry in value.items():
            yield from _leaves(f"{where}.{key}", entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _leaves(where, entry)
    else:
        yield where, value


def _plain(node: Any) -> Any:
    return OmegaConf.to_container(node, resolve=True, throw_on_missing=True) if OmegaConf.is_config(node) else node
