import logging

from asymmetry.iqa.transfer.split_set import SplitSet
from asymmetry.planning.plan import Plan
from tests.iqa.conftest import SCORED, declare, picture


def test_training_images_that_show_a_test_image_are_left_out(photos, table, caplog):
    lines = ["image,mos,part"]
    for seed in range(6):
        picture(40 + seed).save(table.parent / "images" / f"s{seed}.png")
        lines.append(f"s{seed}.png,{seed},{'test' if seed < 2 else 'train'}")
    picture(40).save(table.parent / "images" / "again.jpg", quality=50)
    table.write_text("\n".join([*lines, "again.jpg,9,train"]))
    own = SCORED | {"reference": None, "table": str(table), "split": "part"}
    sets = {"severity": {"kind": "severity"}, "s": own | {"split_as_released": True}}
    study = declare(photos, iqa_sets=sets)
    with caplog.at_level(logging.WARNING):
        images = SplitSet(study, Plan(study), "s")
    assert images.scores.tolist() == [0, 1, 2, 3, 4, 5]
    assert len(images.groups) == 6
    [split] = images.splits
    assert split.test == (0, 1)
    assert "IQA set 's': 1 training images of its split show test images, e.g. again.jpg" in (
        caplog.text
    )
