"""A server process, a headless Chromium, and a logged-in page for each role."""

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


@pytest.fixture
def open_page(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """`open_page(role, phone=False)`: a fresh browser profile, logged in; faults in the page fail the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def outside(request: Request) -> None:
        if not request.url.startswith((server.address, "data:", "blob:", server.address.replace("http", "ws"))):
            faults.append(f"request to another place: {request.url}")

    def open_one(role: str | None, *, phone: bool = False) -> Page:
        context = browser.new_context(viewport=PHONE if phone else DESK, locale="zh-CN", base_url=server.address)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: faults.append(f"page error: {error}"))
        page.on("request", outside)
        if role:
            log_in(page, role)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert faults == []


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
