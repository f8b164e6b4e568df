"""A small folder of rules to break."""

from collections.abc import Callable
from pathlib import Path

import pytest

SOUND = """\
id: fee_dispute.surge
title: 收费争议集中爆发
category: fee_dispute
status: active
version: 1
owner: 合规部
rationale: 短时间内多人同时投诉同一项收费。
false_positives:
  - 促销退费集中到账
effective_from: 2026-01-01
review_by: 2026-12-31
cooldown_minutes: 60
alert_budget_per_week: 5
levels:
  low:
    all:
      - {fact: negative_count_1h, op: ">=", value: 8}
      - {fact: unique_authors_1h, op: ">=", value: 6}
  high:
    all:
      - {fact: negative_count_1h, op: ">=", value: 30}
      - any:
          - {fact: media_count_24h, op: ">=", value: 3}
          - {fact: heat, op: ">=", value: 60.5}
"""

Writer = Callable[..., Path]


@pytest.fixture
def sound() -> str:
    """The text of a rule without fault."""
    return SOUND


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    """Writes a file of the pack folder and gives the folder."""

    def writer(text: str, name: str = "fee_dispute/surge.yaml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return tmp_path

    return writer
