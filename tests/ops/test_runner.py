"""The runner of both suites: what counts as a success."""

import importlib.util
from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture
def runner():
    # Loaded by its path: its name, test.py, says what `make test` calls, and is no module of the product.
    path = Path(settings.BASE_DIR) / "ops" / "dev" / "test.py"
    spec = importlib.util.spec_from_file_location("runner", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("codes", "verdict"),
    [
        ([0, 0], 0),
        ([0, 1], 1),
        ([1, 0], 1),
        ([2, 0], 2),
        ([0, 5], 0),
        ([5, 0], 0),
        ([5, 5], 5),
        ([5, 1], 1),
        ([0], 0),
        ([5], 5),
        ([-9, 0], 1),
    ],
)
def test_green_only_when_nothing_failed_and_something_ran(runner, codes, verdict):
    assert runner.verdict(codes) == verdict
