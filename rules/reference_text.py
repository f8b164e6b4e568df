"""What the reference says beside its tables. Chinese, for people who write rules; shown as Markdown."""

from typing import Final

from rules.case_series import SeriesStep, Spread
from rules.cases import Case, ExpectedFinding
from rules.handling import Duty
from rules.schema import Condition, Deprecation, Exemption, Rule, RulePart

INTRODUCTION: Final = """一条规则写在 `rules/packs/<类别>/<名称>.yaml`，编号是 `<类别>.<名称>`；
旁边的 `<名称>_test.yaml` 是它的测试。
每个等级写明条件：`all` 下面每项都要达到，`any` 下面有一项即可，可以互相嵌套。取已达到的最高等级作为结论。

```yaml
levels:
  low:
    all:
      - {fact: negative_count_1h, op: ">=", value: 10}
      - any:
          - {fact: unique_authors_1h, op: ">=", value: 8}
          - {fact: hot_search_rank_24h, op: "<=", value: 50}
unless:
  - reason: 促销退费期
    until: 2026-12-31
    levels: [low]
    when: {fact: baseline_1h, op: ">=", value: 5}
```

- 时间窗口写在事实名的末尾：`_10m`、`_1h`、`_6h`、`_24h`、`_7d`；一条规则可以同时用几个窗口。
- 没有值的事实（例如没有上热搜时的热搜排名）不满足任何条件，包括 `!=`；条件写了 `on_missing: met` 的，没有值时也算达到。
- 数值先按“最小单位”取整再比较，门槛也要是最小单位的整数倍。
- 一个等级里的条件组合最多 COMBINATIONS 种，一条豁免也是，再多请拆成几条。
- 更高的等级不能比更低的等级容易达到。
- 豁免（`unless`）到 `until` 当天（中国日历）为止有效；条件达到时，`levels` 里的等级不判，改判更低的等级。
- 告警次数超出 `alert_budget_per_week` 时提醒负责人，不会少报。
"""

TESTS: Final = """每个用例起一个句子作名字，写明 `kind`：

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
    at: {9h: none, 11h: low}
    findings: [{at: 636m, level: low}]
  - name: 每小时几条，然后逐小时增加
    kind: quiet
    expect: none
    series:
      - {at: 0h, every: 1h, mentions: "2x5 3+1x2 _ 2"}
```

`facts` 没有写的事实取 0，或没有值。`series` 中的提及经过真实的时间窗口计算，取其间出现过的最高等级。
`mentions` 逐段写条数：`3 8 20`；`5+10x3` 是 5、15、25、35；`4x2` 是 4、4、4；`_` 是没有提及。
"""

HANDLING: Final = """`rules/handling.yaml` 写明每个类别的每个等级由谁在多少分钟内作出首次响应，逾期报给谁。
它和规则一起批准、一起发布。
`crisisdesk rules coverage` 列出每个类别、每个等级有哪些规则、责任部门、时限、预案与模板，缺了什么、该补在哪一处。
"""

CHECKS: Final = """`crisisdesk rules lint` 一次列出全部问题，每处写明文件与行、怎样改，能举例的附上一组事实：

- 写法：不认识的字段、事实、取值（附最接近的正确写法），类型、单位、范围与最小单位，重复的键；
- 永远达不到的等级或其中一项，总是成立的条件；
- 多余的条件：写重了，或者另一条已经包含它；更高的等级比更低的容易达到；永远不会单独出现的等级；
- 多余的规则：它的每一次告警，同类别另一条生效的规则都会给出同样或更高的等级；
- 豁免：到期、不起作用、挡住一个等级的全部情形、写了规则没有的等级；
- 没有测试文件，缺少命中、差一点或安静的用例；
- 复核逾期，生效的规则没有写告警预算，停用的规则指向不存在或也已停用的规则。

几个条数之间有固定的大小关系，检查时一并考虑，例如最近 1 小时的条数不会多于最近 24 小时的：
"""

FIELDS: Final[dict[type[RulePart], dict[str, str]]] = {
    Rule: {
        "id": "编号，`<类别>.<名称>`，与文件位置一致",
        "title": "标题，告警时显示",
        "category": "类别代码",
        "status": "状态，见下表",
        "version": "版本号，每次改动加 1",
        "owner": "负责人或部门，告警过多、复核逾期时找他",
        "rationale": "为什么要有这条规则，至少 10 个字",
        "references": "依据的法规或制度",
        "false_positives": "已知的误报情形，至少一条",
        "effective_from": "从哪天起用（供人看；真正生效以批准的发布为准）",
        "review_by": "在哪天之前复核，逾期时检查会报出",
        "cooldown_minutes": "同一事件多少分钟内不重复告警，0 到 10080",
        "alert_budget_per_week": "每周预计最多告警几次，超出提醒负责人；生效的规则必须写",
        "quiet_days_before_active": "试运行多少天不超出预算后可以转为生效",
        "deprecated": "停用说明，状态为 `deprecated` 时必须写",
        "levels": "一到三个等级，每个等级写明条件",
        "unless": "豁免，可以有几条",
    },
    Condition: {
        "fact": "事实，见下表",
        "op": "比较，写时加引号",
        "value": "门槛；`in` 时写成列表",
        "on_missing": "没有值时：`not_met` 不算达到，`met` 也算达到；只用于可能没有值的事实",
    },
    Exemption: {
        "reason": "豁免的理由，说明中会写出",
        "until": "有效到哪天（含当天）",
        "levels": "不判哪些等级；不写则全部不判",
        "when": "条件达到时才豁免",
    },
    Deprecation: {"reason": "停用的原因", "replaced_by": "由哪条规则接替"},
    Case: {
        "name": "一句话写明情形，至少 6 个字",
        "kind": "`hit`、`near_miss` 或 `quiet`",
        "expect": "应得的等级，或 `none`",
        "misses": "差一点的用例没有达到的等级",
        "on": "用例发生在哪天，与豁免的到期有关",
        "facts": "一个时刻的事实",
        "series": "一段时间的提及，一行一步",
        "at": "某些时刻应得的等级，只与 `series` 一起写",
        "findings": "应当告警的时刻与等级，已扣除冷却，只与 `series` 一起写",
    },
    ExpectedFinding: {"at": "何时", "level": "等级"},
    SeriesStep: {
        "at": "从何时起，如 `0m`、`6h`、`2d`",
        "every": "每隔多久",
        "count": "共几条",
        "mentions": "逐段的条数，代替 `count`",
        "authors": "由几个账号轮流发出，不写则各不相同",
        "contents": "几段不同的文字，不写则各不相同",
        "account": "各步之间同名的是同一个账号",
        "content": "各步之间同名的是同一段文字",
        "severity": "严重程度：`none`、`low`、`medium`、`high`",
        "author_kind": "作者类型",
        "kind": "提及类型",
        "followers": "作者粉丝数",
        "reach": "触达人数",
        "reposts": "转发数",
        "negativity": "负面程度，0 到 1",
        "certainty": "归类把握，0 到 1",
        "harm_words": "说到伤亡或自伤的词数",
        "hot_search_rank": "热搜排名",
        "platforms": "轮流出现的平台",
        "negative": "是否负面；`false` 只计入全部提及",
        "spread": "不是新提及，而是已有内容新增的转发与触达",
    },
    Spread: {"reposts": "新增转发", "reach": "新增触达人数", "heat": "单条热度"},
    Duty: {
        "department": "责任部门",
        "within_minutes": "首次响应时限，等级达到后多少分钟",
        "escalate_to": "逾期报给谁",
    },
}
"""What each field is for; a test keeps the names equal to the schema's."""
