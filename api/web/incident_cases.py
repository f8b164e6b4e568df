"""What a false alarm asks of the rules: a link to each draft test case that came of it."""

from typing import TYPE_CHECKING

from api.web.render import render

if TYPE_CHECKING:
    from api.web.incident import IncidentPage


async def case_note(page: "IncidentPage") -> str:
    """HTML that names the draft cases of an incident that was a false alarm; empty when there are none."""
    if not page.detail.row.incident.false_alarm:
        return ""
    drafts = [one for one in await page.viewer.ask(page.viewer.desk.case_drafts) if one.incident == page.id]
    titles = {rule.id: rule.title for rule in await page.viewer.ask(page.viewer.desk.rules_in_force)}
    return render("incident_cases", drafts=drafts, titles=titles) if drafts else ""
