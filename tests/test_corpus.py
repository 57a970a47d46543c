"""A folder of labelled responses, where one is named: no undisputed verdict may be wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import corpus

FOLDER = "COUNTERMARK_CORPUS"


@pytest.mark.parametrize("engine", corpus.MODULES)
def test_no_undisputed_verdict_is_wrong(engine: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder = os.environ.get(FOLDER)
    if not folder:
        pytest.skip(f"{FOLDER} names no folder of labelled responses")
    assert Path(folder).is_dir(), f"{FOLDER} names {folder}, which is no folder"
    failed = corpus.main([folder, "--engine", engine, "--trust"])
    print(said := capsys.readouterr().out)
    assert not failed, said
