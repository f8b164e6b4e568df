"""One installation for all tests of the interface: opening one takes seconds."""

from collections.abc import Iterator

import pytest

from api.logs import configure
from tests.api.support import House


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    configure("ERROR")
    house = House(tmp_path_factory.mktemp("house"))
    yield house
    house.close()
