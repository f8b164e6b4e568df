"""One installation for a module: opening one takes a second or two."""

from collections.abc import Iterator

import pytest

from tests.api.support import House


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("house"))
    yield house
    house.close()
