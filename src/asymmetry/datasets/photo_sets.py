"""The catalogue's sets of photos, to train on and to evaluate on."""

from asymmetry.datasets.entry import BY_TEXT, DataSet, Published, Remote, Way, md5, sha256

_ETH = "https://data.vision.ee.ethz.ch/cvl/DIV2K"
# Unreachable since August 2024. An archive of before, given by hand, still agrees with its md5.
_EDSR = "https://cv.snu.ac.kr/research/EDSR"
_HUGGING_FACE = "https://huggingface.co/datasets"

_TRAINING = "training photos"
_EVALUATION = "evaluation photos"
_UNSTATED = "none stated, research use"


def _benchmark(name: str, former: str, checksum: Published | None) -> tuple[Way, Way]:
    """A test set by itself, and as a folder of the EDSR authors' archive of four.

    That both hold the same pixels is not verified.
    """
    address = f"{_HUGGING_FACE}/eugenesiow/{name}/resolve/main/data/{name}_HR.tar.gz"
    four = md5("4ace41d33c2384b97e6b320cd0afd6ba", "torchSR")
    return (
        (Remote(address, checksum),),
        (Remote(f"{_EDSR}/benchmark.tar", four, inside=f"benchmark/{former}/HR"),),
    )


PHOTO_SETS: dict[str, DataSet] = {
    "div2k": DataSet(
        "DIV2K",
        "800 training and 100 validation photos of 2K",
        900,
        4.0,
        "academic research only",
        "https://data.vision.ee.ethz.ch/cvl/DIV2K/",
        _TRAINING,
        BY_TEXT,
        (
            (
                Remote(
                    f"{_ETH}/DIV2K_train_HR.zip",
                    sha256(
                        "9d0b9c463f6e35b6c62cc6a930ee2224f670b34c1df841a57670f9acf0f6c335",
                        "tensorflow_datasets",
                    ),
                    3_530_603_713,
                    into="train",
                ),
                Remote(
                    f"{_ETH}/DIV2K_valid_HR.zip",
                    sha256(
                        "20dd31fd84d777bc1cf5d6b7654a3f569c0aec74458ae094122ad1d0489900fc",
                        "tensorflow_datasets",
                    ),
                    448_993_893,
                    into="valid",
                ),
            ),
        ),
    ),
    "flickr2k": DataSet(
        "Flickr2K",
        "photos of 2K from Flickr",
        2650,
        11.6,
        "none stated; the photos belong to users of Flickr",
        "https://github.com/limbee/NTIRE2017",
        _TRAINING,
        BY_TEXT,
        (
            (
                Remote(
                    f"{_EDSR}/Flickr2K.tar",
                    md5("5d3f39443d5e9489bff8963f8f26cb03", "torchSR"),
                    inside="Flickr2K/Flickr2K_HR",
                ),
            ),
            (Remote(f"{_HUGGING_FACE}/yangtao9009/Flickr2K/resolve/main/Flickr2K.zip"),),
        ),
    ),
    "lsdir": DataSet(
        "LSDIR",
        "84,991 training photos, 1,000 for test, 1,000 or 250 for validation, by the copy",
        86_991,
        155.0,
        "academic research only",
        "https://ofsoundof.github.io/lsdir-data/",
        _TRAINING,
        BY_TEXT,
        ask="log in at https://huggingface.co/ofsoundof/LSDIR and accept its terms",
        exact=False,
    ),
    "set5": DataSet(
        "Set5",
        "five small photos",
        5,
        0.001,
        _UNSTATED,
        "http://people.rennes.inria.fr/Aline.Roumy/results/SR_BMVC12.html",
        _EVALUATION,
        BY_TEXT,
        _benchmark(
            "Set5",
            "Set5",
            sha256(
                "260fc447296333f6c2716bcd65513968c33b666f21a905537ee3330c51a1945b", "Hugging Face"
            ),
        ),
    ),
    "set14": DataSet(
        "Set14",
        "photos, a comic page and a slide",
        14,
        0.004,
        _UNSTATED,
        "https://sites.google.com/site/romanzeyde/research-interests",
        _EVALUATION,
        BY_TEXT,
        _benchmark("Set14", "Set14", None),
    ),
    "bsd100": DataSet(
        "BSD100",
        "100 photos of the Berkeley segmentation set",
        100,
        0.02,
        "non-commercial research and education",
        "https://www2.eecs.berkeley.edu/Research/Projects/CS/vision/bsds/",
        _EVALUATION,
        BY_TEXT,
        _benchmark(
            "BSD100",
            "B100",
            sha256(
                "333495ccded04a0db52b33361140821ea7e0d8af8dfb54b58df79a00010858d6", "Hugging Face"
            ),
        ),
    ),
    "urban100": DataSet(
        "Urban100",
        "buildings and other regular structures",
        100,
        0.1,
        "none stated; the photos are of Creative Commons, from Flickr",
        "https://github.com/jbhuang0604/SelfExSR",
        _EVALUATION,
        BY_TEXT,
        _benchmark("Urban100", "Urban100", md5("65d9d84a34b72c6f7ca1e26a12df1e4c", "deepinv")),
    ),
    "manga109": DataSet(
        "Manga109",
        "a page of each of 109 manga volumes, as papers on super-resolution use it",
        109,
        0.2,
        "academic research only, not to be passed on",
        "http://www.manga109.org/en/",
        _EVALUATION,
        BY_TEXT,
        ask="its release, Manga109_released_2023_12_07.zip, is given on request at "
        "https://huggingface.co/datasets/hal-utokyo/Manga109 and holds whole volumes: "
        "make a folder of the 109 pages of the benchmark",
    ),
    "realsr": DataSet(
        "RealSR version 3",
        "over 500 scenes of two cameras at three scales, each photo beside its low resolution",
        3000,
        None,
        _UNSTATED,
        "https://github.com/csjcai/RealSR",
        _EVALUATION,
        BY_TEXT,
        by_hand=(
            Remote(
                "https://drive.google.com/open?id=17ZMjo-zwFouxnm_aFM6CUHBwgRrLZqIM",
                md5("83e946bf4b5c22b30d1663231bb2e53e", "torchSR"),
                name="RealSR(V3).tar.gz",
            ),
        ),
        ask="fetch RealSR(V3).tar.gz from the drive that https://github.com/csjcai/RealSR names",
        exact=False,
    ),
}
