from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asymmetry.core.errors import UserError
from asymmetry.planning import run_settings
from asymmetry.planning.identity import closure
from asymmetry.planning.plan import Plan
from asymmetry.study import parse_study
from tests.conftest import small_values


def plan_of(change: Callable[[dict[str, Any]], object] = lambda values: None) -> Plan:
    values = deepcopy(small_values())
    change(values)
    return Plan(parse_study(values, "params.yaml"))


def ids(plan: Plan) -> set[str]:
    return {run.id for run in [*plan.warm_starts, *plan.runs]}


@pytest.mark.usefixtures("workplace")
class TestIdentity:
    def test_an_id_is_readable_and_unique(self):
        plan = plan_of()
        assert len(ids(plan)) == 6
        assert all(run.id.startswith(run.cell.name + "-") for run in plan.runs)
        assert all(len(run.id.rpartition("-")[2]) == 8 for run in plan.runs)

    def test_equal_studies_have_equal_ids(self):
        assert ids(plan_of()) == ids(plan_of())

    @pytest.mark.parametrize(
        ("section", "change", "changed"),
        [
            ("training", {"learning_rate": 1e-5}, 5),
            ("training", {"adversarial_loss": "hinge"}, 5),
            ("training", {"snapshots": [0.5]}, 5),
            ("training", {"snapshots": []}, 0),
            ("warm_start", {"steps": 21}, 6),
            ("numerics", {"threads": 2}, 6),
            ("photos", {"held_out": 0.5}, 6),
            ("execution", {"log_every": 3, "device": "auto"}, 0),
            ("evaluation", {"metrics": ["psnr_y", "gmsd", "ssim"]}, 0),
            ("transfer", {"steps": 9}, 0),
        ],
    )
    def test_what_changes_the_bytes_changes_the_id(
        self, section: str, change: dict[str, Any], changed: int
    ):
        after = plan_of(lambda values: values.setdefault(section, {}).update(change))
        assert len(ids(after) - ids(plan_of())) == changed

    @pytest.mark.parametrize(
        ("module", "changed"),
        [
            ("training.loop", 6),
            ("fidelity.l1", 6),
            ("backbones.transformer", 2),
            ("fidelity.mse", 0),
        ],
    )
    def test_edited_code_counts_for_the_runs_that_it_trains(
        self, monkeypatch: pytest.MonkeyPatch, module: str, changed: int
    ):
        before, real = ids(plan_of()), run_settings.code_digest
        edited = f"asymmetry.{module}"
        monkeypatch.setattr(
            run_settings,
            "code_digest",
            lambda roots: real(roots) + "!" * (edited in closure(roots)),
        )
        assert len(ids(plan_of()) - before) == changed

    def test_a_discriminator_s_settings_count_for_its_cells_only(self):
        def wider(values: dict[str, Any]) -> None:
            values["discriminators"]["vgg-patch"]["spectral_norm"] = True

        new = ids(plan_of(wider)) - ids(plan_of())
        assert len(new) == 2
        assert all("/vgg-patch/" in name for name in new)

    @pytest.mark.parametrize(
        ("loss", "entries"),
        [
            ("l1", set()),
            ("lpips-alex", {"alexnet", "lpips_alex"}),
            ("dists", {"vgg16", "dists"}),
            ("dists-resnet50", {"resnet50"}),
            ("dists-vgg16-random", set()),
        ],
    )
    def test_every_file_of_weights_inside_a_loss_is_a_part_of_the_identity(
        self, loss: str, entries: set[str]
    ):
        plan = plan_of(lambda values: values["grid"].update(fidelity=[loss]))
        assert set(plan.runs[0].settings["weights"]) == entries

    def test_a_cell_names_the_warm_start_of_its_seed(self):
        plan = plan_of(lambda values: values["grid"].update(seeds=[0, 3]))
        for run in plan.runs:
            assert plan.find(str(run.warm_start)).cell.seed == run.cell.seed

    def test_a_seed_is_done_before_the_next_and_what_all_figures_need_first(self):
        plan = plan_of(lambda values: values["grid"].update(seeds=[3, 0]))
        order = sorted(plan.by_id.values(), key=lambda run: -plan.priority(run.id))
        assert [run.cell.seed for run in order] == [0] * 6 + [3] * 6
        for first in (order[:2], order[6:8]):
            assert [run.cell.discriminator for run in first] == ["warm-start", "none"]

    def test_an_unknown_run_is_named_with_a_near_one(self):
        plan = plan_of()
        wrong = plan.runs[0].id[:-1] + "x"
        with pytest.raises(UserError, match=f"did you mean '{plan.runs[0].id}'"):
            plan.find(wrong)

    @settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.permutations(["l1", "mse", "gmsd"]), st.permutations([0, 0.01, 0.1]))
    def test_the_order_of_an_axis_does_not_matter(self, losses: list[str], weights: list[float]):
        def ordered(values: dict[str, Any]) -> None:
            values["grid"] |= {"fidelity": losses, "adversarial_weights": weights}

        def plain(values: dict[str, Any]) -> None:
            values["grid"] |= {
                "fidelity": ["l1", "mse", "gmsd"],
                "adversarial_weights": [0.1, 0.01, 0],
            }

        assert ids(plan_of(ordered)) == ids(plan_of(plain))


def test_a_missing_folder_of_photos_is_named(workplace: Path):
    plan = plan_of(lambda values: values.update(photos={"source": "nowhere"}))
    with pytest.raises(UserError, match="nowhere: there is no such folder"):
        plan.photos  # noqa: B018 - reading it is the test
