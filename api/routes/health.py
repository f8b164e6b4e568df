"""Whether the service is well: for the operator and for supervisors."""

from fastapi import APIRouter, Response
from pydantic import BaseModel

from api.deps import PartsDep
from engine.errors import StoreError

router = APIRouter(tags=["运行"])


class Health(BaseModel):
    """`ok`, or what is wrong."""

    status: str
    store: str
    worker: str


@router.get("/healthz", summary="健康检查")
def health(parts: PartsDep, response: Response) -> Health:
    """存储可读、处理线程在运行即为正常。"""
    try:
        parts.reads.now(parts.realm)
        store = "正常"
    except StoreError as error:
        store = str(error)
    worker = parts.background.state()
    well = store == "正常" and worker in {"运行中", "未启动"}
    response.status_code = 200 if well else 503
    return Health(status="ok" if well else "fault", store=store, worker=worker)
