"""Folded text x checks → what is said that must not be, and what is missing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from engine.precheck.citing import citing_sentences, with_labels, without_stock
from engine.precheck.folding import Folded
from engine.precheck.loader import CheckSet, compiled
from engine.precheck.model import Concern, Doubt, TextKind
from engine.precheck.schema import Check, DisclosureCheck, Surroundings, Topic, WordingCheck
from engine.precheck.surroundings import Span, is_quoted, turned

MOST_MATCHES: Final = 2_000
"""How many matches of one check are looked at in one text."""
ENOUGH_MADE: Final = 2
"""How many other disclosures of the same topic leave no doubt that a disclosure is due."""


@dataclass(frozen=True, slots=True)
class Match:
    """A check that speaks, with the spans of the folded text: the words, or what makes a disclosure due. Doubt: the
    words at the span may be the disclosure (`said`), or it may not be due (`due`).
    """

    check: Check
    spans: tuple[Span, ...]
    doubt: Doubt | None = None

    @property
    def concern(self) -> Concern:
        """How grave it is: what is in doubt is only to be looked at."""
        return Concern.should if self.doubt else self.check.concern


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
        self._labelled = with_labels(folded)
        self._topics: dict[str, Span | None] = {}
        self._genres: dict[str, bool] = {}
        self._citing: dict[Surroundings, frozenset[int]] = {}
        self._made: dict[str, bool] = {}
        self._sure: dict[str, bool] = {}
        self._said: dict[str, tuple[Span, ...]] = {}
        self._forbidding: frozenset[int] | None = None

    def missing(self) -> Iterator[Match]:
        """Disclosures that are due and not made."""
        for check in self._checks.disclosures:
            if self._is_asked(check) and not self._is_made(check):
                due = [span for name in check.due_when if (span := self._topic(name))]
                if due and (hint := self._hint(check)):
                    yield Match(check, (hint,), Doubt.said)
                elif due:
                    yield Match(check, (min(due),), None if self._is_surely_due(check) else Doubt.due)

    def said(self) -> Iterator[Match]:
        """Words that must not stand there like this."""
        for check in self._checks.wording:
            if self._is_asked(check) and (spans := self._spans(check)):
                yield Match(check, spans)

    def _is_asked(self, check: Check) -> bool:
        """Whether a check is for this kind of text, and no genre says that the text is about something else."""
        if self._kind not in check.kinds:
            return False
        topics = [self._checks.common.topics[name] for name in check.only_about]
        topics = [topic for topic in topics if self._kind in topic.kinds]
        return not topics or any(not self._is_elsewhere(topic) or self._has(topic.certain) for topic in topics)

    def _is_made(self, check: DisclosureCheck) -> bool:
        if check.id not in self._made:
            texts = {self._folded.sentences, self._labelled}
            self._made[check.id] = any(compiled(one).search(text) for text in texts for one in check.satisfied_by)
        return self._made[check.id]

    def _has(self, patterns: Iterable[str]) -> bool:
        return any(compiled(pattern).search(self._folded.sentences) for pattern in patterns)

    def _is_surely_due(self, check: DisclosureCheck) -> bool:
        """Whether more than one sign shows a topic, or the text makes other disclosures that are due with this one."""
        if any(self._is_sure(name) for name in check.due_when):
            return True
        topics = frozenset(name for name in check.due_when if self._topic(name))
        same = [one for one in self._checks.disclosures if topics & set(one.due_when) and self._kind in one.kinds]
        return sum(map(self._is_made, same)) >= ENOUGH_MADE

    def _is_sure(self, name: str) -> bool:
        """Whether a topic is shown by what is certain, by forbidden wording, or by as many signs as it needs."""
        if name not in self._sure:
            self._sure[name] = self._topic(name) is not None and self._is_certain(name)
        return self._sure[name]

    def _is_certain(self, name: str) -> bool:
        topic = self._checks.common.topics[name]
        said = any(self._spans(check) for check in self._checks.wording if name in check.shows)
        if said or any(self._shows(pattern, topic) for pattern in topic.certain):
            return True
        signs = (pattern for pattern in self._signs(topic) if self._shows(pattern, topic))
        return len(list(islice(signs, topic.signs_needed))) == topic.signs_needed

    def _shows(self, pattern: str, topic: Topic) -> bool:
        return any(not self._is_turned(span, topic.exceptions) for span in self._matches((pattern,)))

    def _hint(self, check: DisclosureCheck) -> Span | None:
        """The first words that may be the disclosure; none in a sentence that says what is forbidden."""
        spans = merged(self._matches(check.hinted_by, self._labelled))
        return next((span for span in spans if self._folded.sentence(*span)[0] not in self._forbidden()), None)

    def _forbidden(self) -> frozenset[int]:
        """Where the sentences begin that hold forbidden wording."""
        if self._forbidding is None:
            checks = [one for one in self._checks.wording if self._is_asked(one)]
            spans = [span for one in checks if one.concern is not Concern.should for span in self._spans(one)]
            self._forbidding = frozenset(self._folded.sentence(*span)[0] for span in spans)
        return self._forbidding

    def _spans(self, check: WordingCheck) -> tuple[Span, ...]:
        if check.id not in self._said:
            self._said[check.id] = self._found(check)
        return self._said[check.id]

    def _found(self, check: WordingCheck) -> tuple[Span, ...]:
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
        known = {"negation": common.negation, "warning": common.warning, "absence": common.absence}
        around = [known[name] for name in exceptions]
        return any(turned(self._folded, span, one) or self._is_cited(span, one) for one in around)

    def _is_cited(self, span: Span, around: Surroundings) -> bool:
        if not around.quoted_in or not is_quoted(self._folded, span):
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
        return topic.certain if self._is_elsewhere(topic) else (*topic.certain, *topic.patterns)

    def _is_elsewhere(self, topic: Topic) -> bool:
        """Whether something that the text tells, or its genre, speaks against a topic."""
        return self._is_told(topic.unless_text) or any(self._is_of(genre) for genre in topic.unless_genres)

    def _is_of(self, genre: str) -> bool:
        if genre not in self._genres:
            self._genres[genre] = self._is_told(self._checks.common.genres[genre])
        return self._genres[genre]

    def _is_told(self, patterns: Iterable[str]) -> bool:
        """Whether one of the patterns is found outside stock phrases."""
        return any(compiled(pattern).search(self._body) for pattern in patterns)

    def _matches(self, patterns: Iterable[str], text: str | None = None) -> list[Span]:
        spans: list[Span] = []
        for pattern in patterns:
            for found in compiled(pattern).finditer(self._folded.sentences if text is None else text):
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
