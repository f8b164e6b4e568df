"""审计: who did what, newest first, from the chain that is checked as it is read."""

from datetime import datetime
from typing import Final

from fastapi import Request

from api.web.render import render
from api.web.shell import Viewer, html

NEWEST: Final = 200
ACTION_TITLES: Final = {
    "incident.opened": "事件新建",
    "incident.merged": "事件并入",
    "incident.escalated": "事件升级",
    "incident.calmed": "事件缓和",
    "incident.closed": "事件关闭",
    "incident.reopened": "事件重新打开",
    "command.open": "要求新建事件",
    "command.set_level": "要求调整等级",
    "command.close": "要求关闭事件",
    "command.reopen": "要求重新打开",
    "command.merge": "要求合并事件",
    "command.false_alarm": "标为误报",
    "command.refused": "要求未成功",
    "task.complete": "完成任务",
    "question.ask": "问部门",
    "question.answer": "答复问题",
    "fact.propose": "提取事实",
    "fact.add": "登记事实",
    "fact.confirm": "确认事实",
    "fact.dispute": "存疑事实",
    "draft.write": "存一版草稿",
    "draft.submit": "提交审批",
    "draft.approved": "批准声明",
    "draft.returned": "退回声明",
    "draft.publish": "登记发布",
    "draft.correction": "起草更正",
    "draft.withdrawal": "起草撤回",
    "draft.export": "导出声明",
    "mapping.keep": "保存列名对应",
    "mention.unscored": "提及未能评分",
    "release.activate": "启用发布",
    "release.propose": "提交发布",
    "release.approve": "批准发布",
    "release.reject": "驳回发布",
    "release.withdraw": "撤回发布",
    "release.rollback": "退回上一个发布",
    "case_draft.make": "生成待定用例",
    "case_draft.accepted": "取入待定用例",
    "case_draft.discarded": "丢弃待定用例",
    "knowledge.keep": "保存知识库修订",
    "knowledge.submit": "提交历史事件审核",
    "knowledge.accept": "审核通过历史事件",
    "knowledge.refuse": "历史事件审核未通过",
    "knowledge.recall": "撤回待审核的历史事件",
    "knowledge.withdraw": "停用历史事件",
    "knowledge.propose": "知识库修订随发布提交",
    "precedent.export": "导出检索结果",
    "comparison.export": "导出先例对照",
    "precheck.assessed": "事前评估",
    "user.add": "添加用户",
    "user.remove": "停用用户",
    "user.password": "更换密码",
    "user.token": "生成令牌",
}
"""Every action that is recorded; a test walks them."""


async def build(viewer: Viewer, _request: Request) -> None:
    """The newest entries; a chain that does not hold is told instead of them."""
    html("<h1 style='margin-bottom:4px'>审计</h1>")
    entries = await viewer.ask(viewer.reads.audit_entries, NEWEST)
    rows = [(entry, datetime.fromisoformat(entry.at)) for entry in entries]
    html(render("audit", rows=rows, titles=ACTION_TITLES, newest=NEWEST, now=viewer.now))
