import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load, save
from torch import nn
from torch.nn.functional import interpolate

from asymmetry.core.errors import UserError
from asymmetry.generators.build import build_generator
from asymmetry.generators.catalog import GENERATORS, SCALES

SMALL = ["compact-tiny", "rrdb-small", "swinir-tiny"]


def count(generator: nn.Module, without: str = "\0") -> int:
    return sum(p.numel() for name, p in generator.named_parameters() if without not in name)


@pytest.mark.parametrize(
    ("name", "published"),
    [
        # SwinIR's own code prints this number for its classical x4 model; the paper says 11.8M.
        ("swinir-m", 11_900_199),
        # ESRGAN's x4 generator.
        ("rrdb", 16_697_987),
        # realesr-animevideov3: 1792 + 17 x 64 (PReLU) + 16 x 36928 + 27696 by hand.
        ("compact", 621_424),
    ],
)
def test_has_the_published_number_of_parameters(name, published):
    assert count(build_generator(name, 4, seed=0)) == published


@pytest.mark.parametrize(("scale", "thousands"), [(2, 878), (3, 886), (4, 897)])
def test_light_swinir_has_the_paper_s_size_which_leaves_out_the_position_tables(scale, thousands):
    generator = build_generator("swinir-light", scale, seed=0)
    assert round(count(generator, without="relative_position_bias_table") / 1e3) == thousands


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", SMALL)
def test_every_scale_gives_the_scaled_size_of_an_odd_input(name, scale):
    restored = build_generator(name, scale, seed=0)(torch.rand(2, 3, 13, 9))
    assert restored.shape == (2, 3, 13 * scale, 9 * scale)
    assert restored.isfinite().all()


SWINIR = build_generator("swinir-tiny", 2, seed=0)


@settings(max_examples=15, deadline=None)
@given(height=st.integers(5, 25), width=st.integers(5, 25))
def test_windows_limit_no_size_from_five_pixels_on(height, width):
    with torch.no_grad():
        assert SWINIR(torch.rand(1, 3, height, width)).shape == (1, 3, 2 * height, 2 * width)


@pytest.mark.parametrize("name", SMALL)
def test_the_seed_alone_decides_every_byte(name):
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = save(build_generator(name, 4, seed=3).state_dict())
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(2)
    assert save(build_generator(name, 4, seed=3).state_dict()) == first
    assert save(build_generator(name, 4, seed=4).state_dict()) != first


@pytest.mark.parametrize("name", SMALL)
def test_training_mode_draws_no_random_numbers(name):
    generator = build_generator(name, 2, seed=0).train()
    low = torch.rand(1, 3, 8, 8)
    assert torch.equal(generator(low), generator(low))


@pytest.mark.parametrize("name", SMALL)
def test_a_saved_state_loads_into_another_seed_s_generator(name):
    low = torch.rand(1, 3, 8, 8)
    trained, other = build_generator(name, 2, seed=0), build_generator(name, 2, seed=1)
    assert not torch.equal(trained(low), other(low))
    other.load_state_dict(load(save(trained.state_dict())))
    assert torch.equal(trained(low), other(low))


def test_untrained_compact_starts_near_nearest_upsampling_and_is_not_clamped():
    low = torch.linspace(0, 1, 3 * 12 * 12).reshape(1, 3, 12, 12)
    restored = build_generator("compact-tiny", 4, seed=0)(low)
    assert (restored - interpolate(low, scale_factor=4)).abs().max() < 0.2
    assert restored.min() < 0 or restored.max() > 1


@pytest.mark.parametrize("name", GENERATORS)
def test_an_unsupported_scale_is_refused_by_name(name):
    with pytest.raises(UserError, match=f"scale: 5 .*'{name}'; use 1, 2, 3, 4, 8"):
        build_generator(name, 5, seed=0)


def test_an_unknown_name_is_refused_with_a_near_miss():
    with pytest.raises(UserError, match="did you mean 'swinir-tiny'"):
        build_generator("swinir-tini", 4, seed=0)
