"""Calling a student's function so that nothing it does can hurt the notebook."""

from __future__ import annotations

import builtins
import contextlib
import ctypes
import gc
import io
import linecache
import re
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

CPU_SECONDS = 0.3
WALL_SECONDS = 8.0
SHORT = 2.0  # below this limit garbage collection would take a good part of it; longer calls need it


class _TimeIsUp(BaseException):
    """Raised inside the student's thread; not an Exception, so that ``except Exception`` lets it through."""


@dataclass
class Outcome:
    """What came of one call.

    Attributes:
        value: what the function returned, or None.
        error: the exception it raised, or None.
        printed: what it wrote to stdout.
        timed_out: it did not return in time.
        still_running: it did not stop when told to, either.
    """

    value: Any = None
    error: BaseException | None = None
    printed: str = ""
    timed_out: bool = False
    still_running: bool = False


def call(
    function: Callable[[], Any], *, cpu_seconds: float | None = None, wall_seconds: float = WALL_SECONDS
) -> Outcome:
    """Call ``function()`` in a thread of its own, with a time limit.

    The limit is CPU time of the process, so that a slow or busy machine is not taken for an
    endless loop, with a generous limit on the clock for a function that waits. What the function
    imports does not count, and no import is cut short: a library would stay half loaded. A thread
    is used because signals exist on some systems only, and a process would have to pickle the
    function.

    Args:
        cpu_seconds: the limit; ``CPU_SECONDS`` unless told.
        wall_seconds: the limit on the clock.
    """
    limit = CPU_SECONDS if cpu_seconds is None else cpu_seconds
    outcome = Outcome()
    stdout = io.StringIO()
    ending = threading.Lock()
    imports = _Imports()

    def work() -> None:
        try:
            try:
                imports.thread = threading.get_ident()
                outcome.value = function()
            except BaseException as error:  # noqa: BLE001 - SystemExit is an answer, too
                outcome.error = error
            # From here on it is not asked to stop: outside this ``try`` that would end up on stderr.
            ending.acquire()
        except _TimeIsUp:
            pass

    thread = threading.Thread(target=work, daemon=True)
    # Warning filters belong to the process: set out here, they come back even if the thread never ends.
    with (
        contextlib.redirect_stdout(stdout),
        contextlib.redirect_stderr(io.StringIO()),
        _no_garbage_collection() if limit < SHORT else contextlib.nullcontext(),
        warnings.catch_warnings(),
        imports,
    ):
        warnings.simplefilter("ignore")
        clock, cpu = time.monotonic(), time.process_time()
        thread.start()
        # A fast answer is not made to wait for the next look at the clock.
        thread.join(0.02)
        while thread.is_alive():
            with imports.lock:
                late = not imports.depth and (
                    time.process_time() - cpu - imports.cpu > limit
                    or time.monotonic() - clock - imports.clock > wall_seconds
                )
            if late:
                outcome.timed_out = True
                break
            thread.join(0.01)
        if outcome.timed_out:
            outcome.still_running = not _stop(thread, ending)
            outcome.value = outcome.error = None
    outcome.printed = stdout.getvalue()
    return outcome


class _Imports:
    """What one thread imports while this is entered: whether it does now, and the time that it took.

    Attributes:
        thread: the thread's identifier; other threads' imports are left alone.
        lock: held while the other attributes change.
        depth: imports that are going on, one inside another.
        cpu, clock: seconds that finished imports took.
    """

    def __init__(self) -> None:
        self.thread: int | None = None
        self.lock = threading.Lock()
        self.depth, self.cpu, self.clock = 0, 0.0, 0.0

    def __enter__(self) -> None:
        self._original = original = builtins.__import__

        def timed(*arguments, **options):
            if threading.get_ident() != self.thread:
                return original(*arguments, **options)
            with self.lock:
                self.depth += 1
                if self.depth == 1:
                    self._began = time.process_time(), time.monotonic()
            try:
                return original(*arguments, **options)
            finally:
                with self.lock:
                    self.depth -= 1
                    if self.depth == 0:
                        self.cpu += time.process_time() - self._began[0]
                        self.clock += time.monotonic() - self._began[1]

        self._timed = timed
        builtins.__import__ = timed

    def __exit__(self, *error: object) -> None:
        if builtins.__import__ is self._timed:
            builtins.__import__ = self._original


@contextlib.contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Clearing up a large session takes a good part of the limit: that is not the student's time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _stop(thread: threading.Thread, ending: threading.Lock) -> bool:
    """Ask ``thread`` to end, for half a second; once it holds ``ending`` it ends unasked.

    Once is not enough: a bare ``except:`` may swallow the request. Nor is a moment: what a runaway
    loop has piled up is cleared away first.
    """
    for _ in range(25):
        if ending.acquire(blocking=False):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(thread.ident or 0), ctypes.py_object(_TimeIsUp)
            )
            ending.release()
        thread.join(0.02)
        if not thread.is_alive():
            return True
    return False


def without_addresses(text: str) -> str:
    """Leave out memory addresses, which differ from run to run."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", text)


def describe_error(error: BaseException, function: Callable) -> tuple[str, str]:
    """Say what was raised, and where in the student's own code.

    Returns:
        A sentence, and the student's line with its number ("" where it cannot be found). Both are
        the same on every run: memory addresses are left out.
    """
    try:
        text = without_addresses(str(error)).strip() or "no message"
    except Exception:  # noqa: BLE001 - the student's own exception class may be broken, too
        text = "its message cannot be shown"
    sentence = f"It raised `{type(error).__name__}`: {text.splitlines()[0]}"
    own_file = getattr(getattr(function, "__code__", None), "co_filename", None)
    where = ""
    for frame, number in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename == own_file:
            line = linecache.getline(own_file, number, frame.f_globals).strip()
            where = f"line {number} of the cell:  {line}" if line else f"line {number} of the cell"
    return sentence, where
