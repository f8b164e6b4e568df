"""The whole way in a browser: an incident is seen, its facts are settled, a statement is drafted and approved."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import visit
from tests.browser.test_pages import incident_address

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]
HOLDING = "微博应急声明"


def draft_from(page: Page, title: str) -> None:
    """Press the draft button of a template; the draft's page opens."""
    page.locator("#drafts li", has_text=title).get_by_role("button", name="起草").click()
    page.wait_for_url("**/drafts/**")
    page.wait_for_selector(".statement")


def test_from_an_incident_to_an_approved_statement(open_page: OpenPage) -> None:
    pr = open_page("pr")
    visit(pr, "/")
    pr.locator("a[href^='/incidents/inc']", has_text="收费争议").first.click()
    pr.wait_for_selector("#facts")
    expect(pr.locator("h1")).to_contain_text("收费争议")
    expect(pr.locator("#drafts")).to_contain_text("语言模型已按设置关闭")
    pr.get_by_role("button", name="从提及中提取").click()
    expect(pr.locator("#facts")).to_contain_text("会员费")
    expect(pr.locator("#facts").get_by_role("button", name="确认")).to_have_count(0)
    address = pr.url

    compliance = open_page("compliance")
    visit(compliance, address)
    fact = compliance.locator("#facts li[data-fact='amount']").first
    fact.get_by_role("button", name="确认").click()
    expect(compliance.locator("#facts li[data-fact='amount']", has_text="已确认")).to_have_count(1)

    visit(pr, address)
    draft_from(pr, HOLDING)
    tip = pr.locator(".sp-fact", has_text="400-").get_attribute("data-tip")
    assert tip == "事实\n客服热线：400-000-0000（登记信息 hotline，系统确认）"
    pr.get_by_role("button", name="提交审批").click()
    expect(pr.locator(".head")).to_contain_text("待审批")
    expect(pr.get_by_role("button", name="批准")).to_have_count(0)

    visit(compliance, "/drafts")
    compliance.locator("a[href^='/drafts/']", has_text=HOLDING).first.click()
    compliance.wait_for_selector(".statement")
    compliance.get_by_role("button", name="批准").click()
    expect(compliance.locator(".head")).to_contain_text("已批准")

    visit(pr, pr.url)
    expect(pr.locator(".timeline")).to_contain_text("compliance")
    records_the_publication(pr)
    visit(pr, address)
    expect(pr.locator(".timeline")).to_contain_text("发布声明")


def records_the_publication(pr: Page) -> None:
    """On the page of an approved draft: first without an address, then with one; the plot and the export are there."""
    pr.get_by_role("button", name="登记发布").click()
    pr.get_by_role("button", name="登记", exact=True).click()
    expect(pr.locator(".q-notification", has_text="网址").first).to_be_visible()
    pr.get_by_label("网址").fill("https://weibo.example/1")
    pr.keyboard.press("Enter")
    expect(pr.locator("#published")).to_contain_text("https://weibo.example/1")
    expect(pr.locator(".head")).to_contain_text("已发布")
    expect(pr.locator("svg.effect rect.before").first).to_be_visible()
    pr.get_by_role("button", name="导出").click()
    with pr.expect_download() as taken:
        pr.get_by_text("Word（附逐句出处）").click()
    assert taken.value.suggested_filename == "收费争议微博应急声明-第1版.docx"
    pr.get_by_role("button", name="更正").click()
    pr.get_by_label("为什么更正").fill("热线写错")
    pr.keyboard.press("Enter")
    expect(pr.locator(".statement").first).to_be_visible()
    expect(pr.locator(".note").first).to_contain_text("更正说明：我公司")
    expect(pr.locator("section", has_text="各版本与差异").last).to_contain_text("第1版 → 第2版 · 文字相同")


def test_what_is_not_confirmed_is_a_list_of_things_to_do(open_page: OpenPage) -> None:
    pr = open_page("pr")
    visit(pr, incident_address(pr))
    draft_from(pr, "收费争议微博短声明")
    expect(pr.locator(".sp-unresolved").first).to_contain_text("【待核实")
    expect(pr.locator(".head")).to_contain_text("有待核实")
    to_do = pr.locator("section", has_text="待核实清单").last
    expect(to_do.locator("li[data-question='measure']")).to_contain_text("未问")
    expect(to_do.get_by_role("link", name="事实登记")).to_have_attribute("href", re.compile("#facts$"))
    expect(pr.get_by_role("button", name="提交审批")).to_be_disabled()
    expect(pr.locator("#why-not")).to_contain_text("尚有待核实")


def test_all_channels_are_drafted_and_compared_on_one_page(open_page: OpenPage) -> None:
    pr = open_page("pr")
    visit(pr, f"{incident_address(pr)}/statements")
    pr.get_by_label("用哪类模板").click()
    pr.get_by_role("option", name="首次回应").click()
    pr.get_by_role("button", name="起草全部渠道").click()
    expect(pr.locator(".q-notification", has_text="已起草 6 份")).to_be_visible()
    expect(pr.locator(".beside-draft:visible")).to_have_count(6)
    expect(pr.locator(".head")).to_contain_text("说法一致")
    expect(pr.locator("table.matrix")).to_contain_text("声明日期")
    phone = open_page("pr", phone=True)
    visit(phone, pr.url)
    expect(phone.locator(".beside-draft:visible")).to_have_count(1)
    phone.locator("#channel-weibo").focus()
    phone.keyboard.press("ArrowRight")
    expect(phone.locator(".beside-draft:visible h2")).to_have_text("公众号正式声明")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    visit(phone, str(phone.locator(".beside-draft:visible a").first.get_attribute("href")))
    expect(phone.locator(".statement").first).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_returned_draft_shows_its_reason_to_the_author(open_page: OpenPage) -> None:
    pr = open_page("pr")
    visit(pr, incident_address(pr))
    draft_from(pr, "公众号应急声明")
    pr.get_by_role("button", name="提交审批").click()
    expect(pr.locator(".head")).to_contain_text("待审批")
    compliance = open_page("compliance")
    visit(compliance, pr.url)
    compliance.get_by_role("button", name="退回").click()
    compliance.get_by_label("退回理由").fill("第二段请再核对")
    compliance.keyboard.press("Enter")
    expect(compliance.locator(".head")).to_contain_text("已退回")
    visit(pr, pr.url)
    expect(pr.locator(".timeline")).to_contain_text("第二段请再核对")
    pr.get_by_role("button", name="再次提交").click()
    expect(pr.locator(".head")).to_contain_text("待审批")


def test_the_form_for_a_fact_shows_how_its_value_must_be_worded(open_page: OpenPage) -> None:
    page = open_page("department")
    visit(page, incident_address(page))
    page.get_by_role("button", name="手工登记").click()
    form = page.locator(".cd-dialog")
    expect(form).to_contain_text("接在“有用户反映”之后，例如：被额外收取会员服务费")
    page.get_by_label("来源类别").click()
    expect(page.get_by_role("option", name="文件材料")).to_be_visible()
    expect(page.get_by_role("option", name="公司登记信息")).to_have_count(0)
    page.keyboard.press("Escape")


def test_a_department_completes_its_own_task_and_sees_no_other_button(open_page: OpenPage) -> None:
    page = open_page("department")
    visit(page, incident_address(page))
    tasks = page.locator("#tasks li")
    own = tasks.filter(has=page.locator(".chip", has_text="客服"))
    others = tasks.filter(has_not=page.locator(".chip", has_text="客服"))
    expect(others.first).to_be_visible()
    expect(others.get_by_role("button", name="完成")).to_have_count(0)
    own.first.get_by_role("button", name="完成").click()
    page.get_by_label("说明").fill("已整理工单")
    page.keyboard.press("Enter")
    expect(page.locator("#tasks")).to_contain_text("已完成")


def test_an_inquiry_is_opened_by_hand_and_closed_again(open_page: OpenPage) -> None:
    page = open_page("analyst")
    visit(page, "/incidents")
    page.get_by_role("button", name="手工新建事件").click()
    page.get_by_label("事件名称").fill("某报采访函")
    page.get_by_label("类别").click()
    page.get_by_role("option", name="公司治理").click()
    page.get_by_label("缘由").fill("记者来函询问高管变动")
    page.get_by_role("button", name="新建", exact=True).click()
    page.wait_for_url("**/incidents/inc*")
    page.wait_for_selector("h1")
    expect(page.locator("h1")).to_contain_text("某报采访函")
    expect(page.locator(".timeline")).to_contain_text("记者来函询问高管变动")
    page.get_by_role("button", name="关闭事件").click()
    page.get_by_label("理由").fill("已答复")
    page.keyboard.press("Enter")
    expect(page.locator(".head")).to_contain_text("已关闭")
    expect(page.get_by_role("button", name="重新打开")).to_be_visible()


def test_rewording_by_hand_makes_a_new_version_that_is_proven_again(open_page: OpenPage) -> None:
    pr = open_page("pr")
    visit(pr, incident_address(pr))
    draft_from(pr, "客服应急口径")
    before = pr.url
    pr.get_by_text("人工改写一段").click()
    pr.get_by_label("改成").fill("我们保证三天内全额退款")
    pr.get_by_role("button", name="存为新版本").click()
    pr.wait_for_url(lambda url: "/drafts/" in url and url != before)
    expect(pr.locator(".head")).to_contain_text("核验未通过")
    expect(pr.locator(".statement .sp-human")).to_have_text("我们保证三天内全额退款")
    expect(pr.locator("table", has_text="不通过").first).to_contain_text("人工修改含有未登记")
