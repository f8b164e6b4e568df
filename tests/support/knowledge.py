"""A past incident that a company went through, as YAML, and edits of it."""

from typing import Final

_SUMMARY: Final = (
    "积分商城改版后，兑换页多出一项默认勾选的“权益卡”，每月19.9元。一名快递员核对账单时发现连扣三个月，把页面录"
    "屏发到微博，两天转发2,300次。公司当晚下线勾选，三天内主动退清1,460人的扣款，并公布了改版经过，讨论从指"
    "责转为互相提醒查账。"
)
INCIDENT: Final = "inc.fee_dispute.points_fee"
TEXT: Final = """# 由值班分析师整理
id: inc.fee_dispute.points_fee
title: 积分兑换页默认勾选收费，三天退清
owner: 公关部
reviewed_on: 2026-03-01
category: fee_dispute
level: medium
occurred_on: 2026-02-11
platforms: [微博, 小红书]
scale: 相关帖文312条，涉及用户1,460人
summary: {summary}
cause: 积分商城改版时沿用了合作方组件的默认值，上线检查单没有“默认勾选”这一项。
turning_point: 公司没有等用户申请，按扣款记录逐人原路退回，首位发帖人贴出到账记录。
strategy: rebuild
first_response: 5小时
steps:
  - {after: 2小时, actor: 舆情值班员, action: 归并录屏与投诉，判断是页面问题, material: 录屏与投诉清单}
  - {after: 4小时, actor: 产品部, action: 下线默认勾选并核对改版记录, material: 上线单}
  - {after: 5小时, actor: 公关部, action: 发布说明，写明影响人数和退款安排, material: 声明}
  - {after: 3天, actor: 资金部, action: 按扣款记录原路退回, material: 退款回执}
course:
  - {after: 1小时, mentions: 20, negative: 0.8}
  - {after: 5小时, mentions: 190, negative: 0.9}
  - {after: 1天, mentions: 280, negative: 0.6}
  - {after: 3天, mentions: 312, negative: 0.2}
outcome: 1,460人的扣款在三天内退清，未形成监管投诉。
outcome_grade: 好转
lessons:
  - 改版检查单要有“默认勾选”一项。
voices:
  - 我都不知道自己买过这张卡。
  - 钱退得倒是快。
source: own
""".replace("{summary}", _SUMMARY)


def edited(*edits: tuple[str, str], text: str = TEXT) -> str:
    """A text with some words replaced."""
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return text
