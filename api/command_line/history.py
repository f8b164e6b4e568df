"""rules backtest: any rules over any history, as a table, as JSON, as a picture."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from api.clock import wall_clock
from api.command_line.edge import DONE, say, system_fault, write_out
from api.command_line.histories import USUAL_DAYS, moment_of, open_database
from api.command_line.output import AtomicFile, Sieve, progress
from api.command_line.rule_names import one_of, rules_named
from api.settings import Settings
from engine.backtesting.backtest import Backtest, OnProgress, RuleNote, backtest, backtest_both
from engine.backtesting.decisions import DecisionChange, compare
from engine.backtesting.episodes import Decision
from engine.backtesting.history import History, given_history, stored_history
from engine.backtesting.plot import plot_svg
from engine.backtesting.scored_history import scored_history
from engine.backtesting.series import backtest_series
from engine.backtesting.truth import Truth, read_truth
from engine.errors import InputError
from engine.incident_book import CHINA
from engine.intake import open_records
from engine.model import CATEGORY_TITLES, LEVEL_TITLES, Realm
from engine.rule_set import RuleSet
from engine.store.database import Database

_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class BacktestAsked:
    """What was asked for. Rules are those of a folder (`packs`) or of a release: its hash, `active` or `bundled`;
    `against` takes either.
    """

    packs: Path | None = None
    release: str | None = None
    against: str | None = None
    history: Path | None = None
    store: Path | None = None
    realm: str | None = None
    since: str | None = None
    until: str | None = None
    labels: Path | None = None
    plot: Path | None = None


def run_backtest(settings: Settings, asked: BacktestAsked, *, as_json: bool) -> int:
    """What the rules would have said, and what other rules would have said instead."""
    if asked.plot and asked.plot.suffix.lower() != ".svg":
        raise InputError("图只输出为 SVG，请把文件名写成 .svg 结尾", place=str(asked.plot))
    realm = realm_of(settings, asked.realm, asked.store)
    with ExitStack() as stack:
        database = _store(settings, asked, stack)
        new = rules_named(database, realm, one_of(asked.packs, asked.release))
        old = rules_named(database, realm, asked.against) if asked.against else None
        history, truth = _history(settings, asked, realm, database, stack)
        with _bar("回测") as tell:
            result, before = _run(new, old, history, truth, tell)
    changes = compare(before.decisions, result.decisions, old.rules, new.rules) if before and old else ()
    if asked.plot:
        with AtomicFile(asked.plot) as file:
            file.line(plot_svg(backtest_series(result, before), f"回测：{result.history.name}").rstrip())
    if as_json:
        write_out(json.dumps(_document(result, before, changes), ensure_ascii=False, indent=2))
    else:
        write_out("\n".join(_lines(result, before, changes)))
    return DONE


def realm_of(settings: Settings, written: str | None, store: Path | None) -> Realm:
    """The realm that was named; without a name that of a replay for a folder's store, else the installation's."""
    if written is None:
        return Realm.replay if store else Realm(settings.opens_in)
    try:
        return Realm(written)
    except ValueError as error:
        raise InputError(f"没有这个数据域，可用：{'、'.join(Realm)}", place=written) from error


def _run(
    new: RuleSet, old: RuleSet | None, history: History, truth: Truth | None, tell: OnProgress
) -> tuple[Backtest, Backtest | None]:
    if old is None:
        return backtest(new, history, tell, truth), None
    before, after = backtest_both(old, new, history, tell, truth)
    return after, before


def _store(settings: Settings, asked: BacktestAsked, stack: ExitStack) -> Database | None:
    """The store, where one is needed: for its history, or for the releases in it."""
    if (
        asked.history
        and asked.store is None
        and _on_disk(one_of(asked.packs, asked.release))
        and _on_disk(asked.against)
    ):
        return None
    database = open_database(settings, asked.store)
    stack.callback(database.close)
    return database


def _on_disk(named: str | None) -> bool:
    return named is None or named == "bundled" or Path(named).is_dir()


def _history(
    settings: Settings, asked: BacktestAsked, realm: Realm, database: Database | None, stack: ExitStack
) -> tuple[History, Truth | None]:
    since = moment_of(asked.since) if asked.since else None
    until = moment_of(asked.until, last=True) if asked.until else None
    labels = read_truth(asked.labels, (asked.history or asked.labels).stem) if asked.labels else None
    if asked.history is None:
        if database is None:
            raise InputError("请用 --history 指定文件，或用 --store 指定数据库")
        end = until or wall_clock()
        return stored_history(database, realm, since or end - timedelta(days=USUAL_DAYS), end), labels
    if holds_log_records(asked.history):
        return given_history(asked.history).between(since, until), labels
    own = read_truth(asked.history, asked.history.stem) if asked.history.suffix == ".jsonl" else Truth()
    found = scored_file(settings, asked.history, stack).between(since, until)
    return found, (own | labels if labels else own) if own.labels or labels else None


def scored_file(settings: Settings, path: Path, stack: ExitStack) -> History:
    """A file of raw mentions, scored into a store that lasts as long as the command."""
    from api.command_line.streams import open_beside  # noqa: PLC0415 - loads models

    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="crisisdesk-backtest-")))
    opened = open_beside(settings, folder)
    stack.callback(opened.close)
    sieve = Sieve()
    mentions = (one.mention for one in sieve.accepted_of(open_records(path, clock=wall_clock, replay=True)))
    with progress("评分") as ticker:
        found = scored_history(opened.desk.pipeline, mentions, path.name, ticker.advance)
    say(f"评分完成：{sieve.finish(path)}")
    return found


def holds_log_records(path: Path) -> bool:
    """Whether a file's first line is a record of the log rather than a raw mention."""
    try:
        with path.open(encoding="utf-8") as lines:
            first = next((line for line in lines if line.strip()), "")
        return path.suffix == ".jsonl" and "payload" in json.loads(first)
    except (OSError, UnicodeDecodeError) as error:
        reason = system_fault(error) if isinstance(error, OSError) else "不是 UTF-8 文本"
        raise InputError(f"无法读取：{reason}", place=str(path)) from error
    except ValueError:
        return False


@contextmanager
def _bar(title: str) -> Iterator[OnProgress]:
    """A bar on standard error, gone when it is full."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


# --- for scripts ------------------------------------------------------------------------------


def _document(result: Backtest, before: Backtest | None, changes: tuple[DecisionChange, ...]) -> dict[str, Any]:
    found = _result(result)
    if before is not None:
        found |= {"against": _result(before), "changes": [one.model_dump(mode="json") for one in changes]}
    return found


def _result(result: Backtest) -> dict[str, Any]:
    plain = result.model_dump(mode="json", exclude={"notes", "activity", "quality"})
    return plain | {
        "alerts": [_alerts(result, note) for note in result.notes],
        "budget_breaches": [one.model_dump(mode="json") for one in result.budget_breaches],
        "quality": [
            one.model_dump(mode="json") | {"precision": one.precision, "recall": one.recall} for one in result.quality
        ],
    }


def _alerts(result: Backtest, note: RuleNote) -> dict[str, Any]:
    weeks = _weeks(result).get(note.rule, {})
    first = _first(result, note.rule)
    return note.model_dump(mode="json") | {
        "total": sum(weeks.values()),
        "per_week": dict(weeks),
        "first": first.start.isoformat() if first else None,
    }


def _weeks(result: Backtest) -> Mapping[str, Mapping[str, int]]:
    return {**result.shadow_per_week, **result.alerts_per_week}


def _first(result: Backtest, rule: str) -> Decision | None:
    return next((one for one in (*result.decisions, *result.shadow) if one.rule == rule), None)


# --- for people -------------------------------------------------------------------------------


def _lines(result: Backtest, before: Backtest | None, changes: tuple[DecisionChange, ...]) -> Iterator[str]:
    note = result.history
    yield f"历史：{note.name}，{note.records} 条记录，指纹 {note.digest[:12]}"
    if before is not None:
        yield f"旧规则：{len(before.decisions)} 次告警，{len(before.incidents)} 个事件"
    yield f"{'新规则' if before else '合计'}：{len(result.decisions)} 次告警，{len(result.incidents)} 个事件"
    yield from (_rule_line(result, rule) for rule in result.notes if rule.rule in _weeks(result))
    for breach in result.budget_breaches:
        yield f"超出预算：{breach.rule} 在 {breach.week} 告警 {breach.alerts} 次，上限 {breach.budget} 次"
    for one in result.quality:
        yield f"{CATEGORY_TITLES[one.category]} {LEVEL_TITLES[one.level]}：{'，'.join(_figures(one))}"
    if before is not None:
        yield f"与旧规则相比有 {len(changes)} 处不同"
        yield from (f"  {one.text}" for one in changes[:_SHOWN])
        if len(changes) > _SHOWN:
            yield f"  另有 {len(changes) - _SHOWN} 处，见 --json"


def _rule_line(result: Backtest, note: RuleNote) -> str:
    weeks = _weeks(result)[note.rule]
    first = _first(result, note.rule)
    counts = "，".join(f"{week} {count} 次" for week, count in weeks.items())
    began = f"，最早在 {first.start.astimezone(CHINA):%Y-%m-%d %H:%M}" if first else ""
    silent = "" if note.rule in result.alerts_per_week else "（试运行，不发出）"
    return f"  {note.rule} {note.title}{silent}：{counts}{began}"


def _figures(one: Any) -> Iterator[str]:
    if one.precision is not None:
        yield f"判断过的 {one.judged} 次告警中 {one.right} 次正确（{one.precision:.0%}）"
    if one.recall is not None:
        yield f"{one.crises} 次真实危机中发现 {one.found} 次（{one.recall:.0%}）"
