"""Conditions, rules and explanations in plain Chinese, without logic terms."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from rules.evaluate import ConditionTrace, conditions, windows_of
from rules.schema import AllOf, AnyOf, Condition, Deprecation, Rule
from rules.vocabulary import CATEGORY_TITLES, CHOICE_TITLES, LEVEL_TITLES, VOCABULARY, FactType, FactValue, Level

_SEVERITIES: Final = ("无", "轻微", "中等", "严重")


def label(fact: str) -> str:
    """A fact's name in a sentence: `最近1小时负面提及`."""
    title = VOCABULARY[fact].title
    return f"最近{title}" if title[0].isdigit() else title


def amount(fact: str, value: FactValue) -> str:
    """A value with its unit: `12 条`, `35%`, `100万 人`, `严重`."""
    spec = VOCABULARY[fact]
    if value is None:
        return "无"
    if isinstance(value, str):
        return CHOICE_TITLES.get(value, value)
    if spec.unit == "0-3":
        return _SEVERITIES[int(value)]
    if spec.unit == "比例":
        return f"{100 * value:.10g}%"
    number = f"{value / 10_000:.10g}万" if value >= 10_000 and value % 1_000 == 0 else f"{value:.10g}"
    return f"{number} {spec.unit}" if spec.unit and not spec.unit.startswith("0") else number


def say_condition(condition: Condition) -> str:
    """What a condition asks for: `最近1小时负面提及达到 8 条`."""
    asked = label(condition.fact) + _line(condition.fact, condition.op, condition.value)
    return f"{asked}（没有值时也算达到）" if condition.on_missing == "met" else asked


def say_trace(trace: ConditionTrace) -> str:
    """How a condition was met: `最近1小时负面提及 12 条，达到 8 条的线`; or what it lacks."""
    if not trace.holds:
        return say_need(trace)
    if trace.value is None:
        return f"{label(trace.fact)}暂无，按规则没有值时也算达到"
    if VOCABULARY[trace.fact].type is FactType.text:
        return f"{label(trace.fact)}是{amount(trace.fact, trace.value)}"
    return f"{label(trace.fact)} {amount(trace.fact, trace.value)}，{_line(trace.fact, trace.op, trace.threshold)}的线"


def say_need(trace: ConditionTrace) -> str:
    """What a condition that does not hold still needs: `最近1小时负面提及 12 条，还差 18 条到“严重”`."""
    head = f"{label(trace.fact)} {amount(trace.fact, trace.value)}"
    goal = f"“{LEVEL_TITLES[trace.level]}”"
    if trace.value is None:
        return f"{label(trace.fact)}暂无，到{goal}要{_line(trace.fact, trace.op, trace.threshold)}"
    is_more = trace.op in (">=", ">")
    if trace.margin is None or VOCABULARY[trace.fact].unit in ("0-3", "") or trace.op in ("==", "!="):
        return f"{head}，到{goal}要{_line(trace.fact, trace.op, trace.threshold)}"
    missing = amount(trace.fact, -trace.margin)
    if is_more:
        return f"{head}，还差 {missing}到{goal}"
    return f"{head}，还要{'上升' if VOCABULARY[trace.fact].unit == '位' else '降低'} {missing}到{goal}"


def say_facts(facts: Mapping[str, FactValue], *nodes: Condition | AllOf | AnyOf) -> str:
    """Those facts in a row that some trees name: `最近1小时负面提及 8 条、本条作者类型是媒体`."""
    named = {condition.fact for node in nodes for condition in conditions(node)}
    return "、".join(_say_fact(fact, value) for fact, value in facts.items() if fact in named)


def _say_fact(fact: str, value: FactValue) -> str:
    if value is None:
        return f"{label(fact)}没有值"
    link = "是" if VOCABULARY[fact].type is FactType.text else " "
    return f"{label(fact)}{link}{amount(fact, value)}"


def say_rule(rule: Rule) -> str:
    """The whole rule, a heading, its levels from mild to severe and its exemptions, one condition a line."""
    windows = f"时间窗口 {'、'.join(windows_of(rule))}" if windows_of(rule) else "逐条判断"
    lines = [f"{rule.title}（{CATEGORY_TITLES[rule.category]}，第 {rule.version} 版，{windows}）"]
    if rule.deprecated:
        lines.append(say_deprecation(rule.deprecated))
    for level, node in rule.levels.items():
        lines.append(f"“{LEVEL_TITLES[level]}”：")
        lines += say_node(node, 1)
    for exemption in rule.unless:
        lines.append(f"{say_exemption(exemption.reason, exemption.until, exemption.levels)}，只要：")
        lines += say_node(exemption.when, 1)
    return "\n".join(lines)


def say_exemption(reason: str, until: date, levels: Iterable[Level]) -> str:
    """What an exemption does: `因“促销退费期”（到 2026-12-31）暂不判为“严重”`."""
    named = "".join(f"“{LEVEL_TITLES[level]}”" for level in levels)
    return f"因“{reason}”（到 {until}）" + (f"暂不判为{named}" if named else "暂不告警")


def say_deprecation(deprecated: Deprecation) -> str:
    """Why a rule is no longer used: `已停用：并入新规则（由 fee_dispute.surge 接替）`."""
    after = f"（由 {deprecated.replaced_by} 接替）" if deprecated.replaced_by else ""
    return f"已停用：{deprecated.reason}{after}"


def say_node(node: Condition | AllOf | AnyOf, depth: int = 0) -> list[str]:
    """A tree, one condition a line, groups under a heading."""
    indent = "  " * depth
    if isinstance(node, Condition):
        return [f"{indent}- {say_condition(node)}"]
    heading, children = ("以下每项都要达到：", node.all) if isinstance(node, AllOf) else ("以下有一项即可：", node.any)
    if len(children) == 1:
        return say_node(children[0], depth)
    return [f"{indent}- {heading}", *(line for child in children for line in say_node(child, depth + 1))]


def _line(fact: str, op: str, threshold: float | str | tuple[str, ...]) -> str:
    """The line that a value must reach: `达到 8 条`, `进入前 50 位`, `是媒体、监管机构其中之一`."""
    if isinstance(threshold, tuple):
        return "是" + "、".join(amount(fact, word) for word in threshold) + ("其中之一" if len(threshold) > 1 else "")
    wanted = amount(fact, threshold)
    if VOCABULARY[fact].type is FactType.text:
        return ("是" if op == "==" else "不是") + wanted
    if VOCABULARY[fact].unit == "位" and op == "<=":
        return f"进入前 {wanted}"
    words = {">=": "达到", ">": "超过", "<=": "不超过", "<": "低于", "==": "正好是", "!=": "不是"}
    return f"{words[op]} {wanted}" if wanted[0].isdigit() else f"{words[op]}{wanted}"
