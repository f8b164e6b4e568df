"""The pages as people meet them: by role, by keyboard, on a phone, with hostile text."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Server, type_login, visit
from tests.unit.precheck.test_word_files import paragraph, run, word

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]
PAGES = ("/", "/incidents", "/mentions", "/drafts", "/search", "/precheck", "/rules", "/releases", "/audit")


def incident_address(page: Page) -> str:
    """Of the crisis that the server begins with, whatever other tests opened since."""
    visit(page, "/incidents")
    return (
        page.locator("tr", has_text="收费争议").locator("a[href^='/incidents/inc']").first.get_attribute("href") or ""
    )


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        ("pr", ["总览", "事件", "提及", "草稿", "案例检索", "事前评估", "知识库", "规则", "发布"]),
        ("department", ["总览", "事件", "提及", "草稿", "案例检索", "事前评估", "知识库", "规则", "发布"]),
        ("operator", ["总览", "事件", "提及", "草稿", "知识库", "规则", "发布", "审计"]),
        ("compliance", ["总览", "事件", "提及", "草稿", "案例检索", "事前评估", "知识库", "规则", "发布", "审计"]),
    ],
)
def test_navigation_shows_what_the_role_may_see(open_page: OpenPage, role: str, shown: list[str]) -> None:
    page = open_page(role)
    visit(page, "/")
    assert page.locator(".cd-header .cd-nav a").all_inner_texts() == shown


def test_a_page_that_a_role_may_not_see_says_so(open_page: OpenPage) -> None:
    page = open_page("operator")
    visit(page, "/search?q=会员费")
    expect(page.get_by_role("alert")).to_contain_text("没有查看此页的权限")


def test_without_a_login_a_page_leads_to_the_login_and_back(open_page: OpenPage) -> None:
    page = open_page(None)
    page.goto("/incidents?status=open")
    type_login(page, "pr", "wrong password")
    expect(page.get_by_role("alert")).to_have_text("用户名或密码不对")
    page.fill("[name=password]", "correct horse battery")
    page.keyboard.press("Enter")
    page.wait_for_url("**/incidents?status=open")


def test_the_overview_says_what_is_forming_and_why_in_words_and_colour(open_page: OpenPage) -> None:
    page = open_page("pr")
    visit(page, "/")
    row = page.locator("tr", has_text="收费争议").first
    expect(row.locator(".chip").first).to_have_text("中等")
    expect(page.locator("canvas")).to_be_visible()
    expect(page.locator("#due li").first).to_be_visible()


def test_the_overview_tells_which_departments_were_told_of_what(open_page: OpenPage) -> None:
    page = open_page("pr")
    visit(page, "/")
    message = page.locator("#messages li", has_text="收费争议").first
    expect(message).to_contain_text(re.compile("通知 .*公关、合规"))
    message.locator("a").click()
    page.wait_for_url("**/incidents/inc*")


def test_the_audit_page_says_who_did_what_in_words(open_page: OpenPage) -> None:
    page = open_page("compliance")
    visit(page, "/audit")
    expect(page.get_by_text("整条链已从头核对，前后相连")).to_be_visible()
    row = page.locator("tr", has_text="事件新建").last
    expect(row).to_contain_text("系统")
    row.locator("a[href^='/incidents/inc']").click()
    page.wait_for_url("**/incidents/inc*")


def test_a_changed_audit_entry_is_told_plainly(open_page: OpenPage, server: Server) -> None:
    page = open_page("operator")
    change = "UPDATE audit SET document = replace(document, ?, ?) WHERE number = 1"
    words = ("incident.opened", "incident.closed")
    with closing(sqlite3.connect(server.data / "crisisdesk.sqlite3")) as store:
        store.execute(change, words)
        store.commit()
        visit(page, "/audit")
        store.execute(change, words[::-1])
        store.commit()
    expect(page.get_by_role("alert")).to_contain_text("审计记录第 1 条被改动或缺失")
    expect(page.locator("table")).to_have_count(0)


def test_an_unknown_address_leads_home(open_page: OpenPage) -> None:
    page = open_page("pr")
    answer = page.goto("/nowhere/at/all")
    assert answer is not None
    assert answer.status == 404
    expect(page.locator("h1")).to_have_text("没有这个地址")
    page.get_by_role("link", name="回到总览").click()
    page.wait_for_url("**/")
    beside = page.request.get("/api/v1/nothing")
    assert (beside.status, beside.json()["error"]["message"]) == (404, "没有这个地址")


def test_mentions_are_filtered_by_platform_and_lead_to_their_incident(open_page: OpenPage) -> None:
    page = open_page("analyst")
    visit(page, "/mentions")
    page.get_by_label("平台").fill("知乎")
    page.keyboard.press("Enter")
    page.wait_for_url("**platform=*")
    expect(page.locator(".empty")).to_contain_text("没有符合条件的提及")
    visit(page, "/mentions?platform=微博&text=安心分期")
    page.get_by_role("link", name="所属事件").first.click()
    page.wait_for_url("**/incidents/inc*")


def test_mention_text_is_shown_as_text_and_never_runs(open_page: OpenPage) -> None:
    page = open_page("pr")
    visit(page, "/mentions?text=onerror")
    expect(page.locator("td.said").first).to_contain_text("<img src=x onerror=")
    expect(page.locator("td.said").first).to_contain_text("{{7*7}}")
    page.locator("a[href^='/mentions/']").first.click()
    expect(page.locator(".statement")).to_contain_text("<script>window.hacked=1</script>")
    assert page.evaluate("window.hacked") is None


def test_filters_work_from_the_keyboard_and_live_in_the_address(open_page: OpenPage) -> None:
    page = open_page("analyst")
    visit(page, "/mentions")
    page.get_by_label("包含文字").fill("没有人写过的话")
    page.keyboard.press("Enter")
    page.wait_for_url("**/mentions?text=*")
    expect(page.locator(".empty")).to_contain_text("没有符合条件的提及")


def test_the_first_tab_reaches_a_link_that_skips_to_the_content(open_page: OpenPage) -> None:
    page = open_page("pr")
    visit(page, "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "MAIN"


def test_new_mentions_appear_without_reloading(open_page: OpenPage, server: Server) -> None:
    page = open_page("pr")
    visit(page, "/")
    headers = {"Authorization": f"Bearer {server.tokens['analyst']}"}
    record = {"id": "live-1", "text": "刚刚送到的一条普通提及", "brand": "澄禾消费金融"}
    assert page.request.post("/api/v1/mentions", data=record, headers=headers).ok
    expect(page.get_by_text("刚刚送到的一条普通提及")).to_be_visible(timeout=20_000)


def test_search_shows_reasons_and_says_when_there_is_no_precedent(open_page: OpenPage) -> None:
    page = open_page("analyst")
    visit(page, "/search")
    page.keyboard.type("用户投诉办理分期时被搭售会员费")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    hit = page.locator(".rows li").first
    expect(hit).to_contain_text("相近度")
    hit.locator("a").click()
    page.wait_for_url("**/knowledge/**")
    expect(page.locator("h1")).not_to_be_empty()
    visit(page, "/search?q=今天天气真好适合爬山")
    expect(page.locator(".note")).to_contain_text("没有相近先例")


def test_every_page_fits_a_phone_and_a_desk(open_page: OpenPage) -> None:
    page = open_page("compliance")
    for path in (*PAGES, incident_address(page)):
        visit(page, path)
        for screen in (DESK, PHONE):
            page.set_viewport_size(screen)
            page.wait_for_timeout(300)
            assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"], (path, screen)


def test_on_a_phone_the_menu_opens_and_leads_on(open_page: OpenPage) -> None:
    page = open_page("pr", phone=True)
    visit(page, "/")
    page.get_by_role("button", name="打开菜单").click()
    page.locator(".cd-drawer a", has_text="草稿").click()
    page.wait_for_url("**/drafts")


PLANNED = '最高可借20万，秒\u200b批！<img src=x onerror="window.hacked=1">{{7*7}}'


def test_a_planned_advert_is_assessed_and_its_findings_lead_to_the_words(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("department")
    visit(page, "/precheck")
    expect(page.locator(".empty")).to_contain_text("粘贴要发布的文字")
    page.keyboard.insert_text(PLANNED)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".precheck-verdict")).to_contain_text("修改后发布", timeout=90_000)
    expect(page.locator(".precheck-original")).to_contain_text("<img src=x")
    assert page.evaluate("window.hacked") is None
    page.locator(".precheck-findings a", has_text="秒").first.press("Enter")
    mark = page.locator("a.precheck-mark.must")
    expect(mark).to_be_in_viewport()
    assert "秒" in mark.inner_text()
    mark.press("Enter")
    expect(page.locator(".precheck-findings > li:target")).to_contain_text("承诺秒批")
    with page.expect_download() as download:
        page.get_by_role("button", name="下载 Word").click()
    assert download.value.suggested_filename.endswith(".docx")
    planned = tmp_path / "公告.txt"
    planned.write_text("关于系统故障的公告：正在抢修，请耐心等待。", "gb18030")
    page.set_input_files("input[type=file]", planned)
    expect(page.locator(".precheck-verdict")).to_contain_text("公告（自动判断）", timeout=60_000)


def test_a_file_is_refused_whole_and_its_unread_parts_stand_beside_the_verdict(
    open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page("department")
    visit(page, "/precheck")
    planned = tmp_path / "长文.txt"
    planned.write_text("长" * 100_001, "utf-8")
    page.set_input_files("input[type=file]", planned)
    expect(page.locator("#precheck-answer")).to_contain_text("文字超过 100000 个字符，请分成几份评估", timeout=60_000)
    expect(page.locator(".precheck-text textarea")).to_have_value("")
    picture = paragraph("<w:r><w:pict><v:imagedata/></w:pict></w:r>")
    planned = tmp_path / "公告.docx"
    planned.write_bytes(word(paragraph(run("关于系统故障的公告：正在抢修，请耐心等待。")) + picture))
    page.set_input_files("input[type=file]", planned)
    expect(page.locator(".precheck-verdict")).to_contain_text("图片没有读取，须另行核对", timeout=60_000)
    page.locator(".precheck-text textarea").fill("关于系统故障的公告：正在抢修，我们会尽快恢复。")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".precheck-original")).to_contain_text("尽快恢复", timeout=60_000)
    expect(page.locator(".precheck-verdict")).to_contain_text("图片没有读取")
    page.locator(".precheck-text textarea").fill("五一放假安排另行通知")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".precheck-original")).to_contain_text("五一放假", timeout=60_000)
    expect(page.locator(".precheck-verdict")).not_to_contain_text("没有读取")
