"""The public data sets that a study may use, each under the name of its folder in `data/`.

Checksums are copied from where they are published and never computed here; where nobody publishes
one, the first fetch is recorded (see `get`).
"""

from asymmetry.datasets.entry import DataSet, Published, Remote
from asymmetry.errors import UserError
from asymmetry.names import nearest

_ETH = "https://data.vision.ee.ethz.ch/cvl/DIV2K"
_EDSR = "https://cv.snu.ac.kr/research/EDSR"
_MMSP = "https://datasets.vqa.mmsp-kn.de/archives"
_CSIQ = "https://s2.smu.edu/~eclarson/csiq"

_TRAINING = "training photos"
_EVALUATION = "evaluation photos"
_SCORES_FR = "opinion scores, with references"
_SCORES_NR = "opinion scores, no references"
_UNSTATED = "none stated, research use"


def _sha256(digest: str, by: str) -> Published:
    return Published("sha256", digest, by)


def _md5(digest: str, by: str) -> Published:
    return Published("md5", digest, by)


def _benchmark(inside: str) -> tuple[Remote, ...]:
    """A folder of the archive of four test sets that the EDSR authors publish."""
    checksum = _md5("4ace41d33c2384b97e6b320cd0afd6ba", "torchSR")
    return (Remote(f"{_EDSR}/benchmark.tar", checksum, inside=f"benchmark/{inside}/HR"),)


CATALOGUE: dict[str, DataSet] = {
    "div2k": DataSet(
        "DIV2K",
        "800 training and 100 validation photos of 2K",
        900,
        4.0,
        "academic research only",
        "https://data.vision.ee.ethz.ch/cvl/DIV2K/",
        _TRAINING,
        (
            Remote(
                f"{_ETH}/DIV2K_train_HR.zip",
                _sha256(
                    "9d0b9c463f6e35b6c62cc6a930ee2224f670b34c1df841a57670f9acf0f6c335",
                    "tensorflow_datasets",
                ),
                3_530_603_713,
                into="train",
            ),
            Remote(
                f"{_ETH}/DIV2K_valid_HR.zip",
                _sha256(
                    "20dd31fd84d777bc1cf5d6b7654a3f569c0aec74458ae094122ad1d0489900fc",
                    "tensorflow_datasets",
                ),
                448_993_893,
                into="valid",
            ),
        ),
    ),
    "flickr2k": DataSet(
        "Flickr2K",
        "photos of 2K from Flickr",
        2650,
        11.0,
        "none stated; the photos belong to users of Flickr",
        "https://github.com/limbee/NTIRE2017",
        _TRAINING,
        (
            Remote(
                f"{_EDSR}/Flickr2K.tar",
                _md5("5d3f39443d5e9489bff8963f8f26cb03", "torchSR"),
                inside="Flickr2K/Flickr2K_HR",
            ),
        ),
    ),
    "lsdir": DataSet(
        "LSDIR",
        "84,991 training, 1,000 validation and 1,000 test photos",
        86_991,
        155.0,
        "academic research only",
        "https://ofsoundof.github.io/lsdir-data/",
        _TRAINING,
        ask="log in at https://huggingface.co/ofsoundof/LSDIR and accept its terms",
    ),
    "set5": DataSet(
        "Set5",
        "five small photos",
        5,
        0.001,
        _UNSTATED,
        "http://people.rennes.inria.fr/Aline.Roumy/results/SR_BMVC12.html",
        _EVALUATION,
        _benchmark("Set5"),
    ),
    "set14": DataSet(
        "Set14",
        "photos, a comic page and a slide",
        14,
        0.004,
        _UNSTATED,
        "https://sites.google.com/site/romanzeyde/research-interests",
        _EVALUATION,
        _benchmark("Set14"),
    ),
    "bsd100": DataSet(
        "BSD100",
        "100 photos of the Berkeley segmentation set",
        100,
        0.02,
        "non-commercial research and education",
        "https://www2.eecs.berkeley.edu/Research/Projects/CS/vision/bsds/",
        _EVALUATION,
        _benchmark("B100"),
    ),
    "urban100": DataSet(
        "Urban100",
        "buildings and other regular structures",
        100,
        0.1,
        "none stated; the photos are of Creative Commons, from Flickr",
        "https://github.com/jbhuang0604/SelfExSR",
        _EVALUATION,
        _benchmark("Urban100"),
    ),
    "manga109": DataSet(
        "Manga109",
        "a page of each of 109 manga volumes, as papers on super-resolution use it",
        109,
        0.2,
        "academic research only, not to be passed on",
        "http://www.manga109.org/en/",
        _EVALUATION,
        ask="fill in the request at http://www.manga109.org/en/download.html",
    ),
    "kadid10k": DataSet(
        "KADID-10k",
        "81 references, 25 distortions at 5 levels, DMOS",
        10_206,
        3.1,
        "no formal licence, free for the research community",
        "https://database.mmsp-kn.de/kadid-10k-database.html",
        _SCORES_FR,
        (Remote(f"{_MMSP}/kadid10k.zip"),),
    ),
    "tid2013": DataSet(
        "TID2013",
        "25 references, 24 distortions at 5 levels, MOS",
        3025,
        1.8,
        _UNSTATED,
        "https://www.ponomarenko.info/tid2013.htm",
        _SCORES_FR,
        ask="fetch tid2013.rar (0.9 GB) from https://www.ponomarenko.info/tid2013.htm, unpack it",
    ),
    "live": DataSet(
        "LIVE release 2",
        "29 references, 5 distortions, 779 distorted images, DMOS",
        1011,
        1.2,
        "any use with its notice; some photos only inside the database",
        "https://live.ece.utexas.edu/research/quality/subjective.htm",
        _SCORES_FR,
        ask="fill in the form at https://live.ece.utexas.edu/research/quality/subjective.htm "
        "for its password, unpack it",
    ),
    "csiq": DataSet(
        "CSIQ",
        "30 references, 6 distortions at 4 to 5 levels, DMOS",
        896,
        0.5,
        _UNSTATED,
        "https://s2.smu.edu/~eclarson/csiq.html",
        _SCORES_FR,
        (
            Remote(f"{_CSIQ}/src_imgs.zip", into="src_imgs"),
            Remote(f"{_CSIQ}/dst_imgs.zip", into="dst_imgs"),
            Remote(f"{_CSIQ}/csiq.DMOS.xlsx"),
        ),
    ),
    "pipal": DataSet(
        "PIPAL",
        "225 public references, 40 distortions and restorations, Elo scores",
        24_425,
        6.1,
        _UNSTATED,
        "https://github.com/HaomingCai/PIPAL-dataset",
        _SCORES_FR,
        ask="fetch it from the drives that https://github.com/HaomingCai/PIPAL-dataset names",
    ),
    "koniq10k": DataSet(
        "KonIQ-10k",
        "photos from the wild, 1024x768, MOS",
        10_073,
        5.0,
        "no formal licence, free for the research community",
        "https://database.mmsp-kn.de/koniq-10k-database.html",
        _SCORES_NR,
        (
            Remote(f"{_MMSP}/koniq10k_1024x768.zip", into="1024x768"),
            Remote(f"{_MMSP}/koniq10k_scores_and_distributions.zip"),
        ),
    ),
    "spaq": DataSet(
        "SPAQ",
        "photos of 66 smartphones, MOS and attributes",
        11_125,
        33.0,
        "research and education only",
        "https://github.com/h4nwei/SPAQ",
        _SCORES_NR,
        ask="fetch it from the drives that https://github.com/h4nwei/SPAQ names",
    ),
    "tqd": DataSet(
        "TQD",
        "10 textures, 15 distorted or synthesised versions of each, MOS",
        160,
        0.1,
        _UNSTATED,
        "https://arxiv.org/abs/2004.07728",
        _SCORES_FR,
        ask="ask the authors of DISTS, https://github.com/dingkeyan93/DISTS",
    ),
}


def find(name: str) -> DataSet:
    """The entry of a set; UserError, with the nearest name, where there is none."""
    if name not in CATALOGUE:
        raise UserError(f"data: '{name}' is not in the catalogue; {nearest(name, CATALOGUE)}")
    return CATALOGUE[name]
