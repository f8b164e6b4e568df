"""serve, prepare and users."""

import socket
from contextlib import closing
from typing import Final

from api.background import Job
from api.clock import wall_clock
from api.command_line.actors import local_actor
from api.command_line.edge import DONE, say, system_fault, write_out
from api.settings import Settings
from engine.errors import InputError
from engine.model import ROLE_TITLES, Realm, Role
from engine.permissions import Permission, require
from knowledge.schema import Department

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
    from api.installation import build_search, open_embedder, open_store  # noqa: PLC0415 - loads models
    from api.trust import open_signer  # noqa: PLC0415
    from knowledge.loader import load_knowledge  # noqa: PLC0415
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
    build_search(settings, load_knowledge(), open_embedder(settings), _count)
    say("准备完成。")
    return DONE


def add_user(settings: Settings, name: str, role_name: str, department: str | None, password: str | None) -> int:
    """A new user; the password is asked for when it is not given, and never shown."""
    import getpass  # noqa: PLC0415

    from api.installation import open_store  # noqa: PLC0415
    from engine.store.users import Users  # noqa: PLC0415

    require(local_actor(Role.operator), Permission.manage_users)
    role = _role(role_name)
    if role is Role.department and department not in {one.value for one in Department}:
        raise InputError("业务部门用户须写明部门：" + "、".join(one.value for one in Department), field="--department")
    with closing(open_store(settings)) as store:
        Users(store).add(name, role, password or getpass.getpass("密码（至少10个字符）："), department)
    say(f"已添加用户“{name}”（{ROLE_TITLES[role]}）")
    return DONE


def user_token(settings: Settings, name: str) -> int:
    """A new token for the programming interface, shown once."""
    from api.installation import open_store  # noqa: PLC0415
    from engine.store.users import Users  # noqa: PLC0415

    require(local_actor(Role.operator), Permission.manage_users)
    with closing(open_store(settings)) as store:
        token = Users(store).token_for(name)
    say("令牌只显示这一次，原有令牌已失效：")
    write_out(token)
    return DONE


def list_users(settings: Settings) -> int:
    """Everybody who may log in."""
    from api.installation import open_store  # noqa: PLC0415
    from engine.store.users import Users  # noqa: PLC0415

    with closing(open_store(settings)) as store:
        for actor in Users(store).all():
            write_out(f"{actor.name}\t{ROLE_TITLES[actor.role]}\t{actor.department or ''}")
    return DONE


def _role(name: str) -> Role:
    known = [role for role in Role if role is not Role.system]
    if name not in {role.value for role in known}:
        raise InputError(
            "没有这个角色，可选：" + "、".join(f"{one.value} {ROLE_TITLES[one]}" for one in known), field="--role"
        )
    return Role(name)


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
