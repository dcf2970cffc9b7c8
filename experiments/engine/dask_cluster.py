"""A Dask cluster: one started on this machine, or an existing one with the same model."""

import atexit
import functools
import logging
import queue
import threading
from contextlib import suppress
from importlib.metadata import version
from typing import TYPE_CHECKING

from experiments.config.compute import Compute
from experiments.config.libraries import show
from experiments.errors import InputError
from sim.cache import sources_hash

if TYPE_CHECKING:
    from distributed import Client

ONE_THREAD = {
    f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMBA", "NUMEXPR", "VECLIB_MAXIMUM")
}
"""One thread per library: worlds are spread over processes, and threads of libraries would compete with them."""

_PATIENCE_SECONDS = 5
_PACKAGES = ("knockon", "numpy", "numba", "scipy")
"""Packages whose versions can change the bits of a world."""


@functools.cache
def connect(address: str | None, workers: int) -> "Client":
    """Return the client of the cluster at an address, or of a new cluster on this machine; a sweep uses one client."""
    show()
    import distributed

    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # its relevant warnings are one line here
    if address is None:
        cluster = distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, env=ONE_THREAD, dashboard_address=None, silence_logs=logging.CRITICAL
        )
        client = distributed.Client(cluster, set_as_default=False)
    else:
        client = _client_of(address)
        try:
            _check_workers(client, address)
        except InputError:
            client.close()
            raise
    atexit.register(client.close)
    return client


def _client_of(address: str) -> "Client":
    """Return a client of the scheduler at an address, made in a thread: Dask would wait for a server that never answers."""
    import distributed

    found: queue.SimpleQueue[Client | None] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found.put(distributed.Client(address, timeout=_PATIENCE_SECONDS, set_as_default=False))
        except Exception:
            found.put(None)

    threading.Thread(target=ask, daemon=True).start()
    with suppress(queue.Empty):
        if (client := found.get(timeout=2 * _PATIENCE_SECONDS)) is not None:
            return client
    raise InputError(
        f"compute.address={address}: no Dask scheduler answers within {_PATIENCE_SECONDS} s."
        " Check that a scheduler runs there and can be reached from here"
    )


def check_cluster(compute: Compute) -> None:
    """Check before a run that the cluster at the address, if one is given, can compute it."""
    if compute.address is not None:
        connect(compute.address, compute.workers)


def threads(client: "Client") -> int:
    """Return how many blocks the workers of a cluster can compute at once, 0 without workers."""
    return sum(client.nthreads().values())


def versions() -> dict[str, str]:
    """Return the versions in this process that the bits of a world depend on."""
    return {"model's sources": sources_hash(), **{package: version(package) for package in _PACKAGES}}


def _check_workers(client: "Client", address: str) -> None:
    """Check that every worker would compute the same worlds as this process."""
    try:
        client.wait_for_workers(1, timeout=_PATIENCE_SECONDS)
    except TimeoutError:
        raise InputError(f"compute.address={address} has no workers: start some with dask worker {address}") from None
    mine = versions()
    try:
        theirs = client.run(versions)
    except (ImportError, AttributeError):
        raise InputError(
            f"compute.address={address}: its workers cannot import this knockon ({mine['knockon']}): install it there"
        ) from None
    for worker, found in theirs.items():
        if differing := [f"{what} {found.get(what)}, here {mine[what]}" for what in mine if found.get(what) != mine[what]]:
            raise InputError(
                f"compute.address={address}: worker {worker} would compute other worlds ({'; '.join(differing)}):"
                " install the same versions there and restart the workers"
            )
