"""Why the rules of a category speak or keep silent about a brand at a moment, and the mentions behind it."""

from datetime import datetime
from typing import Final

from pydantic import AwareDatetime

from engine.incident_book import CHINA
from engine.model import CATEGORY_TITLES, Category, Frozen, Realm, WindowFacts
from engine.past_facts import PastFacts, facts_at
from engine.rule_set import RuleSet
from engine.store import queries
from engine.store.database import Database
from rules.evaluate import quantised
from rules.explain import Explanation, explain

EXCERPT: Final = 80
WINDOW_TITLES: Final = {"10m": "10分钟", "1h": "1小时", "6h": "6小时", "24h": "24小时", "7d": "7天"}


class MentionBehind(Frozen):
    """A mention that counts for a category, with the windows it counts in and the beginning of its (masked) text."""

    id: str
    published_at: AwareDatetime
    platform: str
    windows: tuple[str, ...]
    excerpt: str


class RulesExplained(Frozen):
    """Every rule of a category at a moment, highest level first. `evaluated`: the engine looked at these facts in that
    very minute; otherwise they are what it would have seen. `totals` counts the mentions behind it by window,
    `mentions` are the newest of them. `rules_hash` names the rules that explain.
    """

    realm: Realm
    brand: str
    category: Category
    at: AwareDatetime
    evaluated: bool
    facts: WindowFacts
    totals: dict[str, int]
    mentions: tuple[MentionBehind, ...]
    rules_hash: str
    rules: tuple[Explanation, ...]

    def text(self) -> str:
        """All of it in words."""
        head = f"{self.brand} · {CATEGORY_TITLES[self.category]} · {self.at.astimezone(CHINA):%Y-%m-%d %H:%M}"
        counts = "，".join(f"{WINDOW_TITLES[key]} {count} 条" for key, count in self.totals.items())
        lines = [head, *(one.text() for one in self.rules)]
        if not self.rules:
            lines.append("这一类别没有规则")
        lines.append(f"计入的负面提及：{counts}")
        lines += [
            f"  {one.published_at.astimezone(CHINA):%m-%d %H:%M} {one.platform} {one.id} {one.excerpt}"
            for one in self.mentions
        ]
        return "\n".join(lines)


def explain_at(
    database: Database, rules: RuleSet, realm: Realm, brand: str, category: Category, at: datetime
) -> RulesExplained:
    """Why these rules spoke or kept silent at a moment."""
    past = facts_at(database, realm, brand, category, at)
    values = quantised(past.facts.values)
    found = [explain(rule, values, past.facts.day) for rule in rules.evaluated(category)]
    return RulesExplained(
        realm=realm,
        brand=brand,
        category=category,
        at=at,
        evaluated=past.evaluated,
        facts=past.facts,
        totals=past.totals,
        mentions=_behind(database, realm, past),
        rules_hash=rules.hash,
        rules=tuple(sorted(found, key=lambda one: (-one.level.rank if one.level else 0, one.rule))),
    )


def _behind(database: Database, realm: Realm, past: PastFacts) -> tuple[MentionBehind, ...]:
    with database.read() as connection:
        rows = queries.mentions_by_id(connection, realm, [one.mention for one in past.newest])
    by_id = {row.mention.id: row.mention for row in rows}
    return tuple(
        MentionBehind(
            id=mention.id,
            published_at=mention.published_at,
            platform=mention.platform,
            windows=past.windows_of(one),
            excerpt=_excerpt(mention.text),
        )
        for one in past.newest
        if (mention := by_id.get(one.mention))
    )


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else f"{line[:EXCERPT]}…"
