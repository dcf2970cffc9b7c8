"""Settings that change no world: the place of computation, the page of the figures, and the differences that matter."""

import importlib.util
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlsplit

import loky

from experiments.analysis.matters import IS_RATIO, Matters
from experiments.config.defaults import names_in
from experiments.config.display import display_of, hexadecimal
from experiments.config.fields import Check, NotNegative, Section, YesNo, named, number, read, whole
from experiments.errors import InputError
from experiments.figures.venue import Look, Venue
from sim.record.outcomes import BY_NAME

LARGEST_BLOCK, MOST_WORKERS = 8192, 1024
_LEAST_PER_THREAD = 256
_SCHEMES = ("tcp", "tls", "ws", "wss", "ucx")


class Backend(StrEnum):
    """The place where blocks are computed."""

    AUTO = "auto"
    SERIAL = "serial"
    LOCAL = "local"
    DASK = "dask"


def _workers(given: object) -> int:
    if given == "auto":
        return int(loky.cpu_count())
    if isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= MOST_WORKERS:
        return given
    raise ValueError(f"is neither auto nor a whole number from 1 to {MOST_WORKERS:,}")


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
        backend: threads of this process, this process alone, processes beside it, or a Dask cluster.
        workers: threads or processes to start; at an address, all workers of the cluster are used.
        block: worlds side by side in one model.
        address: of the scheduler of an existing Dask cluster; without one, a cluster is started on this machine.
        strict: whether the first failed block ends the run.
    """

    backend: Backend
    workers: Annotated[int, Check(_workers)]
    block: Annotated[int, whole(1, LARGEST_BLOCK)]
    address: Annotated[str | None, Check(_address)]
    strict: YesNo

    def __post_init__(self) -> None:
        if self.address is not None and self.backend is not Backend.DASK:
            raise InputError(f"compute.address={self.address} is for a Dask cluster: add compute=dask")
        if self.backend is Backend.SERIAL and self.workers > 1:
            raise InputError(
                f"compute.workers={self.workers}: compute=serial has only one process; add compute=local or compute=dask"
            )
        if self.backend is Backend.DASK and importlib.util.find_spec("distributed") is None:
            raise InputError("compute=dask needs the package distributed: pip install 'knockon[dask]', or take compute=local")

    def shared_by(self, worlds: int) -> int:
        """Return how many workers share worlds; threads take at least 256 each, since setting up a model is not shared."""
        return max(1, min(self.workers, worlds // _LEAST_PER_THREAD)) if self.backend is Backend.AUTO else self.workers


def _name(value: object) -> str:
    if not str(value).replace("_", "").replace("-", "").isalnum():
        raise ValueError("is no name for a folder: it may have only letters, digits, - and _")
    return str(value)


@dataclass(frozen=True, slots=True)
class _Page(Section):
    name: Annotated[str, Check(_name)]
    width: Annotated[float, number("from 3.3 to 12 inches", lambda inches: 3.3 <= inches <= 12.0)]
    height: Annotated[float, number("from 2.5 to 30 inches", lambda inches: 2.5 <= inches <= 30.0)]
    columns: Annotated[int, whole(1, 4)]
    note: YesNo
    draft: YesNo


def read_venue(plain: Mapping[str, Any]) -> Venue:
    """Read the section `figure` of a config and the looks of all scenarios.

    Without the section, the venue is both columns of a journal.
    """
    page = asdict(read(_Page, "figure", plain["figure"])) if "figure" in plain else {}
    shown = {name: display_of(name) for name in names_in("scenario")}
    colours = {name: hexadecimal(each.colour) for name, each in shown.items() if each.colour}
    looks = [(name, Look(colour, shown[name].line, shown[name].marker)) for name, colour in colours.items() if colour]
    return Venue(**page, looks=tuple(looks))


@dataclass(frozen=True, slots=True)
class _Matters(Section):
    share_of_median: NotNegative
    probability: NotNegative
    outcomes: dict[Annotated[str, named(lambda: (*BY_NAME, IS_RATIO), "is no outcome")], NotNegative | None]


def read_matters(plain: Mapping[str, Any]) -> Matters:
    """Read the section `matters` of a config; without one, return the default."""
    return Matters(**asdict(read(_Matters, "matters", plain["matters"]))) if "matters" in plain else Matters()
