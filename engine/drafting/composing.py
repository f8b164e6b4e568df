"""A template and a register become a draft. Literal text is copied, facts are copied, and the model only chooses:
an approved option, or one of the finitely many clauses that a prose slot allows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from engine.drafting.context import topic_of
from engine.drafting.document import NO_MODEL, Draft, content_hash, register_hash, signed_message
from engine.drafting.exports.mark import mark_of
from engine.drafting.facts import refuse_reason
from engine.drafting.strategy import StrategyNote, note_problems
from engine.drafting.strategy_refusals import deciding
from engine.drafting.template_check import checked
from engine.drafting.template_program import asked_keys, parts_of
from engine.drafting.verification import prove, register_problems
from engine.drafting.writing import OnProgress, Pen, Progress, Sheet
from engine.errors import InputError
from engine.language_model.protocol import LanguageModel
from engine.model import Actor, DraftHashes, Element, Fact, FactStatus, Proof, Span, SpanOrigin
from engine.signing import Signer
from knowledge.schema import (
    FACT_TITLES,
    FactKey,
    Template,
)

__all__ = ["DraftRequest", "OnProgress", "Progress", "draft", "edit", "excerpt"]

MAX_EDIT_CHARS: Final = 2_000
"""As many characters a person may write into one span; no channel takes a tenth of it in one sentence."""
MAX_BY_HAND_CHARS: Final = 10_000
_SOURCES: Final = {"mention": "网上提及", "department": "部门", "document": "文件", "registry": "公司登记信息"}
_UNPROVEN: Final = Proof(ok=False, releasable=False, spans=())


@dataclass(frozen=True, slots=True)
class DraftRequest:
    """What a draft is made from. `template_source` is the template's YAML text, `release` the release's hash,
    `elements` what it must say (`engine.drafting.elements.elements_for`), `strategy` in which manner.
    """

    incident: str
    template: Template
    template_source: str
    register: tuple[Fact, ...]
    release: str
    elements: tuple[Element, ...] = ()
    strategy: StrategyNote | None = None


def draft(
    request: DraftRequest, model: LanguageModel | None, signer: Signer, on_progress: OnProgress | None = None
) -> Draft:
    """A complete, signed draft with its proof; without a model, or when it fails, from facts and first wordings alone.

    Raises InputError when the template has faults or is not the one of `template_source`, when the register is another
    incident's, or when the strategy does not fit the template or the confirmed facts.
    """
    _ensure_sound(request)
    asked = asked_keys(request.template)
    register = excerpt(request.register, asked, () if request.strategy is None else deciding(request.register))
    parts = parts_of(request.template, register)
    problems = register_problems(request.incident, register)
    if request.strategy is not None:
        problems.extend(note_problems(request.strategy, request.template, request.register))
    if problems:
        raise InputError("；".join(problems), place=request.incident)
    strategy = None if request.strategy is None else request.strategy.strategy
    pen = Pen(model, topic_of(request.template, strategy), notes=_register_notes(request.register, asked))
    sheet = Sheet.of(parts, register, strategy=strategy, max_chars=request.template.max_chars)
    spans = sheet.write(pen, on_progress)
    if sheet.shortened:
        pen.notes.append("为不超过字数上限，只用了较短的获准措辞")
    return _sealed(request, register, spans, pen, signer)


def edit(before: Draft, index: int, text: str, actor: Actor, signer: Signer) -> Draft:
    """The draft with its span `index` worded by a person; the proof says what in it the register does not carry.

    Raises InputError when there is no such span, and when the words are so many that nobody could read the draft again.
    """
    if not 0 <= index < len(before.spans):
        raise InputError(f"没有第 {index + 1} 段", place="人工改写")
    if len(text) > MAX_EDIT_CHARS:
        raise InputError(
            f"改写的一段有 {len(text)} 字，最多 {MAX_EDIT_CHARS} 字，请精简", place=f"人工改写第 {index + 1} 段"
        )
    spans = list(before.spans)
    spans[index] = Span(text=text, origin=SpanOrigin.human, ref=f"human:{actor.name}")
    changed = before.model_copy(update={"spans": tuple(spans), "text": "".join(span.text for span in spans)})
    by_hand = sum(len(span.text) for span in spans if span.origin is SpanOrigin.human)
    if by_hand > MAX_BY_HAND_CHARS:
        raise InputError(
            f"人工改写的文字共 {by_hand} 字，最多 {MAX_BY_HAND_CHARS} 字，请精简", place=f"人工改写第 {index + 1} 段"
        )
    return _signed(changed, signer)


def excerpt(register: Sequence[Fact], asked: Sequence[FactKey], ids: Sequence[str] = ()) -> tuple[Fact, ...]:
    """The facts of these keys, and those with these ids; what may never be written is left out."""
    keys = set(asked)
    wanted = [fact for fact in register if fact.key in keys or fact.id in ids]
    return tuple(fact for fact in wanted if refuse_reason(fact) is None)


def _ensure_sound(request: DraftRequest) -> None:
    template, faults = checked(request.template_source)
    if template != request.template:
        raise InputError("模板文本与模板内容不一致", place=request.template.id)
    if faults:
        place = f"{request.template.id}:{faults[0].place.rpartition(':')[2]}"
        raise InputError("模板有误：" + "；".join(fault.message for fault in faults), place=place)


def _register_notes(register: Sequence[Fact], asked: Sequence[FactKey]) -> list[str]:
    """What the person who drafts should know of the register, in Chinese."""
    notes = []
    for key in asked:
        facts = [fact for fact in register if fact.key == key]
        for fact in facts:
            reason = refuse_reason(fact)
            if reason is not None:
                notes.append(f"“{FACT_TITLES[key]}”有登记未采用：{reason}（{_SOURCES[fact.source.kind]}提供）")
        if any(fact.status is FactStatus.disputed for fact in facts):
            notes.append(f"“{FACT_TITLES[key]}”有争议中的说法，未采用")
    return notes


# --- sealing ----------------------------------------------------------------------------------


def _sealed(
    request: DraftRequest, register: tuple[Fact, ...], spans: tuple[Span, ...], pen: Pen, signer: Signer
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
        strategy=request.strategy,
    )
    return _signed(unsigned, signer)


def _signed(unsigned: Draft, signer: Signer) -> Draft:
    mark = mark_of(unsigned.incident, unsigned.template, unsigned.text, unsigned.model)
    marked = unsigned.model_copy(update={"mark": mark})
    proven = marked.model_copy(update={"proof": prove(marked)})
    return proven.model_copy(update={"signature": signer.sign(signed_message(proven))})
