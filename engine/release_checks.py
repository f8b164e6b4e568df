"""What a content must pass before it can be proposed: every fault of rules, tests, knowledge and wording at once."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

from engine.errors import CrisisDeskError
from engine.release import Files
from engine.release_content import ReleaseContent
from engine.rule_set import RuleSet
from engine.rule_tests import run_rule_tests
from engine.scoring.brands import load_registry
from engine.scoring.lexicon import load_lexicon
from engine.template_check import check_template
from knowledge.errors import BadKnowledgeError
from knowledge.lint import lint
from knowledge.loader import load_knowledge
from rules.lint import lint_rules

_REMEMBERED = 8


def content_faults(content: ReleaseContent) -> tuple[str, ...]:
    """Every fault, each with file and line, rules first; empty when the content may be proposed."""
    return (
        *_faults_of_rules(content.part("rules/")),
        *_faults_of_knowledge(content.part("knowledge/")),
        *_faults_of_scoring(content.part("engine/")),
    )


@lru_cache(_REMEMBERED)
def _faults_of_rules(files: Files) -> tuple[str, ...]:
    return _found(files, _rules)


@lru_cache(_REMEMBERED)
def _faults_of_knowledge(files: Files) -> tuple[str, ...]:
    return _found(files, _knowledge)


@lru_cache(_REMEMBERED)
def _faults_of_scoring(files: Files) -> tuple[str, ...]:
    return _found(files, _scoring)


def _found(files: Files, check: Callable[[Path], Iterator[str]]) -> tuple[str, ...]:
    with ReleaseContent(dict(files), "", "").on_disk() as root:
        return tuple(dict.fromkeys(one.replace(f"{root.as_posix()}/", "") for one in check(root)))


def _rules(root: Path) -> Iterator[str]:
    packs = root / "rules" / "packs"
    linted = lint_rules(packs)
    yield from map(str, linted.faults)
    tested = run_rule_tests(packs)
    yield from (str(fault) for fault in tested.faults if fault not in linted.faults)
    yield from (result.text() for result in tested.results if not result.ok)
    if linted.ok:
        yield from _said(lambda: RuleSet.load(packs))


def _knowledge(root: Path) -> Iterator[str]:
    try:
        knowledge = load_knowledge(root / "knowledge")
    except BadKnowledgeError as bad:
        yield from (f"knowledge/{fault}" for fault in bad.faults)
        return
    yield from (f"knowledge/{fault}" for fault in lint(knowledge))
    for template in knowledge.templates.values():
        document = knowledge.documents[template.id]
        yield from map(str, check_template(template, document.text, f"knowledge/{document.file}"))


def _scoring(root: Path) -> Iterator[str]:
    folder = root / "engine" / "scoring"
    yield from _said(lambda: load_registry(folder / "brands.yaml"))
    yield from _said(lambda: load_lexicon(folder / "lexicons"))


def _said(read: Callable[[], object]) -> Iterator[str]:
    try:
        read()
    except CrisisDeskError as error:
        yield from str(error).splitlines()
