"""Folded text x checks → what is said that must not be, and what is missing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from engine.precheck.citing import citing_sentences, without_stock
from engine.precheck.folding import Folded
from engine.precheck.loader import CheckSet, compiled
from engine.precheck.model import TextKind
from engine.precheck.schema import Check, DisclosureCheck, Surroundings, Topic, WordingCheck

Span = tuple[int, int]
MOST_MATCHES: Final = 2_000
"""How many matches of one check are looked at in one text."""


@dataclass(frozen=True, slots=True)
class Match:
    """A check that speaks, with the spans of the folded text: the words, or what makes a disclosure due."""

    check: Check
    spans: tuple[Span, ...]


def find(folded: Folded, kind: TextKind, checks: CheckSet) -> tuple[Match, ...]:
    """Every check of this kind of text that has something to say."""
    matcher = _Matcher(folded, kind, checks)
    return (*matcher.missing(), *matcher.said())


def guess_kind(folded: Folded, checks: CheckSet) -> TextKind:
    """What kind of text it seems to be: the kind with most different signs in it; an advert when there is none."""

    def signs(kind: TextKind) -> int:
        return sum(compiled(pattern).search(folded.sentences) is not None for pattern in checks.common.guess[kind])

    return max(TextKind, key=signs)


class _Matcher:
    def __init__(self, folded: Folded, kind: TextKind, checks: CheckSet) -> None:
        self._folded = folded
        self._kind = kind
        self._checks = checks
        self._phrases = self._by_check()
        self._body = without_stock(folded.sentences, checks.common.stock)
        self._topics: dict[str, Span | None] = {}
        self._genres: dict[str, bool] = {}
        self._citing: dict[Surroundings, frozenset[int]] = {}

    def missing(self) -> Iterator[Match]:
        """Disclosures that are due and not made."""
        for check in self._checks.disclosures:
            if self._kind in check.kinds and not self._is_made(check):
                due = [span for name in check.due_when if (span := self._topic(name))]
                if due:
                    yield Match(check, (min(due),))

    def said(self) -> Iterator[Match]:
        """Words that must not stand there like this."""
        for check in self._checks.wording:
            if self._kind in check.kinds:
                spans = self._spans(check)
                if spans:
                    yield Match(check, spans)

    def _is_made(self, check: DisclosureCheck) -> bool:
        return self._has(check.satisfied_by)

    def _has(self, patterns: Iterable[str]) -> bool:
        return any(compiled(pattern).search(self._folded.sentences) for pattern in patterns)

    def _spans(self, check: WordingCheck) -> tuple[Span, ...]:
        found = merged([*self._phrases.get(check.id, ()), *self._matches(check.patterns)])
        if not found or self._has(check.unless_text):
            return ()
        if check.unless_disclosed and all(self._is_made(self._disclosure(one)) for one in check.unless_disclosed):
            return ()
        return tuple(span for span in found if not self._is_left_alone(span, check))

    def _is_left_alone(self, span: Span, check: WordingCheck) -> bool:
        left, right = self._folded.sentence(*span)
        sentence = self._folded.sentences[max(left, span[0] - 200) : min(right, span[1] + 200)]
        if any(compiled(pattern).search(sentence) for pattern in check.unless_sentence):
            return True
        return self._is_turned(span, check.exceptions)

    def _is_turned(self, span: Span, exceptions: Iterable[str]) -> bool:
        common = self._checks.common
        around = [common.negation if name == "negation" else common.warning for name in exceptions]
        return any(turned(self._folded, span, one) or self._is_cited(span, one) for one in around)

    def _is_cited(self, span: Span, around: Surroundings) -> bool:
        if not around.quoted_in or not _is_quoted(self._folded, span):
            return False
        if around not in self._citing:
            self._citing[around] = citing_sentences(self._folded, around, self._checks.common.stock)
        return self._folded.sentence(*span)[0] in self._citing[around]

    def _topic(self, name: str) -> Span | None:
        """Where the text first shows that it is about a topic."""
        if name not in self._topics:
            topic = self._checks.common.topics[name]
            self._topics[name] = self._shown(name, topic) if self._kind in topic.kinds else None
        return self._topics[name]

    def _shown(self, name: str, topic: Topic) -> Span | None:
        spans = merged(self._matches(self._signs(topic)))
        said = (span for check in self._checks.wording if name in check.shows for span in self._spans(check))
        return next((span for span in spans if not self._is_turned(span, topic.exceptions)), min(said, default=None))

    def _signs(self, topic: Topic) -> tuple[str, ...]:
        """The patterns that show a topic in this text: only the certain ones where its genre speaks against it."""
        other = self._is_told(topic.unless_text) or any(self._is_of(genre) for genre in topic.unless_genres)
        return topic.certain if other else (*topic.certain, *topic.patterns)

    def _is_of(self, genre: str) -> bool:
        if genre not in self._genres:
            self._genres[genre] = self._is_told(self._checks.common.genres[genre])
        return self._genres[genre]

    def _is_told(self, patterns: Iterable[str]) -> bool:
        """Whether one of the patterns is found outside stock phrases."""
        return any(compiled(pattern).search(self._body) for pattern in patterns)

    def _matches(self, patterns: Iterable[str]) -> list[Span]:
        spans: list[Span] = []
        for pattern in patterns:
            for found in compiled(pattern).finditer(self._folded.sentences):
                spans.append(found.span())
                if len(spans) >= MOST_MATCHES:
                    return spans
        return spans

    def _by_check(self) -> dict[str, list[Span]]:
        found: dict[str, list[Span]] = {}
        for last, (length, ids) in self._checks.phrases.iter(self._folded.text):
            for check in ids:
                spans = found.setdefault(check, [])
                if len(spans) < MOST_MATCHES:
                    spans.append((last + 1 - length, last + 1))
        return found

    def _disclosure(self, check: str) -> DisclosureCheck:
        return next(one for one in self._checks.disclosures if one.id == check)


def merged(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans in order, those that overlap made one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


_CLAUSE_ENDS: Final = "，,：:"
_ANSWER_MARKS: Final = '”」』" \n'
_QUOTES: Final = '”"』」’'
_QUOTE_PAIRS: Final = ("“”", "‘’", "「」", "『』")
_LONGEST_QUOTE: Final = 40


def turned(folded: Folded, span: Span, around: Surroundings) -> bool:
    """Whether the words around a match turn it into its opposite: a denial, or a warning against it."""
    start, end = span
    left, right = folded.sentence(start, end)
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
    return bool(around.answers) and _is_answered(folded, folded.sentence(start, end)[1], around)


def _is_quoted(folded: Folded, span: Span) -> bool:
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
