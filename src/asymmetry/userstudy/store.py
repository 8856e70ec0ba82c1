"""The answers, in SQLite: each is on the disk before its rater sees the next pair.

No name, address or time is kept. A rater is a number and a secret link.
"""

import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from asymmetry.core.errors import UserError
from asymmetry.userstudy.design import Pair

Side = Literal["left", "right"]

# `browser` is a random number that the rater's browser keeps as a cookie.
_TABLES = (
    "CREATE TABLE IF NOT EXISTS plan (digest TEXT NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS raters (number INTEGER PRIMARY KEY, token TEXT NOT NULL UNIQUE, "
    "browser TEXT) STRICT",
    "CREATE TABLE IF NOT EXISTS answers (rater INTEGER NOT NULL, trial INTEGER NOT NULL, "
    "choice TEXT NOT NULL CHECK (choice IN ('left', 'right')), PRIMARY KEY (rater, trial)) "
    "STRICT, WITHOUT ROWID",
    # What the adaptive design chose, when its rater came to it.
    "CREATE TABLE IF NOT EXISTS asked (rater INTEGER NOT NULL, trial INTEGER NOT NULL, "
    "arena INTEGER NOT NULL, photo TEXT NOT NULL, left TEXT NOT NULL, right TEXT NOT NULL, "
    "PRIMARY KEY (rater, trial)) STRICT, WITHOUT ROWID",
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


@dataclass(frozen=True)
class Asked:
    """How often a pair was asked of all raters, and how often of one of them.

    `choice` is its answer, None where it has no answer yet: someone looks at it now, or left.
    """

    pair: Pair
    choice: Side | None
    count: int
    own: int


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

    def ask(self, rater: int, trial: int, choose: Callable[[list[Asked]], Pair]) -> Pair:
        """The pair that a rater is asked; at the first time `choose` names it, and it is kept.

        `choose` is given what was asked so far. Nobody else is asked or answers meanwhile, so two
        raters at the same time know of each other.
        """
        with self._transaction() as base:
            kept = base.execute(
                "SELECT arena, photo, left, right FROM asked WHERE rater = ? AND trial = ?",
                (rater, trial),
            ).fetchone()
            if kept:
                return Pair(*kept)
            rows = base.execute(
                "SELECT arena, photo, left, right, choice, count(*), sum(asked.rater = ?) "
                "FROM asked LEFT JOIN answers USING (rater, trial) "
                "GROUP BY arena, photo, left, right, choice",
                (rater,),
            )
            pair = choose([Asked(Pair(*row[:4]), *row[4:]) for row in rows])
            base.execute(
                "INSERT INTO asked VALUES (?, ?, ?, ?, ?, ?)",
                (rater, trial, pair.arena, pair.photo, pair.left, pair.right),
            )
        return pair

    def was_asked(self, rater: int, trial: int) -> bool:
        """Whether the adaptive design has chosen this pair."""
        query = "SELECT 1 FROM asked WHERE rater = ? AND trial = ?"
        return bool(self._read(query, rater, trial))

    def asked(self) -> dict[tuple[int, int], Pair]:
        """The pairs that the adaptive design chose, by rater and trial."""
        return {(row[0], row[1]): Pair(*row[2:]) for row in self._read("SELECT * FROM asked")}

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
