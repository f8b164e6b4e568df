"""The pages of the example drafts: the statement as exported, its proof sentence by sentence, and an index."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from engine.drafting.document import Draft
from engine.drafting.exports.exporting import Statement, channel_title
from engine.drafting.exports.layout import as_posted
from engine.drafting.exports.markdown import escaped, to_markdown
from engine.drafting.exports.standing import standing_of
from engine.drafting.gallery.incidents import ExampleIncident
from engine.drafting.verification import verify
from engine.model import Proof
from engine.signing import TrustedKeys
from rules.vocabulary import CATEGORY_TITLES, LEVEL_TITLES, Category, Level

KEYS: Final = "keys.txt"
MARK: Final = "<!-- 这一行以下由 python -m engine.drafting.gallery 生成，请不要手改 -->\n"
_HEADS: Final = ("类别", "事件", "等级", "渠道", "种类", "策略", "字数", "草稿", "草稿文件")


def page(incident: ExampleIncident, draft: Draft, trusted: TrustedKeys, clauses: Mapping[str, str]) -> str:
    """One example in Markdown: the export with its sources, then elements, strategy and proof.

    `clauses` are the titles of the regulations that ask for an element, by their id.
    """
    exported = to_markdown(statement(incident, draft, trusted)).rstrip()
    proof = verify(draft.to_json(), trusted)
    return "\n".join([exported, *_elements(draft, proof, clauses), *_strategy(draft), *_incident(incident, proof), ""])


def statement(incident: ExampleIncident, draft: Draft, trusted: TrustedKeys) -> Statement:
    """The draft as it is exported: nobody approved it."""
    standing = standing_of(draft, (), None, trusted)
    return Statement(draft=draft, standing=standing, at=incident.at, with_sources=True)


def index(text: str, examples: Sequence[tuple[ExampleIncident, Draft]], trusted: TrustedKeys) -> str:
    """The index with its table put anew below the mark. Raises ValueError without the mark."""
    by_hand, mark, _ = text.partition(MARK)
    if not mark:
        raise ValueError(f"README.md 里没有这一行：{MARK.strip()}")
    heads = [f"| {' | '.join(line)} |" for line in (_HEADS, ("---",) * len(_HEADS))]
    rows = [_row(incident, statement(incident, draft, trusted)) for incident, draft in examples]
    models = "、".join(sorted({draft.model for _, draft in examples if draft.model}))
    return "\n".join([f"{by_hand}{mark}", *heads, *rows, "", f"语言模型：{models or '没有用到'}", ""])


def _category(incident: ExampleIncident) -> str:
    return CATEGORY_TITLES[Category(incident.category)]


def _level(incident: ExampleIncident) -> str:
    return LEVEL_TITLES[Level(incident.level)]


def _row(incident: ExampleIncident, one: Statement) -> str:
    template, name = one.template, str(incident.category)
    cells = (
        _category(incident),
        escaped(incident.about),
        _level(incident),
        channel_title(template.channel),
        "应急" if template.kind == "holding" else "声明",
        one.draft.strategy.title if one.draft.strategy else "—",
        str(len(as_posted(one.draft.text, template.channel))),
        f"[{escaped(one.title)}]({name}.md)",
        f"[{name}.json]({name}.json)",
    )
    return f"| {' | '.join(cells)} |"


def _elements(draft: Draft, proof: Proof, clauses: Mapping[str, str]) -> Iterator[str]:
    yield from ("", "## 必备内容", "", "| 内容 | 有没有 | 凭什么 | 依据 |", "| --- | --- | --- | --- |")
    asked = {one.id: clauses.get(one.clause or "", "—") for one in draft.elements}
    for one in proof.elements:
        said = "有" if one.present else "没有"
        yield f"| {escaped(one.title)} | {said} | {escaped(one.how)} | {escaped(asked.get(one.id, '—'))} |"


def _strategy(draft: Draft) -> Iterator[str]:
    if draft.strategy is not None:
        reason = escaped(draft.strategy.reason)
        yield from (
            "",
            "## 回应策略",
            "",
            f"**{draft.strategy.title}。** {reason}{'' if reason[-1:] in '。）' else '。'}",
        )


def _incident(incident: ExampleIncident, proof: Proof) -> Iterator[str]:
    found = "全部有出处，可以提交审批" if proof.releasable else "还不能提交审批"
    about = f"{escaped(incident.about)}（{_category(incident)}，{_level(incident)}）"
    yield from ("", "## 事件和核验", "", f"{about}。{found}。")
