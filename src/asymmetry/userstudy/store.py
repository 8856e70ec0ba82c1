"""The answers, in SQLite: each is on the disk before its rater sees the next pair.

No name, address or time is kept. A rater is a number and a secret link.
"""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from asymmetry.core.errors import UserError

Side = Literal["left", "right"]

# `browser` is a random number that the rater's browser keeps as a cookie.
_TABLES = (
    "CREATE TABLE IF NOT EXISTS plan (digest TEXT NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS raters (number INTEGER PRIMARY KEY, token TEXT NOT NULL UNIQUE, "
    "browser TEXT) STRICT",
    "CREATE TABLE IF NOT EXISTS answers (rater INTEGER NOT NULL, trial INTEGER NOT NULL, "
    "choice TEXT NOT NULL CHECK (choice IN ('left', 'right')), PRIMARY KEY (rater, trial)) "
    "STRICT, WITHOUT ROWID",
)


class RefusalError(Exception):
    """A request of a rater's browser is refused; the message is for the rater."""


@dataclass(frozen=True)
class Rater:
    """A rater: `number` is the index of the session; `browser` is None before it is begun."""

    number: int
    token: str
    browser: str | None


@dataclass(frozen=True)
class Answer:
    """The side that a rater chose; `trial` is the index of the question in the session."""

    rater: int
    trial: int
    choice: Side


class Store:
    """A file of answers, safe with several threads and processes, even if one is killed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def create(self, plan: str, raters: int) -> None:
        """Make the file, with a link for each rater; what it already holds stays.

        `plan` is the digest of the plan. Raises UserError where the file cannot be written, and as
        `check`.
        """
        try:
            with closing(self._connect("rwc")) as base:
                base.execute("PRAGMA journal_mode = WAL")
            with self._transaction() as base:
                for table in _TABLES:
                    base.execute(table)
                if not base.execute("SELECT 1 FROM plan").fetchone():
                    base.execute("INSERT INTO plan VALUES (?)", (plan,))
                    tokens = [(number, secrets.token_urlsafe(16)) for number in range(raters)]
                    base.executemany("INSERT INTO raters VALUES (?, ?, NULL)", tokens)
        except sqlite3.Error as error:
            raise UserError(
                f"{self.path}: answers cannot be kept here ({error}); make the folder writable"
            ) from None
        self.check(plan)

    def check(self, plan: str) -> None:
        """UserError where the answers are not to this plan, or cannot be read."""
        try:
            kept = self._read("SELECT digest FROM plan")
        except sqlite3.Error as error:
            raise UserError(
                f"{self.path}: cannot be read as answers ({error}); put back a copy of it"
            ) from None
        if kept != [(plan,)]:
            raise UserError(
                f"{self.path}: holds answers to other questions, and stays as it is; move its "
                "folder away, or name another one in the study: execution.user_study"
            )

    @property
    def raters(self) -> list[Rater]:
        """All raters, also those who have not begun."""
        return [Rater(*row) for row in self._read("SELECT * FROM raters ORDER BY number")]

    @property
    def answers(self) -> list[Answer]:
        """All answers, by rater and trial."""
        return [Answer(*row) for row in self._read("SELECT * FROM answers ORDER BY rater, trial")]

    def find(self, token: str) -> Rater | None:
        """The rater with this link; None where nobody has it."""
        rows = self._read("SELECT * FROM raters WHERE token = ?", token)
        return Rater(*rows[0]) if rows else None

    def answered(self, rater: int) -> int:
        """How many questions a rater has answered, which is also the index of the next one."""
        return int(self._read("SELECT count(*) FROM answers WHERE rater = ?", rater)[0][0])

    def begin(self, token: str) -> str:
        """Tie a link to a browser, and return its secret; RefusalError where it is tied."""
        browser = secrets.token_urlsafe(16)
        with self._transaction() as base:
            taken = base.execute(
                "UPDATE raters SET browser = ? WHERE token = ? AND browser IS NULL",
                (browser, token),
            )
        if not taken.rowcount:
            raise RefusalError("This link is already used in another browser.")
        return browser

    def free(self, number: int) -> bool:
        """Untie a rater's link from its browser; whether there is such a rater."""
        with self._transaction() as base:
            freed = base.execute("UPDATE raters SET browser = NULL WHERE number = ?", (number,))
        return bool(freed.rowcount)

    def answer(self, rater: int, trial: int, choice: Side) -> None:
        """Keep an answer to the next question; it is final. The same answer again changes nothing.

        Raises RefusalError where the question has another answer, or was not asked yet.
        """
        with self._transaction() as base:
            query = "SELECT choice FROM answers WHERE rater = ? ORDER BY trial"
            given = [row[0] for row in base.execute(query, (rater,))]
            if trial > len(given):
                raise RefusalError(f"Pair {trial + 1} was not asked yet.")
            if trial == len(given):
                base.execute("INSERT INTO answers VALUES (?, ?, ?)", (rater, trial, choice))
            elif given[trial] != choice:
                raise RefusalError(f"Pair {trial + 1} has another answer already, which stays.")

    def _read(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(self._connect()) as base:
            return base.execute(query, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """A transaction that excludes other writers; an exception undoes it."""
        with closing(self._connect()) as base:
            base.execute("BEGIN IMMEDIATE")
            try:
                yield base
            except BaseException:
                base.execute("ROLLBACK")
                raise
            base.execute("COMMIT")

    def _connect(self, mode: str = "rw") -> sqlite3.Connection:
        """A connection; a writer waits up to ten seconds for another."""
        address = f"{self.path.absolute().as_uri()}?mode={mode}"
        base = sqlite3.connect(address, uri=True, timeout=10, isolation_level=None)
        base.execute("PRAGMA synchronous = FULL")
        return base
