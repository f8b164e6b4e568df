"""What every test may ask for."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from engine.scoring.brands import load_registry
from engine.scoring.scorer import Scorer, load_scorer
from retrieval.embedder import load_embedder
from tests.support.remembered import RememberingEmbedder

# Modules stay compiled even where the environment forbids it: otherwise every run rewrites all assertions anew, and
# every process that a test starts compiles the project again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# The same examples everywhere, and no verdict by the clock; `--hypothesis-profile=explore` looks for new examples.
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

REPOSITORY = Path(__file__).resolve().parents[1]
LONGEST_FIRST = ("flow/test_diffusion", "flow/test_demonstration", "model/", "faults/", "browser/", "load/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, so that no process is left with one of them when the others are done."""
    tests = REPOSITORY / "tests"

    def place(item: pytest.Item) -> int:
        name = item.path.relative_to(tests).as_posix()
        return next((at for at, start in enumerate(LONGEST_FIRST) if name.startswith(start)), len(LONGEST_FIRST))

    items.sort(key=place)


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """The prepared model data; `make` puts it there."""
    return REPOSITORY / ".cache" / "models"


@pytest.fixture(scope="session")
def embedder_dir(models_dir: Path) -> Path:
    """The bundled embedder's folder; fails, never skips, when it is not prepared."""
    folder = models_dir / "multilingual-e5-small"
    if not (folder / "fingerprint.json").is_file():
        pytest.fail(
            f"the bundled embedder is not prepared: python -m retrieval.bundle --models {models_dir} --embedder"
        )
    return folder


@pytest.fixture(scope="session")
def bundled_scorer(embedder_dir: Path, models_dir: Path) -> Iterator[Scorer]:
    """The real scorer; the vectors of texts that it saw in an earlier run are remembered."""
    embedder = RememberingEmbedder(load_embedder(embedder_dir, direct=True), models_dir.parent / "tests")
    yield load_scorer(embedder, load_registry())
    embedder.close()
