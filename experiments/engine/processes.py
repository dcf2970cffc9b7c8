"""Whether this process can start others, which not every machine lets it."""

import functools
import multiprocessing


@functools.cache
def why_none() -> str | None:
    """Say why no process can be started beside this one; None where one can."""
    if multiprocessing.current_process().daemon:
        return "this process is itself a worker, which may start none"
    try:
        multiprocessing.get_context().Semaphore()
    except (OSError, ImportError) as error:
        return f"this machine has no semaphores for them ({error})"
    return None
