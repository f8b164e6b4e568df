"""What the drafting benchmark writes: statements over categories and channels, with all facts and with some."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from engine.drafting.composing import DraftRequest
from engine.drafting.context import INSTRUCTION
from engine.drafting.elements import elements_for, judge
from engine.drafting.samples import sample_register
from engine.drafting.strategy import advise, conflict
from engine.drafting.template_program import LiteralPart, SlotPart, parts_of
from engine.model import Fact, Span, SpanOrigin
from knowledge.loader import Knowledge
from knowledge.schema import CHANNEL_TITLES, FACT_TITLES, Category, Channel, FactKey, FactSlot, Template

INCIDENT: Final = "bench"
_RELEASE: Final = "bench"
_KNOWN_LATER: Final = frozenset({FactKey.cause, FactKey.affected_count, FactKey.amount, FactKey.remedy})
"""What is often not known in the first hours."""


@dataclass(frozen=True, slots=True)
class Case:
    """One statement to write, with everything confirmed and with only some of it."""

    full: DraftRequest
    partial: DraftRequest


def cases(knowledge: Knowledge, count: int) -> list[Case]:
    """Statements of so many categories, one channel after the other."""
    categories, channels = list(Category), list(Channel)
    chosen = [categories[number * len(categories) // count] for number in range(count)]
    ids = (f"tpl.{category}.{channels[number % len(channels)]}" for number, category in enumerate(chosen))
    return [_case(knowledge.templates[one], knowledge.template_source(one)) for one in ids]


def _case(template: Template, source: str) -> Case:
    register = sample_register(Category(template.category), INCIDENT)
    some = tuple(fact for fact in register if fact.key not in _KNOWN_LATER)
    return Case(_request(template, source, register), _request(template, source, some))


def _request(template: Template, source: str, register: tuple[Fact, ...]) -> DraftRequest:
    level = template.levels[-1]
    advice = advise(Category(template.category), level, None, register)
    strategy = advice.note if conflict(template, advice.strategy) is None else None
    elements = elements_for(template, level)
    return DraftRequest(INCIDENT, template, source, register, _RELEASE, elements=elements, strategy=strategy)


def free_instruction(request: DraftRequest) -> str:
    """What the model is told when it writes the whole statement."""
    return f"{INSTRUCTION}{_about(request)}只写声明正文。"


def schema_instruction(request: DraftRequest) -> str:
    """What the model is told when it fills the template's slots as strings of a JSON object."""
    body = request.template.body.strip()
    names = json.dumps(slot_names(request.template), ensure_ascii=False)
    return f"{INSTRUCTION}{_about(request)}模板：\n{body}\n按模板填空，只输出一个JSON对象，键为{names}。"


def _about(request: DraftRequest) -> str:
    facts = "；".join(f"{FACT_TITLES[FactKey(fact.key)]}：{fact.value}" for fact in request.register)
    return f"{CHANNEL_TITLES[request.template.channel]}，题目是“{request.template.title}”。事实：{facts}。"


def slot_names(template: Template) -> list[str]:
    """The slots that take words of the writer's: choices and clauses. Facts are copied by the program in any case."""
    return [name for name, slot in template.slots.items() if not isinstance(slot, FactSlot)]


def filled(request: DraftRequest, strings: dict[str, str], spans: Sequence[Span]) -> str:
    """A draft's text with the strings in the place of what was chosen; what has no string is left empty."""
    parts = parts_of(request.template, request.register)
    return "".join(_filling(part, span, strings) for part, span in zip(parts, spans, strict=True))


def _filling(part: object, span: Span, strings: dict[str, str]) -> str:
    if isinstance(part, LiteralPart):
        return part.text
    if isinstance(part, SlotPart) and not isinstance(part.slot, FactSlot):
        return strings.get(part.name, "")
    return span.text


def elements_said(request: DraftRequest, text: str) -> tuple[int, int]:
    """Of what the statement must say, how much a text says, and how much there is."""
    verdicts = judge(request.elements, (Span(text=text, origin=SpanOrigin.human, ref="human:bench"),), request.register)
    return sum(one.present for one in verdicts), len(verdicts)
