"""What a past incident that is written new begins with."""

from datetime import date

from engine.knowledge_base.places import incident_place
from engine.knowledge_base.yaml_edit import set_value

_TEXT = """\
id: {entry}
title: 填写标题
owner: 填写责任部门
reviewed_on: {today}
category: {category}
level: medium
occurred_on: {today}
platforms: [填写平台]
scale: 填写规模，如 相关帖文312条，涉及用户1,460人
summary: 填写概述，120 至 220 字，谁遇到了什么、怎么传开、公司先后做了什么、最后怎样，写明具体数字，不写真实机构和个人。
cause: 填写起因
turning_point: 填写转折
strategy: rebuild
steps:
  - {{after: 2小时, actor: 填写部门, action: 填写做法, material: 填写材料}}
  - {{after: 6小时, actor: 填写部门, action: 填写做法, material: 填写材料}}
  - {{after: 1天, actor: 填写部门, action: 填写做法, material: 填写材料}}
  - {{after: 3天, actor: 填写部门, action: 填写做法, material: 填写材料}}
course:
  - {{after: 1小时, mentions: 0, negative: 0.5}}
  - {{after: 6小时, mentions: 0, negative: 0.5}}
  - {{after: 1天, mentions: 0, negative: 0.5}}
  - {{after: 3天, mentions: 0, negative: 0.5}}
outcome: 填写结果
outcome_grade: 平息
lessons:
  - 填写教训
voices:
  - 填写用户原话
  - 填写用户原话二
source: own
"""


def new_incident(entry: str, title: str, today: date) -> str:
    """The file of a new past incident, to be filled in. Raises InputError for what cannot be its id."""
    place = incident_place(entry)
    text = _TEXT.format(entry=entry, category=place.entry.split(".")[1], today=today.isoformat())
    return set_value(text, ("title",), " ".join(title.split())) if title.strip() else text
