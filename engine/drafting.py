"""A template and a register become a draft. Literal text is copied, facts are copied, and the model only chooses:
an approved option, or one of the finitely many clauses that a prose slot allows.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Final, TypeVar

from engine.draft_document import NO_MODEL, Draft, content_hash, register_hash, signed_message
from engine.draft_exports.mark import mark_of
from engine.draft_facts import refuse_reason
from engine.draft_language import Grammar, LanguageModel, Prefix
from engine.draft_slots import Way, offered
from engine.errors import InputError, ModelUnavailable
from engine.model import Actor, DraftHashes, Element, Fact, FactStatus, Proof, Span, SpanOrigin
from engine.signing import Signer
from engine.template_check import check_template
from engine.template_program import Part, SlotPart, asked_keys, load_template, parts_of
from engine.verification import prove, register_problems
from knowledge.schema import (
    CHANNEL_TITLES,
    FACT_TITLES,
    STRATEGY_TITLES,
    ChoiceSlot,
    FactKey,
    Template,
)

Answer = TypeVar("Answer")
_UNPROVEN: Final = Proof(ok=False, releasable=False, spans=())


@dataclass(frozen=True, slots=True)
class DraftRequest:
    """What a draft is made from. `template_source` is the template's YAML text, `release` the release's hash,
    `elements` what it must say (`engine.draft_elements.elements_for`).
    """

    incident: str
    template: Template
    template_source: str
    register: tuple[Fact, ...]
    release: str
    elements: tuple[Element, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """One more span is there: the `done`-th of `total`."""

    done: int
    total: int
    span: Span


OnProgress = Callable[[Progress], None]


def draft(
    request: DraftRequest, model: LanguageModel | None, signer: Signer, on_progress: OnProgress | None = None
) -> Draft:
    """A complete, signed draft with its proof; without a model, or when it fails, from facts and first wordings alone.

    Raises InputError when the template has faults or is not the one of `template_source`, or the register is another
    incident's.
    """
    _ensure_sound(request)
    asked = asked_keys(request.template)
    register = excerpt(request.register, asked)
    parts = parts_of(request.template, register)
    problems = register_problems(request.incident, register)
    if problems:
        raise InputError("；".join(problems), place=request.incident)
    pen = _Pen(model, _instruction(request.template), notes=_register_notes(request.register, asked))
    with pen.lease():
        ways = _write(parts, register, pen, on_progress)
    fitted = _fitted(parts, register, ways, request.template.max_chars)
    if fitted != ways:
        pen.notes.append("为不超过字数上限，改用了较短的获准措辞")
    spans = tuple(way.span for way in fitted)
    return _sealed(request, register, spans, pen, signer)


def edit(before: Draft, index: int, text: str, actor: Actor, signer: Signer) -> Draft:
    """The draft with its span `index` worded by a person; the proof says what in it the register does not carry.

    Raises InputError when there is no such span.
    """
    if not 0 <= index < len(before.spans):
        raise InputError(f"没有第 {index + 1} 段", place=before.template)
    spans = list(before.spans)
    spans[index] = Span(text=text, origin=SpanOrigin.human, ref=f"human:{actor.name}")
    changed = before.model_copy(update={"spans": tuple(spans), "text": "".join(span.text for span in spans)})
    return _signed(changed, signer)


def excerpt(register: Sequence[Fact], asked: Sequence[FactKey]) -> tuple[Fact, ...]:
    """The facts of these keys; what may never be written is left out."""
    keys = set(asked)
    return tuple(fact for fact in register if fact.key in keys and refuse_reason(fact) is None)


def _ensure_sound(request: DraftRequest) -> None:
    if load_template(request.template_source, request.template.id) != request.template:
        raise InputError("模板文本与模板内容不一致", place=request.template.id)
    faults = check_template(request.template, request.template_source, request.template.id)
    if faults:
        raise InputError("模板有误：" + "；".join(fault.message for fault in faults), place=faults[0].place)


def _register_notes(register: Sequence[Fact], asked: Sequence[FactKey]) -> list[str]:
    """What the person who drafts should know of the register, in Chinese."""
    notes = []
    for key in asked:
        facts = [fact for fact in register if fact.key == key]
        for fact in facts:
            reason = refuse_reason(fact)
            if reason is not None:
                notes.append(f"“{FACT_TITLES[key]}”的一条登记未采用：{reason}（{fact.id}）")
        if any(fact.status is FactStatus.disputed for fact in facts):
            notes.append(f"“{FACT_TITLES[key]}”有争议中的说法，未采用")
    return notes


# --- writing ----------------------------------------------------------------------------------


def _instruction(template: Template) -> str:
    strategy = STRATEGY_TITLES[template.strategies[0]]
    return (
        f"你是消费金融公司的公关人员。请写一份{CHANNEL_TITLES[template.channel]}，题目是“{template.title}”，"
        f"策略是{strategy}。语气诚恳、克制，语句通顺，不重复。"
    )


@dataclass
class _Pen:
    """Chooses words: with the model as long as it answers, then the first wording. Remembers the text so far."""

    model: LanguageModel | None
    instruction: str
    notes: list[str]
    segments: list[str] = field(default_factory=list)
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

    def pick(self, part: Part, among: Sequence[Way]) -> Way:
        """One of the ways to word a part."""
        chosen = among[0]
        if len(among) > 1:
            index = self._trying(
                lambda model: _asked(model, Prefix(self.instruction, tuple(self.segments)), part, among)
            )
            if index is not None:
                self.answered = self.model
                chosen = among[index]
        self.segments.append(chosen.span.text)
        return chosen

    def _trying(self, ask: Callable[[LanguageModel], Answer]) -> Answer | None:
        if self.model is None:
            return None
        try:
            return ask(self.model)
        except ModelUnavailable as error:
            self.notes.append(f"语言模型不可用（{error}），其余部分由事实和首选措辞直接组成")
            self.model = None
            return None


def _asked(model: LanguageModel, prefix: Prefix, part: Part, among: Sequence[Way]) -> int:
    texts = tuple(way.span.text for way in among)
    if isinstance(part, SlotPart) and isinstance(part.slot, ChoiceSlot):
        return model.choose(prefix, texts)
    return texts.index(model.complete(prefix, Grammar(texts)))


def _write(parts: Sequence[Part], register: Sequence[Fact], pen: _Pen, on_progress: OnProgress | None) -> list[Way]:
    written = []
    for part in parts:
        written.append(pen.pick(part, offered(part, register)))
        if on_progress is not None:
            on_progress(Progress(len(written), len(parts), written[-1].span))
    return written


def _fitted(parts: Sequence[Part], register: Sequence[Fact], written: list[Way], max_chars: int | None) -> list[Way]:
    """The same ways, or where they are too long for the channel the shortest."""
    if max_chars is None or sum(len(way.span.text) for way in written) <= max_chars:
        return written
    return [min(offered(part, register), key=lambda way: len(way.span.text)) for part in parts]


# --- sealing ----------------------------------------------------------------------------------


def _sealed(
    request: DraftRequest, register: tuple[Fact, ...], spans: tuple[Span, ...], pen: _Pen, signer: Signer
) -> Draft:
    text = "".join(span.text for span in spans)
    limit = request.template.max_chars
    if limit is not None and len(text) > limit:
        pen.notes.append(f"全文 {len(text)} 字，超过本渠道上限 {limit} 字，请精简事实的表述")
    hashes = DraftHashes(
        template=content_hash(request.template_source),
        register_=register_hash(register),
        release=request.release,
        model=pen.answered.fingerprint if pen.answered else NO_MODEL,
    )
    unsigned = Draft(
        incident=request.incident,
        template=request.template.id,
        text=text,
        spans=spans,
        proof=_UNPROVEN,
        template_source=request.template_source,
        register_=register,
        hashes=hashes,
        signature="",
        model=pen.answered.name if pen.answered else None,
        notes=tuple(dict.fromkeys(pen.notes)),
        elements=request.elements,
    )
    return _signed(unsigned, signer)


def _signed(unsigned: Draft, signer: Signer) -> Draft:
    mark = mark_of(unsigned.incident, unsigned.template, unsigned.text, unsigned.model)
    marked = unsigned.model_copy(update={"mark": mark})
    proven = marked.model_copy(update={"proof": prove(marked)})
    return proven.model_copy(update={"signature": signer.sign(signed_message(proven))})
