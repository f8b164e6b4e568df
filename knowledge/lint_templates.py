"""Template checks: what an approved wording must never contain, and what it must."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from knowledge.body import Mark, read_body
from knowledge.errors import Fault
from knowledge.rendering import TYPICAL, active_nodes, longest, model_free
from knowledge.schema import Channel, ChoiceSlot, FactKey, FactSlot, ProseSlot, Slot, Template
from knowledge.slots import PHRASES, REGISTRY_FACTS, cited_facts, holes, literals
from knowledge.wording import claims, numbers, promises

if TYPE_CHECKING:
    from knowledge.loader import Knowledge

WEIBO_CHARS: Final = 140
_MAY_REPEAT: Final = REGISTRY_FACTS | {FactKey.product}
_MIN_PATTERNS: Final = 3
_BROKEN: Final = re.compile(r"[，。；、：！？]{2,}|[，、]$|^[，。；、]|\s[，。；、]", re.MULTILINE)
# 个人信息保护法 第五十七条: kinds, cause and possible harm; remedies taken and what people can do; contact.
_LEAK: Final = (FactKey.data_kinds, FactKey.cause, FactKey.measure, FactKey.remedy, FactKey.hotline)
_REQUIRED: Final = {"tpl.privacy_leak.wechat": _LEAK, "tpl.privacy_leak.regulator_report": _LEAK}

Messages = Iterator[tuple[tuple[str | int, ...], str]]


def template_checks(knowledge: "Knowledge") -> Iterator[Fault]:
    """The faults of all templates."""
    for template in knowledge.templates.values():
        document = knowledge.documents[template.id]
        for place, message in (*_body_messages(template), *_slot_messages(template), *_shape_messages(template)):
            yield document.fault(place, message)


def _body_messages(template: Template) -> Messages:
    for text in literals(template):
        for problem in _wording_problems(text):
            yield ("body",), f"正文{problem}"
    asked = {key for slot in template.slots.values() for key in cited_facts(slot)}
    for key in _REQUIRED.get(template.id, ()):
        if key not in asked:
            yield ("body",), f"缺少必备内容“{key}”"
    if FactKey.company not in asked:
        yield ("slots",), "没有署公司名称（company）"


def _wording_problems(text: str) -> Iterator[str]:
    yield from (f"有不宜使用的“{word}”" for word in promises(text))
    yield from (f"写死了数字“{number}”，数字只能来自事实" for number in numbers(text))


def _slot_messages(template: Template) -> Messages:
    holding = template.kind == "holding"
    if template.category == "any" and not holding:
        yield ("kind",), "只有应急声明可以用于任何类别"
    for name, slot in template.slots.items():
        place = ("slots", name)
        if holding and (isinstance(slot, ProseSlot) or not REGISTRY_FACTS.issuperset(cited_facts(slot))):
            yield place, f"应急声明不能有需要核实的槽位“{name}”"
        for inner, text in _texts(slot):
            for problem in _wording_problems(text):
                yield (*place, *inner), f"槽位“{name}”{problem}"
        if isinstance(slot, ProseSlot):
            yield from (((*place, *inner), f"槽位“{name}”{problem}") for inner, problem in _prose_messages(slot))


def _texts(slot: Slot) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The approved texts of a slot with their places."""
    if isinstance(slot, FactSlot):
        return
    if isinstance(slot, ChoiceSlot):
        yield from ((("options", number), text) for number, text in enumerate(slot.texts))
        return
    yield from ((("patterns", number), text) for number, text in enumerate(slot.patterns))
    yield from ((("phrases", number), text) for number, text in enumerate(slot.phrases))


def _prose_messages(slot: ProseSlot) -> Messages:
    if len(slot.patterns) < _MIN_PATTERNS:
        yield ("patterns",), f"至少要有{_MIN_PATTERNS}种句式"
    if PHRASES in holes(slot.patterns[0]):
        yield ("patterns", 0), "第一种句式是无模型时的写法，不能含 {phrases}"
    if not any(PHRASES in holes(pattern) for pattern in slot.patterns):
        yield ("phrases",), "没有句式用到 {phrases}"
    used = {hole for pattern in slot.patterns for hole in holes(pattern)}
    for number, pattern in enumerate(slot.patterns):
        if not set(holes(pattern)) - {PHRASES}:
            yield ("patterns", number), "有句式没有引用任何事实"
    first = set(holes(slot.patterns[0]))
    if not any(first <= set(holes(pattern)) for pattern in slot.patterns[1:]):
        yield ("patterns",), "除第一种句式外，没有说得同样完整的句式可供选择"
    for number, key in enumerate(slot.cites):
        if key not in used:
            yield ("cites", number), f"列出的事实“{key}”没有句式用到"
    for number, phrase in enumerate(slot.phrases):
        for word in claims(phrase):
            yield ("phrases", number), f"连接语“{phrase}”带有否定或因果“{word}”"


def _shape_messages(template: Template) -> Messages:
    """Length, punctuation and repetition of the finished text, with typical values and with none."""
    if template.channel is Channel.weibo and (template.max_chars or WEIBO_CHARS + 1) > WEIBO_CHARS:
        yield ("max_chars",), f"微博声明的 max_chars 应不超过{WEIBO_CHARS}"
    size = len(longest(template))
    if template.max_chars and size > template.max_chars:
        yield ("body",), f"按典型值填写最长{size}字，超过{template.max_chars}字"
    for text in dict.fromkeys((longest(template), *(model_free(template, values) for values in _registers(template)))):
        if "\n\n\n" in text:
            yield ("body",), "填写后有多余的空行：空行要写在条件里面"
        if broken := _BROKEN.search(text):
            yield ("body",), f"填写后标点不通：“{text[max(0, broken.start() - 8) : broken.end() + 8]}”"
    said = Counter(_always(template))
    for key in sorted(key for key, times in said.items() if times > 1 and key not in _MAY_REPEAT):
        yield ("slots",), f"事实“{key}”无模型时会说两遍"


def _registers(template: Template) -> Iterator[Mapping[FactKey, str]]:
    """Everything known, nothing, and of what the template asks for all but one and one alone."""
    yield TYPICAL
    yield {}
    registry = {key: value for key, value in TYPICAL.items() if key in REGISTRY_FACTS}
    for key in dict.fromkeys(key for block in read_body(template.body).blocks() for key in block.keys):
        yield {other: value for other, value in TYPICAL.items() if other is not key}
        yield {**registry, key: TYPICAL[key]}


def _always(template: Template) -> Iterator[FactKey]:
    """The facts that the model-free wording states when everything is known, once for each slot or part."""
    names = dict.fromkeys(node.name for node in active_nodes(template, TYPICAL) if isinstance(node, Mark))
    for slot in (template.slots[name] for name in names):
        if isinstance(slot, FactSlot):
            yield slot.fact
        elif isinstance(slot, ProseSlot):
            yield from (FactKey(hole) for hole in set(holes(slot.patterns[0])) - {PHRASES})
    yield from (block.keys[0] for block in read_body(template.body).blocks() if block.kind == "each")
