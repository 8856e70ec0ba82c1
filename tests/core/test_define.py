import pytest

from asymmetry.core.define import define


def test_a_name_is_defined_once_and_may_be_repeated():
    registry = {"a": 1}
    define(registry, "b", 2, "number")
    define(registry, "b", 2, "number")
    define(registry, "a", 1, "number")
    assert registry == {"a": 1, "b": 2}


def test_a_name_keeps_its_meaning():
    registry = {"a": 1}
    with pytest.raises(ValueError, match=r"^'a' is another number already; choose another name$"):
        define(registry, "a", 2, "number")
    assert registry == {"a": 1}
