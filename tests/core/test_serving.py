import pytest

from asymmetry.core.errors import UserError
from asymmetry.core.serving import listen


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(UserError, match=r"192.0.2.1:0: cannot be listened at .*; another port"):
        listen("192.0.2.1", 0, "another port")


def test_a_busy_port_is_refused_by_its_reason():
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(UserError, match=r"\(Address already in use\); choose another --port"):
            listen("127.0.0.1", port)
