"""Regular expressions that cannot run away: every repetition is bounded and none is nested."""

import re
from typing import Final

LONGEST_GAP: Final = 40
MOST_GAPS: Final = 2

_CLASS: Final = re.compile(r"\[(?:\\.|[^\]\\])+\]|\\.")
_ENDLESS: Final = re.compile(r"[*+]|\{\d{0,4},\}")
_NESTED: Final = re.compile(r"\)\{")
_COUNT: Final = re.compile(r"\{(\d{1,4})(?:,(\d{1,4}))?\}")
_GAP: Final = re.compile(r"[.□]\{(?:\d{1,4},)?(?:[5-9]|\d{2,4})\}")
_REFERENCE: Final = re.compile(r"\\\d|\(\?P=")


def pattern_fault(pattern: str) -> str | None:
    """What is wrong with a pattern, in Chinese; None when it may run on any text."""
    if _REFERENCE.search(pattern):
        return "不能引用前面的分组"
    bare = _CLASS.sub("□", pattern)
    if _ENDLESS.search(bare):
        return "不能用 *、+ 或没有上限的 {n,}，请写明上限，如 .{0,10}"
    if _NESTED.search(bare):
        return "分组后面不能再写重复次数"
    counts = [int(most or least) for least, most in _COUNT.findall(bare)]
    if any(count > LONGEST_GAP for count in counts):
        return f"重复次数最多 {LONGEST_GAP}"
    if any(branch > MOST_GAPS for branch in (len(_GAP.findall(part)) for part in _branches(bare))):
        return f"一条模式里的间隔最多 {MOST_GAPS} 处，请拆成几条"
    try:
        found = re.compile(pattern)
    except re.error as error:
        return f"正则表达式写法不对（第 {(error.pos or 0) + 1} 个字符附近）"
    return "模式不能匹配空文字" if found.search("") else None


def _branches(pattern: str) -> list[str]:
    """The alternatives at the outermost level."""
    parts, depth, start = [], 0, 0
    for place, char in enumerate(pattern):
        depth += (char == "(") - (char == ")")
        if char == "|" and depth == 0:
            parts.append(pattern[start:place])
            start = place + 1
    return [*parts, pattern[start:]]
