"""The catalogue's sets of images with people's judgements."""

from asymmetry.datasets.entry import BY_TEXT, DataSet, Published, Remote, md5, sha256

_MMSP = "datasets.vqa.mmsp-kn.de/archives"
_CSIQ = "https://s2.smu.edu/~eclarson/csiq"
_MIRROR = "https://huggingface.co/datasets/chaofengc/IQA-PyTorch-Datasets/resolve/main"
_GITHUB = "https://raw.githubusercontent.com"

_SCORES_FR = "opinion scores, with references"
_SCORES_NR = "opinion scores, no references"
_UNSTATED = "none stated, research use"
_LIVE_NOTICE = "any use with its notice"

_KADID10K = sha256(
    "fe59ace86a2525d5785ff011a2119fa88839e0329f5029f7b23994727efd185c", "public code"
)
# Too small to be gone, and the mirror's archive may be without it.
_CSIQ_SCORES = Remote(f"{_CSIQ}/csiq.DMOS.xlsx")


def _mirror(file: str, digest: str = "", size: int | None = None) -> Remote:
    """A whole set as the authors of pyiqa pass it on; whether with its scores is not verified."""
    checksum: Published | None = sha256(digest, "Hugging Face") if digest else None
    return Remote(f"{_MIRROR}/{file}", checksum, size)


SCORED_SETS: dict[str, DataSet] = {
    "kadid10k": DataSet(
        "KADID-10k",
        "81 references, 25 distortions at 5 levels, DMOS",
        10_206,
        3.1,
        "no formal licence, free for the research community",
        "https://database.mmsp-kn.de/kadid-10k-database.html",
        _SCORES_FR,
        BY_TEXT,
        # The certificate of the host was out of date at times; what is pinned needs none.
        (
            (Remote(f"https://{_MMSP}/kadid10k.zip", _KADID10K, 3_067_408_471),),
            (Remote(f"http://{_MMSP}/kadid10k.zip", _KADID10K, 3_067_408_471),),
        ),
        layout=("dmos.csv", "images/*.png"),
    ),
    "tid2013": DataSet(
        "TID2013",
        "25 references, 24 distortions at 5 levels, MOS",
        3025,
        1.8,
        _UNSTATED,
        "https://www.ponomarenko.info/tid2013.htm",
        _SCORES_FR,
        BY_TEXT,
        (
            (
                _mirror(
                    "tid2013.tgz",
                    "ac92094b1469ec0dff181a553b8c84302606ba99f81e38652532cadac886d735",
                    1_227_227_546,
                ),
            ),
        ),
        by_hand=(
            Remote(
                "https://www.ponomarenko.info/tid2013/tid2013.rar",
                md5("2c42bec2407adc49cf4d7858daf8f99b", "public code"),
            ),
        ),
        ask="fetch tid2013.rar (0.9 GB) from https://www.ponomarenko.info/tid2013.htm, unpack it",
        layout=("mos_with_names.txt", "reference_images/*.bmp", "distorted_images/*.bmp"),
    ),
    "live": DataSet(
        "LIVE release 2",
        "29 references, 5 distortions, 779 distorted images, DMOS",
        1011,
        1.2,
        f"{_LIVE_NOTICE}; some photos only inside the database",
        "https://live.ece.utexas.edu/research/quality/subjective.htm",
        _SCORES_FR,
        BY_TEXT,
        (
            (
                _mirror(
                    "live.tgz",
                    "0c23e0ba0d503dd7bfc3d5588fc3e94672e381759881e497c41ca814aa4d9d8f",
                    721_190_291,
                ),
            ),
        ),
        ask="fill in the form at https://live.ece.utexas.edu/research/quality/subjective.htm "
        "for its password, unpack it",
        layout=(
            "dmos_realigned.mat|dmos.mat",
            "refnames_all.mat",
            "refimgs/*.bmp",
            "jp2k/*.bmp",
            "jpeg/*.bmp",
            "wn/*.bmp",
            "gblur/*.bmp",
            "fastfading/*.bmp",
        ),
    ),
    "csiq": DataSet(
        "CSIQ",
        "30 references, 6 distortions at 4 to 5 levels, DMOS",
        896,
        0.5,
        _UNSTATED,
        "https://s2.smu.edu/~eclarson/csiq.html",
        _SCORES_FR,
        BY_TEXT,
        (
            (
                Remote(f"{_CSIQ}/src_imgs.zip", into="src_imgs"),
                Remote(f"{_CSIQ}/dst_imgs.zip", into="dst_imgs"),
                _CSIQ_SCORES,
            ),
            (_mirror("csiq.tgz"), _CSIQ_SCORES),
        ),
        layout=("csiq.DMOS.xlsx", "src_imgs/*.png", "dst_imgs/*.png"),
    ),
    "pipal": DataSet(
        "PIPAL",
        "225 public references, 40 distortions and restorations, Elo scores",
        24_425,
        6.1,
        _UNSTATED,
        "https://github.com/HaomingCai/PIPAL-dataset",
        _SCORES_FR,
        BY_TEXT,
        (
            (
                _mirror(
                    "pipal.tar",
                    "6bcb713ba0f9ad9ff6c11fc4c680ec88e633a674d16dc9d0700786d24b40f6b4",
                    5_843_353_600,
                ),
            ),
        ),
        ask="fetch it from the drives that https://github.com/HaomingCai/PIPAL-dataset names",
        layout=("Train_Label/*.txt", "Train_Ref/*.bmp"),
    ),
    "koniq10k": DataSet(
        "KonIQ-10k",
        "photos from the wild, 1024x768, MOS",
        10_073,
        5.0,
        "no formal licence, free for the research community",
        "https://database.mmsp-kn.de/koniq-10k-database.html",
        _SCORES_NR,
        BY_TEXT,
        # Nothing is pinned, so plain http would not be safe. The mirror has 512x384 too.
        (
            (
                Remote(f"https://{_MMSP}/koniq10k_1024x768.zip", into="1024x768"),
                Remote(f"https://{_MMSP}/koniq10k_scores_and_distributions.zip"),
            ),
            (_mirror("koniq10k.tgz"),),
        ),
        layout=("koniq10k_scores_and_distributions.csv", "1024x768/*.jpg|512x384/*.jpg"),
    ),
    "spaq": DataSet(
        "SPAQ",
        "photos of 66 smartphones, MOS and attributes",
        11_125,
        33.0,
        "research and education only",
        "https://github.com/h4nwei/SPAQ",
        _SCORES_NR,
        BY_TEXT,
        (
            (
                _mirror(
                    "spaq.tgz",
                    "54e0cb49dc8359f9293e746d452d8b12ec653056c9b12a4f97798a984c7418f7",
                    34_841_101_349,
                ),
            ),
        ),
        ask="fetch it from the drives that https://github.com/h4nwei/SPAQ names",
        layout=("MOS and Image attribute scores.xlsx", "TestImage/*.jpg"),
    ),
    "live_challenge": DataSet(
        "LIVE In the Wild Challenge",
        "photos of mobile devices, MOS, and seven that raters were trained with",
        1169,
        None,
        _LIVE_NOTICE,
        "https://live.ece.utexas.edu/research/ChallengeDB/index.html",
        _SCORES_NR,
        BY_TEXT,
        ((_mirror("live_challenge.tgz"),),),
        ask="ask for its password at https://live.ece.utexas.edu/research/ChallengeDB/index.html, "
        "unpack it",
        layout=("AllImages_release.mat", "AllMOS_release.mat", "Images/*"),
    ),
    "flive": DataSet(
        "FLIVE",
        "photos of PaQ-2-PiQ, from other data sets, MOS",
        39_810,
        5.4,
        "labels CC BY-NC or BY-NC-SA 4.0 (file, page); each photo has the terms of its own set",
        "https://github.com/baidut/PaQ-2-PiQ",
        _SCORES_NR,
        BY_TEXT,
        (
            (
                _mirror(
                    "flive.tgz",
                    "85d257ebb00b99ff998e6aa4276be5cbd4762699874f57bcbf3261e441961696",
                    5_414_976_833,
                ),
                Remote(
                    f"{_GITHUB}/baidut/PaQ-2-PiQ/a3ba2373a0da4e498d6e75ea2097125b5fe0fc10"
                    "/database/labels_image.csv",
                    into="database",
                ),
            ),
        ),
        ask="make it with database_prep.ipynb of https://github.com/baidut/PaQ-2-PiQ",
        layout=("labels_image.csv", "voc_emotic_ava/*.jpg", "blur_dataset/*.jpg"),
        # The mirror may hold the patches of the photos too.
        exact=False,
    ),
    "agiqa3k": DataSet(
        "AGIQA-3K",
        "images of six text-to-image models, MOS of quality",
        2982,
        0.1,
        "MIT",
        "https://github.com/lcysyzxdxc/AGIQA-3k-Database",
        _SCORES_NR,
        BY_TEXT,
        (
            (
                _mirror("AGIQA-3K.zip"),
                Remote(
                    f"{_GITHUB}/lcysyzxdxc/AGIQA-3k-Database"
                    "/30ded2bed96fc78070636548e811ece37e5d8f66/data.csv"
                ),
            ),
        ),
        ask="fetch AGIQA-3K.zip from the drives that "
        "https://github.com/lcysyzxdxc/AGIQA-3k-Database names, and data.csv from there",
        layout=("data.csv", "*.jpg"),
    ),
    "tqd": DataSet(
        "TQD",
        "10 textures, 15 distorted or synthesised versions of each, MOS",
        160,
        0.1,
        _UNSTATED,
        "https://arxiv.org/abs/2004.07728",
        _SCORES_FR,
        BY_TEXT,
        ask="ask the authors of DISTS, https://github.com/dingkeyan93/DISTS",
    ),
    "bapps": DataSet(
        "BAPPS, 2AFC validation",
        "some 36,300 triplets of patches: a reference, two distortions, and the share of people "
        "who chose the second",
        109_000,
        1.1,
        "code BSD-2-Clause, images unstated",
        "https://github.com/richzhang/PerceptualSimilarity",
        "choices between pairs, for code of your own: no loader reads them",
        BY_TEXT,
        (
            (
                Remote(
                    "https://perceptual-similarity.s3.us-west-2.amazonaws.com"
                    "/dataset/twoafc_val.tar.gz",
                    sha256(
                        "41486671b06de923e7ba277c4797d4d9d86d609863ba35ecdb576133f8b9d859",
                        "public code",
                    ),
                ),
            ),
        ),
        exact=False,
    ),
}
