"""One installation for all tests of the interface: opening one takes seconds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.cli import app
from api.command_line.edge import run
from api.logs import configure
from tests.api.support import Cli, House


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    configure("ERROR")
    house = House(tmp_path_factory.mktemp("house"))
    yield house
    house.close()


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    monkeypatch.setenv("CRISISDESK_DATA_DIR", str(tmp_path / "data"))

    def call(*words: str) -> tuple[int, str, str]:
        code = run(lambda: app(list(words), standalone_mode=False))
        told = capsys.readouterr()
        return code, told.out, told.err

    return call
