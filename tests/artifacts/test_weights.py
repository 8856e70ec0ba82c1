"""All weights of a study, from a server that plays hub: fetched, locked, used by jobs."""

import os
import sys
from copy import deepcopy
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import timm
import torch
import yaml
from safetensors.torch import save

from asymmetry.artifacts.weights import get_weights
from asymmetry.backbones.catalog import BACKBONES, BackboneSpec
from asymmetry.cli.main import main
from asymmetry.cli.options import plan_of
from asymmetry.core.errors import UserError
from asymmetry.fidelity.as_metric import build_metric
from asymmetry.iqa.skill.stage import SkillStage
from asymmetry.monitor.forecast import print_plan
from asymmetry.pipeline.stages import Stages
from asymmetry.planning.preflight import check
from asymmetry.planning.wanted import to_fetch
from asymmetry.weights.lock import read_lock
from asymmetry.weights.store import WEIGHTS
from tests.conftest import small_values
from tests.http_server import Served, Server, server

__all__ = ["server"]
STUDY, FOLDER, CPU = Path("params.yaml"), Path("data/weights"), torch.device("cpu")
MODEL = "test_convnext.r160_in1k"
CNNIQA = "pyiqa/CNNIQA_koniq10k-e6f14c91.pth"
HUB_PATHS = {
    "cnniqa": "chaofengc/IQA-PyTorch-Weights/resolve/main/CNNIQA_koniq10k-e6f14c91.pth",
    "timm": f"timm/{MODEL}/resolve/main/model.safetensors",
}


@pytest.fixture(scope="module")
def contents() -> dict[str, bytes]:
    """Files of random networks, as their libraries publish them; NIQE's, as zeros."""
    from pyiqa.archs import cnniqa_arch

    torch.manual_seed(6)
    judge, numbers = BytesIO(), BytesIO()
    torch.save({"params": cnniqa_arch.CNNIQA(pretrained=None).state_dict()}, judge)
    np.savez(numbers, zeros=np.zeros(3))
    trunk = save(timm.create_model(MODEL, pretrained=False).state_dict())
    return {"cnniqa": judge.getvalue(), "timm": trunk, "niqe": numbers.getvalue()}


@pytest.fixture
def hub(
    contents: dict[str, bytes], server: Server, workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> Server:
    """A hub, and a study in `params.yaml` that names a judge, a trunk and a file of ours."""
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    for variable in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_DATASETS_OFFLINE"):
        monkeypatch.setenv(variable, "0")
    for name, path in HUB_PATHS.items():
        server.publish(path, Served(contents[name]))
    url = server.publish("niqe.npz", Served(contents["niqe"]))
    digest = sha256(contents["niqe"]).hexdigest()
    entry = replace(WEIGHTS["niqe_pristine"], urls=(url,), sha256=digest)
    monkeypatch.setitem(WEIGHTS, "niqe_pristine", replace(entry, size=len(contents["niqe"])))
    spec = BackboneSpec(BACKBONES["vgg-small"].builder, weights=f"timm/{MODEL}")
    monkeypatch.setitem(BACKBONES, "nano", spec)
    values: dict[str, Any] = deepcopy(small_values())
    values["metrics"] = {"judge": {"pyiqa": "cnniqa"}}
    values["evaluation"] |= {"metrics": ["gmsd", "judge"], "metrics_with_weights": ["niqe"]}
    values["discriminators"]["vgg-patch"]["backbone"] = "nano"
    STUDY.write_text(yaml.safe_dump(values))
    return server


def fetched(server: Server) -> list[str]:
    """The files that were asked for, without what a hub says of them."""
    return [path for path, _ in server.asked if not path.startswith("api/")]


def test_a_study_is_fetched_locked_and_found_by_its_jobs(hub: Server, contents: dict[str, bytes]):
    before = to_fetch(plan_of(STUDY))
    assert before == [
        "weights to fetch, 3: run `asymmetry weights get --study params.yaml`",
        "  pyiqa:cnniqa: size not known, for judge",
        "  niqe_pristine: 0.0 MB, for niqe",
        f"  timm:{MODEL}: size not known, for vgg-patch",
    ]
    *lines, last = get_weights(plan_of(STUDY))
    assert lines == [
        f"pyiqa:cnniqa: {CNNIQA}",
        "niqe_pristine: niqe_pristine.npz",
        f"timm:{MODEL}: timm/{MODEL}.safetensors",
    ]
    assert last == "params.weights.lock: 3 weights are locked; it belongs in Git"
    lock = read_lock(STUDY)
    assert {name: (file.size, file.sha256) for name, file in lock.files.items()} == {
        name: (len(contents[key]), sha256(contents[key]).hexdigest())
        for name, key in {
            CNNIQA: "cnniqa",
            "niqe_pristine.npz": "niqe",
            f"timm/{MODEL}.safetensors": "timm",
        }.items()
    }
    asked = fetched(hub)
    assert len(asked) == 3
    plan = plan_of(STUDY)
    assert to_fetch(plan) == []
    assert list(get_weights(plan))[-1] == last  # what is there stays
    assert fetched(hub) == asked
    metric, image = build_metric("judge", FOLDER, CPU, lock=plan.lock), torch.rand(1, 3, 64, 64)
    assert np.isfinite(metric(image, image))


def test_another_machine_gets_the_same_bytes_or_a_refusal(hub: Server):
    assert list(get_weights(plan_of(STUDY)))
    written = Path("params.weights.lock").read_bytes()
    (FOLDER / CNNIQA).unlink()
    served = hub.files[HUB_PATHS["cnniqa"]]
    right, served.content = served.content, served.content[:-1] + b"?"
    with pytest.raises(UserError) as caught:
        list(get_weights(plan_of(STUDY)))
    assert str(caught.value).startswith(f"{FOLDER / CNNIQA}: has other bytes than params.weights")
    assert Path("params.weights.lock").read_bytes() == written
    served.content = right
    assert list(get_weights(plan_of(STUDY)))
    assert Path("params.weights.lock").read_bytes() == written


def test_what_cannot_be_had_does_not_keep_the_rest(hub: Server):
    for path in HUB_PATHS.values():
        del hub.files[path]
    with pytest.raises(UserError) as caught:
        list(get_weights(plan_of(STUDY)))
    first, second = str(caught.value).splitlines()
    assert first.startswith(f"{hub.address}/{HUB_PATHS['cnniqa']}: the hub has no such file")
    assert second.startswith(f"{hub.address}/{HUB_PATHS['timm']}: the hub has no such file")
    assert list(read_lock(STUDY).parts) == ["niqe_pristine"]


def test_the_bytes_are_in_the_key_of_what_they_measure(hub: Server):
    assert list(get_weights(plan_of(STUDY)))
    plan = plan_of(STUDY)
    lock = plan.lock
    other = {**lock.files, CNNIQA: replace(lock.files[CNNIQA], sha256="0" * 64)}
    plan.lock = replace(lock, files=other)
    stages = Stages(plan), Stages(plan_of(STUDY))
    assert stages[0].assessment.key != stages[1].assessment.key
    assert SkillStage(plan).key("severity") != stages[1].skill.key("severity")
    assert stages[0].study_file != stages[1].study_file
    assert plan.convention("judge").endswith(", weights " + plan.convention("judge")[-8:])
    assert plan.convention("judge") != plan_of(STUDY).convention("judge")
    assert plan.convention("gmsd") == plan_of(STUDY).convention("gmsd")
    # The jobs read the study elsewhere, and the lock beside it.
    assert read_lock(stages[1].study_file) == lock


def test_plan_names_what_is_missing_and_what_is_another(
    hub: Server, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(UserError, match=r"evaluation.metrics: judge: the weights of pyiqa:cnniqa"):
        print_plan(plan_of(STUDY))
    assert "weights to fetch, 3: run `asymmetry weights get --study" in capsys.readouterr().out
    assert list(get_weights(plan_of(STUDY)))
    path = FOLDER / "niqe_pristine.npz"
    path.write_bytes(b"other")
    with pytest.raises(UserError, match=f"^{path}: has other bytes than params.weights.lock says"):
        check(plan_of(STUDY), here=True)


def test_a_job_whose_file_is_missing_ends_in_one_line(
    hub: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(sys, "argv", ["asymmetry", "weights", "get", "--study", "params.yaml"])
    with pytest.raises(SystemExit, match="0"):
        main()
    assert capsys.readouterr().out.splitlines()[-1].startswith("params.weights.lock: 3 weights")
    (part,) = Stages(plan_of(STUDY)).skill.parts
    (FOLDER / CNNIQA).unlink()
    asked = list(hub.asked)
    monkeypatch.setattr(sys, "argv", ["asymmetry", "skill", "--output", str(part.path)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"error: {FOLDER / CNNIQA}: missing; run `asymmetry weights get --study params.yaml`"
    )
    assert hub.asked == asked
    assert os.environ["HF_HUB_OFFLINE"] == os.environ["TRANSFORMERS_OFFLINE"] == "1"
