"""One contract for whatever runs a deployed model."""

from abc import ABCMeta, abstractmethod
from os import cpu_count

import numpy as np

from mmfsa.structures.arrays import Array, is_tensor, namespace
from mmfsa.utils.threads import NotForked, usual_threads

from ..card import ModelCard, pack_crops


class Backend(NotForked, metaclass=ABCMeta):
    """One contract for whatever runs a deployed model: arrays in, arrays out.

    Args:
        card: What the model takes; None where it takes crops of any size.
        layout: `NCHW` or `NHWC` of `images`.
        dtype: Type of `images`.
        planes: Planes of a crop, where there is no card.

    Attributes:
        state_size: The numbers that a face's memory has, of a network that sees videos; 0:
            it has no memory.

    Raises:
        NotImplementedError: The network has a memory, and the backend keeps none.
    """

    takes_memory = False  # whether it runs networks that remember

    def __init__(
        self,
        card: ModelCard | None,
        layout: str = 'NCHW',
        dtype: str = 'float32',
        planes: int = 3,
    ) -> None:
        self.card = card
        self.planes = card.inputs.planes if card else planes
        self.layout = card.layout if card else layout
        self.dtype = card.dtype if card else dtype
        self.state_size = card.state_size if card else 0
        if self.state_size and not self.takes_memory:
            raise NotImplementedError(
                f'{card.config} remembers what it has seen of a face, which '
                f'{type(self).__name__} does not run: take torch or onnxruntime'
            )
        if card:
            size = (card.height, card.width)
            self._shape = (
                (self.planes, *size) if self.layout == 'NCHW' else (*size, self.planes)
            )

    def __call__(self, inputs: dict[str, Array]) -> dict[str, Array]:
        """Run the model.

        Args:
            inputs: `images`, face crops in the layout and type that the card states;
                all arrays or all tensors, on any device. Of a network that sees videos
                also `elapsed` (N,) float32, seconds since a face's frame before, and
                `state` (N, state_size) float32, the `next_state` of that frame; without
                both, each is a first frame.

        Returns:
            `pose`, (N, 3) yaw, pitch, roll in degrees, and `rotation`, (N, 3, 3), if
            the model was exported with it; of the same kind as the inputs.

        Raises:
            RuntimeError: In a process that was forked since the model was loaded.
            ValueError: If the images are not what the model takes.
        """
        self.check_process()
        images = inputs.get('images')
        self._check(images)
        if self.state_size and 'state' not in inputs:
            zeros = np.zeros((len(images), 1 + self.state_size), np.float32)
            inputs = {**inputs, 'elapsed': zeros[:, 0], 'state': zeros[:, 1:]}
        outputs = self.run(inputs)
        if is_tensor(images):
            torch = namespace(images)
            return {
                name: torch.as_tensor(value, device=images.device)
                for name, value in outputs.items()
            }
        return {name: to_numpy(value) for name, value in outputs.items()}

    def estimate(self, crops: np.ndarray) -> np.ndarray:
        """The poses (N, 3) of uint8 crops (N, H, W, planes): BGR, relief."""
        return self.run_crops(crops)['pose']

    def run_crops(
        self, crops: np.ndarray, **memory: np.ndarray
    ) -> dict[str, np.ndarray]:
        """All outputs for uint8 crops (N, H, W, planes); `elapsed` and `state` are those of
        :meth:`__call__`."""
        memory = {key: np.asarray(value, np.float32) for key, value in memory.items()}
        crops = pack_crops(crops, self.layout, self.dtype, self.planes)
        return self({**crops, **memory})

    @abstractmethod
    def run(self, inputs: dict[str, Array]) -> dict[str, Array]:
        """Run checked inputs, of either kind; the outputs may be of either kind."""

    def _check(self, images: Array | None) -> None:
        if images is None:
            raise ValueError("the model takes dict(images=…), which has no 'images'")
        if not len(images):
            raise ValueError('a batch has at least one image')
        if isinstance(images, np.ndarray) and 0 < images.max() <= 1:
            raise ValueError(
                f'images go from 0 to 255; these end at {images.max():g}: times 255?'
            )
        if self.card is None:
            return
        dtype = images.dtype
        if is_tensor(images):
            dtype = str(dtype).removeprefix('torch.')
        if images.shape[1:] != self._shape or dtype != self.dtype:
            raise ValueError(
                f'images must be {self.dtype} (N, {", ".join(map(str, self._shape))}), '
                f'{self.card.values}; got {dtype} {tuple(images.shape)}'
            )


def to_numpy(value: Array) -> np.ndarray:
    return value.numpy(force=True) if is_tensor(value) else value


def faces_at_once(threads: int | None) -> int:
    """How many faces a CPU should be given at once, by so many threads or all.

    It computes a layer of them all, then the next: what lies between two layers stays in
    its cache.
    """
    return 4 * (threads or usual_threads() or cpu_count())


def joined(parts: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """The outputs for a batch, from those for its parts."""
    if len(parts) == 1:
        return parts[0]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
