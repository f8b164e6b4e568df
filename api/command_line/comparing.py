"""rules diff: what changed in meaning, and in decisions over a history."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.clock import wall_clock
from api.command_line.edge import DONE, FAILED, write_out
from api.command_line.histories import ChosenHistory, choose_history, open_database
from api.command_line.output import progress
from api.settings import Settings
from engine.errors import InputError
from engine.incident_book import CHINA
from engine.model import Realm
from engine.release_content import ReleaseContent
from engine.rule_comparison import RuleComparison, compare_meaning, compare_rules
from engine.rule_set import RuleSet
from engine.store import releases
from rules.handling import HANDLING, load_handling
from rules.loader import PACKS, TEST_SUFFIX, load_rules

ACTIVE: Final = "active"
BUNDLED: Final = "bundled"
_HASH: Final = re.compile(r"[0-9a-f]{6,32}")
_RULES: Final = "rules/packs/"


@dataclass(frozen=True, slots=True)
class RuleSource:
    """Rules with the texts of their files by rule id."""

    rules: RuleSet
    texts: Mapping[str, str]


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
    chosen = choose_history(settings, span.file, span.store, span.since, span.until, span.realm)
    before, after = _source(settings, old, span.store), _source(settings, new, span.store)
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


def _source(settings: Settings, written: str, store: Path | None) -> RuleSource:
    """What a person wrote: `active`, `bundled`, a folder, or a release's hash (six letters are enough)."""
    if written == BUNDLED:
        return _folder(PACKS)
    if Path(written).is_dir():
        return _folder(Path(written))
    if written != ACTIVE and not _HASH.fullmatch(written):
        forms = "可写文件夹、发布指纹、active（现行）或 bundled（内置）"
        raise InputError(f"不是规则文件夹，也不是发布指纹；{forms}", place=written)
    realm = Realm.replay if store else Realm(settings.opens_in)
    with open_database(settings, store).read() as connection:
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
