"""Pages that are made of other files: a notebook, and the schema of a study."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

SCHEMA = Path("workflow/study.schema.json")
_STYLE = re.compile(r"<style.*?</style>|(?<=<table)[^>]*", re.DOTALL)
# Of numbers: as JSON schema names their limits, and as pydantic does.
_LIMITS = {"exclusiveMinimum": ">", "minimum": "≥", "exclusiveMaximum": "<", "maximum": "≤"}
_LIMITS |= {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}
_KEYS = """# Keys of a study

Every key of `params.yaml`, from its schema. A key without a default must be given. *As below* means
the defaults of that section. Unknown keys are refused.
"""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page for each notebook, and `keys.md`."""
    for file in [file for file in files if file.src_uri.endswith(".ipynb")]:
        name = str(Path(file.src_uri).with_suffix(".md"))
        page = notebook_page(json.loads(file.content_string))
        files.append(File.generated(config, name, content=page))
    keys = keys_page(json.loads(SCHEMA.read_text("utf-8")))
    files.append(File.generated(config, "keys.md", content=keys))
    return files


def notebook_page(notebook: dict[str, Any]) -> str:
    """A notebook as Markdown: its text, its code, and what the code printed and showed."""
    return "\n\n".join(part for cell in notebook["cells"] for part in _cell(cell)) + "\n"


def _cell(cell: dict[str, Any]) -> Iterator[str]:
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        yield source
        return
    yield f"```python\n{source}\n```"
    for output in cell["outputs"]:
        data = output.get("data", {"text/plain": output.get("text", [])})
        if "image/png" in data:
            yield f"![](data:image/png;base64,{''.join(data['image/png']).strip()})"
        elif "text/html" in data:
            # The theme styles tables that bring no style or class of their own.
            yield _STYLE.sub("", "".join(data["text/html"]))
        else:
            yield f"```text\n{''.join(data['text/plain']).rstrip()}\n```"


def keys_page(schema: dict[str, Any]) -> str:
    """The schema of a study as a table a section, `Study` first."""
    sections = {"Study": schema, **schema["$defs"]}
    return "\n".join([_KEYS, *(_section(name, sections[name]) for name in sections)])


def _section(name: str, section: dict[str, Any]) -> str:
    required = section.get("required", [])
    rows = [
        f"| `{key}` | {_kind(value)} | {_default(value, key in required)} "
        f"| {value.get('description', '')} |"
        for key, value in section["properties"].items()
    ]
    head = "| key | value | default | meaning |\n|---|---|---|---|"
    return "\n".join([f"## {name}", "", section["description"], "", head, *rows, ""])


def _kind(value: dict[str, Any]) -> str:
    """The type of a value in words, with a link where it is a section."""
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if choices := value.get("anyOf") or value.get("oneOf"):
        kinds = [_kind(choice) for choice in choices if choice.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "patternProperties" in value:
        (inner,) = value["patternProperties"].values()
        return f"names, each with {_kind(inner)}"
    if "enum" in value or "const" in value:
        return ", ".join(f"`{one}`" for one in value.get("enum") or [value["const"]])
    if value.get("type") == "array":
        return f"list of {_kind(value.get('items', {'type': 'number'}))}"
    bounds = [f"{sign} {value[name]:g}" for name, sign in _LIMITS.items() if name in value]
    return " ".join([value.get("type", "any"), *bounds])


def _default(value: dict[str, Any], required: bool) -> str:
    default = value.get("default")
    if required or default is None:
        return "" if required else "none"
    return "as below" if isinstance(default, dict) else f"`{json.dumps(default)}`"
