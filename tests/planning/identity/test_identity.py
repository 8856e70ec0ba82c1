from asymmetry.planning.identity import closure, code_digest, module_digests, without_places

GMSD = "asymmetry.metrics.gmsd:gmsd"


def test_a_builder_in_settings_counts_by_what_it_is():
    settings = {"measure": GMSD, "side": (4, None), "inside": [{"builder": GMSD}, "pyiqa"]}
    digest = code_digest([GMSD])
    assert without_places(settings) == {
        "measure": digest,
        "side": [4, None],
        "inside": [{"builder": digest}, "pyiqa"],
    }


def test_two_functions_of_a_module_are_told_apart():
    ssim, ms_ssim = (f"asymmetry.metrics.ssim:{name}" for name in ("ssim", "ms_ssim"))
    assert without_places([ssim]) != without_places([ms_ssim])


def test_the_order_of_roots_does_not_count():
    roots = [GMSD, "asymmetry.fidelity.l1:build"]
    assert code_digest(roots) == code_digest(reversed(roots))


def test_a_training_without_adversary_does_not_depend_on_discriminators():
    found = closure(["asymmetry.training.job:train", "asymmetry.fidelity.l1:build"])
    assert {"asymmetry.training.loop", "asymmetry.generators.build"} <= found
    assert not [name for name in found if "discriminators" in name or "figures" in name]


def test_modules_are_told_with_their_digests():
    roots = ["asymmetry.fidelity.l1:build"]
    assert set(module_digests(roots)) == closure(roots) >= {"asymmetry.fidelity.l1"}
