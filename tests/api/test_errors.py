"""One table from errors to HTTP; every answer in the same Chinese shape."""

import threading
from collections.abc import Iterator
from datetime import datetime
from http import HTTPStatus
from typing import cast

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api import errors
from api.app import create_app
from api.errors import ERROR_TABLE, HANDLED, TooManyAttemptsError, answer_for
from engine.errors import Conflict, CrisisDeskError, InputError, ModelUnavailable, NotAllowed, NotFound, StoreError
from engine.model import Realm
from engine.pipeline import Pipeline
from engine.worker import Worker
from retrieval.errors import EmbedderUnavailable, QueryError
from tests.api.support import House


def family(root: type[Exception]) -> Iterator[type[Exception]]:
    yield root
    for child in root.__subclasses__():
        yield from family(child)


@pytest.mark.parametrize("root", HANDLED, ids=lambda root: root.__name__)
def test_every_public_error_has_one_status(root: type[Exception]) -> None:
    for kind in family(root):
        entries = [ancestor for ancestor in kind.__mro__ if ancestor in ERROR_TABLE]
        assert entries, kind
        if kind.__module__ == "engine.errors" and kind is not CrisisDeskError:
            assert entries[0] is kind, f"{kind.__name__} has no line of its own"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InputError("缺少正文", place="[3]", field="text"), 422),
        (NotFound("没有这个事件"), 404),
        (NotAllowed("不行"), 403),
        (Conflict("已变化"), 409),
        (ModelUnavailable("没有模型"), 503),
        (StoreError("磁盘满"), 503),
        (QueryError("没有文字"), 422),
        (EmbedderUnavailable("没有向量模型"), 503),
        (TooManyAttemptsError(120), 429),
        (KeyError("a defect"), 500),
    ],
)
def test_a_raised_error_answers_with_its_status_message_and_what_was_kept(error: Exception, status: int) -> None:
    app = FastAPI()
    errors.install(app)

    @app.get("/api/fail")
    def fail() -> None:
        raise error

    answer = TestClient(app, raise_server_exceptions=False).get("/api/fail")
    body = answer.json()["error"]
    assert answer.status_code == status
    assert body["kept"] == answer_for(error).kept
    assert "a defect" not in body["message"]
    if isinstance(error, InputError):
        assert (body["place"], body["field"], body["reason"]) == ("[3]", "text", "缺少正文")


def test_a_wait_is_told_in_the_header() -> None:
    assert errors.error_response(TooManyAttemptsError(120)).headers["Retry-After"] == "120"
    assert answer_for(TooManyAttemptsError(1)).status is HTTPStatus.TOO_MANY_REQUESTS


def test_an_unknown_address_and_method_answer_in_chinese(house: House) -> None:
    with house.client("pr") as client:
        assert client.get("/api/v1/nothing").json()["error"]["message"] == "没有这个地址"
        assert client.delete("/api/v1/incidents").json()["error"]["message"] == "这个地址不支持该请求方式"


def test_a_wrong_body_names_the_field_and_the_reason(house: House) -> None:
    with house.client("pr") as client:
        answer = client.post("/api/v1/incidents", json={"brand": "某品牌", "category": "weather", "extra": 1})
    message = answer.json()["error"]["message"]
    assert answer.status_code == 422
    assert "category 不在可选值之中" in message
    assert "title 缺少必填项" in message
    assert "extra 不认识的字段" in message


def test_a_reason_may_be_as_long_as_the_desk_takes_it(house: House) -> None:
    with house.client("pr") as client:
        answers = [
            client.post("/api/v1/incidents/inc-nothing/close", json={"reason": "长" * length}) for length in (500, 501)
        ]
    assert [answer.status_code for answer in answers] == [404, 422]


def test_the_interface_describes_itself_in_chinese(house: House) -> None:
    for path, operations in house.app.openapi()["paths"].items():
        for operation in operations.values():
            assert any("一" <= letter <= "鿿" for letter in operation["summary"]), path
            assert any("一" <= letter <= "鿿" for letter in operation["description"]), path


def test_security_headers_are_on_every_answer(house: House) -> None:
    with house.client() as client:
        for path in ("/login", "/api/v1/nothing", "/static/theme.css"):
            headers = client.get(path).headers
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"


def test_health_says_whether_the_store_can_be_read(house: House) -> None:
    with house.client() as client:
        assert client.get("/healthz").json() == {"status": "ok", "store": "正常", "worker": "未启动"}


class BrokenPipeline:
    """A pipeline whose every turn fails with a text that must stay inside."""

    def tick(self, _realm: Realm, _now: datetime) -> None:
        raise StoreError("提及原文：张三被骗")


def test_health_says_when_the_worker_keeps_failing_and_repeats_no_text_of_mentions(house: House) -> None:
    worker = Worker(cast("Pipeline", BrokenPipeline()), house.clock)
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    while worker.last_error is None:
        thread.join(0.01)
    app = create_app(
        house.settings, installation=house.installation, is_failing=lambda: worker.last_error is not None, pages=False
    )
    answer = TestClient(app).get("/healthz")
    stop.set()
    thread.join()
    assert answer.status_code == 503
    assert answer.json()["status"] == "fault"
    assert "处理反复失败" in answer.json()["worker"]
    assert "张三" not in answer.text
