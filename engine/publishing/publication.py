"""Publications 发布: where and when an approved statement went out, and what corrects or withdraws it afterwards."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from pydantic import AwareDatetime

from engine.command_base import said
from engine.drafting.document import Draft
from engine.drafting.exports.exporting import channel_title
from engine.drafting.exports.layout import layout_of
from engine.drafting.template_program import load_template
from engine.errors import Conflict, InputError
from engine.model import REALM_TITLES, Approval, ApprovalStatus, Frozen, Realm, at_local
from knowledge.schema import Channel

PUBLIC: Final = frozenset({Channel.weibo, Channel.wechat, Channel.media_qa})
LONGEST_URL: Final = 500
_NEEDS_URL: Final = frozenset({Channel.weibo, Channel.wechat})
_AHEAD: Final = timedelta(minutes=5)


class CorrectionKind(StrEnum):
    """What a new statement does to one that is out."""

    correction = "correction"
    withdrawal = "withdrawal"


PLACE_TITLES: Final = {
    Channel.weibo: "官方微博",
    Channel.wechat: "公众号",
    Channel.media_qa: "媒体答复",
    Channel.service_script: "客服渠道",
    Channel.internal_notice: "公司内部",
    Channel.regulator_report: "监管报送",
}
CORRECTION_TITLES: Final = {CorrectionKind.correction: "更正", CorrectionKind.withdrawal: "撤回"}


class Publication(Frozen):
    """An approved draft went out. `at` is when it appeared, `recorded_at` when a person said so. `replaces` is the
    publication that this one corrects or withdraws, `kind` which of the two. `despite` is what forbade publication when
    it was recorded all the same; `realm` the one of its incident: what is recorded in a drill did not go out.
    """

    id: str
    incident: str
    draft: str
    channel: Channel
    url: str | None
    at: AwareDatetime
    by: str
    recorded_at: AwareDatetime
    kind: CorrectionKind | None = None
    replaces: str | None = None
    despite: tuple[str, ...] = ()
    realm: Realm = Realm.live

    @property
    def is_public(self) -> bool:
        """Whether everyone can see it."""
        return self.channel in PUBLIC


class Correction(Frozen):
    """The draft `draft` is to correct or withdraw `publication`; the reason stays in the house."""

    draft: str
    incident: str
    publication: str
    kind: CorrectionKind
    reason: str
    by: str
    at: AwareDatetime


class PublicationRow(Frozen):
    """A publication as it is shown.

    `state` in words: 已发布, 更正稿在办, 已更正, 撤回稿在办, 已撤回; with 演练： or the like before it where
    nothing really went out.
    """

    publication: Publication
    title: str
    state: str
    corrections: tuple[Correction, ...] = ()


class DraftPublications(Frozen):
    """Where a draft went out, and what it is to correct: `about` is the line that its exports carry for that."""

    rows: tuple[PublicationRow, ...]
    corrects: Correction | None = None
    about: str = ""


def checked_channel(draft: Draft, channel: str) -> Channel:
    """The channel. Raises InputError for an unknown one, Conflict when an internal text would go out in public."""
    if channel not in set(Channel):
        raise InputError(f"没有“{channel}”这个渠道", field="渠道")
    found, made_for = Channel(channel), load_template(draft.template_source).channel
    if found in PUBLIC and made_for not in PUBLIC:
        raise Conflict(f"这是{channel_title(made_for)}，不能登记为在{PLACE_TITLES[found]}对外发布")
    return found


def checked_url(url: str | None, channel: Channel) -> str | None:
    """The address where it can be read. Raises InputError; posts on Weibo and WeChat must have one."""
    text = (url or "").strip()
    if not text:
        if channel in _NEEDS_URL:
            raise InputError("请粘贴发布后的网址", field="网址")
        return None
    text = said(text, "网址", longest=LONGEST_URL)
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise InputError("不是有效的网址", field="网址") from error
    plain = not set(text) & set(" <>\"'\\`{}|^")
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or not plain:
        raise InputError("不是有效的网址，应以 https:// 开头", field="网址")
    return text


def checked_time(at: datetime, approval: Approval, now: datetime) -> datetime:
    """When it appeared. Raises InputError for a time to come or one before the approval (forms give whole minutes)."""
    if at.tzinfo is None:
        raise InputError("请写明发布时间", field="发布时间")
    if at > now + _AHEAD:
        raise InputError("发布时间还没有到，请在发布之后登记", field="发布时间")
    approved = approval.decided_at or approval.submitted_at
    if at < approved.replace(second=0, microsecond=0):
        raise InputError(f"发布时间早于批准时间（{at_local(approved)}）", field="发布时间")
    return at


def approval_of(draft: Draft, history: list[Approval]) -> Approval:
    """The approval of exactly this draft. Raises Conflict when there is none."""
    last = history[-1] if history else None
    if last is None or last.status is not ApprovalStatus.approved or last.content_hash != draft.content_hash:
        raise Conflict("这份草稿还没有批准，批准后才能登记发布")
    return last


def title_of(draft: Draft) -> str:
    """What a statement is called: by its own first line, or its template."""
    return layout_of(draft.text).title or load_template(draft.template_source).title


def about_line(kind: CorrectionKind, old: Publication, title: str) -> str:
    """What the new statement says of the old one, made of the record alone."""
    told = f"我公司{at_local(old.at)}在{PLACE_TITLES[old.channel]}发布的“{title}”"
    if kind is CorrectionKind.correction:
        return f"更正说明：{told}有需要更正的内容，以本文为准。"
    return f"撤回说明：{told}现予撤回，以本文为准。"


def state_of(publication: Publication, corrections: list[Correction], published: list[Publication]) -> str:
    """Where a publication stands, in words."""
    where = "" if publication.realm is Realm.live else f"{REALM_TITLES[publication.realm]}："
    done = [one.kind for one in published if one.replaces == publication.id and one.kind]
    if done:
        return f"{where}已{CORRECTION_TITLES[done[-1]]}"
    return where + (f"{CORRECTION_TITLES[corrections[-1].kind]}稿在办" if corrections else "已发布")


def ensure_owned_up(objections: Sequence[str], *, despite: bool) -> None:
    """Raise Conflict when what must not be published is recorded as published by somebody who does not say to know."""
    if objections and not despite:
        raise Conflict(
            f"{'；'.join(objections)}。还没有发出的，请按最新事实重新起草；"
            "确已发出的，请确认“确已发出，如实登记”后再登记，并尽快更正或撤回"
        )
