"""误报 and 漏报 become draft test cases; who takes one puts it into a working copy of the rule's tests."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from engine.command_base import Commands, derived_id, said
from engine.errors import Conflict, InputError
from engine.model import Actor, Category, Incident, Level, MentionRecord, Realm
from engine.permissions import Permission, require
from engine.rule_testing.drafts import (
    CaseDraft,
    DraftKind,
    DraftStatus,
    case_from_finding,
    case_from_mentions,
    case_name,
    nearest_rule,
)
from engine.scored import mention_record
from engine.store import case_drafts, casework, rule_edits
from engine.store.mentions import load_mention
from engine.views import RuleEdit
from engine.workbench.reads import rule_path, tests_path
from rules.case_text import append_case, render_case
from rules.cases import LevelOrNone
from rules.errors import BadRulesError

_NO_SECRET = b"case-draft"


class CaseDraftCommands(Commands):
    """See `engine.commands.Desk`."""

    def case_drafts(self, actor: Actor, status: DraftStatus = DraftStatus.open) -> tuple[CaseDraft, ...]:
        """The drafts that stand so, newest first."""
        require(actor, Permission.read)
        with self.database.read() as connection:
            return case_drafts.load_drafts(connection, status)

    def draft_case_from_incident(
        self, actor: Actor, incident: str, reason: str, expected: LevelOrNone = "none"
    ) -> tuple[CaseDraft, ...]:
        """误报: for each rule that spoke in an incident a case that must give `expected` instead. Rules that said no
        more than that are left out. Conflict when none is left.
        """
        require(actor, Permission.draft_case)
        reason = said(reason, "理由")
        with self.database.write() as connection:
            found = casework.load_incident(connection, incident)
            drafts = keep_false_alarm(connection, actor, found, reason, self.clock(), expected)
            if not drafts:
                raise Conflict("没有规则在这起事件里说过更高的等级，没有可以写成用例的事实")
            for draft in drafts:
                self._audit(connection, actor, "case_draft.make", draft.id, f"误报 {draft.rule}：{reason}")
        return drafts

    def draft_case_from_mentions(
        self,
        actor: Actor,
        mention_ids: Sequence[str],
        category: Category,
        expected: Level,
        reason: str,
        *,
        realm: Realm = Realm.live,
        rule: str | None = None,
    ) -> CaseDraft:
        """漏报: a series of the picked mentions that must reach `expected`, for `rule` or else the category's rule
        that comes closest. Raises InputError where the mentions do not make one series.
        """
        require(actor, Permission.draft_case)
        reason = said(reason, "理由")
        with self.database.write() as connection:
            taken = [_record(connection, realm, one) for one in dict.fromkeys(mention_ids)]
            case = case_from_mentions(taken, expected, case_name(DraftKind.missed, reason))
            rules = self.release.rules
            found = rules.rule(rule) if rule else nearest_rule(rules.evaluated(category), case, expected)
            if found is None or found.category is not category:
                raise InputError("这一类别没有这样的规则，请先新建规则", field="类别")
            identity = derived_id("case", realm, found.id, expected, *sorted(mention_ids))
            draft = CaseDraft(
                id=identity,
                kind=DraftKind.missed,
                realm=realm,
                rule=found.id,
                case=case,
                text=render_case(case),
                reason=reason,
                made_by=actor.name,
                made_at=self.clock(),
            )
            case_drafts.save_draft(connection, draft)
            self._audit(connection, actor, "case_draft.make", draft.id, f"漏报 {draft.rule}：{reason}")
        return draft

    def accept_case_draft(self, actor: Actor, draft: str) -> CaseDraft:
        """Put a draft into the actor's working copy of the rule's tests, to be proposed from there."""
        require(actor, Permission.draft_case)
        with self.database.write() as connection:
            found = _open_draft(connection, draft)
            path = tests_path(rule_path(found.rule))
            base = self.release.content.files.get(path)
            edits = {one.path: one for one in rule_edits.load_edits(connection, actor.name)}
            before = edits[path].text if path in edits else base or ""
            edit = RuleEdit(path=path, base=base, text=_with(before, found), changed_at=self.clock())
            rule_edits.save_edit(connection, actor.name, edit)
            return self._settle_case(connection, actor, found, DraftStatus.accepted)

    def discard_case_draft(self, actor: Actor, draft: str) -> CaseDraft:
        """Do without a draft."""
        require(actor, Permission.draft_case)
        with self.database.write() as connection:
            return self._settle_case(connection, actor, _open_draft(connection, draft), DraftStatus.discarded)

    def _settle_case(self, connection: Connection, actor: Actor, draft: CaseDraft, status: DraftStatus) -> CaseDraft:
        decided = {"status": status, "decided_by": actor.name, "decided_at": self.clock()}
        draft = draft.model_copy(update=decided)
        case_drafts.save_draft(connection, draft)
        self._audit(connection, actor, f"case_draft.{status}", draft.id, draft.rule)
        return draft


def keep_false_alarm(
    connection: Connection,
    actor: Actor,
    incident: Incident,
    reason: str,
    at: datetime,
    expected: LevelOrNone = "none",
) -> tuple[CaseDraft, ...]:
    """A draft for each rule that spoke louder than `expected` in an incident; saying so again replaces them."""
    drafts = []
    for finding in case_drafts.loudest_findings(connection, incident.id):
        if expected != "none" and finding.level.rank <= expected.rank:
            continue
        case = case_from_finding(finding, case_name(DraftKind.false_alarm, reason), expected)
        drafts.append(
            CaseDraft(
                id=derived_id("case", incident.id, finding.rule),
                kind=DraftKind.false_alarm,
                realm=incident.realm,
                rule=finding.rule,
                case=case,
                text=render_case(case),
                reason=reason,
                made_by=actor.name,
                made_at=at,
                incident=incident.id,
            )
        )
        case_drafts.save_draft(connection, drafts[-1])
    return tuple(drafts)


def _record(connection: Connection, realm: Realm, mention: str) -> MentionRecord:
    """A mention as its windows saw it, whatever brand and category it counted for: that may be what went wrong."""
    found, scores = load_mention(connection, realm, mention)
    if scores is None:
        raise InputError(f"提及 {mention} 还没有评分，请稍后再选", field="提及")
    return mention_record(found, scores, "", scores.near_duplicate_group or mention, _NO_SECRET)


def _open_draft(connection: Connection, draft: str) -> CaseDraft:
    found = case_drafts.load_draft(connection, draft)
    if found.status is not DraftStatus.open:
        raise Conflict("这份用例草稿已经处理过")
    return found


def _with(tests: str, draft: CaseDraft) -> str:
    if not tests:
        return f"rule: {draft.rule}\ncases:\n{draft.text}"
    try:
        return append_case(tests, draft.case)
    except BadRulesError as bad:
        raise Conflict(f"用例文件有错，请先改好再加：\n{bad}") from bad
