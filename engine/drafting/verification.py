"""Proves a draft without any model: every span is derived again from the template, the register and the approved ways.

A proof is `ok` when nothing unproven is asserted and the document is what a trusted key signed. Changing a number, a
literal, the template or the register and recomputing every hash changes the signed text, so it fails; signing it again
with a key that is not trusted fails too.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from engine.drafting.document import Draft, content_hash, register_hash, signed_message
from engine.drafting.document_fields import field_title
from engine.drafting.elements import judge
from engine.drafting.exports.mark import mark_of
from engine.drafting.facts import refuse_reason
from engine.drafting.human import Approved, human_flags
from engine.drafting.neighbours import Neighbours, flags_beside_facts
from engine.drafting.sentences import sentences_of
from engine.drafting.slots import ways
from engine.drafting.strategy import note_problems
from engine.drafting.template_check import checked
from engine.drafting.template_program import LiteralPart, Part, parts_of
from engine.errors import InputError
from engine.model import Fact, HumanFlag, Proof, Span, SpanOrigin, SpanVerdict
from engine.signing import TrustedKeys
from knowledge.schema import FACT_TITLES, FactKey, Strategy

MAX_DOCUMENT_CHARS: Final = 1_000_000
MAX_FACTS: Final = 500
_NAMED_FLAGS: Final = 5

_GOOD: Final = {
    SpanOrigin.literal: "与模板原文一致",
    SpanOrigin.fact: "与事实登记一致",
    SpanOrigin.choice: "属于获准措辞",
    SpanOrigin.prose: "由获准句式和事实组成",
    SpanOrigin.unresolved: "没有已确认的事实，已标为待核实",
}
_BAD: Final = {
    SpanOrigin.literal: "与模板原文不一致",
    SpanOrigin.fact: "与事实登记不一致，或该事实不能这样陈述",
    SpanOrigin.choice: "不是获准措辞",
    SpanOrigin.prose: "不能由获准句式和事实组成",
    SpanOrigin.unresolved: "待核实标记与事实登记不符",
}


def verify(document: Mapping[str, object] | str | bytes, trusted: TrustedKeys) -> Proof:
    """The proof of a draft file. Raises InputError (Chinese) when it cannot be read as a draft at all."""
    draft = read_draft(document)
    proof = prove(draft)
    problems = list(proof.problems)
    if _verdicts(proof) != _verdicts(draft.proof) or not _same_sentences(proof, draft.proof):
        problems.append("文件中的核验结论与重新核验的结果不一致")
    if not trusted.accepts(signed_message(draft), draft.signature):
        problems.append("签名无效：内容被改动过，或不是由可信密钥签署")
    ok = proof.ok and not problems
    return proof.model_copy(update={"ok": ok, "releasable": ok and proof.releasable, "problems": tuple(problems)})


def _verdicts(proof: Proof) -> object:
    """What a proof says, its wording apart: files outlive the sentences that this program puts it in."""
    spans = [(span.text, span.origin, span.ref, span.ok) for span in proof.spans]
    elements = [(one.id, one.present) for one in proof.elements]
    return (proof.ok, proof.releasable, len(proof.problems), spans, elements)


def _same_sentences(found: Proof, told: Proof) -> bool:
    """A proof of the first version lists none."""
    lists = [[(one.text, one.ok, one.origins, one.refs) for one in proof.sentences] for proof in (found, told)]
    return not told.sentences or lists[0] == lists[1]


def read_draft(document: Mapping[str, object] | str | bytes) -> Draft:
    """A draft from its JSON. Raises InputError with the field that is wrong."""
    try:
        data = _parsed(document) if isinstance(document, str | bytes) else document
        return Draft.model_validate_json(json.dumps(data, ensure_ascii=False, allow_nan=False))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise InputError(_in_chinese(first["type"]), place="草稿文件", field=field_title(first["loc"])) from error
    except (ValueError, TypeError, RecursionError) as error:
        raise InputError("不是有效的 JSON", place="草稿文件") from error


def _parsed(document: str | bytes) -> object:
    if len(document) > MAX_DOCUMENT_CHARS * (4 if isinstance(document, bytes) else 1):
        raise InputError("文件过大", place="草稿文件")
    return json.loads(document, object_pairs_hook=_unique_keys)


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InputError("同一字段出现两次", place="草稿文件")
    return found


def _in_chinese(kind: str) -> str:
    if kind == "missing":
        return "缺少字段"
    return "未知字段" if kind == "extra_forbidden" else "取值不正确"


def prove(draft: Draft) -> Proof:
    """The proof of a draft's content, its signature apart."""
    problems = [*_hash_problems(draft), *register_problems(draft.incident, draft.register_)]
    try:
        template, faults = checked(draft.template_source)
        parts = parts_of(template, draft.register_)
    except InputError as error:
        return Proof(ok=False, releasable=False, spans=(), problems=(*problems, str(error)))
    problems.extend(str(fault) for fault in faults)
    if draft.template != template.id:
        problems.append("模板编号与模板内容不符")
    if draft.text != "".join(span.text for span in draft.spans):
        problems.append("正文与各段拼接的结果不一致")
    if draft.mark is not None and draft.mark != mark_of(draft.incident, draft.template, draft.text, draft.model):
        problems.append("人工智能标识与正文不符")
    if len(parts) != len(draft.spans):
        problems.append("段落数与模板不符")
    if draft.strategy is not None:
        problems.extend(note_problems(draft.strategy, template, draft.register_))
    strategy = None if draft.strategy is None else draft.strategy.strategy
    pairs = [] if faults else list(zip(parts, draft.spans, strict=False))
    by_hand = any(span.origin is SpanOrigin.human for _, span in pairs)
    approved = Approved.of(parts, draft.register_) if by_hand else None
    verdicts = tuple(
        _derived(part, span, draft.register_, strategy)
        if approved is None or span.origin is not SpanOrigin.human
        else _written_by_hand(_Edited.of(part, draft, index, strategy), approved)
        for index, (part, span) in enumerate(pairs)
    )
    ok = not problems and all(verdict.ok for verdict in verdicts)
    resolved = all(span.origin is not SpanOrigin.unresolved for span in draft.spans)
    elements = judge(draft.elements, draft.spans, draft.register_)
    complete = all(element.present for element in elements)
    return Proof(
        ok=ok,
        releasable=ok and resolved and complete,
        spans=verdicts,
        problems=tuple(problems),
        sentences=sentences_of(verdicts, draft.register_),
        elements=elements,
    )


def _hash_problems(draft: Draft) -> list[str]:
    problems = []
    if draft.hashes.template != content_hash(draft.template_source):
        problems.append("模板哈希不符")
    if draft.hashes.register_ != register_hash(draft.register_):
        problems.append("事实登记哈希不符")
    return problems


def register_problems(incident: str, register: Sequence[Fact]) -> list[str]:
    """What is wrong with a draft's excerpt of the register, in Chinese."""
    if len(register) > MAX_FACTS:
        return [f"事实登记超过 {MAX_FACTS} 条"]
    problems = ["事实登记中有重复的编号"] if len({fact.id for fact in register}) != len(register) else []
    problems.extend(f"{_called(fact)}不属于本事件" for fact in register if fact.incident != incident)
    refused = ((fact, refuse_reason(fact)) for fact in register)
    problems.extend(f"{_called(fact)}不可用于草稿：{reason}" for fact, reason in refused if reason is not None)
    return problems


def _called(fact: Fact) -> str:
    title = FACT_TITLES[FactKey(fact.key)] if fact.key in FactKey.__members__ else "未定义的事实"
    return f"登记的“{title}”"


def _derived(part: Part, span: Span, register: Sequence[Fact], strategy: Strategy | None) -> SpanVerdict:
    ok = any(way.span == span for way in ways(part, register, strategy))
    expected = SpanOrigin.literal if isinstance(part, LiteralPart) else span.origin
    reason = _GOOD[span.origin] if ok else _BAD[expected]
    return SpanVerdict(text=span.text, origin=span.origin, ref=span.ref, ok=ok, reason=reason)


@dataclass(frozen=True, slots=True)
class _Edited:
    """A span that a person wrote, what stands in one sentence with it, and how the template would have worded it."""

    span: Span
    neighbours: Neighbours
    wordings: tuple[str, ...]

    @classmethod
    def of(cls, part: Part, draft: Draft, index: int, strategy: Strategy | None) -> "_Edited":
        wordings = tuple(way.span.text for way in ways(part, draft.register_, strategy))
        return cls(draft.spans[index], Neighbours.of(draft.spans, index), wordings)


def _written_by_hand(edited: _Edited, approved: Approved) -> SpanVerdict:
    span, beside = edited.span, edited.neighbours
    flags = (
        *flags_beside_facts(span.text, beside, edited.wordings),
        *human_flags(span.text, approved, before=beside.before, after=beside.after),
    )
    author = span.ref.removeprefix("human:").strip()
    ok = not flags and bool(author) and span.ref.startswith("human:")
    reason = f"由{author}修改，其中的数字、日期、承诺和名称均有登记" if ok else _human_fault(flags)
    return SpanVerdict(text=span.text, origin=span.origin, ref=span.ref, ok=ok, reason=reason, flags=flags)


def _human_fault(flags: Sequence[HumanFlag]) -> str:
    if not flags:
        return "人工修改没有写明修改人"
    more = f"等 {len(flags)} 处" if len(flags) > _NAMED_FLAGS else ""
    return "人工修改含有" + "、".join(f"{flag.reason}“{flag.text}”" for flag in flags[:_NAMED_FLAGS]) + more
