"""Help pages in Chinese: typer's own words are English, and it offers no setting for them."""

from typing import Any, Final

from typer import rich_utils
from typer.core import TyperCommand, TyperGroup

_USAGE: Final = "用法："
_HELP: Final = "显示这份说明。"
_WORDS: Final = {
    "ARGUMENTS_PANEL_TITLE": "参数",
    "OPTIONS_PANEL_TITLE": "选项",
    "COMMANDS_PANEL_TITLE": "命令",
    "ERRORS_PANEL_TITLE": "出错",
    "DEFAULT_STRING": "[缺省：{}]",
    "REQUIRED_LONG_STRING": "[必填]",
}


def speak_chinese() -> None:
    """Set the section titles and marks of the help pages of this process."""
    for name, word in _WORDS.items():
        setattr(rich_utils, name, word)


class Command(TyperCommand):
    """One command."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """The usage line."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix=_USAGE)

    def get_help_option(self, ctx: Any) -> Any:
        """The option `--help`."""
        return _in_chinese(super().get_help_option(ctx))


class Group(TyperGroup):
    """A command with commands of its own."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """The usage line."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix=_USAGE)

    def get_help_option(self, ctx: Any) -> Any:
        """The option `--help`."""
        return _in_chinese(super().get_help_option(ctx))


def _in_chinese(option: Any) -> Any:
    if option is not None:
        option.help = _HELP
    return option


PLAIN: Final[dict[str, Any]] = {
    "cls": Group,
    "add_completion": False,
    "no_args_is_help": True,
    "pretty_exceptions_enable": False,
    "options_metavar": "[选项]",
    "subcommand_metavar": "命令 [参数]…",
}
"""How every group of commands is set up."""
COMMAND: Final[dict[str, Any]] = {"cls": Command, "options_metavar": "[选项]"}
"""How every command is set up."""
