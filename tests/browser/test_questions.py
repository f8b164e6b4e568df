"""From a draft's to-do list to the department that knows, and back."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import visit
from tests.browser.test_pages import incident_address
from tests.browser.test_whole_way import OpenPage, draft_from

pytestmark = pytest.mark.browser


def test_a_department_answers_what_a_draft_waits_for_and_the_draft_says_so(open_page: OpenPage) -> None:
    pr = open_page("pr")
    incident = incident_address(pr)
    visit(pr, incident)
    draft_from(pr, "收费争议微博短声明")
    pr.get_by_role("button", name="向部门核实").click()
    asked = pr.locator("[data-question='complaint']")
    expect(asked).to_contain_text("客服")
    expect(pr.get_by_role("button", name="向部门核实")).to_have_count(0)
    draft = pr.url

    service = open_page("department")
    visit(service, incident)
    question = service.locator("#tasks li", has_text="反映的问题")
    question.get_by_role("button", name="答复").click()
    dialog = service.locator(".cd-dialog")
    dialog.get_by_label("内容").fill("办理分期时被额外收取会员服务费")
    dialog.get_by_label("来源文件").fill("工单汇总 0302")
    dialog.get_by_role("button", name="答复").click()
    expect(question).to_contain_text("已答复")
    entry = service.locator("#facts li[data-entry='complaint']")
    expect(entry).to_contain_text("文件 工单汇总 0302")
    expect(entry).to_contain_text("确认：department")

    visit(pr, draft)
    expect(pr.locator("section", has_text="待核实清单").last).to_contain_text("事实已更新")
    expect(pr.locator("[data-question='complaint']")).to_have_count(0)
