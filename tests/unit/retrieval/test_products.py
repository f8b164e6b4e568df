"""Many rows with one vector, in blocks: the same as all at once."""

import numpy as np
import pytest

from retrieval.products import BLOCK, products


@pytest.mark.parametrize("count", [0, 1, BLOCK - 1, BLOCK, 5 * BLOCK + 3])
def test_every_row_has_its_product_whether_or_not_blocks_come_out_even(count: int) -> None:
    rows = np.arange(count * 3, dtype=np.float32).reshape(count, 3)
    vector = np.array([1, -2, 0.5], np.float32)
    assert products(rows, vector).tolist() == [float(row @ vector) for row in rows]
