import json
import os

from asymmetry.artifacts.keys import keys, write_keys
from asymmetry.pipeline.stages import Stages
from tests.artifacts.conftest import MakeStages


def changed(before: Stages, after: Stages) -> set[str]:
    one, other = keys(before), keys(after)
    return {name for name in one if one[name] != other[name]}


def test_each_stage_has_its_key(stages: Stages):
    found = keys(stages)
    assert list(found) == ["grid", "assess", "optimisability", "transfer", "figures"]
    assert found["grid"]["runs"] == [path.parent.as_posix() for path in stages.trained]
    stamps = [name for key in found.values() for name in key.get("stamps", ())]
    assert sorted(stamps) == sorted(stages.stamps.by_name)


def test_a_learning_rate_changes_every_key(make_stages: MakeStages):
    after = make_stages(lambda values: values["training"].update(learning_rate=1e-5))
    assert changed(make_stages(), after) == set(keys(after))


def test_a_metric_trains_nothing(make_stages: MakeStages):
    after = make_stages(lambda values: values["evaluation"]["metrics"].append("ssim"))
    assert "grid" not in changed(make_stages(), after)
    assert "assess" in changed(make_stages(), after)


def test_how_jobs_run_changes_no_key(make_stages: MakeStages):
    after = make_stages(lambda values: values["execution"].update(log_every=9))
    assert changed(make_stages(), after) == set()


def test_a_key_is_written_where_it_changed(stages: Stages, make_stages: MakeStages):
    write_keys(stages)
    files = {path.stem: path for path in (stages.results / "keys").iterdir()}
    assert json.loads(files["grid"].read_text()) == keys(stages)["grid"]
    for path in files.values():
        os.utime(path, (10**9, 10**9))
    write_keys(make_stages(lambda values: values["evaluation"]["metrics"].append("ssim")))
    assert files["grid"].stat().st_mtime == 10**9
    assert files["assess"].stat().st_mtime > 10**9
