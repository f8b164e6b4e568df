"""docs/rules-reference.md, written from the vocabulary: `python -m rules.reference`."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final, get_args

from rules.schema import MAX_COMBINATIONS, Operator, RuleStatus
from rules.vocabulary import CATEGORY_TITLES, CHOICE_TITLES, LEVEL_TITLES, VOCABULARY, FactSpec, FactType

REFERENCE: Final = Path(__file__).parent.parent / "docs" / "rules-reference.md"

_TYPES: Final = {FactType.integer: "整数", FactType.number: "数值", FactType.text: "文字"}
_OPERATORS: Final = {
    ">=": "达到",
    ">": "超过",
    "<=": "不超过（用于排名时是“进入前几位”）",
    "<": "低于",
    "==": "正好是",
    "!=": "不是",
    "in": "是其中之一，值写成列表，只用于文字",
}
_STATUSES: Final = {
    RuleStatus.draft: "草稿：照常计算并记录，不告警",
    RuleStatus.shadow: "试运行：照常计算并记录，不告警",
    RuleStatus.active: "生效：告警",
    RuleStatus.deprecated: "停用：不再计算",
}
_INTRODUCTION: Final = """# 规则参考

本页由 `python -m rules.reference` 从事实词表生成，请勿手改。

一条规则写在 `rules/packs/<类别>/<名称>.yaml`，编号是 `<类别>.<名称>`；旁边的 `<名称>_test.yaml` 是它的测试。
每个等级写明条件：`all` 下面每项都要达到，`any` 下面有一项即可，可以互相嵌套。取已达到的最高等级作为结论。

```yaml
levels:
  low:
    all:
      - {fact: negative_count_1h, op: ">=", value: 8}
      - any:
          - {fact: unique_authors_1h, op: ">=", value: 6}
          - {fact: media_count_24h, op: ">=", value: 1}
```

- 没有值的事实（例如没有上热搜时的热搜排名）不满足任何条件，包括 `!=`。
- 数值先按“最小单位”取整再比较，门槛也要是最小单位的整数倍。
- 一个等级里的条件组合最多 COMBINATIONS 种，再多请拆成几条规则。
- 更高的等级不能比更低的等级容易达到。
"""
_TESTS: Final = """## 测试

每个用例起一个句子作名字，写明 `kind`：

- `hit` 命中，每个等级至少一个；
- `near_miss` 差一点，用 `misses` 写明没有达到的等级；
- `quiet` 安静。

`expect` 是应得的等级，不告警写 `none`。条件有两种写法：

```yaml
rule: fee_dispute.surge
cases:
  - name: 条数够了，但只有 5 个账号在说
    kind: near_miss
    expect: none
    misses: low
    facts: {negative_count_1h: 10, unique_authors_1h: 5, growth_1h: 11}
  - name: 一小时内 10 个账号接连发声
    kind: hit
    expect: low
    series:
      - {at: 0m, every: 2h, count: 5, severity: low}
      - {at: 10h, every: 4m, count: 10, authors: 10, reach: 300, platforms: [微博, 黑猫投诉]}
```

`facts` 没有写的事实取 0，或没有值。`series` 中的提及经过真实的时间窗口计算，取其间出现过的最高等级；
`spread: {reposts: 10, reach: 2000}` 表示已有内容新增的转发与触达。
"""


def reference() -> str:
    """The whole page."""
    parts = [
        _INTRODUCTION.replace("COMBINATIONS", str(MAX_COMBINATIONS)),
        _table("类别", ("代码", "名称"), [(f"`{key}`", title) for key, title in CATEGORY_TITLES.items()]),
        _table("等级", ("代码", "名称"), [(f"`{key}`", title) for key, title in LEVEL_TITLES.items()]),
        _table("状态", ("代码", "含义"), [(f"`{key}`", title) for key, title in _STATUSES.items()]),
        _table("比较", ("写法", "含义"), [(f'`"{op}"`', _OPERATORS[op]) for op in get_args(Operator)]),
        _table("事实", ("事实", "名称", "类型", "单位", "取值", "最小单位", "含义"), map(_row, VOCABULARY.values())),
        _TESTS,
    ]
    return "\n".join(parts)


def _table(title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join([f"## {title}", "", *(f"| {' | '.join(line)} |" for line in lines), ""])


def _row(spec: FactSpec) -> tuple[str, ...]:
    step = "" if spec.type is FactType.text else f"{spec.step:g}"
    return (f"`{spec.name}`", spec.title, _TYPES[spec.type], spec.unit, _values(spec), step, spec.meaning)


def _values(spec: FactSpec) -> str:
    if spec.type is FactType.text:
        found = "、".join(f"`{choice}` {CHOICE_TITLES[choice]}" for choice in spec.choices)
    else:
        found = f"{spec.minimum:.12g} 到 {spec.maximum:.12g}"
    return f"{found}；可能没有值" if spec.nullable else found


if __name__ == "__main__":
    REFERENCE.write_text(reference(), encoding="utf-8")
