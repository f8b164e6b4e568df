"""How rules read on a page: their status, and words as HTML-ready lines."""

from dataclasses import dataclass
from typing import Final

from engine.model import LEVEL_TITLES, Level
from engine.rule_health import RuleHealth
from rules.diff_fields import STATUS_TITLES as TITLES
from rules.schema import Rule, RuleStatus
from rules.wording import say_rule

STATUS_TITLES: Final = {RuleStatus(status): title for status, title in TITLES.items()}
STATUS_MEANINGS: Final = {
    RuleStatus.active: "达到条件就告警",
    RuleStatus.shadow: "试运行：照常计算并记录，不告警，用来观察",
    RuleStatus.draft: "照常计算并记录，不告警，还在起草",
    RuleStatus.deprecated: "不再计算",
}


@dataclass(frozen=True, slots=True)
class HealthWord:
    """How a rule is doing, in a word with a colour; `order` puts what needs somebody first."""

    word: str
    colour: str
    order: int


def health_words(rule: Rule, health: RuleHealth | None) -> tuple[HealthWord, ...]:
    """What stands out of a rule's health; one word that says so when nothing does."""
    if health is None:
        return (HealthWord("不再计算", "", 8),)
    found = []
    if health.over_budget:
        found.append(HealthWord("超出预算", "bad", 0))
    if health.drifting:
        louder = health.alerts_7d > (health.usual_per_week or 0)
        found.append(HealthWord("明显变多" if louder else "明显变少", "medium", 1))
    if health.always_shadowed:
        found.append(HealthWord("每次都有别的规则告警", "medium", 2))
    if health.shadow_quiet_days is not None:
        wanted = rule.quiet_days_before_active
        done = health.shadow_quiet_days >= wanted
        words = f"试运行满{wanted}天，可转生效" if done else f"试运行第{health.shadow_quiet_days}/{wanted}天"
        found.append(HealthWord(words, "good" if done else "accent", 3))
    if health.never_fired:
        found.append(HealthWord("还没有告警过", "", 5))
    return tuple(found) or (HealthWord("正常", "good", 7),)


_LEVELS: Final = {f"“{title}”：": level for level, title in LEVEL_TITLES.items()}


@dataclass(frozen=True, slots=True)
class WordLine:
    """One line of a rule in words: a level's heading, or a sentence that stands `depth` deep."""

    level: Level | None
    depth: int
    words: str


def word_lines(rule: Rule) -> tuple[WordLine, ...]:
    """A rule in words without its heading, which every page shows elsewhere."""
    lines = (_line(line) for line in say_rule(rule).splitlines()[1:])
    return tuple(lines)


def _line(line: str) -> WordLine:
    said = line.strip()
    return WordLine(_LEVELS.get(said), (len(line) - len(line.lstrip())) // 2, said.removeprefix("- "))
