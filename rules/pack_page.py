"""The second half of docs/rule-pack.md, written from the rules and the table of duties: `python -m rules.pack_page`.

What stands above the mark is written by hand and stays as it is.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

from rules.handling import Handling, load_handling
from rules.loader import load_rules
from rules.schema import Rule, RuleStatus
from rules.vocabulary import CATEGORY_TITLES, LEVEL_TITLES, Category, Level
from rules.wording import say_deprecation, say_exemption, say_node

PAGE: Final = Path(__file__).parent.parent / "docs" / "rule-pack.md"
MARK: Final = "<!-- 这一行以下由 python -m rules.pack_page 从规则生成，请不要手改 -->\n"
_FOLD: Final = re.compile(r"(?<=[，。；：])\s+")
_STATUS: Final = {
    RuleStatus.draft: "草稿，不告警",
    RuleStatus.shadow: "候选，只记录不告警",
    RuleStatus.active: "生效",
    RuleStatus.deprecated: "停用",
}


def pack_page(rules: Iterable[Rule], handling: Handling) -> str:
    """Every category with its duties and rules, in Markdown."""
    by_category = {
        category: list(found) for category, found in groupby(sorted(rules, key=_place), key=lambda rule: rule.category)
    }
    return "\n".join(
        line for category in Category for line in _category(category, by_category.get(category, []), handling)
    )


def rewritten(page: str, generated: str) -> str:
    """A page with its generated part put anew. Raises ValueError when the mark is missing."""
    by_hand, mark, _ = page.partition(MARK)
    if not mark:
        raise ValueError(f"{PAGE.name} 里没有这一行：{MARK.strip()}")
    return f"{by_hand}{mark}\n{generated}"


def _place(rule: Rule) -> tuple[int, bool, str]:
    """Categories in the order of the vocabulary; in each the rules that decide first."""
    return list(Category).index(rule.category), rule.status is not RuleStatus.active, rule.id


def _category(category: Category, rules: list[Rule], handling: Handling) -> Iterator[str]:
    yield f"## {CATEGORY_TITLES[category]} `{category}`\n"
    yield "| 等级 | 谁作出第一次响应 | 时限 | 逾期报给 |\n| --- | --- | --- | --- |"
    for level in Level:
        if duty := handling.duty(category, level):
            minutes = f"{duty.within_minutes} 分钟"
            yield f"| {LEVEL_TITLES[level]} | {duty.department} | {minutes} | {duty.escalate_to} |"
    yield ""
    for rule in rules:
        yield from _rule(rule)


def _rule(rule: Rule) -> Iterator[str]:
    yield f"### {rule.title} `{rule.id}`\n"
    budget = f"，告警预算每周 {rule.alert_budget_per_week} 次" if rule.alert_budget_per_week else ""
    facts = f"{_STATUS[rule.status]} · 第 {rule.version} 版 · {rule.owner} · 冷却 {rule.cooldown_minutes} 分钟{budget}"
    yield f"{facts} · 复核 {rule.review_by}\n"
    if rule.deprecated:
        yield f"{say_deprecation(rule.deprecated)}\n"
    yield f"{_FOLD.sub('', rule.rationale)}\n"
    for level, node in rule.levels.items():
        yield f"- {LEVEL_TITLES[level]}"
        yield from say_node(node, 1)
    for exemption in rule.unless:
        yield f"- {say_exemption(exemption.reason, exemption.until, exemption.levels)}，只要"
        yield from say_node(exemption.when, 1)
    yield f"\n已知误报：{'；'.join(rule.false_positives)}。依据：{'、'.join(rule.references) or '公司内部要求'}。\n"


def main() -> None:
    """Write the page anew."""
    generated = pack_page(load_rules(), load_handling())
    PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8"), generated), encoding="utf-8")


if __name__ == "__main__":
    main()
