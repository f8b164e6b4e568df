"""How right alerts are, where people said what really happened.

An alert is right when at least half of the labelled mentions behind it carry its category; one without a labelled
mention is not judged. A true crisis is found when an alert of its brand and category comes to its level within its
window. Precision counts alerts by their highest level, recall crises by theirs.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from engine.backtesting.episodes import Decision
from engine.backtesting.truth import Truth, TruthWindow
from engine.model import Category, Frozen, Level


class Quality(Frozen):
    """One category and level: of `judged` alerts `right` were right, of `crises` true ones `found` were found."""

    category: Category
    level: Level
    judged: int
    right: int
    crises: int
    found: int

    @property
    def precision(self) -> float | None:
        """Share of right alerts; None without any."""
        return self.right / self.judged if self.judged else None

    @property
    def recall(self) -> float | None:
        """Share of found crises; None without any."""
        return self.found / self.crises if self.crises else None


def judge(decisions: Sequence[Decision], truth: Truth) -> tuple[Quality, ...]:
    """The quality of decisions by category and level, of those pairs about which anything is known."""
    alerts: dict[tuple[Category, Level], list[bool]] = {}
    for one in decisions:
        verdict = is_right(one, truth.labels)
        if verdict is not None:
            alerts.setdefault((one.category, one.level), []).append(verdict)
    crises: dict[tuple[Category, Level], list[bool]] = {}
    for window in truth.windows:
        found = any(is_found(window, one) for one in decisions)
        crises.setdefault((window.category, window.level), []).append(found)
    return tuple(
        Quality(
            category=category,
            level=level,
            judged=len(alerts.get((category, level), [])),
            right=sum(alerts.get((category, level), [])),
            crises=len(crises.get((category, level), [])),
            found=sum(crises.get((category, level), [])),
        )
        for category, level in sorted({*alerts, *crises}, key=lambda pair: (pair[0], pair[1].rank))
    )


def is_right(decision: Decision, labels: Mapping[str, frozenset[Category]]) -> bool | None:
    """Whether at least half of the labelled mentions behind an alert carry its category; None without any."""
    found = [decision.category in labels[one] for one in decision.mentions if one in labels]
    return sum(found) * 2 >= len(found) if found else None


def is_found(window: TruthWindow, decision: Decision) -> bool:
    """Whether an alert answers a true crisis in time."""
    if (decision.brand, decision.category) != (window.brand, window.category):
        return False
    reached = _reached(decision, window.level)
    return reached is not None and window.since <= reached <= window.until


def _reached(decision: Decision, level: Level) -> datetime | None:
    """When a decision was first at a level or above."""
    return min((at for one, at in decision.first_at.items() if one.rank >= level.rank), default=None)
