"""What one version of a statement changes of another, in runs of words that are kept, taken out or put in.

Ratcliff-Obershelp on tokens (`difflib`): numbers, Latin words and 【待核实】 marks are one token, a Chinese character
is one. Kept runs of one or two characters between changes are counted as changed, so that a reader sees whole phrases.
"""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Final, Literal, NamedTuple

_TOKEN: Final = re.compile(r"【待核实[^】\n]{0,80}】|\d[\d.,]*[%％‰]?|[A-Za-z]+|\n|\s|.", re.DOTALL)
_TOO_SHORT: Final = 3


class Piece(NamedTuple):
    """A run of text and what became of it."""

    kind: Literal["kept", "out", "in"]
    text: str


class _Change(NamedTuple):
    """`old` became `new`; equal for what was kept."""

    kept: bool
    old: str
    new: str


def differences(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces in reading order: joining `kept` and `in` gives `after`, `kept` and `out` gives `before`."""
    pieces: list[Piece] = []
    for change in _joined(_changes(before, after)):
        if change.kept:
            pieces.append(Piece("kept", change.old))
            continue
        pieces += [Piece("out", change.old)] if change.old else []
        pieces += [Piece("in", change.new)] if change.new else []
    return tuple(pieces)


def _changes(before: str, after: str) -> Iterator[_Change]:
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield _Change(tag == "equal", "".join(old[i1:i2]), "".join(new[j1:j2]))


def _joined(changes: Iterator[_Change]) -> list[_Change]:
    """Changes with what lies between them where that is too short to be read on its own."""
    every, joined = [*changes], list[_Change]()
    for number, change in enumerate(every):
        inside = 0 < number < len(every) - 1
        between = change.kept and inside and len(change.old) < _TOO_SHORT and "\n" not in change.old
        one = change._replace(kept=False) if between else change
        if joined and not joined[-1].kept and not one.kept:
            last = joined.pop()
            one = _Change(False, last.old + one.old, last.new + one.new)
        joined.append(one)
    return joined
