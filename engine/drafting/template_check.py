"""Faults of a template, all of them, each with file and line: run before a release takes the template in.

What stands in a prose slot can be combined freely by the model, so its patterns and phrases may carry no number, and
its phrases no negation, cause or promise: those belong into literals, choices and facts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import perm
from typing import Final

from engine.drafting.slots import MAX_WAYS
from engine.drafting.template_blocks import block_faults, choice_faults
from engine.drafting.template_program import MAX_PARTS, count_parts, line_of, load_template, slot_keys, split_pattern
from knowledge.body import line_in_file, read_body
from knowledge.schema import ChoiceSlot, FactKey, FactSlot, ProseSlot, Slot, Template

REGISTRY_KEYS: Final = frozenset({FactKey.company, FactKey.hotline, FactKey.statement_date})
_NUMERALS: Final = "〇零一二三四五六七八九十百千万亿两半几"
_NUMBER: Final = re.compile(
    rf"\d|[{_NUMERALS}]+(?:余|多)?(?:元|人|名|户|笔|次|天|个月|小时|分钟|个工作日|成|倍|折)|百分之|半数|多数|近[十百千万亿]"
)
_IDIOMS: Final = re.compile(r"不便|不断|不安|不适|未来|无论|非常|不仅|不足之处|不到位")
_LOOSE: Final = (
    (re.compile(r"[不没未无非勿否]"), "否定词"),
    (re.compile(r"因为|由于|导致|原因|造成|系因"), "原因"),
    (re.compile(r"保证|承诺|确保|一定|绝对|必将|赔偿|赔付|退还|退款|全额"), "承诺"),
)


Found = tuple[tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: where (file:line) and what, in Chinese."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place} {self.message}"


@lru_cache(maxsize=512)
def checked(source: str) -> tuple[Template, tuple[Fault, ...]]:
    """A template from its YAML text, with its faults; kept, because every draft and every proof asks for it.

    Raises InputError when it cannot be read at all.
    """
    template = load_template(source)
    return template, check_template(template, source, "模板")


def check_template(template: Template, source_text: str, place: str) -> tuple[Fault, ...]:
    """Every fault of a template, in file order; `source_text` is its YAML, `place` the file's name."""
    key_line = line_of(source_text, ("body",))
    lined = [(line_in_file(source_text, key_line, line), message) for line, message in _program_faults(template)]
    found: list[Found] = [(("body",), message) for message in _body_faults(template)]
    for name, slot in template.slots.items():
        found.extend((("slots", name, *path), message) for path, message in _slot_faults(name, slot))
    found.extend(choice_faults(template))
    lined.extend((line_of(source_text, path), message) for path, message in found)
    return tuple(Fault(f"{place}:{line}", message) for line, message in sorted(lined))


def _program_faults(template: Template) -> Iterator[tuple[int, str]]:
    """What is wrong on a line of the body (from 1)."""
    body = read_body(template.body)
    yield from ((fault.line, fault.message) for fault in body.faults)
    for mark in body.marks():
        if mark.name not in template.slots:
            yield mark.line, f"正文用到未定义的填空“{mark.name}”"
    yield from block_faults(template, body)


def _body_faults(template: Template) -> list[str]:
    body = read_body(template.body)
    used = {mark.name for mark in body.marks()}
    faults = [] if body.faults else [f"填空“{name}”没有在正文中用到" for name in template.slots if name not in used]
    if count_parts(body) > MAX_PARTS:
        faults.append(f"正文超过 {MAX_PARTS} 段")
    literal = "".join(words.text for words in body.words())
    if "【待核实" in literal:
        faults.append("正文不能自带【待核实】标记")
    if template.max_chars is not None and len(literal) > template.max_chars:
        faults.append(f"固定文字 {len(literal)} 字，已超过上限 {template.max_chars} 字")
    if template.kind == "holding":
        faults.extend(
            f"应急声明不能引用需要确认的事实（填空“{name}”）"
            for name, slot in template.slots.items()
            if not REGISTRY_KEYS.issuperset(slot_keys(slot))
        )
    return faults


def _slot_faults(name: str, slot: Slot) -> list[Found]:
    if isinstance(slot, FactSlot):
        return []
    if isinstance(slot, ChoiceSlot):
        return _text_faults(name, "options", slot.texts)
    faults = _text_faults(name, "phrases", slot.phrases)
    for index, pattern in enumerate(slot.patterns):
        faults.extend((("patterns", str(index)), text) for text in _pattern_faults(name, slot, pattern))
    for index, phrase in enumerate(slot.phrases):
        faults.extend((("phrases", str(index)), f"填空“{name}”的连接语“{phrase}”含有{kind}") for kind in _loose(phrase))
    return faults


def _text_faults(name: str, field: str, texts: tuple[str, ...]) -> list[Found]:
    faults: list[Found] = []
    for index, text in enumerate(texts):
        if text in texts[:index]:
            faults.append(((field, str(index)), f"填空“{name}”的措辞“{text}”重复"))
        if "【" in text or "{" in text or "\n" in text:
            faults.append(((field, str(index)), f"填空“{name}”的措辞“{text.strip()}”含有标记或换行"))
    return faults


def _pattern_faults(name: str, slot: ProseSlot, pattern: str) -> list[str]:
    try:
        steps = split_pattern(pattern)
    except ValueError as error:
        return [f"填空“{name}”的句式“{pattern}”：{error}"]
    faults = [
        f"填空“{name}”的句式引用了未列入 cites 的事实“{step.fact}”"
        for step in steps
        if step.fact is not None and step.fact not in slot.cites
    ]
    literal = "".join(step.text for step in steps)
    if _NUMBER.search(literal):
        faults.append(f"填空“{name}”的句式“{pattern}”含有数字，数字只能来自事实")
    if "【" in literal or "\n" in literal:
        faults.append(f"填空“{name}”的句式“{pattern}”含有标记或换行")
    holes = sum(step.phrase for step in steps)
    if holes > len(slot.phrases):
        faults.append(f"填空“{name}”的句式“{pattern}”的 {{phrases}} 多于连接语")
    elif perm(len(slot.phrases), holes) > MAX_WAYS // len(slot.patterns):
        faults.append(f"填空“{name}”的组合超过 {MAX_WAYS} 种，请减少连接语或 {{phrases}}")
    return faults


def _loose(phrase: str) -> list[str]:
    rest = _IDIOMS.sub("", phrase)
    kinds = [kind for pattern, kind in _LOOSE if pattern.search(rest)]
    return [*kinds, "数字"] if _NUMBER.search(phrase) else kinds
