"""What README.md, CONTRIBUTING.md and docs/ tell a reader to type, follow and write holds."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import yaml

import asymmetry
from asymmetry.cli.main import main
from asymmetry.fidelity.registry import fidelity_names
from asymmetry.generators.catalog import GENERATORS
from asymmetry.study import parse_study
from asymmetry.study.grid import cells
from tests import synthetic_tables
from tests.conftest import ROOT
from tests.own_project import process_of_its_own
from tests.trained import photo

PATHS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
DOCUMENTS = {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in PATHS}
README, GUIDE = DOCUMENTS["README.md"], DOCUMENTS["docs/study.md"]
GENERATED = {"keys.md"}  # by docs/hooks.py

# Commands that are run here: as they stand, or with this in their place.
RUN = {
    "asymmetry plan": "",
    "asymmetry status": "",
    "cp params.yaml my-study.yaml": "",
    "asymmetry plan --study my-study.yaml": "",
    "snakemake --cores all": "snakemake --cores all --dry-run",
    "snakemake --cores all train": "snakemake --cores all train --dry-run",
    "snakemake --cores all --configfile my-study.yaml": (
        "snakemake --cores all --configfile my-study.yaml --dry-run"
    ),
    "snakemake --profile slurm -n": "",
    "asymmetry data list": "",
    "asymmetry weights list": "",
    "make study": f"make --dry-run -C {ROOT} study",
    "make test": f"make --dry-run -C {ROOT} test",
    "make test-all": f"make --dry-run -C {ROOT} test-all",
    "make test-slurm": f"make --dry-run -C {ROOT} test-slurm",
    "make test-page": f"make --dry-run -C {ROOT} test-page",
    "make lint": f"make --dry-run -C {ROOT} lint",
    "make docs": f"make --dry-run -C {ROOT} docs",
    "make figures": f"make --dry-run -C {ROOT} figures",
}
# These need real weights. After `add`, `get` finds the file and verifies it: nothing is fetched.
RUN_WITH_WEIGHTS = ["asymmetry weights add FOLDER", "asymmetry weights get alexnet"]
# These are run beside folders of images.
RUN_ON_IMAGES = [
    "asymmetry score esrgan/baby_x4.png references/baby.png --scale 4",
    "asymmetry score esrgan references --scale 4 --output scores.csv",
    "asymmetry score esrgan --metrics piqe",
    "asymmetry compare esrgan swinir --reference references --scale 4 --output comparison",
]
# Why a command is not run here.
ELSEWHERE = {
    "pip install -c constraints.txt -e .": "what `make` does in .venv; fetches",
    "uv pip install -c constraints.txt -e .": "the same, as pip's; fetches",
    ". .venv/bin/activate": "the tests run in the environment that `make` made",
    "snakemake --cores all --profile slurm": "typed in tests/slurm/test_as_typed.py",
    "asymmetry weights get --study my-study.yaml": (
        "fetches; tests/artifacts/test_weights.py does it from a server of its own"
    ),
    "asymmetry data get set5 kadid10k": "fetches; tests/datasets/ does it from a server of its own",
    "asymmetry data get tid2013 --from FOLDER": "done in tests/datasets/test_layouts.py",
    "asymmetry data check kadid10k": "done in tests/datasets/test_get.py",
    "asymmetry weights get swinir_m_classical_x4 realesrgan_x4plus": "fetches",
    "asymmetry plan --study studies/paper.yaml": "without photos: tests/test_studies.py",
    "snakemake --report report.zip": "needs a finished study: tests/page/test_pages.py",
    "dvc repro": "done in tests/workflow/test_dvc.py",
    "dvc metrics diff": "done in tests/workflow/test_dvc.py",
    "dvc push": "done in tests/workflow/test_dvc.py",
    "dvc pull": "done in tests/workflow/test_dvc.py",
    "asymmetry power": "done in tests/cli/test_simulation.py",
    "asymmetry power --simulate 100": "done in tests/cli/test_simulation.py",
    "asymmetry power --simulate 100 --pilot results": "read in tests/simulation/test_pilot.py",
    "asymmetry power --simulate 40 --search": "searched in tests/simulation/test_power.py",
    "asymmetry power --simulate 40 --search --output results": (
        "kept in tests/cli/test_simulation.py"
    ),
    "asymmetry adopt": "done in tests/workflow/test_dvc.py",
    "git add --force $(find runs -name run.json) results/parts": (
        "what is then there is taken over in tests/workflow/test_adopt.py"
    ),
    "asymmetry figures --tables published/bench-cpu/tables": "done in tests/figures/test_redraw.py",
    "snakemake train --cores all --config 'grid={seeds: [0, 1]}'": (
        "the slices are read and planned in tests/planning/test_slices.py"
    ),
    "snakemake train --cores all --config 'grid={seeds: [2, 3]}'": "the same",
    "asymmetry why CELL": "done in tests/cli/test_artifacts.py",
    "asymmetry prune": "done in tests/cli/test_artifacts.py",
    "asymmetry publish published/NAME": "done in tests/workflow/test_publish.py",
    "asymmetry release RUN": "done in tests/cli/test_artifacts.py",
    "dvc remote add --default team ssh://HOST/PATH": "needs a host",
    "dvc remote add --default team s3://BUCKET/PATH": "needs a bucket",
    "dvc remote modify team verify true": "what .dvc/config has for the default remote",
    "dvc cache dir /PATH/OF/ALL": "needs a folder of several users",
    "dvc config cache.shared group": "needs a group of users",
    "dvc config cache.type reflink,hardlink,symlink": "each type in tests/workflow/test_dvc.py",
    "asymmetry userstudy make --raters 20 --pairs 60": "done in tests/cli/test_userstudy.py",
    "asymmetry status --serve": "done in tests/monitor/live/test_serve.py",
    "pip install -e .[tensorboard]": "fetches; the extra `test` has it too",
    "tensorboard --logdir tracking/tensorboard": (
        "runs until Ctrl-C; read in tests/monitor/test_follower.py"
    ),
    "TRACKIO_DIR=tracking/trackio trackio show --project asymmetry": (
        "an extra; read in tests/monitor/test_trackers.py"
    ),
    "wandb sync tracking/wandb/wandb/offline-run-*": (
        "needs an account; read in tests/monitor/test_trackers.py"
    ),
    "mlflow ui --backend-store-uri sqlite:///tracking/mlflow/mlflow.db": (
        "an extra; read in tests/monitor/test_trackers.py"
    ),
    "asymmetry userstudy make --design adaptive": "done in tests/cli/test_userstudy.py",
    "asymmetry userstudy serve": "done in tests/userstudy/test_serve.py",
    "asymmetry userstudy serve --host 0.0.0.0": "would open a port to the network",
    "asymmetry userstudy fit": "done in tests/cli/test_userstudy.py",
    "asymmetry userstudy export answers --licence CC-BY-4.0": "done in tests/cli/test_userstudy.py",
    "asymmetry figures endings": "run by tests/test_contributing.py",
    "pytest tests/fidelity/test_all.py -k edges": "done in tests/test_contributing.py",
    "mkdocs serve": "runs until Ctrl-C; the build: tests/docs/test_build.py",
    "pre-commit install": "writes a hook into .git; the hook is `make lint`",
    'pytest -m "not slow"': "this is pytest",
}


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def commands() -> list[str]:
    """Every command of all documents, once, without its comment."""
    lines = [
        line
        for text in DOCUMENTS.values()
        for block in blocks(text, "sh")
        for line in block.splitlines()
    ]
    return list(dict.fromkeys(line.split(" #")[0].strip() for line in lines if line.strip()))


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a clone has for a study, and a reader's `my-study.yaml`, in a folder of their own."""
    folder = tmp_path_factory.mktemp("clone")
    for name in ("Snakefile", "params.yaml"):
        shutil.copy(ROOT / name, folder)
    shutil.copy(ROOT / "params.yaml", folder / "my-study.yaml")
    shutil.copytree(ROOT / "workflow", folder / "workflow")
    shutil.copy(ROOT / "slurm", folder, follow_symlinks=False)
    return folder


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The command in the activated environment; it must succeed."""
    scripts = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": scripts}
    done = subprocess.run(
        shlex.split(command), cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{command}: {done.stderr or done.stdout}"
    return done


def test_the_readme_is_short():
    assert len(README.split()) <= 900


def test_every_command_is_known_here():
    known = {*RUN, *RUN_WITH_WEIGHTS, *RUN_ON_IMAGES, *ELSEWHERE}
    assert set(commands()) == known, "run it in this test, or say in ELSEWHERE who does"


def test_the_tests_that_run_the_others_exist():
    named = [path for said in ELSEWHERE.values() for path in re.findall(r"tests/[\w/.]+", said)]
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.slow
@pytest.mark.parametrize("command", RUN)
def test_the_command_works(command: str, clone: Path):
    run(RUN[command] or command, clone)


@pytest.mark.slow
@pytest.mark.parametrize("option", ["--unlock", "--summary"])
def test_what_runs_no_job_is_not_asked_for_cores(option: str, clone: Path):
    """As `snakemake --unlock` and `snakemake --report report.zip` are typed."""
    run(f"snakemake {option}", clone)


@pytest.mark.slow
def test_the_commands_on_weights_work(clone: Path, shared: Path):
    add, get = RUN_WITH_WEIGHTS
    assert "alexnet: taken" in run(add.replace("FOLDER", str(shared / "weights")), clone).stdout
    assert "data/weights/alexnet" in run(get, clone).stdout


def test_the_commands_on_images_work(
    workplace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    for folder, ending in {"references": "", "esrgan": "_x4", "swinir": "_x4"}.items():
        (workplace / folder).mkdir()
        for seed, name in enumerate(("baby", "bird")):
            photo(seed + len(folder), 96).save(workplace / folder / f"{name}{ending}.png")
    for command, printed in zip(
        RUN_ON_IMAGES, ["image", "scores.csv", "image", "the"], strict=True
    ):
        monkeypatch.setattr(sys, "argv", shlex.split(command))
        with pytest.raises(SystemExit) as end:
            main()
        assert not end.value.code
        assert capsys.readouterr().out.split()[0] == printed
    assert {"index.html", "compare.html", "differences.csv", "scores.csv"} <= {
        path.name for path in (workplace / "comparison").iterdir()
    }


def test_the_targets_that_are_named_exist():
    (named,) = re.findall(r"snakemake --cores all train +# or: (.*)", GUIDE)
    rules = re.findall(r"^rule (\w+):", (ROOT / "workflow/rules/targets.smk").read_text(), re.M)
    assert {*named.split(", "), "train"} == set(rules)


SHOWN = [
    pytest.param(block, id=f"{name}-{index}")
    for name, text in DOCUMENTS.items()
    for index, block in enumerate(blocks(text, "yaml"))
    if name != "CONTRIBUTING.md"  # its study needs its parts: tests/test_contributing.py
]


@pytest.mark.parametrize("block", SHOWN)
def test_what_is_shown_of_a_study_is_valid(block: str):
    shown = yaml.safe_load(block)
    values = yaml.safe_load((ROOT / "params.yaml").read_text())
    # A section is shown in part.
    changed = {key: values.get(key, {}) | part for key, part in shown.items()}
    grid = cells(parse_study(values | changed, "a document"))
    for exclude in shown.get("grid", {}).get("exclude", ()):
        kept = {(cell.fidelity, cell.discriminator) for cell in grid}
        assert not kept & {(f, d) for f in exclude["fidelity"] for d in exclude["discriminators"]}
    for axes in [shown.get("grid", {}), *shown.get("grid", {}).get("include", ())]:
        assert set(axes.get("fidelity", ())) <= {cell.fidelity for cell in grid}


def test_the_names_in_comments_of_the_grid_exist():
    comments = re.findall(r"# (.*?) \.\.\.$", blocks(GUIDE, "yaml")[0], re.MULTILINE)
    names = [name for line in comments for name in line.split(", ") if "<" not in name]
    assert len(names) > 5
    assert set(names) <= {*GENERATORS, *fidelity_names()}


PYTHON = [
    pytest.param(block, id=f"{name}-{index}")
    for name in ("README.md", "docs/python.md")
    for index, block in enumerate(blocks(DOCUMENTS[name], "python"))
]


@pytest.mark.parametrize("block", PYTHON)
def test_what_is_shown_of_python_runs(block: str, workplace: Path):
    study, _ = synthetic_tables.analysed_study(workplace / "results")
    Path("params.yaml").write_text(yaml.safe_dump(study.model_dump() | {"results": "results"}))
    exec(compile(block, "a document", "exec"), {})


def test_the_loss_of_the_readme_is_one(workplace: Path):
    (path,) = map(Path, re.findall(r"`(parts/[\w./]+)`:\n", README))
    path.parent.mkdir(parents=True)
    path.write_text(blocks(README, "python")[0])
    restored = torch.full((2, 3, 8, 8), 0.5, requires_grad=True)
    with process_of_its_own():
        values = asymmetry.loss(path.stem)(restored, torch.zeros(2, 3, 8, 8))
    values.sum().backward()
    assert values.tolist() == [0.5, 0.5]
    assert restored.grad is not None
    assert restored.grad.abs().sum() > 0


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_to_files_lead_somewhere(name: str):
    links = re.findall(r"\]\(([^)\s#]+)", DOCUMENTS[name])
    files = [link for link in links if "://" not in link and link not in GENERATED]
    assert [file for file in files if not ((ROOT / name).parent / file).exists()] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_paths_in_code_exist(name: str):
    """In-line paths of the source tree; those that an example adds are made by its own test."""
    paths = re.findall(r"`((?:src|tests|workflow|docs|studies)/[\w./]+)`", DOCUMENTS[name])
    added = re.findall(r"`(src/[\w./]+)`:\n", DOCUMENTS[name])
    assert [path for path in paths if path not in added and not (ROOT / path).exists()] == []
