"""The quiet days as mentions, and as a history that rules can be compared over."""

from datetime import datetime, time
from typing import Final

from engine.backtesting.history import History
from engine.backtesting.scored_history import scored_history
from engine.intake import Accepted, read_objects
from engine.intake.times import CHINA
from engine.model import Mention
from engine.pipeline import Pipeline
from engine.quiet_days.plan import Plan, bundled_plan
from engine.quiet_days.stream import SOURCE, quiet_days

_AT_ONCE: Final = 1_000


def quiet_mentions(plan: Plan | None = None, *, seed: int = 0) -> list[Mention]:
    """The records of the quiet days as intake takes them, in arrival order; one that is seen again comes twice."""
    told = plan or bundled_plan()
    records = list(quiet_days(told, seed=seed))
    begins = datetime.combine(told.starts, time(), CHINA)
    taken: list[Mention] = []
    for first in range(0, len(records), _AT_ONCE):
        some = records[first : first + _AT_ONCE]
        outcomes = read_objects(some, source=SOURCE, clock=lambda: begins, replay=True)
        taken += [one.mention for one in outcomes if isinstance(one, Accepted)]
    return taken


def quiet_history(pipeline: Pipeline, plan: Plan | None = None, *, seed: int = 0) -> History:
    """The quiet days as a history for backtests, scored by the pipeline's scorer into its store; whatever rules decide
    over it is a false alarm. It can be read for as long as the store is there.
    """
    told = plan or bundled_plan()
    return scored_history(pipeline, quiet_mentions(told, seed=seed), f"{told.days} 个平静日（种子 {seed}）")
