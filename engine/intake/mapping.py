"""Which column of a spreadsheet is which field; kept per source, because every monitoring tool exports its own."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, StringConstraints, field_validator

from engine.errors import InputError
from engine.intake.fields import as_score, spoken_count, suggestion
from engine.model import Frozen

FieldName = Literal[
    "id", "title", "text", "url", "platform", "kind", "published_at", "received_at", "brands",
    "author.name", "author.followers", "author.kind",
    "engagement.reposts", "engagement.comments", "engagement.likes", "engagement.views",
    "upstream.negativity", "upstream.category", "upstream.severity",
    "hot_search.keyword", "hot_search.rank",
]  # fmt: skip

_COUNTS = {"author.followers", "hot_search.rank"} | {
    name for name in get_args(FieldName) if name.startswith("engagement.")
}
_NAME_SPLIT = re.compile(r"[,，;；、|\n]+")

# Headers as common Chinese monitoring tools write them, compared without spaces, brackets and case.
_HEADERS: dict[FieldName, str] = {
    "id": "id 编号 序号ID 信息ID 文章ID 微博ID 作品ID 投诉编号 投诉单号 工单号 mid",
    "title": "标题 文章标题 信息标题 投诉标题 主题 title",
    "text": "正文 内容 全文 全文内容 摘要 文章内容 微博内容 评论内容 投诉内容 信息内容 原文 原文内容 text content",
    "url": "链接 网址 原文链接 文章链接 信息链接 地址 URL",
    "platform": "平台 来源 来源平台 信源 渠道 站点 网站 网站名称 来源网站 发布平台 platform",
    "kind": "类型 信息类型 文章类型 内容类型 稿件类型",
    "published_at": "发布时间 发表时间 发布日期 日期 时间 投诉时间 发帖时间 评论时间 published_at",
    "received_at": "采集时间 入库时间 抓取时间 监测时间",
    "brands": "品牌 主体 涉及品牌 涉及主体 监测对象 监测主体 关键词主体 投诉对象 被投诉商家 实体",
    "author.name": "作者 昵称 用户名 用户昵称 发布人 发布者 账号 账号名称 媒体名称 媒体 作者名称 博主 author",
    "author.followers": "粉丝数 粉丝 粉丝量 作者粉丝数 关注者数",
    "author.kind": "账号类型 作者类型 认证类型 媒体类型 用户类型",
    "engagement.reposts": "转发数 转发 转发量 转载数 转载量 分享数",
    "engagement.comments": "评论数 评论 评论量 回复数 跟帖数",
    "engagement.likes": "点赞数 点赞 赞 点赞量 获赞数",
    "engagement.views": "阅读数 阅读 阅读量 浏览量 浏览数 播放量 播放数 点击量 曝光量",
    "upstream.negativity": "情感 情感倾向 情感属性 倾向性 情感分 负面度 调性 属性",
    "hot_search.keyword": "热搜词 热搜关键词 热搜话题",
    "hot_search.rank": "热搜排名 热搜位次 榜单排名",
}
_VALUES: dict[FieldName, dict[str, str]] = {
    "upstream.negativity": {
        "负面": "0.9", "敏感": "0.9", "负": "0.9", "中性": "0.2", "非敏感": "0.1", "正面": "0.05", "正": "0.05",
    },
    "author.kind": {
        "个人": "personal", "普通用户": "personal", "个人认证": "personal", "自媒体": "personal", "企业": "personal",
        "媒体": "media", "媒体认证": "media", "新闻媒体": "media", "政府": "official", "政务": "official",
        "政府认证": "official", "官方": "official", "监管": "regulator", "监管机构": "regulator",
    },
    "kind": {
        "帖子": "post", "微博": "post", "博文": "post", "原创": "post", "转发": "post", "视频": "post", "笔记": "post",
        "论坛": "post", "评论": "comment", "跟帖": "comment", "回复": "comment", "投诉": "complaint", "新闻": "article",
        "文章": "article", "公众号": "article", "微信": "article", "报刊": "article", "客户端": "article",
        "热搜": "hot_search", "采访函": "inquiry", "问询": "inquiry",
    },
}  # fmt: skip


class ColumnMapping(Frozen):
    """How the export of one source is read. Columns that are not named are left out.

    `values` translates cell texts per field (`{"author.kind": {"媒体": "media"}}`); `time_format` is a strptime
    format for sources with unusual times; `encoding` "auto" tells UTF-8 from GB18030.
    """

    source: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    columns: dict[str, FieldName]
    values: dict[FieldName, dict[str, str]] = Field(default_factory=dict)
    time_format: str | None = None
    encoding: Literal["auto", "utf-8", "gb18030"] = "auto"
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] = ","
    sheet: str | None = None
    header_row: Annotated[int, Field(ge=1, le=100)] = 1

    @field_validator("columns")
    @classmethod
    def _one_column_a_field(cls, columns: dict[str, FieldName]) -> dict[str, FieldName]:
        double = [field for field, count in Counter(columns.values()).items() if count > 1]
        if double:
            raise ValueError(f"字段 {'、'.join(double)} 对应了多列，请只保留一列")
        if not {"text", "title", "hot_search.keyword"} & set(columns.values()):
            raise ValueError("缺少正文列：请指定哪一列对应 text")
        return columns

    def to_record(self, row: Mapping[str, object]) -> dict[str, object]:
        """The input record of one row: nested as in JSON, blanks left out.

        Raises:
            InputError: a cell that is not what its field needs; `field` is the column's name.

        """
        record: dict[str, Any] = {}
        for column, field in self.columns.items():
            value = self._value(row.get(column), field, column)
            if value is None:
                continue
            head, _, tail = field.partition(".")
            if tail:
                record.setdefault(head, {})[tail] = value
            else:
                record[head] = value
        return record

    def _value(self, cell: object, field: FieldName, column: str) -> object:
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            return None
        translated = self.values.get(field, {}).get(str(cell).strip(), cell)
        return _cell_value(translated, field, column)

    def missing_columns(self, headers: Iterable[str]) -> list[str]:
        """Columns that the mapping names and the file lacks."""
        present = set(headers)
        return [column for column in self.columns if column not in present]


def suggest_mapping(source: str, headers: Iterable[str]) -> ColumnMapping:
    """A mapping from the headers' usual meanings; the first of several columns with one meaning wins.

    Raises:
        InputError: no column looks like a text.

    """
    columns: dict[str, FieldName] = {}
    for header in headers:
        field = _meaning(header)
        if field is not None and field not in columns.values():
            columns[header] = field
    if not {"text", "title", "hot_search.keyword"} & set(columns.values()):
        raise InputError("表头中没有可识别的正文列（如“正文”“内容”“标题”），请为该来源设置列映射")
    return ColumnMapping(source=source, columns=columns, values=_VALUES)


def refuse_missing(mapping: ColumnMapping, headers: list[str], place: str) -> None:
    """Complain about a mapped column that the file does not have, naming the nearest header."""
    for column in mapping.missing_columns(headers):
        raise InputError(f"缺少列“{column}”{suggestion(column, headers)}", place=place, field=column)


def _meaning(header: str) -> FieldName | None:
    plain = re.sub(r"[\s()（）\[\]【】:：_]|\ufeff", "", header).lower()
    for field, names in _HEADERS.items():
        if plain in {name.lower().replace("_", "") for name in names.split()}:
            return field
    return None


def _cell_value(cell: object, field: FieldName, column: str) -> object:
    if field in _COUNTS:
        return spoken_count(cell, column) if isinstance(cell, str) else cell
    if field == "upstream.negativity":
        return _score(cell, column)
    if field in {"published_at", "received_at"}:
        return cell
    if field == "id" and isinstance(cell, float) and abs(cell) >= 10**15:
        raise InputError("编号超过15位，已被表格软件改写，请把该列设为文本后重新导出", field=column)
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    return [name.strip() for name in _NAME_SPLIT.split(text)] if field == "brands" else text


def _score(cell: object, column: str) -> float | None:
    try:
        return as_score(float(str(cell)), column)
    except ValueError:
        raise InputError(f"无法识别的情感取值“{str(cell)[:40]}”，请在列映射的 values 中说明", field=column) from None
