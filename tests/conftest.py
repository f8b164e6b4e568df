"""What every test may ask for."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The same examples everywhere, and no verdict by the clock; `--hypothesis-profile=explore` looks for new examples.
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

REPOSITORY = Path(__file__).resolve().parents[1]


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
