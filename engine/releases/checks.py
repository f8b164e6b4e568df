"""What a content must pass before it can be proposed: every fault of rules, tests, knowledge and wording at once."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from engine.coverage import coverage
from engine.drafting.template_review import review_template
from engine.errors import CrisisDeskError, ReleaseError
from engine.releases.content import ReleaseContent
from engine.releases.release import Files, load_release
from engine.rule_set import RuleSet
from engine.scoring.brands import load_registry
from engine.scoring.lexicon import load_lexicon
from engine.workbench.views import test_report
from knowledge.errors import BadKnowledgeError
from knowledge.lint import lint
from knowledge.loader import load_knowledge
from rules.cases import case_path
from rules.document import parse_document
from rules.lint import lint_rules

_HANDLING: Final = "rules/handling.yaml"
_REMEMBERED: Final = 8


def content_faults(content: ReleaseContent) -> tuple[str, ...]:
    """Every fault, each with file and line, rules first; empty when the content may be proposed."""
    return (
        *_faults_of_rules(content.part("rules/")),
        *_failed_tests(content),
        *_faults_of_knowledge(content.part("knowledge/")),
        *_faults_of_brands(content.part("engine/scoring/brands")),
        *_faults_of_lexicons(content.part("engine/scoring/lexicons/")),
        *_uncovered(content),
    )


def _uncovered(content: ReleaseContent) -> tuple[str, ...]:
    """Categories and levels that lack a rule, somebody who answers, a playbook or a template."""
    try:
        release = load_release(content)
    except ReleaseError:
        return ()  # what cannot be read is told above
    handling = release.rules.handling
    if handling is None:
        return ()
    document = parse_document(_HANDLING, content.files[_HANDLING])
    return tuple(map(str, coverage(release.rules, release.knowledge, handling, document).gaps))


def _failed_tests(content: ReleaseContent) -> Iterator[str]:
    """What the tests of every rule do not show, rule by rule: what was tested before is remembered."""
    packs = dict(content.part("rules/packs/"))
    for path, text in packs.items():
        tests = case_path(Path(path)).as_posix()
        if tests in packs:
            results = test_report(text, packs[tests]).results
            yield from (replace(result, file=tests).text() for result in results if not result.ok)


@lru_cache(_REMEMBERED)
def _faults_of_rules(files: Files) -> tuple[str, ...]:
    return _found(files, _rules)


@lru_cache(_REMEMBERED)
def _faults_of_knowledge(files: Files) -> tuple[str, ...]:
    return _found(files, _knowledge)


@lru_cache(_REMEMBERED)
def _faults_of_brands(files: Files) -> tuple[str, ...]:
    return _found(files, lambda root: _said(lambda: load_registry(root / "engine" / "scoring" / "brands.yaml")))


@lru_cache(_REMEMBERED)
def _faults_of_lexicons(files: Files) -> tuple[str, ...]:
    return _found(files, lambda root: _said(lambda: load_lexicon(root / "engine" / "scoring" / "lexicons")))


def _found(files: Files, check: Callable[[Path], Iterator[str]]) -> tuple[str, ...]:
    with ReleaseContent(dict(files), "", "").on_disk() as root:
        return tuple(dict.fromkeys(one.replace(f"{root.as_posix()}/", "") for one in check(root)))


def _rules(root: Path) -> Iterator[str]:
    packs = root / "rules" / "packs"
    linted = lint_rules(packs)
    yield from map(str, linted.faults)
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
        yield from map(str, review_template(template, document.text, f"knowledge/{document.file}"))


def _said(read: Callable[[], object]) -> Iterator[str]:
    try:
        read()
    except CrisisDeskError as error:
        yield from str(error).splitlines()
