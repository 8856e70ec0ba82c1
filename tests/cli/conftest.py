"""A finished study, as `tests/artifacts` has it."""

from tests.artifacts.conftest import make_stages, stages

__all__ = ["make_stages", "stages"]
