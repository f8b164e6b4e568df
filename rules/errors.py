"""The rules' errors.

RuleError
├── BadRulesError      files that cannot be loaded; carries every fault with its place
└── BadFactError       a fact value that is of the wrong kind

Messages are Chinese: they are shown to people as they are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong, and where: `file` as people know it, `line` from 1."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.message}"


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
    near = get_close_matches(word, sorted(known), n=1, cutoff=0.45)
    return f'，是否想写 "{near[0]}"？' if near else ""
