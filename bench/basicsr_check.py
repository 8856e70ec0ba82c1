"""The first step of a cell by basicsr on our batch: `python -m bench.basicsr_check OPTIONS RUN`.

Run in the folder of the study, where the same step was trained by `asymmetry train`.
"""

import json
import sys

import torch
from safetensors.torch import load_file

from asymmetry.cli.options import DEFAULT, plan_of
from asymmetry.data.crops import TrainingCrops
from bench import basicsr_parts  # noqa: F401

# isort: split
from basicsr.models import build_model
from basicsr.utils.options import parse_options


def main() -> None:
    """Print basicsr's losses, unweighted, and how far its averaged generator is from ours."""
    options, run_id = sys.argv[1:]
    plan = plan_of(DEFAULT)
    run = plan.find(run_id)
    section, task = plan.study.training, plan.study.tasks[run.cell.task]
    crops = TrainingCrops(
        plan.photos.split("train"),
        task,
        section.crop,
        section.batch,
        run.cell.seed,
        plan.study.photos.reduce,
    )
    low, reference = crops.batch(0)
    sys.argv = ["train.py", "-opt", options]
    opt, _ = parse_options(".", is_train=True)
    model = build_model(opt)
    model.feed_data({"lq": low, "gt": reference})
    model.optimize_parameters(1)
    logs = model.get_current_log()
    ours = load_file(run.folder / "generator.safetensors")
    theirs = model.net_g_ema.state_dict()
    facts = {
        "pixel": logs["l_g_pix"] / section.pixel_weight,
        "fidelity": logs["l_g_percep"] / section.fidelity_weight,
        "adversarial": logs["l_g_gan"] / run.cell.adversarial_weight,
        "discriminator": logs["l_d_real"] + logs["l_d_fake"],
        "generator": max(float((ours[name] - theirs[name]).abs().max()) for name in ours),
    }
    print()
    print(json.dumps(facts))


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
