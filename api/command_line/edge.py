"""The edge of the process: Chinese faults, exit codes 0 / 1 / 2, and 70 for a defect of the program."""

import errno
import sys
import traceback
from collections.abc import Callable
from typing import Any, Final

from typer import Abort, Exit

DONE: Final = 0
FAILED: Final = 1
BAD_INPUT: Final = 2
DEFECT: Final = 70
"""EX_SOFTWARE of sysexits.h: never 1, which scripts read as “checked, not passed”."""
_INTERRUPTED: Final = 130
_SYSTEM_FAULTS: Final = {
    errno.ENOENT: "文件或文件夹不存在",
    errno.EACCES: "没有权限",
    errno.EISDIR: "是文件夹，不是文件",
    errno.ENOSPC: "磁盘已满",
    errno.EADDRINUSE: "端口已被占用",
}

_USAGE: Final = {
    "MissingParameter": "缺少参数 {hint}",
    "NoSuchOption": "没有选项 {option}",
    "BadParameter": "参数 {hint} 的取值不对",
    "BadOptionUsage": "选项 {option} 缺少取值或用法不对",
    "BadArgumentUsage": "参数的用法不对",
    "UsageError": "没有这样的命令或参数（{message}）",
}


def run_process(command: Callable[[], Any]) -> int:
    """`run`, for a process: a defect is shown with its trace and never ends like a check that was not passed."""
    try:
        return run(command)
    except Exception:  # noqa: BLE001 - nothing is above this
        traceback.print_exc()
        say("程序内部出错，没有得出结果；请把上面的内容交给运维")
        return DEFECT


def run(command: Callable[[], Any]) -> int:
    """Run the parsed command line; gives the exit code and says every known fault in Chinese on standard error."""
    try:
        result = command()
    except Exit as end:
        return end.exit_code
    except (Abort, KeyboardInterrupt):
        say("已中断")
        return _INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output went away; nothing is left to say
        return FAILED
    except Exception as error:
        message = told(error)
        if message is None:
            raise
        say(message)
        return BAD_INPUT
    return result if isinstance(result, int) else DONE


def told(error: Exception) -> str | None:
    """The Chinese sentence for an error that people can meet; None for a defect."""
    if hasattr(error, "format_message"):
        return f"{_usage(error)}\n用 --help 查看用法。" if str(error) else "用 --help 查看用法。"
    from engine.errors import CrisisDeskError  # noqa: PLC0415 - only when something failed
    from knowledge.errors import KnowledgeError  # noqa: PLC0415
    from retrieval.errors import RetrievalError  # noqa: PLC0415
    from rules.errors import RuleError  # noqa: PLC0415

    known = isinstance(error, CrisisDeskError | KnowledgeError | RetrievalError | RuleError)
    return f"出错：{error}" if known else None


def system_fault(error: OSError) -> str:
    """Why the operating system refused, in Chinese where it is a usual reason."""
    return _SYSTEM_FAULTS.get(error.errno or 0, error.strerror or "未知原因")


def say(message: str) -> None:
    """A line for people, on standard error: standard output is for results."""
    print(message, file=sys.stderr, flush=True)  # noqa: T201 - this is the command line


def write_out(text: str) -> None:
    """A result, on standard output."""
    print(text, flush=True)  # noqa: T201 - this is the command line


def _usage(error: Exception) -> str:
    form = _USAGE.get(type(error).__name__, "{message}")
    parameter = getattr(error, "param", None)
    hint = getattr(error, "param_hint", None) or " / ".join(_names(parameter))
    return form.format(hint=hint, option=getattr(error, "option_name", ""), message=getattr(error, "message", ""))


def _names(parameter: object) -> list[str]:
    """How a parameter is written on the command line."""
    return [str(getattr(parameter, "metavar", None) or name) for name in getattr(parameter, "opts", [])][:1]
