"""The workbench in a browser: a rule is understood, changed, compared, approved by somebody else, and then decides."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Server, visit

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]
RULE = "privacy_leak.surge"
OWN, PARTNER = "澄禾消费金融", "栈桥数科"
WAIT = 30_000
COUNT = "最近1小时负面提及达到"
ACCOUNTS = "最近1小时发声账号达到"


def post_leaks(page: Page, server: Server, brand: str, numbers: range) -> None:
    """Mentions of a leak, each by another account."""
    headers = {"Authorization": f"Bearer {server.tokens['analyst']}"}
    for number in numbers:
        record = {
            "id": f"leak-{brand}-{number}",
            "text": f"{brand}泄露了我的资料，第{number}个电话了，{number * 7919}号客服不承认",
            "brand": brand,
            "platform": "微博",
            "author": {"name": f"{brand}受害者{number}", "followers": 30},
        }
        assert page.request.post("/api/v1/mentions", data=record, headers=headers).ok


def open_editor(page: Page, rule: str, tab: str = "") -> None:
    visit(page, f"/rules/{rule}/edit{f'?tab={tab}' if tab else ''}")
    expect(page.locator("#tests")).to_contain_text("个用例全部通过", timeout=WAIT)


def threshold(page: Page, label: str) -> Locator:
    """The number field of the mildest level."""
    return page.get_by_label(label).first


def source_line(page: Page, text: str) -> Locator:
    return page.locator(".cm-line", has_text=text).first


def drop_changes(page: Page, rule: str) -> None:
    """Back to what is in force, so that tests do not meet each other's work."""
    visit(page, f"/rules/{rule}/edit")
    page.get_by_role("button", name="放弃改动").click()
    page.locator(".cd-dialog").get_by_role("button", name="放弃改动").click()
    page.wait_for_url(f"**/rules/{rule}")


def test_the_list_tells_how_rules_fare_and_is_filtered_and_sorted_by_the_address(open_page: OpenPage) -> None:
    page = open_page("pr")
    visit(page, "/rules?category=fee_dispute")
    rows = page.locator("tbody tr")
    expect(rows.filter(has_text="收费争议集中爆发")).to_contain_text("正常")
    expect(rows.filter(has_text="收费争议多日持续升温")).to_contain_text("还没有告警过")
    expect(page.locator("tbody")).not_to_contain_text("隐私泄露")
    page.get_by_role("link", name="近7天告警").click()
    page.wait_for_url("**sort=alerts_7d*")
    expect(rows.first).to_contain_text("收费争议集中爆发")
    page.get_by_label("包含文字").fill("没有这样的规则")
    page.keyboard.press("Enter")
    expect(page.locator(".empty")).to_contain_text("没有符合条件的规则")


def test_a_rule_stands_in_words_beside_its_file_with_who_handles_it(open_page: OpenPage) -> None:
    page = open_page("pr")
    visit(page, "/rules/fee_dispute.surge")
    expect(page.locator(".rule-words")).to_contain_text("最近1小时负面提及达到")
    expect(page.locator("pre.source").first).to_contain_text("id: fee_dispute.surge")
    expect(page.get_by_role("row", name="逾期报给")).to_contain_text("首次响应")
    expect(page.get_by_role("row", name="中等")).to_contain_text("管理层")
    expect(page.locator("#decisions canvas")).to_be_visible()
    page.locator("#decisions summary", has_text="为什么").first.click()
    expect(page.locator("#decisions details[open]")).to_contain_text("的线")
    expect(page.get_by_role("link", name="修改")).to_have_count(0)
    visit(page, "/rules/fee_dispute.surge/edit")
    expect(page.get_by_role("alert")).to_contain_text("只有合规和分析师可以修改规则")


def test_the_vocabulary_says_what_each_fact_means_and_which_rules_use_it(open_page: OpenPage) -> None:
    page = open_page("department")
    visit(page, "/rules/vocabulary?text=热搜")
    row = page.locator("#hot_search_rank_24h")
    expect(row).to_contain_text("没有上榜时无值")
    row.locator("summary").click()
    expect(row.locator("a[href='/rules/fee_dispute.surge']")).to_be_visible()


def test_faults_stand_beside_their_lines_while_one_types_and_a_comment_stays(open_page: OpenPage) -> None:
    page = open_page("analyst")
    open_editor(page, "fee_dispute.viral", "source")
    source_line(page, "owner:").click()
    page.keyboard.press("End")
    page.keyboard.type("  # 由合规部与公关共同维护")
    source_line(page, "cooldown_minutes:").click()
    page.keyboard.press("End")
    page.keyboard.type("0000")
    line = source_line(page, "cooldown_minutes:")
    expect(line.locator(".cd-fault-note")).to_contain_text("太大")
    number = page.locator(".cm-lineNumbers .cm-gutterElement", has_text=re.compile(r"^\d+$"))
    assert number.count() > 10
    expect(page.locator("#faults")).to_contain_text(re.compile(r"第 \d+ 行.*cooldown_minutes"))
    for _ in "0000":
        page.keyboard.press("Backspace")
    expect(page.locator("#faults")).to_contain_text("没有问题")
    page.get_by_role("tab", name="表单").click()
    page.get_by_label("冷却").fill("240")
    expect(page.locator("#changes")).to_contain_text("4 小时")
    page.reload()
    page.get_by_role("tab", name="原文").click()
    expect(source_line(page, "owner:")).to_contain_text("# 由合规部与公关共同维护")
    expect(source_line(page, "cooldown_minutes:")).to_contain_text("240")
    drop_changes(page, "fee_dispute.viral")


def test_a_threshold_is_changed_compared_approved_by_somebody_else_and_then_decides(
    open_page: OpenPage, server: Server
) -> None:
    analyst, compliance = open_page("analyst"), open_page("compliance")
    post_leaks(analyst, server, PARTNER, range(4))
    lower_the_line(analyst)
    compare_and_propose(analyst)
    expect(analyst.locator(".note")).to_contain_text("由你提交，不能自己批准")
    expect(analyst.get_by_role("button", name="批准")).to_have_count(0)
    approve_and_activate(compliance)

    visit(compliance, f"/rules/{RULE}")
    expect(compliance.locator(".rule-words")).to_contain_text("最近1小时负面提及达到 4 条")
    expect(compliance.locator(".timeline")).to_contain_text("由达到 5 条改为达到 4 条")
    visit(compliance, "/incidents")
    expect(compliance.locator("tr", has_text="隐私泄露").filter(has_text=OWN)).to_have_count(0)
    post_leaks(analyst, server, OWN, range(4))
    visit(compliance, "/")
    row = compliance.locator("tr", has_text="隐私泄露").filter(has_text=OWN)
    expect(row).to_contain_text("轻微", timeout=WAIT)
    expect(row).to_contain_text("4 条")
    row.locator("a[href^='/incidents/inc']").first.click()
    compliance.wait_for_url("**/incidents/inc*")
    a_false_alarm_becomes_a_case(compliance)


def lower_the_line(page: Page) -> None:
    """In the form; lint and tests answer while one types."""
    open_editor(page, RULE)
    threshold(page, COUNT).fill("4")
    expect(page.locator("#changes")).to_contain_text("由达到 5 条改为达到 4 条")
    expect(page.locator("#faults")).to_contain_text("这一条多余")  # four accounts are four mentions at least
    expect(page.locator(".form-line", has_text=COUNT).first).to_contain_text("这一条多余")
    threshold(page, ACCOUNTS).fill("3")
    expect(page.locator("#faults")).to_contain_text("没有问题")
    expect(page.locator("#tests")).to_contain_text("未通过", timeout=WAIT)
    page.get_by_role("button", name="随门槛移动").click()
    expect(page.locator("#tests")).to_contain_text("1 个用例未通过", timeout=WAIT)  # a series, which a person judges
    page.get_by_role("button", name="按新结果改").click()
    page.locator(".cd-dialog").get_by_role("button", name="改", exact=True).click()
    expect(page.locator("#tests")).to_contain_text("个用例全部通过", timeout=WAIT)
    page.get_by_role("link", name="与现行规则比较").click()
    page.wait_for_url("**/rules/changes")


def compare_and_propose(page: Page) -> None:
    """What it would have meant last month, and the reason."""
    expect(page.locator(".rows li", has_text="隐私泄露集中爆发")).to_have_count(4)  # rule and tests, and what they mean
    page.get_by_role("button", name="开始比较").click()
    expect(page.locator("#compare")).to_contain_text("比较完成", timeout=60_000)
    expect(page.locator("#compare")).to_contain_text("新增告警 1")
    expect(page.locator("#compare canvas")).to_be_visible()
    page.locator("#compare summary", has_text="提及样例").click()
    expect(page.locator("#compare details[open]")).to_contain_text("泄露了我的资料")
    page.get_by_label("为什么要改").fill("泄露的投诉应更早知道")
    page.get_by_role("button", name="提交发布申请").click()
    page.wait_for_url("**/releases/*", timeout=60_000)


def approve_and_activate(page: Page) -> None:
    """By another person, who sees the same sentences and the same comparison."""
    visit(page, "/releases")
    page.get_by_role("link", name="泄露的投诉应更早知道").click()
    page.wait_for_url("**/releases/*")
    expect(page.locator(".split")).to_contain_text("由达到 5 条改为达到 4 条")
    expect(page.locator(".split")).to_contain_text("新增告警 1")
    for name, outcome in (("批准", "已批准"), ("启用", "生效")):
        page.get_by_role("button", name=name).click()
        page.locator(".cd-dialog").get_by_role("button", name=name).click()
        expect(page.locator(".head")).to_contain_text(outcome, timeout=WAIT)


def a_false_alarm_becomes_a_case(page: Page) -> None:
    """From the incident that is open to the tests of its rule."""
    page.get_by_role("button", name="标为误报").click()
    page.get_by_label("理由").fill("演练流量混入")
    page.keyboard.press("Enter")
    page.locator(".note", has_text="已生成待定用例").get_by_role("link", name="隐私泄露集中爆发").click()
    page.wait_for_url(f"**/rules/{RULE}*")
    draft = page.locator("#drafts li", has_text="演练流量混入")
    expect(draft).to_contain_text("不告警")
    draft.get_by_role("button", name="取入我的改动").click()
    page.wait_for_url("**/edit?tab=tests")
    expect(page.locator("#tests")).to_contain_text(
        "演练流量混入", timeout=WAIT
    )  # it fails as long as the rule is as it is
    drop_changes(page, RULE)


def test_missed_mentions_are_picked_and_become_a_case(open_page: OpenPage) -> None:
    page = open_page("analyst")
    visit(page, "/mentions?text=安心分期")
    for number in range(3):
        page.get_by_label("选中这条提及").nth(number).check()
    page.get_by_role("button", name="作为漏报生成用例").click()
    page.wait_for_url("**/mentions/missed?*")
    expect(page.locator(".rows li")).to_have_count(3)
    page.get_by_label("由哪条规则").click()
    page.get_by_role("option", name="收费争议内容大范围转发或上热搜").click()
    page.get_by_label("理由").fill("三条合起来应当告警")
    page.get_by_role("button", name="生成待定用例").click()
    page.wait_for_url("**/rules/fee_dispute.viral*")
    draft = page.locator("#drafts li", has_text="三条合起来应当告警")
    expect(draft).to_contain_text("中等")
    draft.get_by_role("button", name="丢弃").click()
    page.locator(".cd-dialog").get_by_role("button", name="丢弃").click()
    expect(page.locator("#drafts")).to_have_count(0)


def test_every_page_of_the_workbench_fits_a_phone(open_page: OpenPage) -> None:
    page = open_page("compliance", phone=True)
    for path in ("/rules/fee_dispute.surge/edit?tab=source", "/rules/vocabulary", "/rules/coverage", "/releases"):
        visit(page, path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
