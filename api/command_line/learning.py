"""knowledge: learn, outcomes, stale."""

import json
from datetime import date
from typing import Any, Final

from api.command_line.actors import Credentials, local_actor, named_actor
from api.command_line.edge import DONE, FAILED, write_out
from api.command_line.releases import opened_desk
from api.settings import Settings
from engine.errors import InputError
from engine.learning.outcomes import CategoryOutcomes
from engine.learning.stale import StaleFlag
from engine.learning.wording import CONFOUNDED, basis_line, little_line, mood_line, response_line, strategy_line
from engine.model import CATEGORY_TITLES, Category, Role

_READER: Final = Role.compliance


def learn(settings: Settings, incident: str, who: Credentials, *, as_json: bool) -> int:
    """Make the draft of a past incident of a closed incident."""
    with opened_desk(settings) as opened:
        actor = named_actor(opened.users, who)
        kept = opened.desk.learn_from(actor, incident)
        state = opened.desk.learning_state(actor, incident)
    if as_json:
        _write_json(
            {"entry": kept.entry, "revision": kept.number, "state": kept.state, "to_complete": state.to_complete}
        )
    else:
        write_out(f"{kept.entry} 修订 {kept.number} {state.state_title}，还有 {state.to_complete} 处【待补充】")
    return DONE


def outcomes(settings: Settings, category: str | None, *, as_json: bool) -> int:
    """What strategies came to, category by category."""
    if category is not None and category not in set(Category):
        raise InputError("没有这个类别，可选：" + "、".join(Category), field="--category")
    with opened_desk(settings) as opened:
        actor = local_actor(_READER)
        wanted = [Category(category)] if category else list(Category)
        found = [opened.desk.strategy_outcomes(actor, one) for one in wanted]
    if as_json:
        _write_json([one.model_dump(mode="json") for one in found])
    else:
        write_out("\n".join([*(line for one in found for line in _lines(one)), CONFOUNDED]))
    return DONE


def stale(settings: Settings, on: date | None, *, as_json: bool) -> int:
    """Entries to look at again; 1 when something is late."""
    with opened_desk(settings) as opened:
        flags = opened.desk.stale_entries(local_actor(_READER), on)
    late = sum(one.is_overdue for one in flags)
    if as_json:
        _write_json({"overdue": late, "flags": [_told(one) for one in flags]})
    else:
        summary = f"共 {len(flags)} 处，其中到期 {late} 处" if flags else "没有需要再看的条目"
        write_out("\n".join([*map(_line, flags), summary]))
    return FAILED if late else DONE


def _lines(one: CategoryOutcomes) -> list[str]:
    head = f"{CATEGORY_TITLES[one.category]}：{one.cases} 件。{basis_line(one)}"
    rows = [
        "；".join(filter(None, (strategy_line(row), response_line(row), mood_line(row), little_line(row))))
        for row in one.strategies
    ]
    return [head, *(f"  {row}" for row in rows)]


def _told(flag: StaleFlag) -> dict[str, Any]:
    return {**flag.model_dump(mode="json"), "kind_title": flag.kind_title, "overdue": flag.is_overdue}


def _line(flag: StaleFlag) -> str:
    late = "【到期】" if flag.is_overdue else ""
    return f"{late}{flag.entry}  {flag.kind_title}  {flag.owner}  {flag.since} 起  {flag.reason}。{flag.advice}"


def _write_json(value: Any) -> None:
    write_out(json.dumps(value, ensure_ascii=False, indent=2))
