"""The list of mediators, sessions and tokens on disk: the only SQL about who may enter."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from jobs.errors import Sentence, StoreError
from kiosk.access.records import Mediator, Scope, Session, Token

FILE: Final = "access.db"
BUSY_S: Final = 1.0
VERSION: Final = 1
TABLES: Final = f"""
CREATE TABLE IF NOT EXISTS mediators (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL UNIQUE, pin_hash TEXT NOT NULL,
    badge_digest TEXT NOT NULL UNIQUE, since_s REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS sessions (
    digest TEXT PRIMARY KEY, mediator TEXT NOT NULL, proof TEXT NOT NULL, began_s REAL NOT NULL,
    ends_s REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS tokens (
    id TEXT PRIMARY KEY, label TEXT NOT NULL, digest TEXT NOT NULL UNIQUE, scope TEXT NOT NULL,
    since_s REAL NOT NULL, ends_s REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS words (name TEXT PRIMARY KEY, word TEXT NOT NULL) STRICT;
PRAGMA user_version = {VERSION};
"""
_UNUSABLE: Final = Sentence(
    "La liste des médiateurs ne peut être ni lue ni gardée : vérifiez le disque. L'arrêt marche toujours.",
    "The list of mediators can be neither read nor kept. Check the bike's disk; the stop still works.",
)


class AccessBook:
    """One file that the kiosk and the commands on the bike share; opened anew for each question.

    Every method may raise `StoreError`: the file can be neither read nor written.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def mediators(self) -> list[Mediator]:
        """Everybody, the first one first."""
        with self._open() as db:
            rows = db.execute(
                "SELECT id, name, pin_hash, badge_digest, since_s FROM mediators ORDER BY since_s"
            )
            return [Mediator(*row) for row in rows]

    def keep_mediator(self, mediator: Mediator) -> None:
        """Add somebody, or change what is kept of them."""
        with self._open() as db:
            db.execute(
                "INSERT INTO mediators (id, name, folded, pin_hash, badge_digest, since_s) "
                "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                "pin_hash = excluded.pin_hash, badge_digest = excluded.badge_digest",
                (mediator.id, mediator.name, mediator.name.casefold(), mediator.pin_hash,
                 mediator.badge_digest, mediator.since_s),
            )  # fmt: skip

    def remove_mediator(self, mediator_id: str) -> None:
        """Forget somebody, name and all."""
        with self._open() as db:
            db.execute("DELETE FROM mediators WHERE id = ?", (mediator_id,))
            db.execute("DELETE FROM sessions WHERE mediator = ?", (mediator_id,))

    def session(self, digest: str) -> Session | None:
        """A session that has not been ended."""
        with self._open() as db:
            row = db.execute("SELECT * FROM sessions WHERE digest = ?", (digest,)).fetchone()
            return Session(*row) if row else None

    def keep_session(self, session: Session) -> None:
        """Add a session, and forget those that have grown old."""
        with self._open() as db:
            db.execute("DELETE FROM sessions WHERE ends_s < ?", (session.began_s,))
            db.execute(
                "INSERT INTO sessions (digest, mediator, proof, began_s, ends_s) VALUES (?, ?, ?, ?, ?)",
                (session.digest, session.mediator, session.proof, session.began_s, session.ends_s),
            )

    def end_session(self, digest: str) -> None:
        """Forget a session."""
        with self._open() as db:
            db.execute("DELETE FROM sessions WHERE digest = ?", (digest,))

    def tokens(self) -> list[Token]:
        """Every token, the oldest first."""
        return self._tokens("ORDER BY since_s")

    def token(self, digest: str) -> Token | None:
        """The token of a digest."""
        return next(iter(self._tokens("WHERE digest = ?", digest)), None)

    def keep_token(self, token: Token, digest: str) -> None:
        """Add a token."""
        with self._open() as db:
            db.execute(
                "INSERT INTO tokens (id, label, digest, scope, since_s, ends_s) VALUES (?, ?, ?, ?, ?, ?)",
                (token.id, token.label, digest, token.scope.value, token.since_s, token.ends_s),
            )

    def remove_token(self, token_id: str) -> None:
        """Forget a token."""
        with self._open() as db:
            db.execute("DELETE FROM tokens WHERE id = ?", (token_id,))

    def word(self, name: str) -> str:
        """A word that was kept under a name, empty for none."""
        with self._open() as db:
            row = db.execute("SELECT word FROM words WHERE name = ?", (name,)).fetchone()
            return str(row[0]) if row else ""

    def keep_word(self, name: str, word: str) -> None:
        """Keep a word under a name; an empty one is forgotten."""
        with self._open() as db:
            if word:
                db.execute("INSERT OR REPLACE INTO words (name, word) VALUES (?, ?)", (name, word))
            else:
                db.execute("DELETE FROM words WHERE name = ?", (name,))

    def _tokens(self, which: str, *values: str) -> list[Token]:
        with self._open() as db:
            rows = db.execute(f"SELECT id, label, scope, since_s, ends_s FROM tokens {which}", values)  # noqa: S608 - our own words
            return [Token(row[0], row[1], Scope(row[2]), row[3], row[4]) for row in rows]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One transaction; a database failure gets its sentence."""
        try:
            if not self.path.exists():
                self._touch()
            with closing(sqlite3.connect(self.path, timeout=BUSY_S)) as db:
                _check(db)
                with db:
                    yield db
        except (OSError, sqlite3.Error, ValueError) as error:
            raise StoreError("no-access-list", _UNUSABLE) from error

    def _touch(self) -> None:
        """Make the file for its folder's owner alone, also when root does it with a command."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path.touch(mode=0o600)
        if os.geteuid() == 0:
            owner = self.path.parent.stat()
            os.chown(self.path, owner.st_uid, owner.st_gid)


def _check(db: sqlite3.Connection) -> None:
    """Make what a new file lacks; one of a newer program is left alone."""
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA secure_delete = 1")
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version > VERSION:
        raise ValueError(f"version {version} > {VERSION}")
    if version < VERSION:
        db.executescript(TABLES)
