"""Whether a rule's tests show what they must: each level, what just misses one, and what stays quiet."""

from collections.abc import Iterator
from functools import lru_cache

from rules.cases import CaseKind, LoadedCases, parse_cases
from rules.document import Document
from rules.errors import Fault
from rules.vocabulary import LEVEL_TITLES, Level


def faults_of_cases(rule: Document | None, name: str, text: str | bytes) -> tuple[int, list[Fault]]:
    """How many cases a test file has, and what is wrong with it beside its rule (None: it cannot be read)."""
    try:
        written = text if isinstance(text, str) else text.decode("utf-8")
    except UnicodeDecodeError:
        return 0, [Fault(name, 1, "文件不是 UTF-8 编码，请另存为 UTF-8")]
    loaded, faults = _cases(name, written)
    if loaded is None:
        return 0, list(faults)
    return len(loaded.cases), [*faults, *(_missing_kinds(rule, loaded) if rule else ())]


@lru_cache(maxsize=8)
def _cases(name: str, text: str) -> tuple[LoadedCases | None, tuple[Fault, ...]]:
    """Kept for the next look: while one types in the rule, its tests stay as they are."""
    loaded, faults = parse_cases(name, text)
    return loaded, tuple(faults)


def missing_tests(rule: Document, name: str) -> list[Fault]:
    """The fault of a rule without a test file."""
    written = rule.data.get("id") if isinstance(rule.data, dict) else None
    return [rule.fault(("id",), f"规则“{written}”没有测试文件，请在旁边添加 {name.rsplit('/', 1)[-1]}")]


def _missing_kinds(rule: Document, loaded: LoadedCases) -> Iterator[Fault]:
    data = rule.data if isinstance(rule.data, dict) else {}
    if loaded.rule != data.get("id"):
        yield Fault(loaded.file, 1, f'测试写的是规则 "{loaded.rule}"，旁边的规则是 "{data.get("id")}"，请改成一致')
    levels = data.get("levels")
    hits = {case.expect for case in loaded.cases if case.kind is CaseKind.hit}
    for level in Level:
        if isinstance(levels, dict) and level in levels and level not in hits:
            yield Fault(loaded.file, 1, f"缺少命中“{LEVEL_TITLES[level]}”的用例（kind: hit），请添加")
    kinds = {case.kind for case in loaded.cases}
    if CaseKind.near_miss not in kinds:
        yield Fault(loaded.file, 1, "缺少差一点的用例（kind: near_miss），请添加")
    if CaseKind.quiet not in kinds:
        yield Fault(loaded.file, 1, "缺少安静的用例（kind: quiet），请添加")
