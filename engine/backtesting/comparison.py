"""A comparison of two rule sets as it is shown and kept: compact, with a bounded number of decisions."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Self

from pydantic import AwareDatetime

from engine.backtesting.backtest import HistoryNote
from engine.backtesting.decisions import DecisionChangeKind
from engine.backtesting.episodes import Decision
from engine.model import Category, Frozen, Level, at_local
from rules.diff import RuleChange
from rules.meaning import Effect

MOST_ROWS: Final = 60
KIND_TITLES: Final = {
    DecisionChangeKind.gained: "新增告警",
    DecisionChangeKind.lost: "不再告警",
    DecisionChangeKind.earlier: "提前",
    DecisionChangeKind.later: "推迟",
    DecisionChangeKind.raised: "等级升高",
    DecisionChangeKind.lowered: "等级降低",
}


class SampleMention(Frozen):
    """A mention behind a decision; `text` is its beginning, None where only the id is known."""

    id: str
    text: str | None


class Side(Frozen):
    """A decision on one side."""

    start: AwareDatetime
    end: AwareDatetime
    level: Level

    @classmethod
    def of(cls, decision: Decision | None) -> Self | None:
        """What is shown of a decision."""
        return cls(start=decision.start, end=decision.end, level=decision.level) if decision else None


class ChangedDecision(Frozen):
    """One decision that came out otherwise, in words and with a few mentions behind it."""

    kind: DecisionChangeKind
    brand: str
    category: Category
    rule: str
    title: str
    old: Side | None
    new: Side | None
    text: str
    mentions: tuple[SampleMention, ...]


class DecisionDiff(Frozen):
    """Changed decisions. `counts` and `by_rule` count all of them by kind, `rows` holds at most `MOST_ROWS`: the most
    severe ones, in the order of time. `old` and `new` are how many decisions there were, `incidents_*` incidents.
    """

    old: int
    new: int
    incidents_old: int
    incidents_new: int
    counts: dict[str, int]
    by_rule: dict[str, dict[str, int]]
    rows: tuple[ChangedDecision, ...]

    @property
    def left_out(self) -> int:
        """How many changes have no row."""
        return sum(self.counts.values()) - len(self.rows)

    def lines(self) -> Iterator[str]:
        """The rows for people, with their sample mentions."""
        for row in self.rows:
            yield f"  - [{KIND_TITLES[row.kind]}] {row.text}"
            yield from (f"      例：{mention.text or mention.id}" for mention in row.mentions)
        if self.left_out:
            yield f"  另有 {self.left_out} 处变化没有列出。"


class RuleComparison(Frozen):
    """`old` and `new` are hashes of rule sets; `rules` what changed in meaning, `handling` in the table of duties,
    `two_because` why two people must approve (empty: one is enough). Over a history, `decisions` are alarms and
    `on_trial` what rules that are not active on either side would have said.
    """

    old: str
    new: str
    rules: tuple[RuleChange, ...]
    handling: tuple[str, ...]
    two_because: tuple[str, ...]
    history: HistoryNote | None = None
    decisions: DecisionDiff | None = None
    on_trial: DecisionDiff | None = None

    @property
    def differs(self) -> bool:
        """Whether any decision came out otherwise; without a history, whether any could."""
        if self.decisions is None:
            return any(change.verdict is not Effect.same or change.alarms is not Effect.same for change in self.rules)
        return any(sum(one.counts.values()) for one in (self.decisions, self.on_trial) if one)

    def text(self) -> str:
        """The comparison for people: meaning, approval, decisions."""
        return "\n".join([*self._meaning(), *self._decided()])

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON; `RuleComparison.model_validate` reads them back."""
        return self.model_dump(mode="json")

    def _meaning(self) -> Iterator[str]:
        if not self.rules and not self.handling:
            yield "规则没有变化。"
            return
        yield f"【规则变化】{len(self.rules)} 条规则"
        yield from (change.text() for change in self.rules)
        if self.handling:
            yield "分级处置时限与责任部门："
            yield from (f"  - {sentence}" for sentence in self.handling)
        who = f"须两人批准：{'；'.join(self.two_because)}" if self.two_because else "由提交人以外的一人批准即可。"
        yield who

    def _decided(self) -> Iterator[str]:
        if self.history is None or self.decisions is None:
            yield "【决策变化】没有指定历史，只比较了规则的含义。用 --history 或 --store 指定历史。"
            return
        found, trial = self.decisions, self.on_trial
        yield f"【决策变化】历史：{_history(self.history)}"
        incidents = f"事件 {found.incidents_old} 起 → {found.incidents_new} 起"
        yield f"告警 {found.old} 次 → {found.new} 次，{incidents}；{say_counts(found.counts)}"
        yield from found.lines()
        if trial and sum(trial.counts.values()):
            yield f"没有生效的规则（不告警）：{trial.old} 次 → {trial.new} 次；{say_counts(trial.counts)}"
            yield from trial.lines()


def say_counts(counts: Mapping[str, int]) -> str:
    """`新增告警 1 次，推迟 2 次`; what is zero is not said."""
    found = [f"{title} {counts[kind]} 次" for kind, title in KIND_TITLES.items() if counts.get(kind)]
    return "，".join(found) or "决策没有变化"


def _history(note: HistoryNote) -> str:
    """The name of what a store holds says the range already."""
    span = ""
    if note.since and note.until and note.realm is None:
        span = f"{at_local(note.since)} 至 {at_local(note.until)}，"
    return f"{note.name}，{span}{note.records} 条记录，指纹 {note.digest[:12]}"
