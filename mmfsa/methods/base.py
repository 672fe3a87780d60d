"""What a method is: it says what it wants to see of a face, and answers with poses."""

from abc import ABCMeta, abstractmethod
from collections.abc import Sequence

from mmfsa.inputs import InputSpec
from mmfsa.structures import Faces, Frame, Poses


class Method(metaclass=ABCMeta):
    """A way from the faces of a frame to their poses.

    Where frames come from, how faces are found and followed, and what becomes of the
    poses, a method does not know.

    Attributes:
        name: The method's name, for records.
        weights_sha256: SHA-256 of the weights' file; empty without weights.
        inputs: What the method wants to see of a face, a spec for each network.
        relative_to: What its poses are relative to: ``ray``, the ray through the face; or
            ``camera``, of a method that knows where the head is.
        remembers: Whether it must see the frames of a video one after the other, because it
            remembers faces.
    """

    name: str = 'method'
    weights_sha256: str = ''
    inputs: tuple[InputSpec, ...] = ()
    relative_to: str = 'ray'
    remembers: bool = False

    @abstractmethod
    def predict(self, frame: Frame, faces: Faces) -> Poses:
        """The poses of a frame's faces.

        Args:
            frame: The image, with its depth and camera where they are known.
            faces: The boxes, with their kind; landmarks where they are known.

        Returns:
            A pose for each face, in their order. A face that the method fails on has
            ``valid`` False.
        """

    def predict_batch(
        self, frames: Sequence[Frame], faces: Sequence[Faces]
    ) -> list[Poses]:
        """The poses of several frames' faces; by default one frame after the other."""
        return [self.predict(*pair) for pair in zip(frames, faces, strict=True)]

    def reset(self, ids: Sequence[int] | None = None) -> None:  # noqa: B027
        """Forget faces of a video; all of them without `ids`.

        A method that remembers nothing has nothing to forget.
        """
