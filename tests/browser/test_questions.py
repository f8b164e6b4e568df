"""From a draft's to-do list to the department that knows, and back."""

import httpx
import pytest
from playwright.sync_api import expect

from tests.api.support import OWN
from tests.browser.conftest import Server, visit
from tests.browser.test_whole_way import OpenPage

pytestmark = pytest.mark.browser


def drafted(server: Server, category: str = "fund_safety") -> tuple[str, str]:
    """An incident of its own with a draft, nothing of it confirmed."""
    opened = {"brand": OWN, "category": category, "level": "medium", "title": "采访函", "reason": "记者来函"}
    headers = {"Authorization": f"Bearer {server.tokens['pr']}"}
    with httpx.Client(base_url=server.address, headers=headers, timeout=60) as client:
        incident = client.post("/api/v1/incidents", json=opened).raise_for_status().json()["id"]
        body = {"template": f"tpl.{category}.weibo"}
        draft = client.post(f"/api/v1/incidents/{incident}/drafts", json=body).raise_for_status().json()["id"]
    return str(incident), str(draft)


def test_a_department_answers_what_a_draft_waits_for_and_the_draft_says_so(open_page: OpenPage, server: Server) -> None:
    incident, draft = drafted(server)
    pr = open_page("pr")
    visit(pr, f"/drafts/{draft}")
    pr.get_by_role("button", name="向部门核实").click()
    asked = pr.locator("[data-question='complaint']")
    expect(asked).to_contain_text("客服")
    expect(pr.get_by_role("button", name="向部门核实")).to_have_count(0)

    service = open_page("department")
    visit(service, f"/incidents/{incident}")
    question = service.locator("#tasks li", has_text="反映的问题")
    question.get_by_role("button", name="答复").click()
    dialog = service.locator(".cd-dialog")
    dialog.get_by_label("内容").fill("还款被重复扣款")
    dialog.get_by_label("来源文件").fill("工单汇总 0302")
    dialog.get_by_role("button", name="答复").click()
    expect(question).to_contain_text("已答复")
    entry = service.locator("#facts li[data-entry='complaint']")
    expect(entry).to_contain_text("文件 工单汇总 0302")
    expect(entry).to_contain_text("确认：department")

    visit(pr, f"/drafts/{draft}")
    expect(pr.locator("section", has_text="待核实清单").last).to_contain_text("事实已更新")
    expect(asked).to_have_count(0)


def test_the_to_do_list_of_a_draft_leads_to_the_row_of_the_fact_that_is_missing(
    open_page: OpenPage, server: Server
) -> None:
    incident, draft = drafted(server, "debt_collection")
    page = open_page("pr")
    visit(page, f"/drafts/{draft}")
    address = page.get_by_role("link", name="事实登记").get_attribute("href") or ""
    assert address.startswith(f"/incidents/{incident}?fact=")
    key = address.partition("fact=")[2].partition("#")[0]
    visit(page, address)
    row = page.locator(f"#facts li.asked[data-entry='{key}']")
    expect(row).to_contain_text("未登记")
    expect(row).to_be_in_viewport()
