"""Who may do what: the one table. Commands check it; pages and routes read it to show only what is allowed."""

from enum import StrEnum
from typing import Final

from engine.errors import NotAllowed
from engine.model import ROLE_TITLES, Actor, Role


class Permission(StrEnum):
    """One member per command and per kind of read."""

    read = "read"
    search = "search"
    precheck = "precheck"
    export = "export"
    ingest = "ingest"
    open_incident = "open_incident"
    set_level = "set_level"
    close = "close"
    reopen = "reopen"
    merge = "merge"
    false_alarm = "false_alarm"
    complete_task = "complete_task"
    propose_facts = "propose_facts"
    add_fact = "add_fact"
    confirm_fact = "confirm_fact"
    dispute_fact = "dispute_fact"
    ask = "ask"
    answer = "answer"
    draft = "draft"
    submit = "submit"
    approve = "approve"
    return_ = "return"
    publish = "publish"
    draft_case = "draft_case"
    propose_release = "propose_release"
    approve_release = "approve_release"
    activate_release = "activate_release"
    edit_knowledge = "edit_knowledge"
    review_knowledge = "review_knowledge"
    read_audit = "read_audit"
    manage_users = "manage_users"


_TITLES: Final = {
    Permission.read: "查看",
    Permission.search: "检索案例",
    Permission.precheck: "事前评估",
    Permission.export: "导出报告",
    Permission.ingest: "录入提及",
    Permission.open_incident: "新建事件",
    Permission.set_level: "调整等级",
    Permission.close: "关闭事件",
    Permission.reopen: "重新打开事件",
    Permission.merge: "合并事件",
    Permission.false_alarm: "标记误报",
    Permission.complete_task: "完成任务",
    Permission.propose_facts: "提取事实",
    Permission.add_fact: "登记事实",
    Permission.confirm_fact: "确认事实",
    Permission.dispute_fact: "存疑事实",
    Permission.ask: "向部门核实",
    Permission.answer: "答复核实",
    Permission.draft: "起草声明",
    Permission.submit: "提交审批",
    Permission.approve: "批准声明",
    Permission.return_: "退回声明",
    Permission.publish: "登记发布",
    Permission.draft_case: "起草规则用例",
    Permission.propose_release: "提交发布申请",
    Permission.approve_release: "批准发布",
    Permission.activate_release: "启用或回退发布",
    Permission.edit_knowledge: "修改知识库",
    Permission.review_knowledge: "审核历史事件",
    Permission.read_audit: "查看审计记录",
    Permission.manage_users: "管理用户",
}

_EVERYONE: Final = frozenset({Role.pr, Role.compliance, Role.analyst, Role.department, Role.operator, Role.system})
_OFFICE: Final = frozenset({Role.pr, Role.compliance, Role.analyst})
_HANDLERS: Final = frozenset({Role.pr, Role.analyst})

ALLOWED: Final[dict[Permission, frozenset[Role]]] = {
    Permission.read: _EVERYONE,
    Permission.search: _OFFICE | {Role.department, Role.system},
    Permission.precheck: _OFFICE | {Role.department},
    Permission.export: _OFFICE,
    Permission.ingest: frozenset({Role.analyst, Role.operator, Role.system}),
    Permission.open_incident: _OFFICE,
    Permission.set_level: _OFFICE,
    Permission.close: _HANDLERS,
    Permission.reopen: _OFFICE,
    Permission.merge: _HANDLERS,
    Permission.false_alarm: frozenset({Role.compliance, Role.analyst}),
    Permission.complete_task: frozenset({Role.pr, Role.compliance, Role.department}),
    Permission.propose_facts: _OFFICE,
    Permission.add_fact: _OFFICE | {Role.department},
    Permission.confirm_fact: frozenset({Role.compliance, Role.department}),
    Permission.dispute_fact: _OFFICE | {Role.department},
    Permission.ask: _OFFICE,
    Permission.answer: frozenset({Role.compliance, Role.department}),
    Permission.draft: frozenset({Role.pr}),
    Permission.submit: frozenset({Role.pr}),
    Permission.approve: frozenset({Role.compliance}),
    Permission.return_: frozenset({Role.compliance}),
    Permission.publish: frozenset({Role.pr}),
    Permission.draft_case: frozenset({Role.compliance, Role.analyst}),
    Permission.propose_release: frozenset({Role.compliance, Role.analyst}),
    Permission.approve_release: frozenset({Role.compliance}),
    Permission.activate_release: frozenset({Role.compliance, Role.operator}),
    Permission.edit_knowledge: _OFFICE,
    Permission.review_knowledge: frozenset({Role.compliance, Role.analyst}),
    Permission.read_audit: frozenset({Role.compliance, Role.operator}),
    Permission.manage_users: frozenset({Role.operator, Role.system}),
}


def allowed(role: Role, permission: Permission) -> bool:
    """Whether a role may do this."""
    return role in ALLOWED[permission]


def require(actor: Actor, permission: Permission) -> None:
    """Raise NotAllowed unless the actor's role may do this."""
    if not allowed(actor.role, permission):
        raise NotAllowed(f"{ROLE_TITLES[actor.role]}没有“{_TITLES[permission]}”的权限")
