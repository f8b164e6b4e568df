"""rules diff: what changed in meaning, and in decisions over a history."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from api.clock import wall_clock
from api.command_line.edge import DONE, FAILED, write_out
from api.command_line.histories import USUAL_DAYS, moment_of, open_database
from api.command_line.history import holds_log_records, realm_of, scored_file
from api.command_line.output import progress
from api.command_line.rule_names import ACTIVE, BUNDLED
from api.settings import Settings
from engine.backtesting.history import History, given_history, stored_history
from engine.backtesting.rule_comparison import RuleComparison, Texts, compare_meaning, compare_rules, stored_texts
from engine.errors import InputError
from engine.incident_book import CHINA
from engine.intake import Accepted, open_records
from engine.model import REALM_TITLES
from engine.releases.content import ReleaseContent
from engine.rule_set import RuleSet
from engine.store import releases
from rules.handling import HANDLING, load_handling
from rules.loader import PACKS, TEST_SUFFIX, load_rules

_HASH: Final = re.compile(r"[0-9a-f]{6,32}")
_RULES: Final = "rules/packs/"


@dataclass(frozen=True, slots=True)
class RuleSource:
    """Rules with the texts of their files by rule id."""

    rules: RuleSet
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ChosenHistory:
    """`texts` gives the mentions' texts where they are known."""

    history: History
    texts: Texts | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Which history, as the command line says it."""

    file: Path | None = None
    store: Path | None = None
    since: str | None = None
    until: str | None = None
    realm: str | None = None


def diff(settings: Settings, old: str, new: str, span: Span, *, as_json: bool) -> int:
    """Compare two versions of rules. 0: no decision differs; 1: some do; without a history, whether some could."""
    with ExitStack() as stack:
        chosen = _chosen(settings, span, stack)
        before, after = _source(settings, old, span), _source(settings, new, span)
        found = _compared(before, after, chosen)
    write_out(json.dumps(found.to_json(), ensure_ascii=False, indent=2) if as_json else found.text())
    return FAILED if found.differs else DONE


def _compared(old: RuleSource, new: RuleSource, chosen: ChosenHistory | None) -> RuleComparison:
    today = wall_clock().astimezone(CHINA).date()
    rewritten = [rule for rule, text in new.texts.items() if old.texts.get(rule, text) != text]
    if chosen is None:
        return compare_meaning(old.rules, new.rules, today, rewritten)
    with progress("比较") as ticker:
        done = 0

        def tell(count: int, _: int | None) -> None:
            nonlocal done
            ticker.advance(count - done)
            done = count

        return compare_rules(
            old.rules,
            new.rules,
            chosen.history,
            since=today,
            rewritten=rewritten,
            texts=chosen.texts,
            on_progress=tell,
        )


def _chosen(settings: Settings, span: Span, stack: ExitStack) -> ChosenHistory | None:
    """A file, else the log of a store (the installation's own when only days are given), the last 30 days unless told;
    None when nothing was chosen. Raises InputError.
    """
    since = moment_of(span.since) if span.since else None
    until = moment_of(span.until, last=True) if span.until else None
    if span.file is not None:
        return _of_file(settings, span.file, since, until, stack)
    if not (span.store or since or until or span.realm):
        return None
    end = until or wall_clock()
    realm = realm_of(settings, span.realm, span.store)
    database = open_database(settings, span.store)
    stack.callback(database.close)
    found = stored_history(database, realm, _before(since or end - timedelta(days=USUAL_DAYS), end), end)
    if not found.total:
        raise InputError(f"“{REALM_TITLES[realm]}”数据域在这段时间里没有记录，请检查 --from、--to、--realm")
    return ChosenHistory(found, stored_texts(database, realm))


def _of_file(
    settings: Settings, path: Path, since: datetime | None, until: datetime | None, stack: ExitStack
) -> ChosenHistory:
    """Records of a log, or raw mentions, which are scored first."""
    if since and until:
        _before(since, until)
    raw = not holds_log_records(path)
    found = scored_file(settings, path, stack) if raw else given_history(path)
    if not found.total:
        raise InputError("文件里没有记录", place=path.name)
    return ChosenHistory(found.between(since, until), _texts_in(path) if raw else None)


def _before(since: datetime, until: datetime) -> datetime:
    if since >= until:
        raise InputError("--from 要早于 --to")
    return since


def _texts_in(path: Path) -> Texts:
    """The texts of a file of raw mentions, masked as they are taken in."""

    def texts(ids: Sequence[str]) -> Mapping[str, str]:
        taken = (one.mention for one in open_records(path, clock=wall_clock, replay=True) if isinstance(one, Accepted))
        return {mention.id: mention.text for mention in taken if mention.id in ids}

    return texts


def _source(settings: Settings, written: str, span: Span) -> RuleSource:
    """What a person wrote: `active`, `bundled`, a folder, or a release's hash (six letters are enough)."""
    if written == BUNDLED:
        return _folder(PACKS)
    if Path(written).is_dir():
        return _folder(Path(written))
    if written != ACTIVE and not _HASH.fullmatch(written):
        forms = "可写文件夹、发布指纹、active（现行）或 bundled（内置）"
        raise InputError(f"不是规则文件夹，也不是发布指纹；{forms}", place=written)
    realm = realm_of(settings, span.realm, span.store)
    with closing(open_database(settings, span.store)) as database, database.read() as connection:
        named = releases.in_force(connection, realm) if written == ACTIVE else releases.resolve(connection, written)
        # Until somebody puts a release in force, what comes with the program decides.
        return _content(releases.load_content(connection, named)) if named else _folder(PACKS)


def _content(content: ReleaseContent) -> RuleSource:
    texts = {
        path.removeprefix(_RULES).removesuffix(".yaml").replace("/", "."): text
        for path, text in content.part(_RULES)
        if not path.endswith(TEST_SUFFIX)
    }
    with content.on_disk() as root:
        return RuleSource(RuleSet.load(root / _RULES), texts)


def _folder(packs: Path) -> RuleSource:
    """Rules alone may be compared, too: the table of duties counts where both sides bring one."""
    table = packs.parent / HANDLING.name
    rules = RuleSet(load_rules(packs), load_handling(table) if table.is_file() else None)
    return RuleSource(rules, dict(_texts(packs)))


def _texts(packs: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(packs.rglob("*.yaml")):
        if not path.name.endswith(TEST_SUFFIX):
            yield f"{path.parent.name}.{path.stem}", path.read_text(encoding="utf-8")
