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
_ANY_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")
_LINE: Final = re.compile(r"([0-9a-f]{32}) ([0-9]{1,3}) [0-9a-f]{8}\n")


class AnswerMemory:
    """Numbers of wordings by question, the newest `LIMIT` of them; in a file as well where one is given.

    A file that cannot be read or written is done without; a damaged line is dropped, and the file mended.
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
            read = [_answer_in(line) for line in lines]
            self._answers = dict([one for one in read if one is not None][-LIMIT:])
            if None in read or len(lines) > 2 * LIMIT:
                self._rewrite()
        return self._answers

    def _lines(self) -> list[str]:
        """The lines of the file, each with its line end where it has one."""
        with suppress(OSError):
            text = self._file.read_bytes().decode("ascii", errors="replace") if self._file else ""
            return _ANY_LINE.findall(text)
        return []

    def _keep(self, question: str, answer: int) -> None:
        answers = self._known()
        answers[question] = answer
        if len(answers) > LIMIT:
            del answers[next(iter(answers))]
        if self._file:
            with suppress(OSError):
                self._file.parent.mkdir(parents=True, exist_ok=True)
                with self._file.open("ab") as file:
                    file.write(line_of(question, answer).encode())

    def _rewrite(self) -> None:
        """The file without what is too old or damaged."""
        if self._file:
            fresh = self._file.with_suffix(f".{os.getpid()}")
            with suppress(OSError):
                fresh.write_bytes("".join(map(line_of, self._known(), self._known().values())).encode())
                fresh.replace(self._file)


def line_of(question: str, answer: int) -> str:
    """A line of the file: the hash of a question, the number of a wording, and a checksum of the two."""
    said = f"{question} {answer}"
    return f"{said} {blake2b(said.encode(), digest_size=4).hexdigest()}\n"


def _answer_in(line: str) -> tuple[str, int] | None:
    """The question and answer of a line; None when it is not as it was written."""
    hit = _LINE.fullmatch(line)
    if hit is None:
        return None
    found = hit[1], int(hit[2])
    return found if line_of(*found) == line else None


def _hash(model: str, prefix: Prefix, wordings: Sequence[str]) -> str:
    parts = (model, prefix.instruction, prefix.topic, len(prefix.segments), *prefix.segments, *wordings)
    return blake2b(repr(parts).encode(), digest_size=16).hexdigest()
