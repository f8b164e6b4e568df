"""`crisisdesk rules`: imported before a command runs, so nothing slow here."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.command_line.help_text import COMMAND, PLAIN

if TYPE_CHECKING:
    from api.settings import Settings

rules_app = typer.Typer(help="规则：检查、测试、比较、解释、回测。", **PLAIN)

Json = Annotated[bool, typer.Option("--json", help="输出 JSON，供脚本使用。")]
Store = Annotated[Path | None, typer.Option("--store", help="数据库所在文件夹，如回放时指定的文件夹。")]
Packs = Annotated[Path | None, typer.Option("--packs", help="规则文件夹；缺省为内置规则。")]
OtherPacks = Annotated[Path | None, typer.Option("--packs", help="规则文件夹，代替现行规则。")]
OfRelease = Annotated[
    str | None, typer.Option("--release", help="用哪份发布的规则：指纹、active 现行或 bundled 内置；缺省为现行。")
]
InRealm = Annotated[
    str | None,
    typer.Option("--realm", help="数据域：live、demo、drill、replay；缺省为服务的默认域，指定 --store 时为 replay。"),
]


@rules_app.command(help="检查规则与用例文件，逐处列出错误。", **COMMAND)
def lint(packs: Packs = None, as_json: Json = False) -> int:
    """Check rule files."""
    from api.command_line import reviewing  # noqa: PLC0415

    return reviewing.lint(packs, as_json=as_json)


@rules_app.command(help="列出每个类别、每个等级的规则、责任部门、时限、预案与模板；有缺口返回 1。", **COMMAND)
def coverage(packs: Packs = None, as_json: Json = False) -> int:
    """Category × level: what there is and what is missing."""
    from api.command_line import reviewing  # noqa: PLC0415

    return reviewing.coverage(packs, as_json=as_json)


@rules_app.command("test", help="运行规则用例。", **COMMAND)
def run_tests(
    packs: Packs = None,
    rule: Annotated[str | None, typer.Option("--rule", help="只检查这一条规则，如 fee_dispute.surge。")] = None,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="再查条件覆盖：每个条件都有达到、没达到和单独决定等级的用例。")
    ] = False,
    mutation: Annotated[bool, typer.Option("--mutation", help="再查改动：把每个门槛改动一点，须有用例发现。")] = False,
    junit: Annotated[Path | None, typer.Option("--junit", help="结果另存为 JUnit XML 文件，供持续集成使用。")] = None,
    as_json: Json = False,
) -> int:
    """Run rule tests."""
    from api.command_line import reviewing  # noqa: PLC0415

    return reviewing.test(packs, rule, junit, coverage=coverage, mutation=mutation, as_json=as_json)


@rules_app.command("diff", help="比较两版规则：含义变了什么，在一段历史上哪些告警会不同。有不同返回 1。", **COMMAND)
def diff_rules(
    old: Annotated[str, typer.Argument(metavar="OLD", help="改前：规则文件夹、发布指纹、active 现行或 bundled 内置。")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="改后：写法同上。")],
    history: Annotated[
        Path | None, typer.Option("--history", help="历史文件：提及，或日志记录（JSON Lines）。")
    ] = None,
    store: Store = None,
    since: Annotated[str | None, typer.Option("--from", help="从哪天起，如 2026-03-01；缺省为之前 30 天。")] = None,
    until: Annotated[str | None, typer.Option("--to", help="到哪天为止（含当天）；缺省为现在。")] = None,
    realm: Annotated[str | None, typer.Option("--realm", help="数据域：live、demo、drill 或 replay。")] = None,
    as_json: Json = False,
) -> int:
    """Compare two versions of rules."""
    from api.command_line import comparing  # noqa: PLC0415

    span = comparing.Span(history, store, since, until, realm)
    return comparing.diff(_settings(), old, new, span, as_json=as_json)


@rules_app.command(
    "explain", help="某品牌、某类别在某一时刻的每条规则：为什么告警或没有告警；或重算一条决策。", **COMMAND
)
def explain_rules(
    brand: Annotated[str | None, typer.Option("--brand", help="品牌。")] = None,
    category: Annotated[str | None, typer.Option("--category", help="类别，如 fee_dispute 或 收费争议。")] = None,
    at: Annotated[str | None, typer.Option("--at", help="时刻，如 2026-03-01T08:30；缺省为最新。")] = None,
    decision: Annotated[
        str | None, typer.Option("--decision", help="决策编号：按当时的发布重算，与存档逐字节一致返回 0，否则返回 1。")
    ] = None,
    packs: OtherPacks = None,
    release: OfRelease = None,
    store: Store = None,
    realm: InRealm = None,
    as_json: Json = False,
) -> int:
    """Explain rules at a moment, or decide a stored decision again."""
    from api.command_line import explaining  # noqa: PLC0415

    if decision is not None:
        return explaining.explain_decision(_settings(), decision, store, as_json=as_json)
    moment = explaining.MomentAsked(brand, category, at, store, realm, packs, release)
    return explaining.explain_moment(_settings(), moment, as_json=as_json)


@rules_app.command(
    "backtest", help="让规则重过一段历史：何时告警、每周几次、开出哪些事件、是否超出预算；可与另一版对比。", **COMMAND
)
def backtest_rules(
    packs: OtherPacks = None,
    release: OfRelease = None,
    against: Annotated[
        str | None, typer.Option("--against", help="与哪一版对比：规则文件夹、发布指纹、active 或 bundled。")
    ] = None,
    history: Annotated[
        Path | None, typer.Option("--history", help="历史文件：评过分的日志记录，或原始提及（先评分）。")
    ] = None,
    store: Store = None,
    realm: InRealm = None,
    since: Annotated[str | None, typer.Option("--from", help="从何时起，如 2026-03-01；缺省为最近 30 天。")] = None,
    until: Annotated[str | None, typer.Option("--to", help="到何时止（含当日）；缺省为现在。")] = None,
    labels: Annotated[
        Path | None, typer.Option("--labels", help="真实情况（JSON Lines）：提及的类别，或危机的起止时间。只用于评判。")
    ] = None,
    plot: Annotated[Path | None, typer.Option("--plot", help="另存一张图（.svg）。")] = None,
    as_json: Json = False,
) -> int:
    """Backtest rules."""
    from api.command_line import history as backtests  # noqa: PLC0415

    asked = backtests.BacktestAsked(
        packs=packs,
        release=release,
        against=against,
        history=history,
        store=store,
        realm=realm,
        since=since,
        until=until,
        labels=labels,
        plot=plot,
    )
    return backtests.run_backtest(_settings(), asked, as_json=as_json)


def _settings() -> "Settings":
    from api.settings import read_settings  # noqa: PLC0415 - pydantic is slow to import

    return read_settings()
