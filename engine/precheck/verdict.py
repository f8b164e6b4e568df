"""The verdict on a text: derived from its findings by one rule, which every assessment states."""

from collections.abc import Sequence
from typing import Final

from engine.precheck.model import Concern, Finding, Verdict

RULE: Final = (
    "有一处“不得使用”即“不宜发布”；没有“不得使用”但有“必须修改”即“修改后发布”；"
    "两者都没有即“可以发布”。“建议修改”不影响结论。结论只由检查规则得出，不用语言模型，也不代替法律意见。"
)


def verdict_of(findings: Sequence[Finding], unread: Sequence[str] = ()) -> tuple[Verdict, str]:
    """The verdict, and in one sentence why; what was not read (pictures…) stands beside it."""
    verdict, reason = _by_counts(findings)
    return verdict, f"{reason}；{'、'.join(unread)}没有读取，须另行核对" if unread else reason


def _by_counts(findings: Sequence[Finding]) -> tuple[Verdict, str]:
    counts = {concern: sum(finding.concern is concern for finding in findings) for concern in Concern}
    if counts[Concern.prohibited]:
        rest = f"，另有 {counts[Concern.must]} 项必须修改" if counts[Concern.must] else ""
        return Verdict.stop, f"有 {counts[Concern.prohibited]} 项不得使用的表述{rest}"
    if counts[Concern.must]:
        return Verdict.change, f"有 {counts[Concern.must]} 项必须修改"
    advice = f"，有 {counts[Concern.should]} 项建议" if counts[Concern.should] else ""
    return Verdict.publish, f"没有发现必须修改的内容{advice}"
