"""The analyst's page in a browser: results while typing, everything from the keyboard, two precedents side by side."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import visit
from tests.browser.test_pages import incident_address

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]
WAIT = 30_000
"""The first search of a process makes the index."""
HOSTILE = "<img src=x onerror='window.hacked=1'>会员费"


def test_from_the_first_word_to_two_precedents_side_by_side_without_a_mouse(open_page: OpenPage) -> None:
    page = open_page("analyst")
    visit(page, "/search")
    expect(page.locator("#found")).to_contain_text("按类别看")
    keys = page.keyboard
    keys.press("Escape")
    keys.press("/")
    keys.type("用户投诉办理分期时被搭售会员费", delay=15)
    expect(page.locator("#found .hits li").first).to_contain_text("会员费", timeout=WAIT)
    expect(page).to_have_url(re.compile("q=.*%E8%B4%B9$"))
    for _ in range(2):
        keys.press("ArrowDown")
        keys.press("c")
    expect(page.locator("#found .mark[aria-pressed=true]")).to_have_count(2)
    expect(page).to_have_url(re.compile("mark=.*mark="))
    expect(page.locator(".marks a.primary")).to_be_visible(timeout=WAIT)
    page.get_by_role("link", name="对照这两个案例").focus()
    keys.press("Enter")
    page.wait_for_url("**/compare?*")
    expect(page.locator("[data-chart=comparison] canvas")).to_be_visible(timeout=WAIT)
    expect(page.get_by_role("button", name="等距")).to_have_count(2)
    page.go_back()
    expect(page.locator(".marks")).to_contain_text("对照这两个案例", timeout=WAIT)
    expect(page.locator("[name=q]")).to_have_value("用户投诉办理分期时被搭售会员费")
    filters_narrow_and_the_way_back_undoes_them(page)
    words_that_look_like_html_are_words(page)


def filters_narrow_and_the_way_back_undoes_them(page: Page) -> None:
    """Each filter is a step in the browser's history."""
    page.get_by_label("恶化").check(force=True)
    expect(page).to_have_url(re.compile("outcomes="))
    expect(page.locator("#found .panel-head")).to_contain_text("结果：恶化", timeout=WAIT)
    kinds = page.locator("#found .hits li").evaluate_all("items => items.map(one => one.dataset.kind)")
    assert set(kinds) == {"incident"}
    page.go_back()
    expect(page.get_by_label("恶化")).not_to_be_checked()
    expect(page.locator("#found .panel-head")).not_to_contain_text("结果：恶化", timeout=WAIT)


def words_that_look_like_html_are_words(page: Page) -> None:
    """Neither the page that runs nor the one that is loaded anew runs them."""
    page.locator("[name=q]").fill(HOSTILE)
    expect(page).to_have_url(re.compile("q=%3Cimg"))
    expect(page.locator("#answered")).to_be_attached()
    page.reload()
    expect(page.locator("[name=q]")).to_have_value(HOSTILE)
    assert page.evaluate("window.hacked") is None


def test_an_incident_is_compared_with_what_the_precedent_had_done_by_now(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("analyst", phone=True)
    visit(page, incident_address(page))
    page.get_by_role("link", name="与最相近的先例逐步对照").click()
    page.wait_for_url("**/compare?incident=*")
    expect(page.get_by_text("先例到此刻已经做的")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Word").click()
    assert download.value.suggested_filename == "先例对照.docx"
    download.value.save_as(tmp_path / "report.docx")
    assert (tmp_path / "report.docx").read_bytes().startswith(b"PK")
