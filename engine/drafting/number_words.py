"""How numbers, shares, dates and times look in a text, and what only looks like one: patterns of `draft_numbers`."""

import re
from typing import Final

from engine.drafting.numerals import NUMERALS

PEOPLE: Final = ("人", "名", "位", "个人")
_UNITS: Final = (
    *(
        "个工作日",
        "工作日",
        "个自然日",
        "自然日",
        "个小时",
        "小时",
        "分钟",
        "秒钟",
        "秒",
        "个星期",
        "个月",
        "个季度",
        "季度",
    ),
    *(
        "个百分点",
        "百分点",
        "人民币",
        "美元",
        "块钱",
        "元",
        "块",
        "角",
        "人次",
        "个人",
        "人",
        "名",
        "位",
        "口",
        "户",
        "笔",
        "条",
    ),
    *(
        "起",
        "件",
        "次",
        "单",
        "通",
        "家",
        "个",
        "项",
        "台",
        "份",
        "页",
        "张",
        "套",
        "款",
        "处",
        "倍",
        "折",
        "成",
        "天",
        "日",
        "周",
        "年",
    ),
    *(
        "期",
        "岁",
        "点",
        "号",
        "批",
        "部",
        "类",
        "种",
        "轮",
        "场",
        "组",
        "封",
        "级",
        "档",
        "版",
        "股",
        "米",
        "公里",
        "分",
        "%",
        "‰",
    ),
)
_COUNTED: Final = "名位人起笔次家户条件个"
_NOUNS: Final = (
    *("用户", "客户", "消费者", "借款人", "当事人", "员工", "人员", "学生", "老人", "老年人", "未成年人", "女性"),
    *("订单", "借款", "贷款", "交易", "投诉", "账户", "来电", "工单"),
)
_RUN: Final = rf"[\d{NUMERALS}](?:[\d{NUMERALS}]|[.,](?=\d)){{0,40}}"
_YEAR: Final = r"(?:(?:19|20)\d\d|[一二][〇零九][〇零一二三四五六七八九]{2})"
_PART: Final = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_DAYPART: Final = "凌晨|清晨|早上|上午|中午|下午|傍晚|晚上|深夜|午夜|半夜|夜间|当晚"
_LEAD: Final = "第|将近|接近|近|约|大约|不超过|超过|超|逾|不足|不到|至少|最多|高达|仅|只有"

_SHARE: Final = rf"(?P<base>[百千万])分之(?P<share_of>{_RUN})|(?P<below>{_RUN})分之(?P<above>{_RUN})"
_DATE: Final = (
    rf"(?P<y1>{_YEAR})(?P<mark>[-/.])(?P<m1>\d{{1,2}})(?P=mark)(?P<d1>\d{{1,2}})(?!\d)[日号]?"
    rf"|(?P<y2>{_YEAR})年(?:(?P<m2>{_PART})月(?:(?P<d2>{_PART})[日号])?)?"
    rf"|(?P<m3>{_PART})月(?:份|(?P<d3>{_PART})[日号])?|(?P<d4>{_PART})[日号](?!内|之内|以内|线)"
)
_TIME: Final = (
    rf"(?P<daypart>{_DAYPART})?(?P<hour>{_PART})"
    rf"(?::(?P<minute1>\d\d)(?::\d\d)?|[时点](?!间|候|刻|评|[\d{NUMERALS}]*[个名位条元%])(?:(?P<minute2>{_PART}|半)分?(?!之)|整)?)"
)
_DAY_WORD: Final = (
    r"(?:今|昨|前|明|后|当|次|翌|隔)(?:日|天|晚|早|晨)|(?:本|上|下|这|当)个?(?:周|星期|月|季度)[初中末底内一二三四五六日天]?|[今去明前本当]年[初中末底内]?"
    rf"|[年月周季][初底末内]|[上中下]旬|(?:周|星期|礼拜)[一二三四五六日末天]|{_DAYPART}|即日起|节[前后]|春节|国庆|元旦|中秋"
)
_VAGUE: Final = (
    r"数以[十百千万亿]{1,4}计|成[十百千]上[百千万]|[数几好上][十百千万亿]{1,4}(?:[余多几])?|[十百千万亿][余多几](?![\d])|近[十百千万亿]{1,4}(?![\d一二三四五六七八九])"
    r"|(?:极|绝)?[大少多](?:半|部分|多数|数)|半数|过半|一半|对半|减半|半价|若干|个别|众多|无数|海量|大量|大批|大规模|成倍|加倍|倍增|翻[了两几数]?[一两几]?[倍番]"
    rf"|腰斩|归零|好几|俩|仨|无一|[多数几](?=[{_COUNTED}])|第[几N]|近半"
)
_IDIOM: Final = (
    r"第一时间|第一线|第三方|三方|双方|两者|进一步|统一|唯一|逐一|单一|专一|之一|五险一金|二维码|二手|一五一十|一清二楚|一视同仁|一丝不苟"
    r"|[每任那这另某哪同]何?一|[上下]一(?=步|阶段|环节)|万一|十足|万能|万全|万无一失|千方百计|百姓|百般|百忙|四处|四面八方|双十一|半途"
    rf"|一一(?![\d{NUMERALS}])|十分(?!钟|之|[\d{NUMERALS}])|万分(?!之)|千万(?=不|别|要|请|注意|勿)|一起(?!.{{0,4}}(?:事件|案|投诉|纠纷|事故|诉讼))|一时(?=间|难|无法|之)"
    r"|一(?:定|直|致|律|旦|并|些|般|切|贯|向|样|方面|如既往|对一|同|心|线|手|味|番|流|经|己|站式|揽子|键|再|概|举|应俱全|边|路|旁|齐|系列)"
)
_NUMBER: Final = (
    rf"(?P<lead>{_LEAD})?\s?(?P<sign>[¥￥$])?(?P<run>{_RUN})(?:\s?[-–—~～至到]\s?(?P<until>{_RUN}))?"
    rf"(?P<tail>[余多来几])?(?P<scale>[万亿])?(?P<letter>[kKwW](?![A-Za-z]))?\s?"
    rf"(?P<unit>{'|'.join(_UNITS)})?(?P<noun>{'|'.join(_NOUNS)})?(?P<about>左右|上下|以上|以下|以内|之内|内|之多)?"
)
_ENGLISH: Final = (
    r"(?<![A-Za-z])(?:one|two|three|four|five|six|seven|eight|nine|ten|dozens?|hundreds?|thousands?|millions?|billions?"
    r"|half|double|twice|percent)(?![A-Za-z])"
)

PATTERN: Final = re.compile(
    rf"(?P<share>{_SHARE})|(?P<idiom>{_IDIOM})|(?P<vague>(?:{_VAGUE})(?:{'|'.join(_UNITS)})?(?:{'|'.join(_NOUNS)})?)|(?P<date>{_DATE})|(?P<time>{_TIME})"
    rf"|(?P<day_word>{_DAY_WORD})|(?P<number>{_NUMBER})|(?P<english>{_ENGLISH})",
    re.IGNORECASE,
)
"""One alternation: at each place the first kind that fits; `idiom` is no number."""
