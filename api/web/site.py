"""All pages and their addresses."""

from fastapi import FastAPI
from nicegui import app as nicegui_app
from nicegui import ui

from api.errors import on_http_error
from api.parts import Parts
from api.web import (
    audit,
    compare,
    decision,
    draft,
    drafts,
    entry,
    entry_edit,
    incident,
    incidents,
    knowledge,
    mentions,
    missed,
    overview,
    precheck,
    release,
    releases,
    rule,
    rule_changes,
    rule_coverage,
    rule_edit,
    rule_vocabulary,
    rules,
    search,
    stale,
    statements,
)
from api.web.shell import TITLE, add_page
from engine.permissions import Permission


def mount_pages(app: FastAPI, parts: Parts) -> None:
    """Add every page. NiceGUI's own application is one per process, so this is done once in a process."""
    add_page(parts, "/", "总览", Permission.read, overview.build)
    add_page(parts, "/mentions", "提及", Permission.read, mentions.build)
    add_page(parts, "/mentions/missed", "漏报", Permission.draft_case, missed.build)
    add_page(parts, "/mentions/{mention_id}", "提及", Permission.read, mentions.build_one)
    add_page(parts, "/incidents", "事件", Permission.read, incidents.build)
    add_page(parts, "/incidents/{incident_id}", "事件", Permission.read, incident.build)
    add_page(parts, "/incidents/{incident_id}/statements", "各渠道声明", Permission.read, statements.build)
    add_page(parts, "/drafts", "草稿", Permission.read, drafts.build)
    add_page(parts, "/drafts/{draft_id}", "草稿", Permission.read, draft.build)
    add_page(parts, "/rules", "规则", Permission.read, rules.build)
    add_page(parts, "/rules/vocabulary", "事实词表", Permission.read, rule_vocabulary.build)
    add_page(parts, "/rules/coverage", "覆盖", Permission.read, rule_coverage.build)
    add_page(parts, "/decisions/{decision}", "判断", Permission.read, decision.build)
    add_page(parts, "/rules/changes", "我的改动", Permission.read, rule_changes.build)
    add_page(parts, "/rules/{rule_id}", "规则", Permission.read, rule.build)
    add_page(parts, "/rules/{rule_id}/edit", "修改规则", Permission.read, rule_edit.build)
    add_page(parts, "/releases", "发布", Permission.read, releases.build)
    add_page(parts, "/releases/{release}", "发布", Permission.read, release.build)
    add_page(parts, "/audit", "审计", Permission.read_audit, audit.build)
    add_page(parts, "/precheck", "事前评估", Permission.precheck, precheck.build)
    add_page(parts, "/search", "案例检索", Permission.search, search.build)
    add_page(parts, "/compare", "对照", Permission.search, compare.build)
    add_page(parts, "/knowledge", "知识库", Permission.read, knowledge.build)
    add_page(parts, "/knowledge/new", "新写历史事件", Permission.read, knowledge.build_new)
    add_page(parts, "/knowledge/stale", "需要再看的条目", Permission.read, stale.build)
    add_page(parts, "/knowledge/{entry_id}", "知识库", Permission.read, entry.build)
    add_page(parts, "/knowledge/{entry_id}/edit", "修改知识库", Permission.read, entry_edit.build)
    add_page(parts, "/knowledge/{entry_id}/revisions/{revision}", "修订", Permission.read, entry.build_revision)
    nicegui_app.add_exception_handler(404, on_http_error)
    ui.run_with(app, title=TITLE, language="zh-CN", tailwind=False, show_welcome_message=False, reconnect_timeout=10.0)
