"""`python -m retrieval.bundle`: prepare model data with progress on the screen.

`--llm` without a name means the first one of the manifest.
"""

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from retrieval.bundle.manifest import load_manifest
from retrieval.bundle.prepare import prepare_embedder, prepare_llm
from retrieval.errors import BundleError


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 when everything asked for is ready, 1 when something cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m retrieval.bundle", description="准备内置的向量模型与语言模型。")
    llms = [model.name for model in load_manifest() if model.kind == "llm"]
    parser.add_argument("--models", type=Path, required=True, help="模型存放的文件夹")
    parser.add_argument("--embedder", action="store_true", help="准备向量模型")
    parser.add_argument(
        "--llm",
        choices=llms,
        action="append",
        default=[],
        nargs="?",
        const=llms[0],
        help=f"准备语言模型，可重复；不写名称为 {llms[0]}",
    )
    options = parser.parse_args(arguments)
    if not options.embedder and not options.llm:
        parser.error("请说明要准备什么：--embedder 或 --llm 名称")
    console = Console()
    try:
        for path in _prepare(options, console):
            console.print(f"已就绪：{path}", soft_wrap=True)
    except BundleError as error:
        console.print(f"[red]{error}[/red]", soft_wrap=True)
        return 1
    return 0


def _prepare(options: argparse.Namespace, console: Console) -> list[Path]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    ready = []
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("准备模型", total=1.0)

        def show(line: str, fraction: float) -> None:
            bar.update(task, description=line, completed=fraction)
            if not console.is_terminal:
                console.print(f"{line}（{fraction:.0%}）", soft_wrap=True)

        if options.embedder:
            ready.append(prepare_embedder(options.models, show))
        ready += [prepare_llm(name, options.models, show) for name in options.llm]
    return ready


if __name__ == "__main__":
    sys.exit(main())
