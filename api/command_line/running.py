"""serve and prepare."""

import socket
from contextlib import closing
from typing import Final

from api.background import Job
from api.clock import wall_clock
from api.command_line.edge import DONE, say, system_fault
from api.settings import Settings
from engine.errors import InputError
from engine.model import Realm

_BACKLOG: Final = 128


def serve(settings: Settings) -> int:
    """The server with its worker, and in demonstration mode the player and a login for each role."""
    import uvicorn  # noqa: PLC0415 - slow to import

    from api.app import create_app  # noqa: PLC0415
    from api.demo import DemoPlayer, demo_logins  # noqa: PLC0415
    from api.installation import open_installation  # noqa: PLC0415
    from api.logs import configure  # noqa: PLC0415
    from engine.worker import Worker  # noqa: PLC0415

    settings.ensure_own_company()
    configure()
    listener = _listen(settings)
    say("正在打开数据库、规则、知识库与评分模型…")
    opened = open_installation(settings, clock=wall_clock, active_in=Realm(settings.opens_in), lasting=True)
    worker = Worker(opened.desk.pipeline, wall_clock)
    jobs: list[tuple[str, Job]] = [
        ("worker", worker.run),
        ("search", opened.searcher.warm_up),
    ]
    if settings.demo:
        jobs.append(("demo", DemoPlayer(opened.desk, settings.data_dir, settings.demo_speed).run))
    app = create_app(settings, installation=opened, jobs=jobs, is_failing=lambda: worker.last_error is not None)
    _greet(settings, listener.getsockname()[1], demo_logins(settings, opened.users) if settings.demo else "")
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=5))
    with closing(opened):
        server.run(sockets=[listener])
    return DONE


def prepare(settings: Settings, llms: tuple[str, ...]) -> int:
    """Models fetched and verified, the store made, the knowledge index built."""
    from api.installation import build_search, open_embedder, open_store, searched_in_force  # noqa: PLC0415 - loads models
    from api.trust import open_signer  # noqa: PLC0415
    from retrieval.bundle.prepare import prepare_embedder, prepare_llm  # noqa: PLC0415

    def told(line: str, fraction: float) -> None:
        say(f"[{fraction:4.0%}] {line}")

    folder = settings.resolved_models_dir
    prepare_embedder(folder, told)  # scoring needs it, whichever model searches
    if settings.llm == "bundled":
        for name in llms:
            prepare_llm(name, folder, told)
    open_store(settings).close()
    open_signer(settings)
    build_search(settings, searched_in_force(settings), open_embedder(settings), _count)
    say("准备完成。")
    return DONE


def _count(done: int, total: int) -> None:
    if done == total or done % 200 == 0:
        say(f"[{done / max(total, 1):4.0%}] 知识索引 {done} / {total}")


def _listen(settings: Settings) -> socket.socket:
    """The server's socket, opened before anything slow so that a taken port is told at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        place = f"{settings.host}:{settings.port}"
        raise InputError(f"无法监听：{system_fault(error)}。可用 --port 换一个端口", place=place) from error
    listener.listen(_BACKLOG)
    return listener


def _greet(settings: Settings, port: int, logins: str) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    say(f"\nCrisisDesk 舆情应对台已启动：http://{host}:{port}")
    if logins:
        say("演示账号（用户名 / 密码 / 角色）：")
        for line in logins.splitlines():
            name, password, title = line.split("\t")
            say(f"  {name:<10}{password:<16}{title}")
        say(f"账号同时保存在 {settings.data_dir / 'demo-logins.txt'}。按 Ctrl+C 停止。\n")
