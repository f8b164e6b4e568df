"""The fields of a draft file in words, for whoever has a file that cannot be read."""

from collections.abc import Sequence
from typing import Final

_TITLES: Final = {
    "incident": "事件",
    "template": "模板",
    "text": "文字",
    "spans": "分段",
    "proof": "核验结论",
    "origin": "出处种类",
    "template_source": "模板原文",
    "register": "事实登记",
    "hashes": "哈希",
    "signature": "签名",
    "ref": "出处",
    "model": "语言模型",
    "notes": "说明",
    "mark": "人工智能标识",
    "strategy": "策略",
    "elements": "必备内容",
    "key": "事实键",
    "value": "内容",
    "source": "来源",
    "status": "状态",
    "kind": "种类",
    "id": "编号",
    "ok": "是否通过",
}


def field_title(place: Sequence[int | str]) -> str:
    """Where in a draft file something is wrong: 分段 第 1 项 出处种类. A word of the file itself stands in brackets."""
    return " ".join(
        f"第 {one + 1} 项" if isinstance(one, int) else _TITLES.get(one, f"（{one[:40]}）") for one in place
    )
