"""Signals that ask a process to end: they end it as Ctrl-C does, so that nothing is left behind."""

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from types import FrameType

_ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Ended(KeyboardInterrupt):
    """The process was asked to end.

    Attributes:
        signal: by which.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.signal = signal.Signals(number)


@contextmanager
def ending_in_order() -> Generator[None]:
    """Raise `Ended` at the first such signal; a second one ends the process at once, as it would have without this."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread hears of signals
        return
    heard = [number for number in _ENDING if signal.getsignal(number) is signal.SIG_DFL]  # nohup has SIGHUP ignored

    def end(number: int, frame: FrameType | None) -> None:
        _default(heard)
        raise Ended(number)

    for number in heard:
        signal.signal(number, end)
    try:
        yield
    finally:
        _default(heard)


def _default(numbers: list[signal.Signals]) -> None:
    for number in numbers:
        with suppress(ValueError):
            signal.signal(number, signal.SIG_DFL)
