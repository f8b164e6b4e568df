"""The `crisisdesk` command. Nothing slow is imported before a command runs."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.command_line.edge import run_process
from api.command_line.help_text import COMMAND, PLAIN, speak_chinese
from api.learning_cli import knowledge_app
from api.release_cli import release_app
from api.rules_cli import rules_app

if TYPE_CHECKING:
    from api.settings import Settings

speak_chinese()
app = typer.Typer(help="CrisisDesk 舆情应对台：从监测到获批声明，全部在本机完成。", **PLAIN)
user_app = typer.Typer(help="用户与访问令牌。", **PLAIN)
app.add_typer(rules_app, name="rules")
app.add_typer(release_app, name="release")
app.add_typer(knowledge_app, name="knowledge")
app.add_typer(user_app, name="user")

_ROLES = "角色：pr 公关、compliance 合规、analyst 分析师、department 业务部门、operator 运维。"
Json = Annotated[bool, typer.Option("--json", help="输出 JSON，供脚本使用。")]
In = Annotated[Path, typer.Argument(metavar="IN.jsonl", help="输入文件；- 为标准输入。")]
Out = Annotated[Path, typer.Option("--out", help="结果文件；未收录的记录写到 <结果文件>.rejected.jsonl。")]
Store = Annotated[Path | None, typer.Option("--store", help="数据库所在文件夹，如回放时指定的文件夹。")]


@app.command(help="启动网页与接口服务。", **COMMAND)
def serve(
    host: Annotated[str | None, typer.Option(help="监听地址，缺省 127.0.0.1。")] = None,
    port: Annotated[int | None, typer.Option(help="监听端口，缺省 8000。")] = None,
    demo: Annotated[
        bool | None, typer.Option("--demo/--no-demo", help="播放演示数据，并为每个角色建一个账号。")
    ] = None,
) -> int:
    """Run the server."""
    from api.command_line import running  # noqa: PLC0415

    chosen = {"host": host, "port": port, "demo": demo}
    return running.serve(_settings(**{name: value for name, value in chosen.items() if value is not None}))


@app.command(help="准备模型、数据库与知识索引；已准备好的部分会跳过。", **COMMAND)
def prepare(
    llm: Annotated[list[str] | None, typer.Option("--llm", help="内置语言模型名，可重复；缺省为默认模型。")] = None,
) -> int:
    """Prepare everything that is slow."""
    from api.command_line import running  # noqa: PLC0415
    from api.installation import DEFAULT_LLM  # noqa: PLC0415

    return running.prepare(_settings(), tuple(llm or [DEFAULT_LLM]))


@app.command(help="给每条记录评分：负面度、类别、严重度、热度、品牌。", **COMMAND)
def score(
    source: Annotated[Path, typer.Argument(metavar="IN.jsonl", help="输入文件；- 为标准输入。")], out: Out
) -> int:
    """Score records."""
    from api.command_line import streams  # noqa: PLC0415

    return streams.score(_settings(), source, out)


@app.command(help="把一段历史数据按实时路径重放，输出发现与事件变化。", **COMMAND)
def replay(
    source: In,
    out: Out,
    store: Annotated[Path | None, typer.Option("--store", help="保留数据库的文件夹，之后可据此起草。")] = None,
) -> int:
    """Replay a stream."""
    from api.command_line import streams  # noqa: PLC0415

    return streams.replay(_settings(), source, out, store)


@app.command("import", help="导入提及（JSON Lines、CSV、Excel）。加 --history 时作为历史基线，不触发告警。", **COMMAND)
def import_(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="要导入的文件。")],
    history: Annotated[bool, typer.Option("--history", help="历史数据：只作基线，不触发告警。")] = False,
    name: Annotated[str | None, typer.Option("--source", help="来源工具名；缺省为文件名。")] = None,
    mapping: Annotated[Path | None, typer.Option("--mapping", help="列名对应关系（JSON 文件）。")] = None,
) -> int:
    """Import mentions."""
    from api.command_line import streams  # noqa: PLC0415

    return streams.import_file(_settings(), source, history=history, name=name, mapping=mapping)


@app.command(help="检索相似的历史事件、预案与声明模板。筛选项可重复，写英文名或中文名都可以。", **COMMAND)
def search(
    query: Annotated[str | None, typer.Argument(metavar="文本", help="一句描述，或一条提及原文。")] = None,
    k: Annotated[int, typer.Option("--k", min=1, max=50, help="最多几条。")] = 5,
    similar: Annotated[str | None, typer.Option("--similar", help="查找与这条知识相似的，如某历史事件的编号。")] = None,
    kind: Annotated[list[str] | None, typer.Option("--kind", help="只看历史事件、预案或声明模板。")] = None,
    category: Annotated[list[str] | None, typer.Option("--category", help="只看某一类别，如 收费争议。")] = None,
    level: Annotated[list[str] | None, typer.Option("--level", help="只看某一等级，如 严重。")] = None,
    platform: Annotated[list[str] | None, typer.Option("--platform", help="只看在某平台传播的，如 微博。")] = None,
    outcome: Annotated[list[str] | None, typer.Option("--outcome", help="只看某种结果，如 平息。")] = None,
    strategy: Annotated[list[str] | None, typer.Option("--strategy", help="只看某种应对策略，如 致歉整改。")] = None,
    since: Annotated[str | None, typer.Option("--since", help="起始日期，如 2023-05 或 2023。")] = None,
    until: Annotated[str | None, typer.Option("--until", help="截止日期。")] = None,
    as_json: Json = False,
) -> int:
    """Search the knowledge base."""
    from api.command_line import searching  # noqa: PLC0415

    filters = {
        "kinds": kind,
        "categories": category,
        "levels": level,
        "platforms": platform,
        "outcomes": outcome,
        "strategies": strategy,
        "since": since,
        "until": until,
    }
    return searching.search(_settings(), query, k, filters, similar=similar, as_json=as_json)


@app.command(help="用设置的向量模型重建知识索引；不是内置模型时同时重新校准。", **COMMAND)
def reindex(as_json: Json = False) -> int:
    """Build the index anew."""
    from api.command_line import searching  # noqa: PLC0415

    return searching.reindex(_settings(), as_json=as_json)


@app.command(help="为事件按模板起草声明，附逐段出处与核验结果。", **COMMAND)
def draft(
    incident: Annotated[str, typer.Argument(metavar="INCIDENT", help="事件编号。")],
    template: Annotated[str, typer.Option("--template", help="声明模板编号。")],
    strategy: Annotated[
        str | None, typer.Option("--strategy", help="不用建议的策略而用这一种，如 rebuild 或 致歉整改；须写 --reason。")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="另选策略的理由。")] = "",
    as_json: Json = False,
    store: Store = None,
) -> int:
    """Write a draft."""
    from api.command_line import statements  # noqa: PLC0415

    wanted = None if strategy is None else (strategy, reason)
    return statements.draft(_settings(), incident, template, store, wanted, as_json=as_json)


@app.command(help="导出草稿：Word、Markdown 或纯文本，带人工智能标识；未获批的标明“草稿”。", **COMMAND)
def export(
    draft: Annotated[str, typer.Argument(metavar="DRAFT", help="草稿文件（.json），或草稿编号。")],
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件：.docx、.md、.txt 或 .json。")],
    sources: Annotated[bool, typer.Option("--sources", help="附逐句出处（Word、Markdown）。")] = False,
    keys: Annotated[Path | None, typer.Option("--keys", help="可信公钥文件；缺省为本机公钥。")] = None,
    store: Store = None,
) -> int:
    """Export a draft."""
    from api.command_line import exporting  # noqa: PLC0415

    return exporting.export(_settings(), draft, out, with_sources=sources, store=store, keys=keys)


@app.command(help="核验草稿文件，不需要模型。通过返回 0，未通过返回 1。", **COMMAND)
def verify(
    file: Annotated[Path, typer.Argument(metavar="DRAFT.json", help="草稿文件。")],
    releasable: Annotated[bool, typer.Option("--releasable", help="还要求没有【待核实】。")] = False,
    keys: Annotated[Path | None, typer.Option("--keys", help="可信公钥文件；缺省为本机公钥。")] = None,
    as_json: Json = False,
) -> int:
    """Verify a draft file."""
    from api.command_line import statements  # noqa: PLC0415

    return statements.verify(_settings(), file, keys, releasable=releasable, as_json=as_json)


@app.command(
    help="事前评估：发布前检查广告、合同摘要或公告。没有必须修改的返回 0，有则返回 1，读不了返回 2。", **COMMAND
)
def precheck(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="要发布的文字：.txt、.md、.docx；- 为标准输入。")
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option("--kind", help="advert 广告、contract 合同摘要、announcement 公告；不写则自动判断。"),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="评估存为文件：.docx、.md 或 .json。")] = None,
    no_precedents: Annotated[bool, typer.Option("--no-precedents", help="不检索历史事件，更快。")] = False,
    measure: Annotated[bool, typer.Option("--measure", help="不评估文件，用自带的标注段落测量检查规则。")] = False,
    as_json: Json = False,
) -> int:
    """Assess a planned text."""
    from api.command_line import precheck as prechecks  # noqa: PLC0415

    if measure:
        return prechecks.measure(as_json=as_json)
    if file is None:
        raise typer.BadParameter("请写要评估的文件", param_hint="FILE")
    return prechecks.precheck(_settings(), file, kind, out, as_json=as_json, with_precedents=not no_precedents)


@app.command(help="运行基准测试：与同一次运行中的对照比较，结论看比值。", **COMMAND)
def bench(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="core、rules、pipeline、scoring、retrieval、drafting；缺省为全部。"),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="检索只测到一万条，几分钟内完成。")] = False,
    as_json: Json = False,
) -> int:
    """Measure."""
    from api.command_line import bench as benches  # noqa: PLC0415

    return benches.bench(_settings(), name, as_json=as_json, quick=quick)


@user_app.command("add", help="添加用户。", **COMMAND)
def user_add(
    name: Annotated[str, typer.Argument(help="用户名。")],
    role: Annotated[str, typer.Option("--role", help=_ROLES)],
    department: Annotated[str | None, typer.Option("--department", help="部门，如 客服；业务部门须填。")] = None,
    password: Annotated[str | None, typer.Option("--password", help="密码；不填则询问。", envvar=None)] = None,
) -> int:
    """Add a user."""
    from api.command_line import accounts  # noqa: PLC0415

    return accounts.add_user(_settings(), name, role, department, password)


@user_app.command("remove", help="停用用户：账号、会话与令牌随即失效。", **COMMAND)
def user_remove(name: Annotated[str, typer.Argument(help="用户名。")]) -> int:
    """Remove a user."""
    from api.command_line import accounts  # noqa: PLC0415

    return accounts.remove_user(_settings(), name)


@user_app.command("password", help="更换密码。", **COMMAND)
def user_password(
    name: Annotated[str, typer.Argument(help="用户名。")],
    password: Annotated[str | None, typer.Option("--password", help="新密码；不填则询问。", envvar=None)] = None,
) -> int:
    """Change a password."""
    from api.command_line import accounts  # noqa: PLC0415

    return accounts.set_password(_settings(), name, password)


@user_app.command("token", help="生成接口访问令牌，只显示一次。", **COMMAND)
def user_token(name: Annotated[str, typer.Argument(help="用户名。")]) -> int:
    """Make a token."""
    from api.command_line import accounts  # noqa: PLC0415

    return accounts.user_token(_settings(), name)


@user_app.command("list", help="列出用户。", **COMMAND)
def user_list() -> int:
    """List users."""
    from api.command_line import accounts  # noqa: PLC0415

    return accounts.list_users(_settings())


def _settings(**chosen: Any) -> "Settings":
    from api.settings import read_settings  # noqa: PLC0415 - pydantic is slow to import

    return read_settings(**chosen)


def main() -> None:
    """The console script."""
    sys.exit(run_process(lambda: app(standalone_mode=False)))


if __name__ == "__main__":
    main()
