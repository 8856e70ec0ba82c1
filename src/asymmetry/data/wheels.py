"""The colour photographs inside the wheels of scikit-image and scikit-learn."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from asymmetry.core.errors import UserError

CHANGES_NUMBERS = False
_SKIMAGE = ("skimage", "data")
_SKLEARN = ("sklearn", "datasets/images")


@dataclass(frozen=True)
class WheelPhoto:
    """A photo of a wheel; two photos of one `content` show the same."""

    file: str
    inside: tuple[str, str]
    licence: str
    content: str

    @property
    def name(self) -> str:
        """The file's name without its suffix."""
        return Path(self.file).stem

    def locate(self) -> Path:
        """Where the photo lies; UserError where the wheel or the file in it is missing."""
        package, folder = self.inside
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            raise UserError(f"photos.source: wheels: {package} is not installed; install it")
        path = Path(spec.origin).parent / folder / self.file
        if not path.is_file():
            raise UserError(
                f"{path}: is missing in the installed {package}; install {package} again"
            )
        return path


# Licences as given by the documentation of skimage.data and the README of scikit-learn's images.
WHEEL_PHOTOS = [
    WheelPhoto("astronaut.png", _SKIMAGE, "public domain (NASA)", "astronaut"),
    WheelPhoto("chelsea.png", _SKIMAGE, "CC0 (Stefan van der Walt)", "cat"),
    WheelPhoto("coffee.png", _SKIMAGE, "CC0 (Rachel Michetti)", "coffee"),
    WheelPhoto("hubble_deep_field.jpg", _SKIMAGE, "public domain (NASA)", "galaxies"),
    WheelPhoto("ihc.png", _SKIMAGE, "no known copyright restrictions (CMMI)", "tissue"),
    WheelPhoto("motorcycle_left.png", _SKIMAGE, "Middlebury 2014 stereo benchmark", "motorcycle"),
    WheelPhoto("motorcycle_right.png", _SKIMAGE, "Middlebury 2014 stereo benchmark", "motorcycle"),
    WheelPhoto("retina.jpg", _SKIMAGE, "CC0 (Mikael Häggström)", "retina"),
    WheelPhoto("rocket.jpg", _SKIMAGE, "public domain (SpaceX)", "rocket"),
    WheelPhoto("china.jpg", _SKLEARN, "CC BY 2.0 (danielbuechele)", "pagoda"),
    WheelPhoto("flower.jpg", _SKLEARN, "CC BY 2.0 (vultilion)", "dahlia"),
]
