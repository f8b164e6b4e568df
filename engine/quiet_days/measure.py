"""What the rules raise over quiet days: `python -m engine.quiet_days.measure --models .cache/models --seeds 0 1 2`."""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from pydantic import AwareDatetime
from sqlalchemy import select

from engine.backtesting.episodes import Decision, decisions_of, per_week
from engine.model import Finding, Frozen, Level, Realm
from engine.parts import Parts
from engine.pipeline import Pipeline
from engine.quiet_days.history import quiet_mentions
from engine.quiet_days.plan import Plan
from engine.replay import feed, lines
from engine.rule_set import RuleSet
from engine.scoring.brands import load_registry
from engine.scoring.scorer import Scorer, load_scorer
from engine.store.database import Database
from engine.store.tables import findings
from retrieval.embedder import load_embedder

WEEK: Final = timedelta(days=7)
_MODEL: Final = "multilingual-e5-small"
_RISES: Final = frozenset({"opened", "escalated", "reopened"})


class Alarm(Frozen):
    """An incident that was opened, opened again or went up to a level."""

    at: AwareDatetime
    brand: str
    category: str
    level: Level
    rule: str
    reason: str


class QuietOutcome(Frozen):
    """What came of quiet days: every alarm and decision is a false one."""

    mentions: int
    alarms: tuple[Alarm, ...]
    decisions: tuple[Decision, ...]

    @property
    def grave(self) -> tuple[Alarm, ...]:
        """Those of level medium or high."""
        return tuple(one for one in self.alarms if one.level is not Level.low)

    def over_budget(self, rules: RuleSet) -> list[str]:
        """Weeks in which an active rule spoke more often than its alert budget."""
        found = []
        for rule, weeks in per_week(self.decisions).items():
            budget = rules.rule(rule).alert_budget_per_week
            found += [
                f"{rule} {week}：{count} 次，预算 {budget} 次"
                for week, count in weeks.items()
                if budget and count > budget
            ]
        return found


def most_in_a_week(moments: Iterable[datetime]) -> int:
    """The most moments within any seven days."""
    found = sorted(moments)
    return max((sum(start <= one < start + WEEK for one in found) for start in found), default=0)


def live_through(pipeline: Pipeline, plan: Plan | None = None, *, seed: int = 0) -> QuietOutcome:
    """The quiet days through the live path of a pipeline with an empty store, in realm replay."""
    mentions = quiet_mentions(plan, seed=seed)
    feed(pipeline, mentions, source=f"quiet-{seed}")
    with pipeline.database.read() as connection:
        rises = [line for line in map(json.loads, lines(connection)) if line["change"] in _RISES]
        found = connection.execute(select(findings.c.document).where(findings.c.realm == Realm.replay)).scalars()
        decisions = decisions_of(map(Finding.model_validate_json, found.all()))
    alarms = tuple(Alarm.model_validate({name: line[name] for name in Alarm.model_fields}) for line in rises)
    return QuietOutcome(mentions=len({one.id for one in mentions}), alarms=alarms, decisions=decisions)


def report(seed: int, outcome: QuietOutcome, rules: RuleSet) -> str:
    """The figures of one seed, for people."""
    grave, low = outcome.grave, len(outcome.alarms) - len(outcome.grave)
    worst = most_in_a_week(one.at for one in grave)
    busy = outcome.over_budget(rules)
    told = [
        f"种子 {seed}：{outcome.mentions} 条提及，中等或严重 {len(grave)} 次（最多一周 {worst} 次），轻微 {low} 次",
        *(f"  {one.at:%m-%d %H:%M} {one.brand} {one.category} {one.level}：{one.reason}" for one in grave),
        *(f"  超出告警预算：{one}" for one in busy),
    ]
    return "\n".join(told)


def measured(scorer: Scorer, seeds: Sequence[int]) -> list[str]:
    """One report a seed, each over a store of its own. The scorer remembers texts from seed to seed."""
    rules = RuleSet.load()
    parts = Parts(scorer, rules, {}, load_registry(), release="quiet")
    told = []
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            database = Database.at(Path(folder) / "quiet.db")
            database.create()
            pipeline = Pipeline(database, parts)
            try:
                told.append(report(seed, live_through(pipeline, seed=seed), rules))
            finally:
                pipeline.close()
    return told


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="规则在平静日里的误报")
    parser.add_argument("--models", type=Path, required=True, help="已准备好的模型目录")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    chosen = parser.parse_args()
    embedder = load_embedder(chosen.models / _MODEL, threads=1, direct=True)
    for text in measured(load_scorer(embedder, load_registry()), chosen.seeds):
        sys.stdout.write(f"{text}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
