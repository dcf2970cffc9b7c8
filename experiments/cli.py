"""`knockon JOB [overrides]`: the command line."""

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from itertools import takewhile
from types import FrameType

from experiments.config.defaults import conf_folder, names_in
from experiments.config.hydra_run import ON_COMPLETION, described_jobs, job_files, module_of, run_job
from experiments.errors import UNFINISHED, InputError, be_quiet, fail, full_disk_in_one_line, nearest, say
from experiments.reports.streams import forgiving

_ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Ended(KeyboardInterrupt):
    """A signal asked the process to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.signal = signal.Signals(number)


@contextmanager
def ending_in_order() -> Generator[None]:
    """Raise `Ended` at the first signal to end; a second one ends the process at once, as by default."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread receives signals
        return
    heard = [number for number in _ENDING if signal.getsignal(number) is signal.SIG_DFL]  # nohup has SIGHUP ignored

    def hear(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
        for number in heard:
            signal.signal(number, handler)

    def end(number: int, frame: FrameType | None) -> None:
        hear(signal.SIG_DFL)
        raise Ended(number)

    hear(end)
    try:
        yield
    finally:
        hear(signal.SIG_DFL)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the job named by the first argument; without one, list the jobs."""
    gc.set_threshold(100_000, 50, 100)  # else the collector looks through all libraries again and again: a fifth of a short job
    if "_ARGCOMPLETE" in os.environ:
        from experiments.reference.completion import complete

        complete()
    given = list(sys.argv[1:] if arguments is None else arguments)
    with forgiving() as output:
        try:
            with ending_in_order(), full_disk_in_one_line():
                _main(given)
        except KeyboardInterrupt as stop:
            say("stopped; finished chunks are kept. Run the same command again to continue")
            raise SystemExit(128 + (stop.signal if isinstance(stop, Ended) else signal.SIGINT)) from None
        except SystemExit as stop:
            if stop.code:
                raise
        sys.stdout.flush()
        if output is not None and output.lost is not None and not isinstance(output.lost, BrokenPipeError):
            fail(f"the output cannot be printed ({output.lost.strerror}); the computed results are stored", UNFINISHED)


def _main(given: Sequence[str]) -> None:
    given = _without_quiet(given)
    before = list(takewhile(lambda word: word in ("-m", "--multirun"), given))
    given = [*given[len(before) :], *before]  # knockon -m run, as well as knockon run -m
    if given[:1] == ["help"] and len(given) > 1:
        given = [given[1], "--help"]
    if not given or given[0] in ("-h", "--help", "help", *before):
        print(usage())
        return
    if given[0] in ("-V", "--version"):
        from importlib.metadata import version

        print(f"knockon {version('knockon')}")
        return
    job, rest = given[0], given[1:]
    if job in ("-sc", "--shell-completion"):
        fail(ON_COMPLETION)
    if job not in (jobs := job_files()):
        fail(f"there is no job {job!r}{nearest(job, jobs)}; the jobs are {', '.join(jobs)}")
    if {"-h", "--help"} & {*rest}:
        from experiments.reference.job_help import job_help

        print(job_help(job))
        return
    if (conf_folder() / f"{job}.yaml").exists():
        run_job(job, rest)
        return
    try:
        module_of(job).main(rest)
    except InputError as error:
        fail(error)


def _without_quiet(given: Sequence[str]) -> list[str]:
    """Return the arguments without --quiet or quiet=true; these two suppress notes and progress."""
    words = {"--quiet": True, "quiet=true": True, "quiet=false": False}
    asked = [words[word] for word in given if word in words]
    be_quiet(bool(asked and asked[-1]))
    if asked and asked[-1]:
        os.environ["TQDM_DISABLE"] = "1"
    return [word for word in given if word not in words]


def usage() -> str:
    """Return the output of `knockon` without arguments."""
    described = described_jobs()
    width = max(map(len, described))
    jobs = [f"  {job:<{width}}  {what}" for job, what in described.items()]
    return f"""knockon JOB [overrides]: if the lead nation leaves a coalition, what follows?

jobs:
{"\n".join(jobs)}

scenarios: {", ".join(names_in("scenario"))}

published settings: {", ".join(names_in("experiment"))}

sweep any parameter:      knockon run -m scenario=stay,us_pullout coalition.effect_of_peer_exits=0,2,4
a published setting:      knockon compare experiment=pullout_against_how_things_stood
a scenario of your own:   knockon run --config-dir my_conf scenario=cut_then_leave
see a composed config:    knockon run scenario=us_pullout --cfg job
what a job can set:       knockon compare --help
explain any name:         knockon describe Denmark
complete with <Tab>:      knockon completion --help"""
