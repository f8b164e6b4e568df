"""总览: first what is forming and what is due, then the trend and what just arrived."""

from collections.abc import Sequence

from fastapi import Request
from nicegui import ui

from api.errors import HANDLED
from api.web.blocks import panel
from api.web.charts import trend_options
from api.web.messages import Message, messages
from api.web.render import render
from api.web.shell import Viewer, html, update
from engine.views import Overview

REFRESH_SECONDS = 5.0
_LATEST = 12
_NOTHING = ("目前没有正在形成的事件", "新提及到达后会自动判断；也可以到“事件”页手工新建，例如收到采访函时。")


async def build(viewer: Viewer, _request: Request) -> None:
    """Fill the page and keep it fresh."""
    page = _Page(viewer)
    await page.load()
    ui.timer(REFRESH_SECONDS, page.refresh, immediate=False)


class _Page:
    """The elements that change while the page is open."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        html("<h1 style='margin-bottom:12px'>总览</h1>")
        self.fault = html("")
        self.figures = html("")
        with ui.element("div").classes("split"):
            with ui.element("div").classes("col"):
                with panel("正在形成", "进行中与已缓和的事件，最严重的在前", order=1):
                    self.incidents = html("")
                with panel("负面趋势", "最近48小时，竖线为告警时刻", order=3):
                    self.chart = ui.echart({}).classes("pad").style("height:300px;width:100%")
                with panel("最新提及", '<a href="/mentions">全部提及</a>', order=4):
                    self.latest = html("")
            with ui.element("div").classes("col"):
                with panel("待办与时限", "最先到期的在前", order=2, anchor="due"):
                    self.due = html("")
                with panel("消息", "最新的在前", order=3, anchor="messages"):
                    self.messages = html("")

    async def load(self) -> None:
        """Read and show."""
        view = await self.viewer.ask(self.viewer.reads.overview, self.viewer.realm)
        told = await self.viewer.ask(self.viewer.reads.notifications, self.viewer.realm)
        self.fill(view, messages(told))

    def fill(self, view: Overview, told: Sequence[Message]) -> None:
        """Show a view; unchanged parts are left alone."""
        late = sum(1 for item in view.due if item.task.due_at < view.at)
        update(self.figures, render("figures", view=view, late=late))
        update(
            self.incidents,
            render("incident_table", rows=view.incidents, now=view.at, nothing=_NOTHING),
        )
        update(self.due, render("due", due=view.due, now=view.at))
        update(self.messages, render("messages", messages=told, now=view.at))
        update(self.latest, render("latest", rows=view.latest[:_LATEST], now=view.at))
        options = trend_options(view.trend, view.alarms, view.at)
        if dict(self.chart.options) != options:
            self.chart.options.clear()
            self.chart.options.update(options)
            self.chart.update()

    async def refresh(self) -> None:
        """Read again; a fault keeps what is shown and says so."""
        try:
            await self.load()
            update(self.fault, "")
        except HANDLED as error:
            update(self.fault, render("fault", message=str(error), kept="页面保留的是上一次读到的内容。"))
