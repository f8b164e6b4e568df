"""The marks of a template: `{{slot}}` in its body (see `knowledge.body`), `{fact_key}` and `{phrases}` in patterns."""

import re
from collections.abc import Iterator
from typing import Final

from knowledge.body import line_in_file, read_body
from knowledge.document import Document
from knowledge.errors import Fault, suggest
from knowledge.schema import ChoiceSlot, FactKey, ProseSlot, Slot, Template

HOLE_MARK: Final = re.compile(r"\{([^{}]*)\}")
PHRASES: Final = "phrases"
MAX_SLOTS: Final = 60
MAX_WORDINGS: Final = 600
"""Of one slot; a person writes about fifty."""
# Known before anything has happened: from the company's own registry, never from an incident.
REGISTRY_FACTS: Final = frozenset({FactKey.company, FactKey.hotline, FactKey.statement_date})


def literals(template: Template) -> tuple[str, ...]:
    """The fixed text of a template, cut at its marks."""
    return tuple(words.text for words in read_body(template.body).words())


def holes(pattern: str) -> tuple[str, ...]:
    """The holes of a pattern: fact keys and `phrases`."""
    return tuple(HOLE_MARK.findall(pattern))


def cited_facts(slot: Slot) -> tuple[FactKey, ...]:
    """The fact keys that this slot may put into the text."""
    if isinstance(slot, ChoiceSlot):
        return ()
    return slot.cites if isinstance(slot, ProseSlot) else (slot.fact,)


def slot_faults(document: Document, template: Template) -> list[Fault]:
    """Marks that name no slot, slots that no mark names, and patterns that reach beyond the cited facts."""
    return [*_size_faults(document, template), *_mark_faults(document, template), *_pattern_faults(document, template)]


def _size_faults(document: Document, template: Template) -> Iterator[Fault]:
    """What no person would write: every wording is tried when a template is checked."""
    if len(template.slots) > MAX_SLOTS:
        yield document.fault(("slots",), f"填空有{len(template.slots)}个，至多{MAX_SLOTS}个")
    for name, slot in template.slots.items():
        if isinstance(slot, ProseSlot) and len(slot.patterns) * len(slot.phrases) > MAX_WORDINGS:
            yield document.fault(("slots", name), f"槽位“{name}”的句式与连接语组合太多，请减少，至多{MAX_WORDINGS}种")
        if isinstance(slot, ChoiceSlot) and len(slot.options) > MAX_WORDINGS:
            yield document.fault(("slots", name), f"槽位“{name}”的措辞太多，至多{MAX_WORDINGS}种")


def _mark_faults(document: Document, template: Template) -> Iterator[Fault]:
    body = read_body(template.body)
    lines: dict[str, int] = {}
    for mark in body.marks():
        lines.setdefault(mark.name, mark.line)
    for name, line in lines.items():
        if name not in template.slots:
            yield body_fault(document, line, f"正文用了未定义的槽位“{name}”{suggest(name, template.slots)}")
    for name in template.slots:
        if name not in lines:
            yield document.fault(("slots", name), f"槽位“{name}”在正文里没有用到")
    yield from (body_fault(document, fault.line, fault.message) for fault in body.faults)
    if not body.faults and any(brace in text for text in literals(template) for brace in "{}"):
        yield document.fault(("body",), "正文里有不成对的花括号，槽位要写成 {{名称}}")


def body_fault(document: Document, line: int, message: str) -> Fault:
    """A fault on a line of a template's body, from 1."""
    return Fault(document.file, line_in_file(document.text, document.lines[("body",)], line), message)


def _pattern_faults(document: Document, template: Template) -> Iterator[Fault]:
    for name, slot in template.slots.items():
        if not isinstance(slot, ProseSlot):
            continue
        for number, pattern in enumerate(slot.patterns):
            for message in _hole_messages(pattern, slot):
                yield document.fault(("slots", name, "patterns", number), f"槽位“{name}”的句式{message}")


def _hole_messages(pattern: str, slot: ProseSlot) -> Iterator[str]:
    allowed = {*map(str, slot.cites), PHRASES}
    for hole in holes(pattern):
        if hole in allowed:
            continue
        if hole in set(FactKey):
            yield f"用了没有列入 cites 的事实“{hole}”"
        else:
            yield f"用了未知事实“{hole}”{suggest(hole, {*map(str, FactKey), PHRASES})}"
    if any(brace in HOLE_MARK.sub("", pattern) for brace in "{}"):
        yield "有不成对的花括号"
