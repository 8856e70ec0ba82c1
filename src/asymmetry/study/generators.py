"""Generators under names of the study's own: files to begin from."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from asymmetry.core.define import define
from asymmetry.generators.catalog import GENERATOR_FILES, GENERATORS, GeneratorFile
from asymmetry.study.section import Section

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class FileGenerator(Section):
    """A network in a file, whose weights the trainings go on from."""

    file: str = Field(
        description="a checkpoint that spandrel recognises: .pth, .pt, .ckpt or .safetensors; "
        "architecture and scale are the file's"
    )
    sha256: Sha256 | None = Field(
        None, description="of the file; another file is then refused. Runs know it in any case"
    )
    warm_start: bool = Field(
        False, description="whether its cells begin from a warm start, and not from the file"
    )


def define_generators(section: Mapping[str, FileGenerator]) -> None:
    """Let the grid name these generators; ValueError where a name has another meaning already."""
    for name, declared in section.items():
        if name in GENERATORS:
            raise ValueError(f"'{name}' is another generator already; choose another name")
        define(GENERATOR_FILES, name, GeneratorFile(**declared.model_dump()), "generator")
