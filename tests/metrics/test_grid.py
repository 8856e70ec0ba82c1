import torch

from asymmetry.metrics.grid import in_cache
from asymmetry.metrics.phase import phase_congruency


def test_small_images_go_together_and_large_ones_alone():
    seen: list[int] = []

    def function(images: torch.Tensor) -> torch.Tensor:
        seen.append(len(images))
        return images + 1

    small, large = torch.zeros(20, 1, 64, 64), torch.zeros(2, 1, 300, 300)
    assert torch.equal(in_cache(function, small), small + 1)
    assert torch.equal(in_cache(function, large), large + 1)
    assert seen == [16, 4, 1, 1]


def test_the_phases_of_an_image_do_not_depend_on_its_batch():
    images = torch.rand(5, 1, 48, 40, generator=torch.Generator().manual_seed(0)) * 255
    alone = torch.cat([phase_congruency(image[None]) for image in images])
    assert torch.equal(phase_congruency(images), alone)
