"""The rules' errors.

RuleError
├── BadRulesError      files that cannot be loaded; carries every fault with its place
└── BadFactError       a fact value that is of the wrong kind

Messages are Chinese: they are shown to people as they are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Final

_LONGEST_WORD: Final = 60


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong, and where: `file` as people know it, `line` from 1. `example` holds the facts by which
    the message shows it, where facts can: those not named are 0 or missing.
    """

    file: str
    line: int
    message: str
    example: Mapping[str, int | float | str | None] | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.message}"

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON; `example` only where there is one."""
        found: dict[str, Any] = {"file": self.file, "line": self.line, "message": self.message}
        return found if self.example is None else found | {"example": dict(self.example)}


class RuleError(Exception):
    """Root of all errors of the rules; `str(error)` is Chinese."""


class BadRulesError(RuleError):
    """Rule or test files that cannot be loaded. `faults` holds all of them, in the order of files and lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__(f"规则文件有 {len(self.faults)} 处错误：\n" + "\n".join(map(str, self.faults)))


class BadFactError(RuleError):
    """A value that cannot be compared: a text where a number belongs, or not a number at all."""

    def __init__(self, fact: str, value: object) -> None:
        self.fact = fact
        super().__init__(f"事实“{fact}”的值“{value}”不能比较")


def suggest(word: str, known: Iterable[str]) -> str:
    """`，是否想写 "…"？` with the nearest right name, or nothing when none is near."""
    near = _nearest(word, tuple(sorted(known))) if len(word) <= _LONGEST_WORD else None
    return f'，是否想写 "{near}"？' if near else ""


@lru_cache(maxsize=4096)
def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    return next(iter(get_close_matches(word, known, n=1, cutoff=0.45)), None)
