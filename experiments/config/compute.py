"""Where and how blocks are computed: the settings of `conf/compute/`; none of them changes a number."""

import importlib.util
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from experiments.config.fields import Check, Section, YesNo, whole
from experiments.errors import InputError

LARGEST_BLOCK, MOST_WORKERS = 8192, 1024
_SCHEMES = ("tcp", "tls", "ws", "wss", "ucx")


class Backend(StrEnum):
    """What computes the blocks."""

    SERIAL = "serial"
    LOCAL = "local"
    DASK = "dask"


def _address(given: object) -> str | None:
    if given is None:
        return None
    try:
        parts = urlsplit(str(given))
        if parts.scheme in _SCHEMES and parts.hostname and parts.port is not None:
            return str(given)
    except ValueError:  # a port that is no number
        pass
    raise ValueError("is no address of a Dask scheduler such as tcp://10.0.0.1:8786")


@dataclass(frozen=True, slots=True)
class Compute(Section):
    """Where blocks are computed: the section `compute` of a config.

    Attributes:
        backend: this process, processes beside it, or a Dask cluster.
        workers: processes to start; of a cluster at an address all workers take part instead.
        block: worlds side by side in one model.
        address: of the scheduler of an existing Dask cluster; without one, a cluster is started on this machine.
        strict: whether the first block that fails ends the run.
    """

    backend: Backend
    workers: Annotated[int, whole(1, MOST_WORKERS)]
    block: Annotated[int, whole(1, LARGEST_BLOCK)]
    address: Annotated[str | None, Check(_address)]
    strict: YesNo

    def __post_init__(self) -> None:
        if self.address is not None and self.backend is not Backend.DASK:
            raise InputError(f"compute.address={self.address} is for a Dask cluster: add compute=dask")
        if self.backend is Backend.SERIAL and self.workers > 1:
            raise InputError(
                f"compute.workers={self.workers}: compute=serial is one process; add compute=local or compute=dask"
            )
        if self.backend is Backend.DASK and importlib.util.find_spec("distributed") is None:
            raise InputError("compute=dask needs the package distributed: pip install 'knockon[dask]', or take compute=local")
