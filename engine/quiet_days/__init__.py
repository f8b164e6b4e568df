"""Quiet days: thirty ordinary days of six invented brands, with nothing in them that anybody should be woken for.

`quiet_days()` gives input records in arrival order: genuine complaints, advertising, news by media accounts, customer
questions, praise, recruitment, industry news, official reminders against swindlers, small promotions, due days,
weekends and nights. What the rules raise over them is a false alarm. `quiet_mentions()` gives them as intake takes
them, `quiet_history(pipeline)` as a history for backtests; `engine.quiet_days.measure` counts the false alarms.
"""

from engine.quiet_days.history import quiet_history, quiet_mentions
from engine.quiet_days.plan import Plan, bundled_plan, load_plan
from engine.quiet_days.stream import SOURCE, Record, quiet_days

__all__ = ["SOURCE", "Plan", "Record", "bundled_plan", "load_plan", "quiet_days", "quiet_history", "quiet_mentions"]
