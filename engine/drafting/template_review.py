"""What a template is reviewed for beyond being well formed: its tone, and that it can say what it must.

A fault here keeps an entry from being put up for approval; it does not make a draft of an older template false, so
verification does not look here (`engine.drafting.template_check` is what it looks at).
"""

from collections.abc import Iterator
from typing import Final

from engine.drafting.elements import elements_for, judge
from engine.drafting.samples import sample_register
from engine.drafting.slots import ways
from engine.drafting.template_check import Fault, check_template
from engine.drafting.template_program import Part, SlotPart, line_of, parts_of, slot_keys
from engine.model import ElementVerdict, Fact, Span
from knowledge.body import line_in_file
from knowledge.elements import required_of
from knowledge.schema import Category, ChoiceSlot, ProseSlot, Strategy, Template
from knowledge.tones import load_tones

_INCIDENT: Final = "review"
Lined = tuple[int, str]


def review_template(template: Template, source_text: str, place: str) -> tuple[Fault, ...]:
    """Every fault of a template with file and line: of `check_template`, of its tone, of what it must say."""
    faults = check_template(template, source_text, place)
    if faults:
        return faults
    lined = [*_tone_faults(template, source_text), *_element_faults(template, source_text)]
    return tuple(Fault(f"{place}:{line}", message) for line, message in sorted(set(lined)))


# --- tone -------------------------------------------------------------------------------------


def _tone_faults(template: Template, source_text: str) -> Iterator[Lined]:
    if template.tone is None:
        yield line_of(source_text, ("channel",)), "没有写明语气（tone）"
    key_line = line_of(source_text, ("body",))
    for line, text in enumerate(template.body.splitlines(), 1):
        for message in _unfit(template, text, template.strategies):
            yield line_in_file(source_text, key_line, line), f"正文{message}"
    for path, text, strategies in _slot_texts(template):
        for message in _unfit(template, text, strategies):
            yield line_of(source_text, path), f"填空“{path[1]}”{message}"


def _unfit(template: Template, text: str, strategies: tuple[Strategy, ...]) -> Iterator[str]:
    tones = load_tones()
    for word, against in tones.unfit(text, template.tone, strategies):
        yield f"有与{against}不合的“{word}”"
    if {key for slot in template.slots.values() for key in slot_keys(slot)} & set(tones.harm.facts):
        yield from (f"用“{word}”淡化了已造成的影响" for word in tones.diminishing(text))


def _slot_texts(template: Template) -> Iterator[tuple[tuple[str, ...], str, tuple[Strategy, ...]]]:
    """Each approved text of the slots, where it stands, and the strategies under which it may be said."""
    for name, slot in template.slots.items():
        if isinstance(slot, ChoiceSlot):
            for index, option in enumerate(slot.options):
                text, fits = (
                    (option, template.strategies) if isinstance(option, str) else (option.text, option.strategies)
                )
                yield ("slots", name, "options", str(index)), text, fits
        elif isinstance(slot, ProseSlot):
            for field, texts in (("patterns", slot.patterns), ("phrases", slot.phrases)):
                for index, text in enumerate(texts):
                    yield ("slots", name, field, str(index)), text, template.strategies


# --- what must be said ------------------------------------------------------------------------


def _element_faults(template: Template, source_text: str) -> Iterator[Lined]:
    line = line_of(source_text, ("body",))
    category = Category.fee_dispute if template.category == "any" else Category(template.category)
    unsaid = _unsaid(template, sample_register(category, _INCIDENT))
    for missing in unsaid.values():
        yield line, f"即使事实齐全，也不是每种措辞都写到必备内容“{missing.title}”"
    everywhere = {one.id for one in required_of(template) if set(template.levels) <= set(one.levels)}
    for dropped in _unsaid(template, sample_register(category, _INCIDENT, confirmed=False)).values():
        if dropped.id in everywhere and dropped.id not in unsaid and not dropped.is_open:
            yield line, f"事实没有确认时，必备内容“{dropped.title}”既没有写到，也没有标为待核实"


def _unsaid(template: Template, register: tuple[Fact, ...]) -> dict[str, ElementVerdict]:
    """What some wording of a template does not say, by element: whichever options and strategy are chosen."""
    elements = elements_for(template)
    unsaid: dict[str, ElementVerdict] = {}
    for spans in _wordings(template, register):
        unsaid.update((one.id, one) for one in judge(elements, spans, register) if not one.present)
    return unsaid


def _wordings(template: Template, register: tuple[Fact, ...]) -> Iterator[tuple[Span, ...]]:
    """The wording without a model, once with each option of the choices, under each strategy."""
    parts = parts_of(template, register)
    fixed = {part: ways(part, register)[0].span for part in parts if not _is_choice(part)}
    for strategy in template.strategies:
        chosen = {part: [way.span for way in ways(part, register, strategy)] for part in parts if _is_choice(part)}
        for option in range(max(map(len, chosen.values()), default=1)):
            yield tuple(fixed[part] if part in fixed else chosen[part][option % len(chosen[part])] for part in parts)


def _is_choice(part: Part) -> bool:
    return isinstance(part, SlotPart) and isinstance(part.slot, ChoiceSlot)
