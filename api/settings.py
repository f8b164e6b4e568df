"""Everything that can be set, in one class with one prefix. Nothing below `api` reads the environment."""

import os
import secrets
from collections.abc import Callable
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.validation_text import describe
from engine.errors import CrisisDeskError

DEFAULT_SECRET = "crisisdesk-local-only"  # noqa: S105 - known to everybody, therefore refused outside the loopback

DEMO_COMPANY = "澄禾消费金融有限公司"
DEMO_HOTLINE = "400-000-0000"
"""The company of the demonstration: invented, therefore refused where real statements are written."""

_PREFIX = "CRISISDESK_"
_TEST_PREFIX = "CRISISDESK_TEST_"


class SettingsError(CrisisDeskError):
    """A setting that must not be used like this."""


class Settings(BaseSettings):
    """Settings, read from CRISISDESK_* variables. Defaults run everything from one folder on one machine."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="forbid", frozen=True)

    data_dir: Path = Field(default_factory=lambda: _home() / ".data")
    database_url: str | None = Field(None, description="SQLAlchemy URL; empty: a SQLite file in the data folder")
    models_dir: Path | None = Field(None, description="prepared models; empty: looked for where `make` puts them")
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    embedder: str = Field("bundled", description="`bundled`, or a sentence-transformers folder or name")
    llm: str = Field("bundled", description="`bundled`, `off`, or a GGUF file")
    llm_threads: Annotated[int, Field(ge=1, le=256)] = 2
    secret: SecretStr = SecretStr(DEFAULT_SECRET)
    session_hours: Annotated[int, Field(ge=1, le=24 * 30)] = 12
    realm: Literal["live", "demo"] = Field("live", description="the realm that the pages open with")
    demo: bool = Field(False, description="play the demonstration stream in realm demo")
    demo_speed: Annotated[float, Field(gt=0, le=100_000)] = Field(180.0, description="demo seconds in a real second")
    company: str = Field(DEMO_COMPANY, description="company name as statements use it")
    hotline: str = Field(DEMO_HOTLINE, description="customer hotline as statements use it")
    trusted_origin: str | None = Field(None, description="public address when a proxy stands in front")

    @property
    def resolved_models_dir(self) -> Path:
        """Where prepared models lie: as set, else in the data folder if there, else where `make` puts them."""
        beside = self.data_dir / "models"
        return self.models_dir or (beside if beside.is_dir() else _home() / ".cache" / "models")

    @property
    def resolved_database_url(self) -> str:
        """The SQLAlchemy URL of the store."""
        return self.database_url or f"sqlite:///{self.store_file.resolve()}"

    @property
    def store_file(self) -> Path:
        """Where the store lies unless a database was named."""
        return self.data_dir / "crisisdesk.sqlite3"

    @property
    def opens_in(self) -> str:
        """The realm that pages and drafts work in."""
        return "demo" if self.demo else self.realm

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    def ensure_own_company(self) -> None:
        """Raise SettingsError when statements about real events would name the demonstration's company or hotline."""
        if self.opens_in == "demo":
            return
        defaults = {"company": (self.company, DEMO_COMPANY), "hotline": (self.hotline, DEMO_HOTLINE)}
        left = [f"{_PREFIX}{name.upper()}" for name, (value, default) in defaults.items() if value in ("", default)]
        if left:
            raise SettingsError(
                f"声明会写明公司名称和客服热线，正式启动前请设置 {'、'.join(left)}（缺省值是虚构的，只供演示）。"
                "只想看演示，请加 --demo。"
            )

    def session_key(self) -> bytes:
        """The key that signs sessions.

        A secret that was set is used as it is. Otherwise a random one is made once and kept in the data folder,
        readable by its owner only. Raises SettingsError when the well-known default was set by hand on an
        address that others can reach.
        """
        if "secret" in self.model_fields_set:
            return self._chosen_secret()
        return private_file(self.data_dir / "secret", lambda: secrets.token_hex(32)).encode()

    def _chosen_secret(self) -> bytes:
        value = self.secret.get_secret_value()
        if not self.is_loopback and (value == DEFAULT_SECRET or len(value) < 16):
            raise SettingsError(
                f"CRISISDESK_SECRET 是默认值或不足16个字符，服务地址 {self.host} 可被外部访问，拒绝启动。"
                "请去掉该设置（自动生成随机密钥），或设为足够长的随机值。"
            )
        return value.encode()


def _home() -> Path:
    """The checkout that this runs from, wherever it is called; else the working folder."""
    root = Path(__file__).resolve().parents[1]
    return root if (root / "pyproject.toml").is_file() else Path.cwd()


def read_settings(**chosen: object) -> Settings:
    """The settings of this process; `chosen` values win over the environment.

    Raises SettingsError naming every variable that is wrong or unknown.
    """
    _refuse_unknown_variables()
    try:
        return Settings(**chosen)  # type: ignore[arg-type]
    except ValidationError as error:
        faults = [(".".join(map(str, fault["loc"])), fault) for fault in error.errors()]
        lines = [f"{_PREFIX}{name.upper()} 取值不对：{describe(dict(fault))[1]}" for name, fault in faults]
        raise SettingsError("\n".join(lines)) from error


def _refuse_unknown_variables() -> None:
    """A misspelt name would otherwise leave the default in force, unseen."""
    known = {f"{_PREFIX}{name.upper()}" for name in Settings.model_fields}
    names = {name for name in os.environ if name.upper().startswith(_PREFIX)}
    unknown = sorted(name for name in names if name.upper() not in known and not name.startswith(_TEST_PREFIX))
    if unknown:
        raise SettingsError("\n".join(_unknown_variable(name, known) for name in unknown))


def _unknown_variable(name: str, known: set[str]) -> str:
    near = get_close_matches(name.upper(), sorted(known), n=1)
    return f"没有 {name} 这项设置" + (f"，是否想写 {near[0]}？" if near else "，请去掉或改正变量名。")


def private_file(path: Path, make: Callable[[], str]) -> str:
    """The text of a file that only its owner can read; made on first use, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError:
            pass  # another process was first: its text counts
        finally:
            temporary.unlink()
    return path.read_text(encoding="utf-8")
