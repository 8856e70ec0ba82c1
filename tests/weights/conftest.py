from tests.http_server import server

__all__ = ["server"]
