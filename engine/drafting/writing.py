"""The words of a draft: what needs no choice at once, then each choice in the order of the text."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TypeVar

from engine.drafting.context import prefix_at
from engine.drafting.repetition import freshest
from engine.drafting.slots import Way, offered
from engine.drafting.template_program import Part, SlotPart
from engine.errors import ModelUnavailable
from engine.language_model.protocol import Grammar, LanguageModel, Prefix
from engine.model import Fact, Span
from knowledge.schema import ChoiceSlot, Strategy

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Progress:
    """The draft so far: `done` of `total` spans are there, `span` the newest; None where words are not chosen yet.

    The first one, told before the model is asked, has all that needs no choice.
    """

    done: int
    total: int
    span: Span
    so_far: tuple[Span | None, ...]


OnProgress = Callable[[Progress], None]


@dataclass
class Pen:
    """Chooses words: with the model as long as it answers, then the first wording.

    `notes` are for the person who drafts, in Chinese. `answered` is the model, once it has answered.
    """

    model: LanguageModel | None
    topic: str
    notes: list[str]
    answered: LanguageModel | None = None

    @contextmanager
    def lease(self) -> Iterator[None]:
        """Holds the model for the whole draft; goes on without it when it cannot be had."""
        with ExitStack() as stack:
            if self.model is None:
                self.notes.append("没有语言模型，本稿由事实和首选措辞直接组成")
            else:
                self._trying(lambda model: stack.enter_context(model.lease()))
            yield

    def pick(self, part: Part, among: Sequence[Way], before: Sequence[str]) -> Way:
        """One of the ways to word a part, after the text `before`."""
        prefix = prefix_at(self.topic, before)
        index = self._trying(lambda model: _asked(model, prefix, part, among))
        if index is None:
            return among[0]
        self.answered = self.model
        return among[index]

    def _trying(self, ask: Callable[[LanguageModel], Answer]) -> Answer | None:
        if self.model is None:
            return None
        try:
            return ask(self.model)
        except ModelUnavailable as error:
            self.notes.append(f"语言模型不可用（{error}），其余部分由事实和首选措辞直接组成")
            self.model = None
            return None


@dataclass
class Sheet:
    """The parts of a draft, with the ways that each may be worded and the way that was chosen, None so far.

    `shortened` tells whether a wording was passed over because it was too long for `max_chars`.
    """

    parts: Sequence[Part]
    offers: Sequence[tuple[Way, ...]]
    facts: Sequence[str]
    chosen: list[Way | None]
    max_chars: int | None = None
    shortened: bool = False

    @classmethod
    def of(
        cls, parts: Sequence[Part], register: Sequence[Fact], strategy: Strategy | None, max_chars: int | None
    ) -> "Sheet":
        """A sheet on which everything stands that needs no choice."""
        offers = [_for_strategy(part, offered(part, register, strategy), strategy) for part in parts]
        chosen = [ways[0] if len(ways) == 1 else None for ways in offers]
        return cls(parts, offers, [fact.value for fact in register], chosen, max_chars)

    def write(self, pen: Pen, on_progress: OnProgress | None) -> tuple[Span, ...]:
        """Every part worded. Without a model, by the first way that is not too long."""
        self._tell(on_progress)
        with pen.lease():
            for index in [at for at, way in enumerate(self.chosen) if way is None]:
                self.chosen[index] = self._picked(index, pen)
                self._tell(on_progress, index)
        return tuple(way.span for way in self.chosen if way is not None)

    def _picked(self, index: int, pen: Pen) -> Way:
        among = self._short_enough(index)
        if pen.model is None:
            return among[0]
        rest = [way.span.text for way in self.chosen if way is not None]
        among = freshest(among, rest, self.facts)
        return pen.pick(self.parts[index], among, self._before(index)) if len(among) > 1 else among[0]

    def _short_enough(self, index: int) -> tuple[Way, ...]:
        """The ways that leave room for the shortest of what is still open; the shortest of all where none does."""
        every = self.offers[index]
        if self.max_chars is None:
            return every
        others = (
            min(len(one.span.text) for one in ways) if way is None else len(way.span.text)
            for at, (way, ways) in enumerate(zip(self.chosen, self.offers, strict=True))
            if at != index
        )
        room = max(self.max_chars - sum(others), min(len(way.span.text) for way in every))
        found = tuple(way for way in every if len(way.span.text) <= room)
        self.shortened = self.shortened or len(found) < len(every)
        return found

    def _before(self, index: int) -> list[str]:
        """The text before a part, cut before every part that was open: the same pieces in each question."""
        pieces = [""]
        for way, ways in zip(self.chosen[:index], self.offers, strict=False):
            if len(ways) > 1:
                pieces.append("")
            pieces[-1] += way.span.text if way is not None else ""
        return [piece for piece in pieces if piece]

    def _tell(self, on_progress: OnProgress | None, newest: int | None = None) -> None:
        spans = tuple(None if way is None else way.span for way in self.chosen)
        there = [span for span in spans if span is not None]
        span = next(iter(there), None) if newest is None else spans[newest]
        if on_progress is not None and span is not None:
            on_progress(Progress(len(there), len(spans), span, spans))


def _for_strategy(part: Part, among: tuple[Way, ...], strategy: Strategy | None) -> tuple[Way, ...]:
    """Options made for the strategy where there are any; else those that fit every strategy."""
    if strategy is None or not (isinstance(part, SlotPart) and isinstance(part.slot, ChoiceSlot)):
        return among
    made = {one.text for one in part.slot.options if not isinstance(one, str) and strategy in one.strategies}
    return tuple(way for way in among if way.span.text in made) or among


def _asked(model: LanguageModel, prefix: Prefix, part: Part, among: Sequence[Way]) -> int:
    texts = tuple(way.span.text for way in among)
    if isinstance(part, SlotPart) and isinstance(part.slot, ChoiceSlot):
        return model.choose(prefix, texts)
    return texts.index(model.complete(prefix, Grammar(texts)))
