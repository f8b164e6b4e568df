"""规则 detail: what it says in words beside its file, who handles what it finds, how it fares, and what it decided."""

from fastapi import Request
from nicegui import ui

from api.web.blocks import panel
from api.web.render import render
from api.web.rule_case_drafts import draw_case_drafts
from api.web.rule_chart import alert_options
from api.web.rule_texts import STATUS_MEANINGS, STATUS_TITLES, health_words, word_lines
from api.web.shell import Viewer, html
from engine.permissions import Permission
from engine.views import RuleDetail
from engine.workbench.reads import DECISION_DAYS

_SHOWN = 20


async def build(viewer: Viewer, request: Request) -> None:
    """The page of one rule in force; nothing on it changes while it is open."""
    now = await viewer.realm_now()
    detail = await viewer.ask(viewer.desk.rule_detail, viewer.realm, request.path_params["rule_id"], now)
    rule = detail.rule
    with ui.element("div").classes("head"):
        html(render("rule_head", rule=rule, statuses=STATUS_TITLES, may_edit=viewer.may(Permission.propose_release)))
    with panel("规则", f"第 {rule.version} 版，原文 {detail.path}"):
        html(render("rule_words", lines=word_lines(rule), detail=detail))
    await draw_case_drafts(viewer, rule.id)
    with ui.element("div").classes("split"):
        with ui.element("div").classes("col"):
            _draw_decisions(detail)
            with panel("用例", order=5):
                html(render("rule_tests", report=await viewer.ask(viewer.desk.rule_tests, rule.id), unfolded=False))
        with ui.element("div").classes("col"):
            with panel("健康", order=2):
                fitness = (await viewer.ask(viewer.desk.rule_fitness, viewer.realm, now)).get(rule.id)
                html(render("rule_health", words=health_words(rule, fitness), health=fitness))
            with panel("版本历史", "由哪次发布改动", order=6):
                versions = await viewer.ask(viewer.desk.rule_history, viewer.realm, rule.id)
                html(render("rule_history", versions=versions, now=now))
            with panel("说明", order=4):
                today = now.date()
                html(render("rule_about", rule=rule, statuses=STATUS_TITLES, meanings=STATUS_MEANINGS, today=today))


def _draw_decisions(detail: RuleDetail) -> None:
    count = len(detail.alerts)
    with panel("近30天告警", f"{count} 次，同一件事连续几小时只计一次", order=3, anchor="decisions"):
        if count:
            options = alert_options(detail.alerts, detail.at, DECISION_DAYS)
            ui.echart(options).classes("pad").style("height:210px;width:100%")
        html(render("rule_decisions", decisions=detail.decisions, shown=_SHOWN, now=detail.at))
