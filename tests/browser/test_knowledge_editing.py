"""A template is changed in the browser: faults beside the field, a preview, Ctrl+S, somebody else's work in between."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, visit

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]
ENTRY = "tpl.fee_dispute.weibo"
PLACE = f"/api/v1/knowledge/{ENTRY}"
WAIT = 30_000


def test_a_template_sentence_is_changed_and_nobodys_work_is_lost(open_page: OpenPage, server: Server) -> None:
    page = open_page("pr")
    visit(page, "/knowledge?kind=template&text=fee_dispute.weibo")
    page.get_by_role("link", name="收费争议微博短声明").click()
    page.get_by_role("link", name="编辑").click()
    options = page.get_by_label("可选措辞").first
    expect(page.locator("#preview")).to_contain_text("这一情况我们认真对待。", timeout=WAIT)
    options.fill("我们保证尽快处理。\n对由此带来的困扰，我们深表歉意。")
    expect(page.locator(".entry-form")).to_contain_text("有不宜使用的“保证”", timeout=WAIT)
    expect(page.locator("#faults")).to_contain_text("有不宜使用的“保证”")
    options.fill("这件事我们正在逐笔核对。\n对由此带来的困扰，我们深表歉意。")
    expect(page.locator("#preview")).to_contain_text("这件事我们正在逐笔核对。", timeout=WAIT)
    expect(page.locator("#changes")).to_contain_text("措辞增加：这件事我们正在逐笔核对。")
    page.keyboard.press("Control+s")
    expect(page.locator(".edit-head")).to_contain_text("修订 1 草稿", timeout=WAIT)

    headers = {"Authorization": f"Bearer {server.tokens['analyst']}"}
    work = page.request.get(f"{PLACE}/work", headers=headers).json()
    assert "- 这件事我们正在逐笔核对。" in work["text"]
    theirs = work["text"].replace("title: 收费争议微博短声明", "title: 收费争议微博声明")
    other = {"text": theirs, "parent": work["parent"], "reason": "改标题"}
    assert page.request.post(f"{PLACE}/revisions", headers=headers, data=other).ok
    page.get_by_label("责任部门").fill("公关部值班")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator(".fault")).to_contain_text("“analyst”", timeout=WAIT)
    expect(page.get_by_label("责任部门")).to_have_value("公关部值班")
    page.get_by_role("button", name="在那一份之上保存我的").click()
    expect(page.locator(".edit-head")).to_contain_text("修订 3 草稿", timeout=WAIT)
    expect(page.get_by_label("标题")).to_have_value("收费争议微博短声明")
    page.get_by_label("责任部门").fill("公关部")
    expect(page.locator(".edit-head")).to_contain_text("有未保存的改动", timeout=WAIT)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="总览").click()
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    page.close()  # it says no to every dialog


def test_optional_parts_are_previewed_with_few_facts_and_their_faults_named(open_page: OpenPage) -> None:
    page = open_page("pr")
    visit(page, "/knowledge/tpl.fee_dispute.wechat/edit")
    preview = page.locator("#preview")
    expect(preview).to_contain_text("必备内容齐全", timeout=WAIT)
    preview.get_by_text("只确认了少数事实").click()
    expect(preview.locator("details[open] .statement").nth(1)).to_contain_text("处理办法确定后，将在本公众号公布")
    body = page.get_by_label("正文").first
    written = body.input_value()
    body.fill(written.replace("{{#unless remedy}}", "{{#unless remdy}}"))
    expect(page.locator("#faults")).to_contain_text("“remdy”不是已定义的事实键，是否想写“remedy”？", timeout=WAIT)
    expect(preview).to_contain_text("改好“检查”里的问题后显示")
    body.fill(written.replace("处理办法确定后，将在本公众号公布", "处理办法确定后，先在本公众号公布"))
    expect(page.locator("#faults")).to_contain_text("没有问题", timeout=WAIT)
    expect(preview.locator("details[open] .statement").nth(1)).to_contain_text("先在本公众号公布")
    page.evaluate("window.cdDirty = false")
