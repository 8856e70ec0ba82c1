from asymmetry.data.views import strips, views
from asymmetry.study import CropStrip, Evaluation

NAMES = {"mine": ["a", "deep/b"]}


def evaluation(*crops: CropStrip) -> Evaluation:
    return Evaluation(
        sets={"mine": "folder"}, metrics=["psnr_y"], distortion=["psnr_y"], crops=crops
    )


def test_a_crop_without_an_image_is_of_the_first_and_without_a_corner_its_centre():
    (view,) = strips(evaluation(CropStrip(set="mine")), NAMES)
    assert (view.image, view.side, view.corner) == ("a", 96, None)
    assert view.name == "mine-a-centre-96"


def test_a_crop_with_both():
    crop = CropStrip(set="mine", image="deep/b", left=3, top=4, size=8)
    (view,) = strips(evaluation(crop), NAMES)
    assert (view.name, view.corner) == ("mine-deep_b-3-4-8", (3, 4))


def test_a_long_name_is_cut_and_stays_its_own():
    long = {"mine": ["é" * 120, "é" * 120 + "x"]}
    crops = [CropStrip(set="mine", image=name) for name in long["mine"]]
    names = [view.name for view in strips(evaluation(*crops), long)]
    assert len(set(names)) == 2
    assert all(len(name.encode()) < 200 for name in names)


def test_views_are_the_crops_then_the_centres():
    found = [view.name for view in views(evaluation(CropStrip(set="mine")), NAMES)]
    assert found == ["mine-a-centre-96", "centre-256/mine/a", "centre-256/mine/deep/b"]
