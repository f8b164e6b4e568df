"""What a route asks for: the parts, the actor, and permissions as types."""

from typing import Annotated, cast

from fastapi import Depends, Query, Request
from starlette.requests import HTTPConnection

from api.errors import NotLoggedInError
from api.parts import Parts
from api.sessions import COOKIE
from engine.commands import Desk
from engine.model import Actor, Realm
from engine.permissions import Permission
from engine.permissions import require as require_permission
from engine.reads import Reads

_REALM = "数据域：live 正式、demo 演示、drill 演练、replay 回放；缺省为服务的默认域"


def get_parts(request: Request) -> Parts:
    """The parts that `create_app` built."""
    return cast("Parts", request.app.state.parts)


def identify(connection: HTTPConnection, parts: Parts) -> Actor | None:
    """The actor behind a bearer token or a session cookie. A wrong token is never helped out by a cookie."""
    authorization = connection.headers.get("authorization", "")
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return parts.users.by_token(token.strip())
    name = parts.sessions.read(connection.cookies.get(COOKIE))
    return parts.users.get(name) if name else None


def get_actor(request: Request, parts: Annotated[Parts, Depends(get_parts)]) -> Actor:
    """Who is logged in; otherwise NotLoggedInError."""
    actor = identify(request, parts)
    if actor is None:
        raise NotLoggedInError("请先登录，或在请求头中提供有效的访问令牌（Authorization: Bearer …）")
    return actor


class _May:
    """A dependency that lets an actor through when the permission table does."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    def __call__(self, actor: Annotated[Actor, Depends(get_actor)]) -> Actor:
        require_permission(actor, self.permission)
        return actor


def get_desk(parts: Annotated[Parts, Depends(get_parts)]) -> Desk:
    """The commands."""
    return parts.desk


def get_reads(parts: Annotated[Parts, Depends(get_parts)]) -> Reads:
    """The reads."""
    return parts.reads


def get_realm(
    parts: Annotated[Parts, Depends(get_parts)],
    realm: Annotated[Realm | None, Query(description=_REALM)] = None,
) -> Realm:
    """The realm a request is about."""
    return realm or parts.realm


PartsDep = Annotated[Parts, Depends(get_parts)]
DeskDep = Annotated[Desk, Depends(get_desk)]
ReadsDep = Annotated[Reads, Depends(get_reads)]
RealmDep = Annotated[Realm, Depends(get_realm)]

# A permission is a type: the annotation of a route says who may call it.
LoggedIn = Annotated[Actor, Depends(get_actor)]
Reader = Annotated[Actor, Depends(_May(Permission.read))]
Searcher = Annotated[Actor, Depends(_May(Permission.search))]
Prechecker = Annotated[Actor, Depends(_May(Permission.precheck))]
Exporter = Annotated[Actor, Depends(_May(Permission.export))]
Feeder = Annotated[Actor, Depends(_May(Permission.ingest))]
Opener = Annotated[Actor, Depends(_May(Permission.open_incident))]
LevelSetter = Annotated[Actor, Depends(_May(Permission.set_level))]
Closer = Annotated[Actor, Depends(_May(Permission.close))]
Reopener = Annotated[Actor, Depends(_May(Permission.reopen))]
Merger = Annotated[Actor, Depends(_May(Permission.merge))]
FalseAlarmMarker = Annotated[Actor, Depends(_May(Permission.false_alarm))]
TaskDoer = Annotated[Actor, Depends(_May(Permission.complete_task))]
FactProposer = Annotated[Actor, Depends(_May(Permission.propose_facts))]
FactAdder = Annotated[Actor, Depends(_May(Permission.add_fact))]
FactConfirmer = Annotated[Actor, Depends(_May(Permission.confirm_fact))]
FactDisputer = Annotated[Actor, Depends(_May(Permission.dispute_fact))]
Asker = Annotated[Actor, Depends(_May(Permission.ask))]
Answerer = Annotated[Actor, Depends(_May(Permission.answer))]
Drafter = Annotated[Actor, Depends(_May(Permission.draft))]
Submitter = Annotated[Actor, Depends(_May(Permission.submit))]
Approver = Annotated[Actor, Depends(_May(Permission.approve))]
Publisher = Annotated[Actor, Depends(_May(Permission.publish))]
Returner = Annotated[Actor, Depends(_May(Permission.return_))]
KnowledgeEditor = Annotated[Actor, Depends(_May(Permission.edit_knowledge))]
KnowledgeReviewer = Annotated[Actor, Depends(_May(Permission.review_knowledge))]
ReleaseProposer = Annotated[Actor, Depends(_May(Permission.propose_release))]
ReleaseApprover = Annotated[Actor, Depends(_May(Permission.approve_release))]
ReleaseActivator = Annotated[Actor, Depends(_May(Permission.activate_release))]
