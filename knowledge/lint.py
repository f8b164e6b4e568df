"""Whether the knowledge base as a whole can be worked with: complete, consistent, safely worded.

`load_knowledge` refuses files that are broken in themselves; here entries are seen beside each other.
Every check is a function Knowledge → faults; `lint` runs them all.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from knowledge.document import Place
from knowledge.elements import element_faults
from knowledge.errors import Fault, suggest
from knowledge.lint_templates import template_checks
from knowledge.loader import Knowledge
from knowledge.schema import Category, Channel, Level, PastIncident, Playbook, elapsed
from knowledge.similarity import FIELDS, alike
from knowledge.slots import REGISTRY_FACTS, cited_facts
from knowledge.topics import load_topics
from knowledge.wording import TO_COMPLETE, phone_numbers, promises, real_names

HOLDING_MINUTES: Final = 60
_MIN_INCIDENTS: Final = 12
_CHANNELS: Final = (Channel.weibo, Channel.wechat, Channel.service_script)
_PUBLIC: Final = (Channel.weibo, Channel.wechat)
_MIN_COURSE: Final = 4
_MIN_INCIDENT_STEPS: Final = 4
_MIN_STEPS: Final = 8
_MIN_RECTIFICATION: Final = 4
_SUMMARY_CHARS: Final = (120, 220)
_YEARS: Final = (2019, 2025)
_ANY_YEARS: Final = (2000, 2100)


def lint(knowledge: Knowledge) -> tuple[Fault, ...]:
    """Every fault across the files, in the order of files and lines; empty when all is well."""
    checks = (
        _coverage,
        _playbooks,
        _incidents,
        _dates,
        _repeated_stories,
        _private_names,
        _unfinished,
        template_checks,
        element_faults,
    )
    return tuple(sorted({fault for check in checks for fault in check(knowledge)}))


def _coverage(knowledge: Knowledge) -> Iterator[Fault]:
    """Every category has a playbook, a statement for each channel and enough precedents; a holding for each channel."""
    counts = Counter(incident.category for incident in knowledge.incidents.values())
    for category in Category:
        if f"pb.{category}" not in knowledge.playbooks:
            yield Fault(f"playbooks/{category}.yaml", 1, "缺少预案")
        if counts[category] < _MIN_INCIDENTS:
            yield Fault(f"incidents/{category}", 1, f"历史事件只有{counts[category]}件，至少{_MIN_INCIDENTS}件")
    for folder in (*Category, "holding"):
        for channel in _CHANNELS:
            if f"tpl.{folder}.{channel}" not in knowledge.templates:
                yield Fault(f"templates/{folder}/{channel}.yaml", 1, "缺少模板")


def _playbooks(knowledge: Knowledge) -> Iterator[Fault]:
    for playbook in knowledge.playbooks.values():
        document = knowledge.documents[playbook.id]
        for place, message in (
            *_plan_messages(playbook),
            *_step_messages(playbook, knowledge),
            *_holding_messages(playbook, knowledge),
            *_fact_messages(playbook, knowledge),
        ):
            yield document.fault(place, message)


Messages = Iterator[tuple[tuple[str | int, ...], str]]


def _plan_messages(playbook: Playbook) -> Messages:
    for level in Level:
        if level not in playbook.plans:
            yield ("plans",), f"缺少等级“{level}”的方案"
        if not any(level in step.levels for step in playbook.steps):
            yield ("steps",), f"等级“{level}”没有步骤"
    if len(playbook.steps) < _MIN_STEPS:
        yield ("steps",), f"只有{len(playbook.steps)}步，至少{_MIN_STEPS}步"
    for level, plan in playbook.plans.items():
        place = ("plans", str(level))
        if len(plan.rectification) < _MIN_RECTIFICATION:
            yield (*place, "rectification"), f"整改建议只有{len(plan.rectification)}条，至少{_MIN_RECTIFICATION}条"
        for number, message in enumerate(plan.media_plan.key_messages):
            for word in promises(message):
                yield (*place, "media_plan", "key_messages", number), f"对外口径里有不宜使用的“{word}”"


def _step_messages(playbook: Playbook, knowledge: Knowledge) -> Messages:
    for number, step in enumerate(playbook.steps):
        place = ("steps", number)
        if step.id in {earlier.id for earlier in playbook.steps[:number]}:
            yield (*place, "id"), f"步骤编号“{step.id}”重复"
        if step.template is None:
            continue
        template = knowledge.templates.get(step.template)
        if template is None:
            yield (*place, "template"), f"没有模板“{step.template}”{suggest(step.template, knowledge.templates)}"
            continue
        if template.category not in (playbook.category, "any"):
            yield (*place, "template"), f"模板“{step.template}”属于别的类别"
        for level in step.levels:
            if level not in template.levels:
                yield (*place, "levels"), f"模板“{step.template}”不用于等级“{level}”"


def _holding_messages(playbook: Playbook, knowledge: Knowledge) -> Messages:
    """In the first hour of a medium or high incident there is something safe to say in public."""
    holding = {
        name
        for name, template in knowledge.templates.items()
        if template.kind == "holding" and template.channel in _PUBLIC
    }
    for level in (Level.medium, Level.high):
        ready = [step.within_minutes for step in playbook.steps if step.template in holding and level in step.levels]
        if not ready or min(ready) > HOLDING_MINUTES:
            yield ("steps",), f"等级“{level}”没有{HOLDING_MINUTES}分钟内发出的应急声明步骤"


def _fact_messages(playbook: Playbook, knowledge: Knowledge) -> Messages:
    """Whatever the category's templates ask for, some step brings."""
    brought = {key for step in playbook.steps for key in step.fact_keys} | REGISTRY_FACTS
    wanted = {
        key: name
        for name, template in knowledge.templates.items()
        if template.category == playbook.category
        for slot in template.slots.values()
        for key in cited_facts(slot)
    }
    for key, name in wanted.items():
        if key not in brought:
            yield ("steps",), f"模板“{name}”需要的事实“{key}”没有步骤负责取得"


def _incidents(knowledge: Knowledge) -> Iterator[Fault]:
    for incident in knowledge.incidents.values():
        for place, message in _incident_messages(incident):
            yield knowledge.documents[incident.id].fault(place, message)


def _incident_messages(incident: PastIncident) -> Messages:
    least, most = _SUMMARY_CHARS
    if not least <= len(incident.summary) <= most:
        yield ("summary",), f"概述有{len(incident.summary)}字，应为{least}至{most}字"
    if not any(letter.isdigit() for letter in incident.summary):
        yield ("summary",), "概述里没有具体数字"
    if incident.source == "written" and not _YEARS[0] <= incident.occurred_on.year <= _YEARS[1]:
        yield ("occurred_on",), f"发生年份应在{_YEARS[0]}至{_YEARS[1]}之间"
    if len(incident.steps) < _MIN_INCIDENT_STEPS:
        yield ("steps",), f"处置步骤至少{_MIN_INCIDENT_STEPS}步"
    if len(incident.voices) > 4:
        yield ("voices",), "用户原话至多4句"
    for number, topic in enumerate(incident.topics):
        if topic not in load_topics():
            yield ("topics", number), f"没有主题词“{topic}”{suggest(topic, load_topics())}"
    yield from _course_messages(incident)


def _dates(knowledge: Knowledge) -> Iterator[Fault]:
    """No date lies where nobody means it; written incidents have narrower years."""
    first, last = _ANY_YEARS
    for kind in (knowledge.incidents, knowledge.playbooks, knowledge.templates, knowledge.regulations):
        for entry in kind.values():
            dates = {"reviewed_on": ("复核日期", entry.reviewed_on)}
            if isinstance(entry, PastIncident) and entry.source == "own":
                dates["occurred_on"] = ("发生日期", entry.occurred_on)
            for field, (title, day) in dates.items():
                if not first <= day.year <= last:
                    yield knowledge.documents[entry.id].fault((field,), f"{title}的年份应在{first}至{last}之间")


def _course_messages(incident: PastIncident) -> Messages:
    """Steps and course go forward in time, and mentions that were counted stay counted."""
    for field, times in (
        ("steps", [elapsed(step.after) for step in incident.steps]),
        ("course", [elapsed(point.after) for point in incident.course]),
    ):
        for number, (earlier, later) in enumerate(pairwise(times), start=1):
            if later < earlier or (field == "course" and later == earlier):
                yield (field, number, "after"), "时间早于上一条" if later < earlier else "时间与上一条相同"
    for number, (before, after) in enumerate(pairwise(incident.course), start=1):
        if after.mentions < before.mentions:
            yield ("course", number, "mentions"), "累计提及数比上一点还少"
    if len(incident.course) < _MIN_COURSE and incident.source == "written":
        yield ("course",), f"舆情走势只有{len(incident.course)}个点，至少{_MIN_COURSE}个"


def _repeated_stories(knowledge: Knowledge) -> Iterator[Fault]:
    for later, earlier, field, value in alike(knowledge.incidents.values()):
        message = f"{FIELDS[field]}与“{earlier}”过于相似（{value:.2f}）"
        yield knowledge.documents[later].fault((field,), message)


def _private_names(knowledge: Knowledge) -> Iterator[Fault]:
    """No entry names a real lender or carries a telephone number."""
    for document in knowledge.documents.values():
        for number, line in enumerate(document.text.splitlines(), start=1):
            for name in real_names(line):
                yield Fault(document.file, number, f"出现真实机构名称“{name}”")
            for phone in phone_numbers(line):
                yield Fault(document.file, number, f"出现疑似电话号码“{phone}”")


def _unfinished(knowledge: Knowledge) -> Iterator[Fault]:
    """Nothing is left that a person had to write."""
    for document in knowledge.documents.values():
        for place, text in _texts((), document.data):
            if TO_COMPLETE[:-1] in text:
                yield document.fault(place, f"还有{TO_COMPLETE}没有写：{_shown(text)}")


def _texts(place: Place, value: object) -> Iterator[tuple[Place, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts((*place, str(key)), inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts((*place, number), inner)


def _shown(text: str) -> str:
    flat = " ".join(text.replace(TO_COMPLETE, "").split())
    return flat if len(flat) <= 30 else f"{flat[:29]}…"
