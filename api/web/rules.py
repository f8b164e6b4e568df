"""规则: all rules in force, with what each is for, how it fares and how often it alerted; sorted and filtered by the
address.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Request
from markupsafe import Markup
from nicegui import ui

from api.web.render import render
from api.web.rule_texts import STATUS_TITLES, HealthWord, health_words
from api.web.shell import Viewer, html
from engine.permissions import Permission
from engine.rule_health import RuleHealth
from rules.schema import Rule

_FIELDS: Final = ("text", "category", "status", "sort")
_STATUS_ORDER: Final = {status: number for number, status in enumerate(STATUS_TITLES)}


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in the list."""

    rule: Rule
    health: RuleHealth | None
    words: tuple[HealthWord, ...]

    @property
    def alerts_7d(self) -> int:
        """How often it spoke in the last week."""
        return self.health.alerts_7d if self.health else 0

    @property
    def alerts_30d(self) -> int:
        """How often it spoke in the last thirty days."""
        return self.health.alerts_30d if self.health else 0


_SORTS: Final[dict[str, tuple[str, Callable[[RuleRow], Any]]]] = {
    "title": ("规则", lambda row: row.rule.title),
    "category": ("类别", lambda row: (row.rule.category, row.rule.id)),
    "status": ("状态", lambda row: _STATUS_ORDER[row.rule.status]),
    "health": ("健康", lambda row: min(word.order for word in row.words)),
    "alerts_7d": ("近7天", lambda row: -row.alerts_7d),
    "alerts_30d": ("近30天", lambda row: -row.alerts_30d),
    "owner": ("负责", lambda row: row.rule.owner),
    "review": ("复核日期", lambda row: row.rule.review_by),
}
"""What the list can be sorted by: the column's name, and the key."""


async def build(viewer: Viewer, request: Request) -> None:
    """The list; filters and order live in the address."""
    form = {name: request.query_params.get(name, "").strip() for name in _FIELDS}
    now = await viewer.realm_now()
    fitness = await viewer.ask(viewer.desk.rule_fitness, viewer.realm, now)
    rules = await viewer.ask(viewer.desk.rules_in_force)
    rows = [RuleRow(rule, fitness.get(rule.id), health_words(rule, fitness.get(rule.id))) for rule in rules]
    edits = await viewer.ask(viewer.desk.rule_edits)
    with ui.element("div").classes("head"):
        html("<h1>规则</h1>")
        html(render("rules_links", edits=len(edits), may_edit=viewer.may(Permission.propose_release)))

    def link(**changed: str) -> Markup:
        chosen = {name: value for name, value in (form | changed).items() if value}
        return Markup("/rules?{}").format(urlencode(chosen)) if chosen else Markup("/rules")

    shown = sorted(_chosen(rows, form), key=lambda row: row.rule.id)
    _, key = _SORTS.get(form["sort"], _SORTS["category"])
    html(
        render(
            "rules",
            rows=sorted(shown, key=key),
            total=len(rows),
            form=form,
            sorts={name: title for name, (title, _) in _SORTS.items()},
            link=link,
            statuses=STATUS_TITLES,
            edited={edit.path for edit in edits},
            today=now.date(),
        )
    )


def _chosen(rows: Iterable[RuleRow], form: dict[str, str]) -> Iterable[RuleRow]:
    """The rows that the filters leave; words may stand in the title, the id, the rationale or the owner."""
    wanted = form["text"].lower()
    for row in rows:
        rule = row.rule
        said = f"{rule.title} {rule.id} {rule.rationale} {rule.owner}".lower()
        if form["category"] in ("", rule.category) and form["status"] in ("", rule.status) and wanted in said:
            yield row
