from tests.iqa.conftest import photos, table

__all__ = ["photos", "table"]
