"""The made-up rule as files."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.rules.support import HEAD, ROWS, RULE, Made


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Writes the rule, with a part replaced, and its cases, and gives their folder."""

    def write(rule: tuple[str, str] = ("", ""), rows: Iterable[str] = ROWS) -> Path:
        folder = tmp_path / "packs" / "fee_dispute"
        folder.mkdir(parents=True, exist_ok=True)
        assert rule[0] in RULE
        (folder / "made.yaml").write_text(RULE.replace(*rule), encoding="utf-8")
        (folder / "made_test.yaml").write_text(HEAD + "".join(rows), encoding="utf-8")
        return tmp_path / "packs"

    return write
