"""rules explain: why the rules of a category speak or keep silent at a moment, and a stored decision decided again."""

import json
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from api.clock import wall_clock
from api.command_line.edge import DONE, FAILED, write_out
from api.command_line.histories import moment_of, open_database
from api.command_line.history import realm_of
from api.command_line.rule_names import one_of, rules_in_force, rules_named
from api.settings import Settings
from engine.decision_log import reproduce
from engine.errors import InputError
from engine.explaining import explain_at
from engine.model import CATEGORY_TITLES, Category, Realm
from engine.store import log
from engine.store.database import Database


@dataclass(frozen=True, slots=True)
class MomentAsked:
    """What is to be explained; rules are those in force at the moment unless a folder or a release is named."""

    brand: str | None
    category: str | None
    at: str | None
    store: Path | None
    realm: str | None
    packs: Path | None
    release: str | None


def explain_moment(settings: Settings, asked: MomentAsked, *, as_json: bool) -> int:
    """Every rule of a category for a brand at a moment; without one, at the realm's latest."""
    if asked.brand is None or asked.category is None:
        raise InputError("请用 --brand 与 --category 指定品牌和类别，或用 --decision 指定决策编号")
    realm, category = realm_of(settings, asked.realm, asked.store), _category(asked.category)
    named = one_of(asked.packs, asked.release)
    with closing(open_database(settings, asked.store)) as database:
        moment = moment_of(asked.at) if asked.at else _now(database, realm)
        rules = rules_named(database, realm, named) if named else rules_in_force(database, realm, moment)
        found = explain_at(database, rules, realm, asked.brand, category, moment)
    write_out(found.model_dump_json(indent=2) if as_json else found.text())
    return DONE


def explain_decision(settings: Settings, decision: str, store: Path | None, *, as_json: bool) -> int:
    """A stored decision decided again: 0 when it comes out byte for byte as it was stored."""
    with closing(open_database(settings, store)) as database:
        found = reproduce(database, decision)
    write_out(json.dumps(found.to_json(), ensure_ascii=False, indent=2) if as_json else found.text())
    return DONE if found.ok else FAILED


def _now(database: Database, realm: Realm) -> datetime:
    if realm is Realm.live:
        return wall_clock()
    with database.read() as connection:
        return log.latest(connection, realm) or wall_clock()


def _category(written: str) -> Category:
    titles = {title: category for category, title in CATEGORY_TITLES.items()}
    try:
        return titles.get(written) or Category(written)
    except ValueError as error:
        known = "、".join(f"{category}（{title}）" for category, title in CATEGORY_TITLES.items())
        raise InputError(f"没有类别“{written}”，可用：{known}", field="--category") from error
