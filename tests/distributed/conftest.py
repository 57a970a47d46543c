from __future__ import annotations

from typing import Any

import pytest

from benches.distributed.records import by_loop, rows

COUNT = 10_000


@pytest.fixture(scope="session")
def table() -> list[dict[str, Any]]:
    return list(rows(COUNT))


@pytest.fixture(scope="session")
def expected(table: list[dict[str, Any]]) -> dict[int, str]:
    return by_loop(table)
