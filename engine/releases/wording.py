"""What changed in a YAML file, field by field, in plain Chinese."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from engine.releases.views import FileChange
from knowledge.schema import CHANNEL_TITLES, FACT_TITLES, STRATEGY_TITLES
from knowledge.tones import load_tones
from rules.document import parse_document
from rules.errors import BadRulesError
from rules.vocabulary import CATEGORY_TITLES, CHOICE_TITLES, LEVEL_TITLES, VOCABULARY

_KINDS: Final = (
    ("knowledge/incidents/", "历史事件"),
    ("knowledge/playbooks/", "预案"),
    ("knowledge/templates/", "声明模板"),
    ("knowledge/regulations/", "法规"),
    ("engine/scoring/lexicons/", "词表"),
    ("engine/scoring/brands.yaml", "品牌库"),
    ("rules/handling.yaml", "分级处置表"),
    ("rules/packs/", "规则用例"),
)
_FIELDS: Final[Mapping[str, str]] = {
    "title": "标题",
    "owner": "责任部门",
    "version": "版本",
    "reviewed_on": "复核日期",
    "category": "类别",
    "categories": "类别",
    "channel": "渠道",
    "levels": "等级",
    "strategies": "策略",
    "strategy": "策略",
    "reason": "理由",
    "summary": "概述",
    "steps": "步骤",
    "detail": "做法",
    "department": "部门",
    "within_minutes": "时限（分钟）",
    "escalate_to": "升级给",
    "template": "模板",
    "fact_keys": "要取得的事实",
    "plans": "各等级方案",
    "goal": "目标",
    "media_plan": "媒体沟通方案",
    "spokesperson": "发言人",
    "key_messages": "对外口径",
    "channels": "渠道",
    "questions": "可能的提问",
    "avoid": "不说的话",
    "rectification": "整改建议",
    "kind": "种类",
    "max_chars": "字数上限",
    "slots": "填空",
    "body": "正文",
    "type": "填法",
    "fact": "事实",
    "cites": "引用的事实",
    "patterns": "句式",
    "phrases": "连接语",
    "options": "措辞",
    "text": "措辞",
    "tone": "语气",
    "document": "文件",
    "clause": "条款",
    "duty": "义务",
    "issuer": "发文机关",
    "deadline": "时限",
    "effective_from": "施行日期",
    "verified": "已核对",
    "occurred_on": "发生日期",
    "scale": "规模",
    "cause": "起因",
    "turning_point": "转折",
    "first_response": "首次公开回应",
    "actor": "由谁",
    "action": "做法",
    "material": "材料",
    "course": "舆情走势",
    "negative": "负面占比",
    "after": "多久之后",
    "outcome": "结果",
    "outcome_grade": "结果评价",
    "lessons": "教训",
    "voices": "当时的声音",
    "topics": "主题词",
    "asked_as": "会怎样问起",
    "source": "来源",
    "words": "词",
    "groups": "词组",
    "brands": "品牌",
    "name": "名称",
    "relation": "关系",
    "aliases": "别名",
    "not_in": "不算提及的词",
    "needs_context": "须有金融用语才算的别名",
    "cases": "用例",
    "rule": "规则",
    "expect": "应得等级",
    "misses": "差一点的等级",
    "facts": "事实",
    "series": "经过",
    "on": "日期",
    "at": "时刻",
    "findings": "应有的发现",
    "level": "等级",
    "every": "每隔",
    "count": "条数",
    "mentions": "每段条数",
    "authors": "账号数",
    "contents": "内容数",
    "severity": "严重度",
    "author_kind": "作者类型",
    "followers": "粉丝数",
    "reach": "触达人数",
    "reposts": "转发数",
    "hot_search_rank": "热搜排名",
    "platforms": "平台",
}
_VALUES: Final[Mapping[str, str]] = {
    **{name: spec.title for name, spec in VOCABULARY.items()},
    **CHOICE_TITLES,
    **{str(key): title for key, title in LEVEL_TITLES.items()},
    **{str(key): title for key, title in CATEGORY_TITLES.items()},
    **{str(key): title for key, title in STRATEGY_TITLES.items()},
    **{str(key): title for key, title in CHANNEL_TITLES.items()},
    **{str(key): title for key, title in FACT_TITLES.items()},
    **{str(tone): rule.title for tone, rule in load_tones().tones.items()},
    "own": "本公司",
    "partner": "合作机构",
    "competitor": "同业",
    "none": "不告警",
    "hit": "命中",
    "near_miss": "差一点",
    "quiet": "安静",
    "True": "是",
    "False": "否",
    "any": "不限",
}
_NAMES: Final = ("title", "name", "id", "rule")
_NOTHING: Final = "（无）"
_LONGEST: Final = 300
_MOST: Final = 200


def file_change(path: str, old: str | None, new: str | None) -> FileChange:
    """What changed in the file at a path; None where it is not there."""
    kind = next((title for prefix, title in _KINDS if path.startswith(prefix)), "文件")
    before, after = _parsed(path, old), _parsed(path, new)
    name = _cut(_name_of(after if new is not None else before) or "") or path.rsplit("/", 1)[-1].removesuffix(".yaml")
    if old is None or new is None:
        change = "新增" if old is None else "删去"
        return FileChange(path=path, kind=kind, title=name, change=change, sentences=(f"{change}{kind}“{name}”",))
    sentences = _readable(_changes((), before, after)) or ("只改了注释或写法，内容不变",)
    return FileChange(path=path, kind=kind, title=name, change="修改", sentences=sentences)


def _readable(sentences: Iterator[str]) -> tuple[str, ...]:
    """No more, and none longer, than people read."""
    found = list(sentences)
    shown = tuple(map(_cut, found[:_MOST]))
    return (*shown, f"还有 {len(found) - _MOST} 处改动没有列出") if len(found) > _MOST else shown


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}……（共 {len(text)} 字）"


def _parsed(path: str, text: str | None) -> Any:
    """None where there is no text; a faulty file is told as one text."""
    if text is None:
        return None
    try:
        document = parse_document(path, text)
    except BadRulesError:
        return text
    return text if document.faults else document.data


def _changes(place: tuple[str, ...], old: Any, new: Any) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in (*old, *(key for key in new if key not in old)):
            yield from _changes((*place, _label(place, str(key))), old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _list_changes(place, old, new)
    elif old != new or type(old) is not type(new):
        yield _sentence(place, old, new)


def _list_changes(place: tuple[str, ...], old: list[Any], new: list[Any]) -> Iterator[str]:
    before, after = _by_name(old), _by_name(new)
    if before is None or after is None:
        before, after = {_said(one): one for one in old}, {_said(one): one for one in new}
    where = "，".join(place)
    yield from (f"{where}增加：{name}" for name in after if name not in before)
    yield from (f"{where}删去：{name}" for name in before if name not in after)
    for name in before:
        if name in after:
            yield from _changes((*place, f"“{name}”"), before[name], after[name])
    if [name for name in before if name in after] != [name for name in after if name in before]:
        yield f"{where}的次序有变"


def _by_name(items: Sequence[Any]) -> dict[str, Any] | None:
    """Entries by their title, name or id; None when they have none, or share one."""
    names = [_name_of(item) for item in items]
    if not all(names) or len(set(names)) < len(names):
        return None
    return dict(zip(map(str, names), items, strict=True))


def _name_of(item: Any) -> str | None:
    if not isinstance(item, dict):
        return None
    return next((str(item[key]) for key in _NAMES if item.get(key)), None)


def _label(place: tuple[str, ...], key: str) -> str:
    """A field in Chinese; slots, lexicon groups and facts keep their own names."""
    if place and place[-1] in ("填空", "词组", "事实"):
        return f"“{_VALUES.get(key, key)}”"
    return _FIELDS.get(key) or _VALUES.get(key, key)


def _sentence(place: tuple[str, ...], old: Any, new: Any) -> str:
    where = "，".join(place)
    if old is None:
        return f"{where}设为：{_said(new)}"
    if new is None:
        return f"{where}去掉（原为：{_said(old)}）"
    return f"{where}由“{_said(old)}”改为“{_said(new)}”"


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return _name_of(value) or "、".join(f"{_label((), str(key))} {_said(one)}" for key, one in value.items())
    if isinstance(value, list):
        return "、".join(map(_said, value)) or _NOTHING
    text = " ".join(str(value).split())
    return _VALUES.get(text, text) or _NOTHING
