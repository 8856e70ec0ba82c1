"""Reading YAML without its leniency: what it would read in another way than it looks is refused."""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from asymmetry.core.errors import UserError

# Plain scalars that YAML 1.1 takes for another value than a reader sees.
_DOUBTFUL = {
    "tag:yaml.org,2002:bool": (re.compile(r"(?i)yes|no|on|off"), "true or false"),
    "tag:yaml.org,2002:int": (re.compile(r".*[_:].*|[-+]?0[0-9]+"), "a decimal number"),
    "tag:yaml.org,2002:float": (re.compile(r".*[_:].*"), "a decimal number"),
    "tag:yaml.org,2002:timestamp": (re.compile(r".*"), "a text in quotes"),
}


def read_yaml(path: Path) -> Any:
    """The value in a YAML file.

    Raises UserError with the line where the file is missing, not YAML, has a key twice, or a value
    that YAML reads in another way than it looks (`yes`, `010`, `1:30`, `1_000`, a date).
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such file; name a study with --study") from None
    except (OSError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{path}: cannot be read as YAML: {reason}") from None
    loader = _Strict(text)
    try:
        return loader.get_single_data()
    except _RefusedError as error:
        raise UserError(f"{path}: {error}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise UserError(f"{path}: cannot be read as YAML: {reason}") from None
    finally:
        loader.dispose()


class _RefusedError(Exception):
    """What is wrong, with the lines."""


class _Strict(yaml.SafeLoader):
    """The safe loader, which refuses keys that stand there twice and doubtful scalars."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        first: dict[str, int] = {}
        for key, _ in node.value:
            line = _line(key)
            name = str(key.value)
            if name != "<<" and first.setdefault(name, line) != line:
                raise _RefusedError(f"{name}: stands there twice (lines {first[name]} and {line})")
        return super().construct_mapping(node, deep=deep)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        if isinstance(node, yaml.ScalarNode) and node.style is None and node.tag in _DOUBTFUL:
            pattern, instead = _DOUBTFUL[node.tag]
            if pattern.fullmatch(node.value):
                raise _RefusedError(
                    f"line {_line(node)}: '{node.value}' is read by YAML in another way than it "
                    f"looks; write {instead}"
                )
        return super().construct_object(node, deep=deep)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
