"""复盘入库: on the page of a closed incident, its way into the knowledge base; and what strategies came to."""

from typing import TYPE_CHECKING

from api.web.blocks import button, panel
from api.web.render import render
from api.web.shell import Viewer, act, html
from engine.learning.views import LearningState
from engine.learning.wording import CONFOUNDED, basis_line, little_line, mood_line, response_line
from engine.model import Category, IncidentStatus
from engine.permissions import Permission

if TYPE_CHECKING:
    from api.web.incident import IncidentPage

_WORDS = {
    "response_line": response_line,
    "mood_line": mood_line,
    "little_line": little_line,
    "basis_line": basis_line,
    "confounded": CONFOUNDED,
}


async def learning_of(page: "IncidentPage") -> LearningState | None:
    """How far a closed incident has come; None for one that is not closed, or was no incident."""
    incident = page.detail.row.incident
    if incident.status is not IncidentStatus.closed or incident.false_alarm:
        return None
    return await page.viewer.ask(page.viewer.desk.learning_state, page.id)


def draw_learning(page: "IncidentPage") -> None:
    """The panel, or nothing while the incident is not closed."""
    state = page.learned
    if state is None:
        return
    may_edit = page.viewer.may(Permission.edit_knowledge)
    with panel("复盘入库", "关闭的事件整理成案例，下一次检索得到", anchor="learning"):
        html(render("learning", state=state, may_edit=may_edit))
        if state.can_learn and may_edit:
            button("整理成历史事件", lambda: _learn(page), main=True).classes("learn")


async def _learn(page: "IncidentPage") -> None:
    with page.head:  # the button may be gone by then: the page redraws its panel when the draft is there
        command = page.viewer.ask(page.viewer.desk.learn_from, page.id)
        await act(command, "已整理成草稿：请补充标出的内容，再提交复核")
        await page.refresh()


async def plan_outcomes_html(page: "IncidentPage") -> str:
    """What the planned strategy of an incident came to before."""
    found = await page.viewer.ask(page.viewer.desk.incident_outcomes, page.id)
    return render("plan_outcomes", found=found, outcomes=found.all_levels, planned={found.strategy}, **_WORDS)


async def draw_outcomes(viewer: Viewer, category: str, planned: frozenset[str]) -> None:
    """A panel with the strategies of a category; `planned` are those of the playbook."""
    outcomes = await viewer.ask(viewer.desk.strategy_outcomes, Category(category))
    with panel("策略与结果", "同类历史事件", order=4, anchor="outcomes"):
        html(render("outcomes", outcomes=outcomes, planned=planned, **_WORDS))
