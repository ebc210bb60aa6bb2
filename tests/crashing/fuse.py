"""Counts the points at which a daemon may die, and kills its process at one of them."""

import asyncio
import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import Final

FILE_EVENTS: Final = frozenset({"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree"})


class Fuse:
    """Every statement of a database, every change of a file and every turn of the loop is a point.

    `at` is the number of the point of death, 0 for none; `after_s` lets the process live on a little, so that
    it also dies between a commit and what follows from it.
    """

    def __init__(self, at: int, after_s: float = 0.0, *, counts_turns: bool = False) -> None:
        self._at = at
        self._after_s = after_s
        self._counts_turns = counts_turns
        self._is_laid = False
        self._pen = threading.Lock()
        self.points = 0

    def lay(self, folder: str) -> None:
        """Count from now on what happens under one folder; this process cannot be freed of it any more."""
        self._folder = folder
        sys.addaudithook(self._hear)
        sqlite3.connect = partial(sqlite3.connect, factory=partial(_watched, self._count))  # type: ignore[assignment]  # the same function

    def light(self) -> None:
        """Begin to count."""
        self._is_laid = True

    def turn(self) -> None:
        """The loop goes round."""
        if self._counts_turns:
            self._count()

    def _hear(self, event: str, facts: tuple[object, ...]) -> None:
        if event in FILE_EVENTS and str(facts[0]).startswith(self._folder):
            self._count()

    def _count(self) -> None:
        if not self._is_laid:
            return
        with self._pen:
            self.points += 1
            is_here = self.points == self._at
        if is_here and self._after_s:
            threading.Timer(self._after_s, _die).start()
        elif is_here:
            _die()


def _watched(count: Callable[[], None], *words: object, **options: object) -> sqlite3.Connection:
    """A connection that tells each statement before it is executed."""
    connection = sqlite3.Connection(*words, **options)  # type: ignore[arg-type]  # as sqlite3.connect passes them
    connection.set_trace_callback(lambda _statement: count())
    return connection


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class CountedLoop(asyncio.SelectorEventLoop):
    """The loop of a daemon, whose every turn is a point."""

    def __init__(self, fuse: Fuse) -> None:
        super().__init__()
        self._fuse = fuse

    def _run_once(self) -> None:
        self._fuse.turn()
        super()._run_once()
