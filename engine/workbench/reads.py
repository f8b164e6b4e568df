"""What the workbench shows of a rule: its files in force, and what it decided lately."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from engine.backtesting.episodes import decisions_of
from engine.coverage import CoverageReport, coverage
from engine.errors import NotFound
from engine.intake.times import CHINA
from engine.model import Actor, Category, Finding, Level, Realm
from engine.permissions import Permission, require
from engine.reads import Reads
from engine.rule_health import RuleHealth, rule_health
from engine.rule_testing.shift import MovedCases, accept_outcomes, move_cases
from engine.rule_testing.tests import RuleTestReport
from engine.store import queries
from engine.store.rule_findings import findings_of_rule
from engine.views import MentionRow, RuleDecision, RuleDetail
from engine.workbench.reading import RuleReading, read_rule
from engine.workbench.views import test_report
from rules.handling import Duty, Handling
from rules.schema import Rule, RuleStatus

DECISION_DAYS: Final = 30
_RULES: Final = "rules/"


class RuleReads(Reads):
    """See `engine.commands.Desk`."""

    def rule_files(self, actor: Actor) -> Mapping[str, str]:
        """The rule files, their tests and the table of duties that are in force, by path."""
        require(actor, Permission.read)
        return {path: text for path, text in self.release.content.files.items() if path.startswith(_RULES)}

    def rules_in_force(self, actor: Actor) -> tuple[Rule, ...]:
        """The rules that decide, in the order of their ids."""
        require(actor, Permission.read)
        return self.release.rules.rules

    def rule_fitness(self, actor: Actor, realm: Realm, now: datetime) -> Mapping[str, RuleHealth]:
        """How each rule that is looked at is doing, by its id."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            return {one.rule: one for one in rule_health(connection, realm, self.release.rules, now)}

    def rule_detail(self, actor: Actor, realm: Realm, rule_id: str, now: datetime) -> RuleDetail:
        """A rule in force with what it decided in the last thirty days. Raises NotFound."""
        require(actor, Permission.read)
        release = self.release
        rule, path = release.rules.rule(rule_id), rule_path(rule_id)
        with self.database.read() as connection:
            since, tried = now - timedelta(days=DECISION_DAYS), rule.status in (RuleStatus.draft, RuleStatus.shadow)
            found = findings_of_rule(connection, realm, rule_id, since, tried=tried)
        return RuleDetail(
            rule=rule,
            path=path,
            text=release.content.files[path],
            tests=release.content.files.get(tests_path(path)),
            duties=tuple((level, _duty(release.rules.handling, rule.category, level)) for level in rule.levels),
            alerts=tuple((one.start, one.level) for one in decisions_of(finding for finding, _ in found)),
            decisions=tuple(_decision(finding, incident) for finding, incident in found),
            at=now,
        )

    def mentions_behind(self, actor: Actor, realm: Realm, ids: Sequence[str]) -> tuple[MentionRow, ...]:
        """These mentions as far as they are stored, newest first."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            return tuple(queries.mentions_by_id(connection, realm, list(dict.fromkeys(ids))))

    def rule_tests(self, actor: Actor, rule_id: str) -> RuleTestReport:
        """The results of a rule's test cases. Raises NotFound."""
        require(actor, Permission.read)
        files, path = self.release.content.files, rule_path(rule_id)
        if path not in files:
            raise NotFound(f"没有规则“{rule_id}”")
        return test_report(files[path], files.get(tests_path(path), ""))

    def run_rule_texts(self, actor: Actor, rule: str, tests: str) -> RuleTestReport:
        """The results of a rule's test cases as both texts are being edited."""
        require(actor, Permission.read)
        return test_report(rule, tests)

    def rule_coverage(self, actor: Actor) -> CoverageReport:
        """What there is for each category and level in force, and what is missing."""
        require(actor, Permission.read)
        release = self.release
        if release.rules.handling is None:
            raise NotFound("现行发布没有分级处置表")
        return coverage(release.rules, release.knowledge, release.rules.handling)

    def move_rule_cases(self, actor: Actor, old: str, new: str, tests: str) -> MovedCases:
        """The tests with the cases that stand at a moved threshold moved along."""
        require(actor, Permission.propose_release)
        return move_cases(old, new, tests)

    def accept_rule_outcomes(self, actor: Actor, rule: str, tests: str) -> MovedCases:
        """The tests with every failing case expecting what came out."""
        require(actor, Permission.propose_release)
        return accept_outcomes(rule, tests)

    def check_rule_text(self, actor: Actor, path: str, text: str, tests: str) -> RuleReading:
        """What is wrong with an edited rule file, and what it would change of the rule in force."""
        require(actor, Permission.read)
        before = next((rule for rule in self.release.rules.rules if rule_path(rule.id) == path), None)
        return read_rule(path, text, tests or None, before, self.clock().astimezone(CHINA).date())


def _duty(handling: Handling | None, category: Category, level: Level) -> Duty | None:
    return handling.duty(category, level) if handling else None


def rule_path(rule: str) -> str:
    """Where the file of a rule lies. Raises NotFound for what is no rule's id."""
    category, dot, slug = rule.partition(".")
    if not (category and dot and slug) or "/" in rule:
        raise NotFound(f"没有规则“{rule}”")
    return f"rules/packs/{category}/{slug}.yaml"


def tests_path(path: str) -> str:
    """Where the tests of a rule file lie."""
    return f"{path.removesuffix('.yaml')}_test.yaml"


def rule_of(path: str) -> str | None:
    """The id of the rule whose file or tests lie at a path; None for other files."""
    parts = path.removesuffix(".yaml").split("/")
    if len(parts) != 4 or not path.startswith("rules/packs/"):
        return None
    return f"{parts[2]}.{parts[3].removesuffix('_test')}"


def _decision(finding: Finding, incident: str) -> RuleDecision:
    return RuleDecision(
        finding=finding.id,
        at=finding.at,
        brand=finding.brand,
        level=finding.level,
        incident=incident or None,
        agreed=finding.agreed,
        engine_failed=finding.engine_failed,
        why=tuple(trace for trace in finding.explanation if trace.level is finding.level),
    )
