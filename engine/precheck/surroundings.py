"""Whether the words around a match turn it into its opposite: a denial, a warning, words of others."""

from collections.abc import Iterator
from typing import Final

from engine.precheck.folding import Folded
from engine.precheck.loader import compiled
from engine.precheck.schema import Surroundings

Span = tuple[int, int]
_CLAUSE_ENDS: Final = "，,：:"
_ANSWER_MARKS: Final = '”」』" \n'
_QUOTES: Final = '”"』」’'
_QUOTE_PAIRS: Final = ("“”", "‘’", "「」", "『』")
_LONGEST_QUOTE: Final = 40
_LONGEST_LIST: Final = 12


def turned(folded: Folded, span: Span, around: Surroundings) -> bool:
    """Whether the words around a match turn it into its opposite: a denial, or a warning against it."""
    start, end = span
    left, right = folded.sentence(start, end)
    if any(
        compiled(pattern).search(folded.text[start : min(end, start + _LONGEST_QUOTE)]) for pattern in around.within
    ):
        return True
    if around.before and any(
        not _is_broken(gap, around)
        for gap in _gaps(folded.sentences[max(left, start - around.before_characters) : start], around)
    ):
        return True
    if folded.text[end : end + 1] in _QUOTES and right - end <= 3:
        right = folded.sentence(right + 1, right + 1)[1] if right < len(folded.text) else right
    after = folded.text[end : min(right, end + around.after_characters)]
    if any(compiled(pattern).search(after) for pattern in around.after):
        return True
    if around.answers and _is_answered(folded, folded.sentence(start, end)[1], around):
        return True
    return bool(around.heads) and _is_listed(folded, left, around)


def _is_listed(folded: Folded, left: int, around: Surroundings) -> bool:
    """Whether the match stands in a list of short lines whose head turns what they say."""
    for _ in range(_LONGEST_LIST):
        if left == 0:
            return False
        right, left = left - 1, folded.sentences.rfind("\n", 0, left - 1) + 1
        line = folded.sentences[max(left, right - _LONGEST_QUOTE) : right]
        if line.endswith((":", "：")):
            return any(compiled(pattern).search(line) for pattern in around.heads)
        if right - left > _LONGEST_QUOTE:
            return False
    return False


def is_quoted(folded: Folded, span: Span) -> bool:
    """Whether the match stands in quotation marks, and no more than a sentence does."""
    before = folded.text[max(0, span[0] - _LONGEST_QUOTE) : span[0]]
    after = folded.text[span[1] : span[1] + _LONGEST_QUOTE]
    return any(
        before.rfind(opens) > before.rfind(closes) and closes in after and opens not in after.partition(closes)[0]
        for opens, closes in _QUOTE_PAIRS
    )


def _is_answered(folded: Folded, right: int, around: Surroundings) -> bool:
    """Whether the match stands in a question and the next sentence says no to it."""
    if folded.text[right : right + 1] not in ("？", "?"):
        return False
    answer = folded.text[right + 1 : right + 24].lstrip(_ANSWER_MARKS)
    return any(compiled(pattern).search(answer) for pattern in around.answers)


def _gaps(before: str, around: Surroundings) -> Iterator[str]:
    """What stands between each word that turns the meaning and the match."""
    for pattern in around.before:
        for found in compiled(pattern).finditer(before):
            yield before[found.end() :]


def _is_broken(gap: str, around: Surroundings) -> bool:
    if around.same_clause and any(mark in gap for mark in _CLAUSE_ENDS):
        return True
    return any(compiled(pattern).search(gap) for pattern in around.breaks)
