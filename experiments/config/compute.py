"""Where and how blocks are computed: the settings of `conf/compute/`; none of them changes a number."""

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from experiments.config.fields import choice, section, whole, yes_or_no
from experiments.errors import InputError

_KEYS = {"backend", "workers", "block", "address", "strict"}
_LARGEST_BLOCK = 8192
MOST_WORKERS = 1024
_SCHEMES = ("tcp", "tls", "ws", "wss", "ucx")


class Backend(StrEnum):
    """What computes the blocks."""

    SERIAL = "serial"
    LOCAL = "local"
    DASK = "dask"


@dataclass(frozen=True, slots=True)
class Compute:
    """Where blocks are computed.

    Attributes:
        backend: this process, processes beside it, or a Dask cluster.
        workers: processes to start; of a cluster at an address all workers take part instead.
        block: worlds side by side in one model.
        address: of the scheduler of an existing Dask cluster; without one, a cluster is started on this machine.
        strict: whether the first block that fails ends the run.
    """

    backend: Backend
    workers: int
    block: int
    address: str | None
    strict: bool


def read_compute(plain: Mapping[str, Any]) -> Compute:
    """Check the section `compute` of a config.

    Raises:
        InputError: a setting cannot be used, or does not go with the others.
    """
    given = section(plain, "compute", _KEYS)
    compute = Compute(
        backend=choice("compute.backend", given["backend"], Backend),
        workers=whole("compute.workers", given["workers"], 1, MOST_WORKERS),
        block=whole("compute.block", given["block"], 1, _LARGEST_BLOCK),
        address=_address(given["address"]),
        strict=yes_or_no("compute.strict", given["strict"]),
    )
    if compute.address is not None and compute.backend is not Backend.DASK:
        raise InputError(f"compute.address={compute.address} is for a Dask cluster: add compute=dask")
    if compute.backend is Backend.SERIAL and compute.workers > 1:
        raise InputError(f"compute.workers={compute.workers}: compute=serial is one process; add compute=local or compute=dask")
    if compute.backend is Backend.DASK and importlib.util.find_spec("distributed") is None:
        raise InputError("compute=dask needs the package distributed: pip install 'knockon[dask]', or take compute=local")
    return compute


def _address(given: object) -> str | None:
    if given is None:
        return None
    try:
        parts = urlsplit(str(given))
        if parts.scheme in _SCHEMES and parts.hostname and parts.port is not None:
            return str(given)
    except ValueError:  # a port that is no number
        pass
    raise InputError(f"compute.address={given} is no address of a Dask scheduler such as tcp://10.0.0.1:8786")
