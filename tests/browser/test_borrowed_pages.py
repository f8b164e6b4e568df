"""What the browser tests borrow: no page of a failed login, and no fault that gets lost."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Error

from tests.browser.conftest import Pages


@pytest.fixture
def unserved(browser: Browser) -> Iterator[Pages]:
    """Pages of an address where nobody serves, so that every login fails at once."""
    pages = Pages(browser, "http://127.0.0.1:1")
    yield pages
    pages.take_back()
    pages.close()


def test_a_login_that_failed_leaves_no_page_to_the_next_test(unserved: Pages) -> None:
    for _ in range(2):
        with pytest.raises(Error, match="login"):
            unserved.lend("analyst")
        unserved.take_back()


def test_a_fault_in_a_page_is_told_once_whenever_it_comes(unserved: Pages) -> None:
    page = unserved.lend(None)
    assert unserved.told() == []
    with page.expect_event("pageerror"):
        page.evaluate("() => { setTimeout(() => { throw new Error('late') }) }")
    assert unserved.told() == ["page error: late"]
    assert unserved.told() == []
