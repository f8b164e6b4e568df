"""Read rule files: every fault of every file at once, each with its line."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

from rules.cells import as_far_as_decided
from rules.document import Document, parse_document, read_document
from rules.errors import BadRulesError, Fault
from rules.level_order import order_faults
from rules.levels import Reading
from rules.schema import AllOf, AnyOf, Condition, Deprecation, Exemption, Rule
from rules.validation import read_model

PACKS: Final = Path(__file__).parent / "packs"
TEST_SUFFIX: Final = "_test.yaml"


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A rule with the file that it came from."""

    path: Path
    document: Document
    rule: Rule


def rule_paths(packs: Path) -> list[Path]:
    """All rule files below a folder, in stable order."""
    return sorted(path for path in packs.rglob("*.yaml") if not path.name.endswith(TEST_SUFFIX))


def read_rules(packs: Path = PACKS) -> tuple[list[RuleFile], list[Fault]]:
    """All sound rules below a folder in the order of their ids, and every fault of the others."""
    files: list[RuleFile] = []
    faults: list[Fault] = []
    for path in rule_paths(packs):
        found, wrong = _read_rule(path)
        files += [found] if found else []
        faults += wrong
    faults += repeated_ids(files)
    return sorted(files, key=lambda file: file.rule.id), faults


def load_rules(packs: Path = PACKS) -> tuple[Rule, ...]:
    """All rules below a folder in the order of their ids. Raises BadRulesError with every fault of every file."""
    files, faults = read_rules(packs)
    if not files and not faults:
        faults.append(Fault(packs.as_posix(), 1, "没有找到规则文件"))
    if faults:
        raise BadRulesError(faults)
    return tuple(file.rule for file in files)


def parse_rule(name: str, text: str) -> tuple[Rule | None, list[Fault]]:
    """One rule as it is being edited, or all its faults; where its file lies is not looked at."""
    try:
        rule, faults = _rule_in(Reading.of(parse_document(name, text)))
    except BadRulesError as bad:
        return None, list(bad.faults)
    return (None if faults else rule), faults


def _rule_in(reading: Reading) -> tuple[Rule | None, list[Fault]]:
    rule, faults = read_model(reading.document, Rule, (Condition, AllOf, AnyOf, Exemption, Deprecation))
    return rule, [*faults, *(one for _, one in reading.tree_faults), *as_far_as_decided(order_faults(reading))]


def _read_rule(path: Path) -> tuple[RuleFile | None, list[Fault]]:
    try:
        document = read_document(path)
    except BadRulesError as bad:
        return None, list(bad.faults)
    rule, faults = check_rule(Reading.of(document), path)
    return (RuleFile(path, document, rule) if rule and not faults else None), faults


def check_rule(reading: Reading, path: PurePath) -> tuple[Rule | None, list[Fault]]:
    """The rule in a document that lies at `path`, with every fault for which it is not loaded."""
    rule, faults = _rule_in(reading)
    if isinstance(reading.document.data, dict):
        faults += _place_faults(reading.document, path)
    return rule, faults


def _place_faults(document: Document, path: PurePath) -> Iterable[Fault]:
    """`<category>/<slug>.yaml` holds the rule `<category>.<slug>`: an id says where its file lies."""
    expected = f"{path.parent.name}.{path.stem}"
    if document.data.get("id") not in (None, expected):
        yield document.fault(("id",), f'编号 "{document.data["id"]}" 与文件位置不符，应为 "{expected}"')
    if document.data.get("category") not in (None, path.parent.name):
        yield document.fault(
            ("category",),
            f'类别 "{document.data["category"]}" 与所在文件夹 "{path.parent.name}" 不符，请改成一样，或把文件移过去',
        )


def repeated_ids(files: Iterable[RuleFile]) -> Iterable[Fault]:
    """Rules whose id an earlier file has."""
    first: dict[str, RuleFile] = {}
    for file in files:
        before = first.setdefault(file.rule.id, file)
        if before is not file:
            yield file.document.fault(("id",), f'编号 "{file.rule.id}" 已用于 {before.document.file}')
