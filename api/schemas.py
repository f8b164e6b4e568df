"""What requests carry and what is special to HTTP answers; everything else answers with `engine.views`."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from engine.command_base import LONGEST_REASON
from engine.model import Category, FactSource, Frozen, Level, Realm
from engine.precedents.desk import FileFormat
from engine.precedents.query import PrecedentQuery
from engine.views import MentionFilters
from knowledge.schema import FactKey

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_REASON)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class RecordResult(Frozen):
    """What became of one submitted record; `place` is its path in the request, e.g. `[3].published_at`."""

    place: str = Field(description="在请求中的位置，如 [3].published_at")
    outcome: Literal["accepted", "updated", "duplicate", "rejected", "quarantined"] = Field(
        description="accepted 已收录；updated 互动数更新；duplicate 重复；rejected 未收录；quarantined 时间异常"
    )
    id: str | None = Field(None, description="提及编号（收录、更新或重复时）")
    reason: str | None = Field(None, description="未收录的原因")


class IngestAnswer(Frozen):
    """Results in the order of the request. Whatever is not rejected was committed before this answer was sent."""

    accepted: int
    updated: int
    duplicates: int
    rejected: int
    results: tuple[RecordResult, ...]


class MentionQuery(MentionFilters):
    """筛选条件，连同数据域与页码。"""

    realm: Realm | None = None
    page: Annotated[int, Field(ge=1, le=100_000)] = 1
    size: Annotated[int, Field(ge=1, le=200)] = 50

    def filters(self) -> MentionFilters:
        """The filters alone."""
        return MentionFilters.model_validate(self.model_dump(include=set(MentionFilters.model_fields)))


class FoundQuery(PrecedentQuery):
    """检索内容与筛选条件，连同条数。"""

    k: Annotated[int, Field(ge=1, le=50)] = 10

    def query(self) -> PrecedentQuery:
        """The query alone."""
        return PrecedentQuery.model_validate(self.model_dump(include=set(PrecedentQuery.model_fields)))


class FoundFileQuery(FoundQuery):
    """检索内容与筛选条件，连同文件格式。"""

    format: FileFormat


class OpenIncident(Frozen):
    """手工新建事件。"""

    brand: Short
    category: Category
    level: Level
    title: Short
    reason: Reason


class WithReason(Frozen):
    """只需理由的操作。"""

    reason: Reason


class SetLevel(WithReason):
    """调整等级。"""

    level: Level


class Merge(WithReason):
    """并入另一事件。"""

    into: Short


class CompleteTask(Frozen):
    """完成任务。"""

    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_REASON)] = ""


class NewFact(Frozen):
    """登记事实。"""

    key: FactKey
    value: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    source: FactSource


class NewDraft(Frozen):
    """起草声明；不用建议的策略时，写明另选的策略（如 rebuild 或 致歉整改）和理由。"""

    template: Short
    strategy: Short | None = None
    reason: Short = ""


class EditedSpan(Frozen):
    """人工改写：第几段（从0数）改成什么。"""

    span: Annotated[int, Field(ge=0, le=1000)]
    text: Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class Decision(Frozen):
    """批准：写明所见内容的指纹，内容变了就不会生效。"""

    content_hash: Short


class Returned(Decision):
    """退回：须写理由。"""

    reason: Reason


class Done(Frozen):
    """做了什么，涉及哪个编号。"""

    id: str
    done: str


class EditedFiles(Frozen):
    """一组改动的文件：路径到全文，null 为删去；base 为所依据的发布，缺省为现行发布。"""

    files: Annotated[dict[str, str | None], Field(max_length=1000)]
    base: Short | None = None


class ProposedRelease(EditedFiles):
    """提交发布。写了 since 与 until，就附上这段历史上新旧判定的对比。"""

    reason: Reason
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class ReleaseNote(Frozen):
    """批准发布：可附说明。"""

    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_REASON)] = ""


class EntryText(Frozen):
    """知识库一条的原文（YAML）。"""

    text: Annotated[str, StringConstraints(min_length=1, max_length=200_000)]


class KeptEntry(EntryText):
    """保存修订：parent 是所改那份原文的指纹（新写的为 null），别人在此期间保存过就不会覆盖。"""

    parent: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")] | None
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_REASON)] = ""


class EntryReview(Frozen):
    """审核历史事件：通过，或写明意见后退回。"""

    accept: bool
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_REASON)] = ""


class ProposedEntries(Frozen):
    """把修订（编号到修订号）随一份发布提交。"""

    revisions: Annotated[dict[str, Annotated[int, Field(ge=1)]], Field(min_length=1, max_length=200)]
    reason: Reason


class ImportedIncidents(Frozen):
    """历史事件文件：文件名到原文；存为草稿，有一处问题就一份也不收。"""

    files: Annotated[dict[str, str], Field(min_length=1, max_length=500)]
    reason: Reason
