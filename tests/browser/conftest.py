"""A server process, a headless Chromium, and logged-in pages for each role."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from tests.api.support import PASSWORD

REPOSITORY = Path(__file__).resolve().parents[2]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@dataclass
class Server:
    """Where the server is, a token for each role, and its data folder."""

    data: Path
    address: str = ""
    tokens: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("served")
    log = (folder / "server.log").open("w")
    command = [sys.executable, "-m", "tests.browser.server", str(folder / "data")]
    process = subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, "PYTHONPATH": "."}
    )
    watchdog = threading.Timer(120, process.kill)
    watchdog.start()
    found = Server(folder / "data")
    for line in process.stdout or ():
        kind, *words = line.split()
        if kind == "TOKEN":
            found.tokens[words[0]] = words[1]
        if kind == "ADDRESS":
            found.address = words[0]
            break
    watchdog.cancel()
    if not found.address:
        pytest.fail(f"the server did not start:\n{(folder / 'server.log').read_text()[-3000:]}")
    yield found
    process.terminate()
    process.communicate(timeout=30)
    log.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if path is None:
        pytest.fail("浏览器测试需要 Chromium：Debian/Ubuntu 运行 apt-get install -y chromium fonts-noto-cjk 后重试")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield launched
        launched.close()


class Pages:
    """Pages that tests borrow. A role logs in once, and its next test gets the same page, where everything is loaded
    already: a first page costs seconds, another visit a fraction of one.
    """

    def __init__(self, browser: Browser, address: str) -> None:
        self._faults: list[str] = []
        self._browser, self._address = browser, address
        self._contexts: dict[str, BrowserContext] = {}
        self._free: dict[str, list[Page]] = {}
        self._lent: list[tuple[str, Page]] = []
        self._strangers: list[BrowserContext] = []

    def lend(self, role: str | None, *, phone: bool = False) -> Page:
        """A blank page of somebody who is logged in; without a role, of a browser that nobody used before."""
        page = self._of(role) if role else self._stranger()
        page.set_viewport_size(PHONE if phone else DESK)
        return page

    def take_back(self) -> None:
        """What a test borrowed, blank again for the next one. A page that the test closed is gone."""
        for role, page in self._lent:
            if not page.is_closed():
                page.goto("about:blank")
                self._free[role].append(page)
        for context in self._strangers:
            context.close()
        self._lent, self._strangers = [], []

    def told(self) -> list[str]:
        """The faults in any page since this was last asked."""
        found, self._faults = self._faults, []
        return found

    def close(self) -> None:
        """Everything."""
        for context in self._contexts.values():
            context.close()

    def _of(self, role: str) -> Page:
        free = self._free.setdefault(role, [])
        if free:
            page = free.pop()
        elif role in self._contexts:
            page = self._page(self._contexts[role])
        else:
            page = self._logged_in(role)
        self._lent.append((role, page))
        return page

    def _logged_in(self, role: str) -> Page:
        """The first page of a role; its context is kept for other tests only once the login succeeded."""
        page = self._stranger()
        log_in(page, role)
        self._contexts[role] = self._strangers.pop()
        return page

    def _stranger(self) -> Page:
        self._strangers.append(self._context())
        return self._page(self._strangers[-1])

    def _context(self) -> BrowserContext:
        return self._browser.new_context(viewport=DESK, locale="zh-CN", base_url=self._address)

    def _page(self, context: BrowserContext) -> Page:
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: self._faults.append(f"page error: {error}"))
        page.on("request", self._look)
        return page

    def _look(self, request: Request) -> None:
        if not request.url.startswith((self._address, "data:", "blob:", self._address.replace("http", "ws"))):
            self._faults.append(f"request to another place: {request.url}")


@pytest.fixture(scope="session")
def pages(browser: Browser, server: Server) -> Iterator[Pages]:
    lent = Pages(browser, server.address)
    yield lent
    lent.close()
    assert lent.told() == [], "faults in pages after the last test had given them back"


@pytest.fixture
def open_page(pages: Pages) -> Iterator[Callable[..., Page]]:
    """`open_page(role, phone=False)`: a blank page, logged in; faults in a page fail the test."""
    assert pages.told() == [], "faults in pages after an earlier test had given them back"
    yield pages.lend
    pages.take_back()
    assert pages.told() == []


def log_in(page: Page, role: str, password: str = PASSWORD) -> None:
    """From the keyboard: name, Tab, password, Enter."""
    page.goto("/login")
    type_login(page, role, password)
    page.wait_for_url("**/")
    settled(page)


def type_login(page: Page, role: str, password: str) -> None:
    """Fill in the login form where the cursor already stands."""
    page.wait_for_function("() => document.activeElement.name === 'name'")
    page.keyboard.type(role)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def settled(page: Page) -> None:
    """The page is there and its live connection stands."""
    page.wait_for_selector("main.cd-main")
    page.wait_for_function("() => window.socket && window.socket.connected")


def visit(page: Page, path: str) -> None:
    page.goto(path)
    settled(page)
