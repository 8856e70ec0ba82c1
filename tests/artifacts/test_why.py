import json
from pathlib import Path

from asymmetry.artifacts.why import why
from asymmetry.pipeline.stages import Stages
from tests.artifacts.conftest import MakeStages, finish


def test_a_changed_setting_is_shown_with_its_cost(stages: Stages, make_stages: MakeStages):
    after = make_stages(lambda values: values["training"].update(learning_rate=1e-5))
    run = after.plan.runs[-1]
    former = stages.plan.runs[-1]
    lines = list(why(after, run.cell.name))
    assert lines[0] == f"{run.id}: waiting"
    assert f"  {former.folder} differs:" in lines
    assert lines[lines.index(f"  {former.folder} differs:") + 1 :][:1] == [
        "    training.learning_rate: 0.0002 -> 1e-05"
    ]
    part = next(part for part in after.assessment.parts if run.id in part.runs)
    assert f"  made of it: {part.path}" in lines
    # The finished warm start took 20 steps in 3 s, and this run has 12.
    assert "12 steps, about 2 s of training (measured on 1 finished runs)" in lines[-1]


def test_what_changed_in_the_code_is_named(stages: Stages):
    run = stages.plan.runs[-1]
    record = json.loads(run.record.read_text())
    record["settings"]["code"] = "old"
    folder = finish(run, Path("runs") / f"{run.cell.name}-00000000", settings=record["settings"])
    assert "    code: changed" in list(why(stages, run.id))

    from asymmetry.planning.identity import module_digests

    modules = module_digests(run.roots) | {"asymmetry.training.loop": "old", "asymmetry.gone": "1"}
    modules.pop("asymmetry.core.randomness")
    (folder / "run.json").write_text(json.dumps(record | {"modules": modules}))
    assert (
        "    code: changed (asymmetry.core.randomness is new, asymmetry.gone is gone, "
        "asymmetry.training.loop)"
    ) in list(why(stages, run.id))


def test_a_warm_start_names_the_discriminators_too(make_stages: MakeStages):
    section = {"steps": 8, "batch": 2, "crop": 32}
    stages = make_stages(lambda values: values.update(discriminator_warm_start=section))
    lines = list(why(stages, stages.plan.warm_starts[0].id))
    assert "  5 cells begin from it, and would train again too" in lines
    assert "  so would 2 warm starts of discriminators" in lines
    assert "96 steps" in lines[-1]  # 20, twice 8, and five times 12
    lines = list(why(stages, stages.plan.discriminator_warm_starts[0].id))
    assert "  2 cells begin from it, and would train again too" in lines
    assert "32 steps" in lines[-1]


def test_a_warm_start_names_the_cells_that_begin_from_it(stages: Stages):
    lines = list(why(stages, stages.plan.warm_starts[0].id))
    assert "  5 cells begin from it, and would train again too" in lines
    assert "80 steps" in lines[-1]  # 20 and five times 12
