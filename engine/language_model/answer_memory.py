"""What a model answered before: the same question has the same answer, so it need not be asked twice, nor by the next
process.

A question is kept as a hash, an answer as the number of a wording: no word of a draft is in the file, and whatever
stands in it can only pick another approved wording.
"""

import os
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final

from engine.language_model.protocol import Prefix

LIMIT: Final = 4096
_LINE: Final = re.compile(r"([0-9a-f]{32}) (\d{1,3})")


class AnswerMemory:
    """Numbers of wordings by question, the newest `LIMIT` of them; in a file as well where one is given.

    A file that cannot be read or written is done without.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._answers: dict[str, int] | None = None

    def answer(self, model: str, prefix: Prefix, wordings: Sequence[str], ask: Callable[[], int]) -> int:
        """The number of the wording that is taken; asked at most once. `model` names all that decides its answers."""
        question = _hash(model, prefix, wordings)
        known = self._known().get(question)
        if known is not None and known < len(wordings):
            return known
        found = ask()
        self._keep(question, found)
        return found

    def clear(self) -> None:
        """Forgets everything, the file apart."""
        self._answers = {}

    def _known(self) -> dict[str, int]:
        if self._answers is None:
            lines = self._lines()
            self._answers = {hit[1]: int(hit[2]) for hit in map(_LINE.fullmatch, lines[-LIMIT:]) if hit}
            if len(lines) > 2 * LIMIT:
                self._rewrite()
        return self._answers

    def _lines(self) -> list[str]:
        with suppress(OSError, ValueError):
            return self._file.read_text(encoding="ascii").splitlines() if self._file else []
        return []

    def _keep(self, question: str, answer: int) -> None:
        answers = self._known()
        answers[question] = answer
        if len(answers) > LIMIT:
            del answers[next(iter(answers))]
        if self._file:
            with suppress(OSError):
                self._file.parent.mkdir(parents=True, exist_ok=True)
                with self._file.open("a", encoding="ascii") as file:
                    file.write(f"{question} {answer}\n")

    def _rewrite(self) -> None:
        """The file without what is too old."""
        if self._file:
            fresh = self._file.with_suffix(f".{os.getpid()}")
            with suppress(OSError):
                lines = "".join(f"{question} {answer}\n" for question, answer in self._known().items())
                fresh.write_text(lines, encoding="ascii")
                fresh.replace(self._file)


def _hash(model: str, prefix: Prefix, wordings: Sequence[str]) -> str:
    parts = (model, prefix.instruction, prefix.topic, len(prefix.segments), *prefix.segments, *wordings)
    return blake2b(repr(parts).encode(), digest_size=16).hexdigest()
