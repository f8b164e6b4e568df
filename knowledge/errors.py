"""The knowledge base's errors.

KnowledgeError
├── BadKnowledgeError      files that cannot be loaded; carries every fault with its place
└── UnknownEntryError      no entry of that id

Messages are Chinese: they are shown to people as they are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong, and where: `file` relative to the knowledge folder, `line` from 1."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.message}"


class KnowledgeError(Exception):
    """Root of all errors of the knowledge base; `str(error)` is Chinese."""


class BadKnowledgeError(KnowledgeError):
    """Entries that cannot be loaded. `faults` holds all of them, in the order of files and lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__(f"知识库有{len(self.faults)}处错误：\n" + "\n".join(map(str, self.faults)))


class UnknownEntryError(KnowledgeError):
    """No entry of that id."""

    def __init__(self, entry: str, known: Iterable[str]) -> None:
        self.entry = entry
        super().__init__(f"知识库里没有“{entry}”{suggest(entry, known)}")


def suggest(word: str, known: Iterable[str]) -> str:
    """`，是否想写“…”？` with the nearest right name, or nothing when none is near."""
    near = get_close_matches(word, sorted(known), n=1, cutoff=0.5)
    return f"，是否想写“{near[0]}”？" if near else ""
