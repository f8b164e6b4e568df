"""What a person's words may assert that only the register or the template can carry: the patterns of `draft_human`.

Each pattern finds where an assertion begins. `FOLLOWED_BY` and `PRECEDED_BY` say which facts make it a known one by
standing right after or right before it: 已 + a confirmed measure, 原因是 + the confirmed cause.
"""

import re
from dataclasses import dataclass
from typing import Final

from knowledge.schema import FactKey


@dataclass(frozen=True, slots=True)
class Assertion:
    """A kind of assertion (Chinese), how it begins, and the facts that may stand right after or right before it."""

    kind: str
    pattern: re.Pattern[str]
    followed_by: frozenset[FactKey] = frozenset()
    preceded_by: frozenset[FactKey] = frozenset()


_K = FactKey
_CAUSE: Final = frozenset({_K.cause})

ASSERTIONS: Final = (
    Assertion(
        "承诺",
        re.compile(
            r"保证|承诺|确保|担保|(?:一定|必定|必然|肯定)(?:会|要|能|将)?|必将|绝不|决不|绝对|绝无|务必|负责到底|全额|足额|全数|悉数"
            r"|赔偿|赔付|补偿|理赔|退还|退款|退费|退回|返还|免除|免息|减免|豁免|终身|永久|百分百|百分之百|零容忍|杜绝|不再|限期"
            r"|还给|还钱|[赔退][给钱]|付给|把[^，。；\n]{0,8}[还赔退]|买单|兜底|自掏腰包|即将|行将"
            r"|安全(?:可靠|无虞|无忧|无误|稳定)|(?:是|均|都|仍|很|十分|非常|处于)安全"
        ),
    ),
    Assertion("承诺", re.compile(r"将于|将在|预计|计划于|拟于"), followed_by=frozenset({_K.completion_date})),
    Assertion(
        "定性",
        re.compile(
            r"(?<!不)属实|确实|的确|承认|证实|责任(?:在|由)|(?:我们|我司|我公司|本公司|公司|我方)的?(?:过错|过失|失误|错误|疏忽|失职|责任)"
            r"|违法|违规|违约|违反|犯罪|涉嫌|管理不善|监管不力|(?:审核|把关|管理)不严|失职|失察|欺诈|欺骗|诱导|误导|虚假|造假|泄露|外泄|泄漏"
            r"|盗取|盗用|漏洞|暴力催收|高利贷|套路贷|砍头息|内鬼|恶意|故意"
            r"|过失|过错|疏忽|疏漏|失误|有错|有责|错在|负(?!责人|责同志|责(?:处理|跟进|解答|接待|对接|答复|受理|核实|核对))[^，。；\n]{0,4}责|全责|主责|担责|的锅"
            r"|承担|难辞其咎|归咎|黑客|入侵|攻击|攻破|病毒|木马|撞库|同行|竞争对手|对手|所为|幕后|水军|指使|雇佣|栽赃|陷害|碰瓷|敲诈|勒索"
            r"|关门|倒闭|破产|停业|歇业|清算|解散|跑路|裁员|退市|收购|重组|濒临|被查|失联"
        ),
    ),
    Assertion(
        "否认",
        re.compile(
            r"不属实|不实|谣言|造谣|子虚乌有|捏造|诽谤|抹黑|并非|绝非|从未|从来|无关|并无|毫无|没有|没(?!收)|未(?!来|成年|必|免)|勿"
            r"|不(?!便|断|安|适|足|仅|但|同|少|久|良|当|法|妨|满|佳|明|清|一致|时|管|论|符|良|可抗力|含糊|解|吝|厌)"
            r"|无(?:需|须|任何|责|误|偿|法|权|过错|责任)"
            r"|有误|错误|误传|误会|误解|讹传|传言|传闻|失实|不成立|站不住|夸大|假的|虚构"
            r"|拒绝|否认|停止|取消|撤销|撤回|除外|以外"
        ),
    ),
    Assertion(
        "原因",
        re.compile(r"由于|因为|原因|系因|系由|缘于|源于|起因|根源|(?<![原起内外成])因(?!此|而|应|素|为)|鉴于"),
        followed_by=_CAUSE,
    ),
    Assertion(
        "原因",
        re.compile(r"所致|导致|引发|引起|致使|造成(?!的?(?:您的?)?(?:不便|困扰|担忧|打扰|不好的体验))"),
        preceded_by=_CAUSE,
    ),
    Assertion(
        "数字", re.compile(r"[年月日](?:化|利率|息|费率)|综合(?:成本|费率|利率)|单利|复利|IRR|APR", re.IGNORECASE)
    ),
    Assertion(
        "名称",
        re.compile(
            r"身份证|银行卡(?:号|信息)|通讯录|人脸|家庭住址|住址|借款信息|征信(?:信息|记录|报告)|手机号|个人信息|姓名"
        ),
    ),
    Assertion(
        "举措",
        re.compile(r"(?:已经?|现已|均已|业已|早已)(?!知|然|久|故|婚|关注|注意|收到|了解|获悉|知悉|有用户)(?=\w)"),
        followed_by=frozenset({_K.measure}),
    ),
    Assertion(
        "举措",
        re.compile(
            r"报案|报警|下架|辞退|开除|解聘|停职|处分|追责|问责|追究|整改|停用|关闭|暂停|终止|清退|起诉|移送|移交|立案|约谈|处罚|罚款|和解"
            r"|(?:完成|采取|启动|成立|展开|组织|解决|修复|恢复|处理|核实|查明|查清)(?:了|完毕|完成|到位)|查明|查清|解除|道歉信"
        ),
    ),
    Assertion("举措", re.compile(r"完成(?!时限)"), preceded_by=frozenset({_K.completion_date})),
)

GENERIC_QUOTES: Final = frozenset({"声明", "说明", "公告", "通知", "客服", "在线客服"})
QUOTED: Final = re.compile(r"[《“「『\"〈]([^》”」』\"〉]{1,40})[》”」』\"〉]")
ORGANISATION: Final = re.compile(
    r"[\u4e00-\u9fffA-Za-z0-9]{0,10}?(?:公司|银行|集团|事务所|研究院|大学|医院|监管总局|监管局|金融办|公安(?:局|机关|部)?|派出所|警方|经侦|人民银行|央行"
    r"|法院|检察院|消保委|消协|协会|网信(?:办|部门)|市场监管|工信部|证监会|银保监|监管(?:部门|机构|机关)|央视|新华社|人民日报|电视台|日报|晚报|早报|时报)"
)
OWN_NAMES: Final = re.compile(r"(?:我们|我|本|贵|该|各|分|子|母|向|对|与|和|在|由|及|请|到|的|了|是|为)*公司")
PRODUCT: Final = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]{1,6}?(?:贷|分期|白条|花呗|借呗|备用金|信用金)(?!款|后|前)")
GENERIC_PRODUCTS: Final = re.compile(r".*(?:网贷|借贷|信贷|放贷|还贷|房贷|车贷|办理分期|申请分期|的分期|分期)")
LATIN: Final = re.compile(r"[A-Za-z]{2,}")
GENERIC_LATIN: Final = frozenset({"app", "vip"})
PERSON: Final = re.compile(
    r"(?:[赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜谢邹喻苏潘葛范彭鲁韦马苗凤方俞任袁柳史唐薛雷贺倪汤罗郝"
    r"安乐于傅齐康伍余顾孟黄穆萧尹姚邵汪毛戴宋茅庞熊纪舒屈项祝董梁杜阮蓝季贾路江童郭梅盛林钟徐邱骆高夏蔡田胡凌霍虞万柯卢莫房丁邓程崔"
    r"龚陆段侯全刘景龙叶白黎乔谭温庄晏柴瞿阎连向古廖曾沙丰关岳肖])"
    r"(?:某+|[\u4e00-\u9fff]{0,2}(?:先生|女士|小姐|经理|主任|主管|总监|总裁|董事长|局长|律师|老师|警官|总(?=[，。、；：表说称的]))|X{1,2}|\*{1,2})"
)
SURNAMES: Final = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜谢邹喻苏潘葛范彭鲁韦马苗方俞任袁柳史唐薛雷贺倪汤罗郝安常乐于傅康伍"
    "余顾孟黄穆萧尹姚邵汪毛戴宋庞熊纪舒屈项祝董梁杜阮蓝季贾路江童郭梅盛林钟徐邱骆高夏蔡田胡凌霍虞万柯卢莫丁邓程崔龚陆段侯刘景龙叶白黎乔"
    "谭温庄晏柴瞿阎向廖曾沙岳肖欧阳诸葛司马上官"
)
NO_PERSONS: Final = frozenset(
    {
        "文明",
        "安抚",
        "周旋",
        "陈述",
        "安全",
        "安心",
        "高度",
        "明白",
        "方便",
        "和谐",
        "全程",
        "任何",
        "严格",
        "严肃",
        "关心",
    }
)
NO_PLACES: Final = frozenset(
    {"日志", "入口", "中断", "上门", "白跑", "密封", "关联", "微博", "中国", "我国", "全国", "国内"}
)
