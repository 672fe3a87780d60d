"""What all networks that find landmarks and no pose have in common."""

from abc import abstractmethod

import numpy as np

from mmfsa.inputs import InputSpec
from mmfsa.structures import Faces, Poses

from ..crop import CropMethod


class LandmarkFinder(CropMethod):
    """Landmarks of faces in their crops; no pose is valid.

    The extras of its answers have ``landmarks`` in pixels of the frame, of which a
    :class:`~mmfsa.methods.LandmarkMethod` makes poses.

    Args:
        spec: What the network takes.
        name: The network's name, for records.
        weights_sha256: SHA-256 of its file.
    """

    def __init__(self, spec: InputSpec, name: str, weights_sha256: str = '') -> None:
        super().__init__(None, spec, name, weights_sha256)

    @abstractmethod
    def find(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """What the network sees.

        Args:
            images: (n, H, W, 3) crops of the spec's size, BGR, 0 to 255.

        Returns:
            By name: `landmarks` (n, K, 2), fractions of the crop from the outer corner of
            its first pixel, or (n, K, 3) with a depth in widths of the crop, which grows
            away from the camera; and what else the network says, (n, …).
        """

    def _outputs(self, images: list[np.ndarray]) -> dict[str, np.ndarray]:
        pose = np.full((len(images), 3), np.nan, np.float32)
        return dict(pose=pose, **(self.find(np.stack(images)) if images else {}))

    def blob(self, images: np.ndarray) -> np.ndarray:
        """The images as most networks take them: (n, 3, H, W) float32, normalised.

        The spec says the order of the colours, the mean and the standard deviation.
        """
        if self.spec.color == 'RGB':
            images = images[..., ::-1]
        blob = images.astype(np.float32)
        blob = blob - np.array(self.spec.mean or 0, np.float32)
        blob = blob / np.array(self.spec.std or 1, np.float32)
        return np.ascontiguousarray(blob.transpose(0, 3, 1, 2))


def without_poses(faces: Faces, **extras: np.ndarray) -> Poses:
    """The answer of a method that finds landmarks and no pose: no pose is valid.

    Args:
        faces: The n faces that the method was asked about.
        **extras: What it found, by name, (n, …).
    """
    return Poses.from_euler(
        np.full((len(faces), 3), np.nan), boxes=faces.boxes, extras=extras
    )
