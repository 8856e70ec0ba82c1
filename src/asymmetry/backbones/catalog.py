"""The backbones that a study may name. Plain data; imports no torch."""

from dataclasses import dataclass, field
from typing import Any

CHANGES_NUMBERS = False
RANDOM = "-random"  # ends the name of a backbone whose random weights are a choice
# Ends the name of a DISTS-style loss whose channel weights the study fits to human scores.
CALIBRATED = "-calibrated"
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
HALF = (0.5, 0.5, 0.5)
CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD = (0.26862954, 0.26130258, 0.27577711)


@dataclass(frozen=True)
class BackboneSpec:
    """How a backbone is built, and what its input must look like.

    `builder` is `module:function`; the function gets this spec and the tensors of pretrained
    weights (None for random ones), and returns a `Backbone`.
    `weights` names an entry of the weights manifest, or is None where only random weights exist.
    `mean` and `std` are empty where the builder alone knows them, from timm's configuration.
    """

    builder: str
    options: dict[str, Any] = field(default_factory=dict)
    mean: tuple[float, ...] = IMAGENET_MEAN
    std: tuple[float, ...] = IMAGENET_STD
    weights: str | None = None


_VGG = "asymmetry.backbones.convolutional:vgg"
_TORCHVISION = "asymmetry.backbones.convolutional:torchvision_network"
_RESNET = "asymmetry.backbones.convolutional:small_resnet"
_LITE = "asymmetry.backbones.convolutional:efficientnet_lite"
_SWIN = "asymmetry.backbones.transformer:swin"
_VIT = "asymmetry.backbones.transformer:vit"
UNET = "asymmetry.backbones.unet:encoder"
TIMM = "asymmetry.backbones.timm_trunk:trunk"
_SIZED = "asymmetry.backbones.timm_trunk:of_size"

# `stages`: the block after which a feature map is tapped, its channels and its stride.
# `smallest`: the side in pixels up to which a smaller image is padded; without it, any of 16 does.
BACKBONES: dict[str, BackboneSpec] = {
    # Simonyan and Zisserman 2015; relu1_2, relu2_2, relu3_3, relu4_3, relu5_3 as in DISTS, LPIPS.
    "vgg16": BackboneSpec(
        _VGG,
        {
            "layers": [64, 64, "M", 128, 128, "M", *[256] * 3, "M", *[512] * 3, "M", *[512] * 3],
            "stages": {
                "3": (64, 1),
                "8": (128, 2),
                "15": (256, 4),
                "22": (512, 8),
                "29": (512, 16),
            },
        },
        weights="vgg16",
    ),
    # Krizhevsky 2014 ("one weird trick"); its five ReLUs, as in LPIPS.
    "alexnet": BackboneSpec(
        _TORCHVISION,
        {
            "network": "alexnet",
            "smallest": 32,
            "stages": {
                "1": (64, 4),
                "4": (192, 8),
                "7": (384, 16),
                "9": (256, 16),
                "11": (256, 16),
            },
        },
        weights="alexnet",
    ),
    # Iandola et al. 2016, version 1.1; the seven slices of LPIPS.
    "squeezenet": BackboneSpec(
        _TORCHVISION,
        {
            "network": "squeezenet1_1",
            "smallest": 32,
            "stages": {
                "1": (64, 2),
                "4": (128, 4),
                "7": (256, 8),
                "9": (384, 16),
                "10": (384, 16),
                "11": (512, 16),
                "12": (512, 16),
            },
        },
        weights="squeezenet1_1",
    ),
    # He et al. 2016; the stem and the four groups of blocks.
    "resnet18": BackboneSpec(
        _TORCHVISION,
        {
            "network": "resnet18",
            "stages": {
                "relu": (64, 2),
                "layer1": (64, 4),
                "layer2": (128, 8),
                "layer3": (256, 16),
                "layer4": (512, 32),
            },
        },
        weights="resnet18",
    ),
    "resnet50": BackboneSpec(
        _TORCHVISION,
        {
            "network": "resnet50",
            "stages": {
                "relu": (64, 2),
                "layer1": (256, 4),
                "layer2": (512, 8),
                "layer3": (1024, 16),
                "layer4": (2048, 32),
            },
        },
        weights="resnet50",
    ),
    # Liu et al. 2022.
    "convnext-tiny": BackboneSpec(
        _TORCHVISION,
        {
            "network": "convnext_tiny",
            "smallest": 32,
            "stages": {"1": (96, 4), "3": (192, 8), "5": (384, 16), "7": (768, 32)},
        },
        weights="convnext_tiny",
    ),
    # Tan and Le 2019, without squeeze-and-excitation and with ReLU6; stages as timm's
    # `features_only`. Trained on images in -1..1.
    "efficientnet-lite0": BackboneSpec(
        _LITE,
        {
            "network": "tf_efficientnet_lite0",
            "stages": {
                "block0": (16, 2),
                "block1": (24, 4),
                "block2": (40, 8),
                "block4": (112, 16),
                "block6": (320, 32),
            },
        },
        mean=HALF,
        std=HALF,
        weights="efficientnet_lite0",
    ),
    # Liu et al. 2021.
    "swin-tiny": BackboneSpec(
        _SWIN,
        {
            "network": "swin_t",
            "stages": {"1": (96, 4), "3": (192, 8), "5": (384, 16), "7": (768, 32)},
        },
        weights="swin_t",
    ),
    # Oquab et al. 2023: ViT-S/14.
    "dinov2-vits14": BackboneSpec(
        _VIT, {"network": "vit_small_patch14_dinov2"}, weights="dinov2_vits14"
    ),
    # Radford et al. 2021: ViT-B/32.
    "clip-vit-b32": BackboneSpec(
        _VIT,
        {"network": "vit_base_patch32_clip_quickgelu_224"},
        mean=CLIP_MEAN,
        std=CLIP_STD,
        weights="clip_vit_b_32",
    ),
    # For discriminators on a laptop. No batch normalisation: its statistics would leak between real
    # and generated batches.
    "vgg-small": BackboneSpec(
        _VGG,
        {
            "layers": [16, "M", 32, "M", 64, "M", 64],
            "stages": {"1": (16, 1), "4": (32, 2), "7": (64, 4), "10": (64, 8)},
        },
        mean=HALF,
        std=HALF,
    ),
    "resnet-small": BackboneSpec(
        _RESNET,
        {
            "layers": (1, 1, 1),
            "channels": (16, 32, 64),
            "stem_width": 8,
            "stages": {"act1": (16, 2), "layer1": (16, 4), "layer2": (32, 8), "layer3": (64, 16)},
        },
        mean=HALF,
        std=HALF,
    ),
    "vit-small": BackboneSpec(
        _VIT,
        {
            "img_size": 64,
            "patch_size": 8,
            "embed_dim": 48,
            "depth": 4,
            "num_heads": 4,
            "mlp_ratio": 2,
        },
        mean=HALF,
        std=HALF,
    ),
    # Eight trunks to compare families with: 91,000 to 101,000 parameters, all of which a head at
    # stride 8 trains, whether patch or vanilla. Four are convolutional: plain (VGG), residual
    # (ResNet), depthwise (ConvNeXt), and the strided encoder of PatchGAN's kind. Four are
    # Transformers: attention over the image with learned positions (ViT), with rotary ones (EVA-02,
    # Fang et al. 2023), in windows (Swin), in windows and between them (Twins, Chu et al. 2021).
    "vgg-mini": BackboneSpec(
        _VGG,
        {
            "layers": [16, "M", 36, "M", 72, "M", 96],
            "stages": {"1": (16, 1), "4": (36, 2), "7": (72, 4), "10": (96, 8)},
        },
        mean=HALF,
        std=HALF,
    ),
    "resnet-mini": BackboneSpec(
        _RESNET,
        {
            "layers": (1, 1),
            "channels": (32, 76),
            "stem_width": 8,
            "stages": {"act1": (16, 2), "layer1": (32, 4), "layer2": (76, 8)},
        },
        mean=HALF,
        std=HALF,
    ),
    "convnext-mini": BackboneSpec(
        _SIZED,
        {
            "network": "convnext_atto",
            # timm builds four stages; the last two are never made use of, nor kept.
            "size": {"depths": (2, 2, 1, 1), "dims": (32, 60, 8, 8), "out_indices": (0, 1)},
        },
        mean=HALF,
        std=HALF,
    ),
    "encoder-mini": BackboneSpec(
        UNET,
        {"stages": {"0": (12, 1), "1": (24, 2), "2": (48, 4), "3": (92, 8)}},
        mean=HALF,
        std=HALF,
    ),
    "vit-mini": BackboneSpec(
        _VIT,
        {
            "img_size": 96,
            "patch_size": 8,
            "embed_dim": 48,
            "depth": 4,
            "num_heads": 4,
            "mlp_ratio": 2,
        },
        mean=HALF,
        std=HALF,
    ),
    "eva-mini": BackboneSpec(
        _SIZED,
        {
            "network": "eva02_tiny_patch14_224",
            "size": {
                "img_size": 96,
                "patch_size": 8,
                "embed_dim": 48,
                "depth": 3,
                "num_heads": 4,
                "dynamic_img_size": True,
                "out_indices": (0, 1, 2),
            },
        },
        mean=HALF,
        std=HALF,
    ),
    "swin-mini": BackboneSpec(
        _SIZED,
        {
            "network": "swin_tiny_patch4_window7_224",
            "size": {
                "img_size": 96,
                "strict_img_size": False,
                "embed_dim": 32,
                "depths": (2, 2),
                "num_heads": (2, 4),
                "window_size": 4,
                "mlp_ratio": 2,
                "out_indices": (0, 1),
            },
        },
        mean=HALF,
        std=HALF,
    ),
    "twins-mini": BackboneSpec(
        _SIZED,
        {
            "network": "twins_svt_small",
            "size": {
                "img_size": 96,
                "embed_dims": (28, 56),
                "depths": (2, 2),
                "num_heads": (1, 2),
                "sr_ratios": (4, 2),
                "wss": (4, 4),
                "mlp_ratios": (2, 2),
                "out_indices": (0, 1),
            },
        },
        mean=HALF,
        std=HALF,
    ),
    # The encoder of Real-ESRGAN's U-Net discriminator (Wang et al. 2021), and a narrow one.
    "unet": BackboneSpec(
        UNET,
        {"stages": {"0": (64, 1), "1": (128, 2), "2": (256, 4), "3": (512, 8)}},
        mean=HALF,
        std=HALF,
    ),
    "unet-small": BackboneSpec(
        UNET,
        {"stages": {"0": (8, 1), "1": (16, 2), "2": (32, 4), "3": (64, 8)}},
        mean=HALF,
        std=HALF,
    ),
}


def timm_spec(network: str) -> BackboneSpec:
    """The trunk of timm's `network` (`convnext_nano.in12k_ft_in1k`) under a name of the study's."""
    return BackboneSpec(TIMM, {"network": network}, mean=(), std=(), weights=f"timm/{network}")


def builder_of(name: str) -> str:
    """The `module:function` that builds a backbone, random or not; a root of a run's code."""
    return BACKBONES[name.removesuffix(RANDOM)].builder
