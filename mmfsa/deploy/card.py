"""What a deployed file says about itself."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path

import numpy as np
from mmengine import Config

from mmfsa.datasets.transforms import CropFace
from mmfsa.registry import TRANSFORMS
from mmfsa.utils.files import sha256
from mmfsa.version import __version__

PREFIX = 'mmfsa.'
CONVENTION = (
    "degrees; yaw > 0: the face turns to the image's left, pitch > 0: it looks up, "
    'roll > 0: clockwise in the image; rotation = Rx(-pitch) Ry(yaw) Rz(roll) in the '
    'camera frame x right, y down, z into the scene'
)


@dataclass(frozen=True)
class ModelCard:
    """Where a model comes from, what it takes, and what its numbers mean.

    It travels in the ONNX file's metadata, one entry per attribute.

    Attributes:
        config: Name of the experiment.
        weights_sha256: Of the checkpoint file.
        layout: `NCHW` or `NHWC` of the input `images`.
        dtype: `float32` or `uint8`, of the input.
        height: Of a face crop.
        width: Of a face crop.
        values: What the input's numbers are.
        crop: How a face box becomes a crop.
        preprocessing: The same as the pipeline of the config's test set.
        flip_test: Whether the model looks at each face's mirror image, too.
        convention: What the output's numbers are.
        precision: `fp32`, `fp16` or `int8`.
        version: Of the mmfsa that wrote the file.
    """

    config: str
    weights_sha256: str
    layout: str
    dtype: str
    height: int
    width: int
    crop: str
    preprocessing: list[dict]
    flip_test: bool = False
    values: str = 'BGR, 0 to 255'
    convention: str = CONVENTION
    precision: str = 'fp32'
    version: str = __version__

    @classmethod
    def of(
        cls, cfg: Config, checkpoint: str | Path, layout: str = 'NCHW', dtype='float32'
    ) -> 'ModelCard':
        """The card of a checkpoint of an experiment.

        Raises:
            ValueError: If the config's test pipeline crops no faces.
        """
        pipeline = cfg.test_dataloader.dataset.pipeline
        crops = [t for t in pipeline if t['type'].endswith('CropFace')]
        if len(crops) != 1:
            raise ValueError(
                f'{cfg.filename}: test_dataloader.dataset.pipeline has no CropFace, '
                'which says what the network takes'
            )
        crop: CropFace = TRANSFORMS.build(crops[0])
        width, height = crop.size
        return cls(
            config=Path(cfg.filename).stem,
            weights_sha256=sha256(checkpoint),
            layout=layout,
            dtype=dtype,
            height=height,
            width=width,
            crop=crop.rule,
            preprocessing=[dict(t) for t in pipeline],
            flip_test=flip_test(cfg),
        )

    @classmethod
    def read(cls, path: str | Path) -> 'ModelCard':
        """The card of an ONNX file.

        Raises:
            FileNotFoundError: If there is no such file.
            ValueError: If it is no ONNX file, or not one of mmfsa's.
        """
        return cls.from_metadata(
            {entry.key: entry.value for entry in load_onnx(path).metadata_props}, path
        )

    @classmethod
    def from_metadata(
        cls, metadata: Mapping[str, str], path: str | Path
    ) -> 'ModelCard':
        """The card from metadata that another library has read.

        Args:
            metadata: Of an ONNX file.
            path: The file, for the error.

        Raises:
            ValueError: If mmfsa did not write that file.
        """
        names = {f.name: PREFIX + f.name for f in fields(cls)}
        values = {n: metadata[key] for n, key in names.items() if key in metadata}
        needed = [f.name for f in fields(cls) if f.default is MISSING]
        missing = [names[name] for name in needed if name not in values]
        if missing:
            raise ValueError(
                f'{path} was not exported by mmfsa (its metadata lack '
                f'{", ".join(missing)}): write one with '
                'tools/deployment/export_onnx.py'
            )
        return cls(**{name: json.loads(value) for name, value in values.items()})

    def to_metadata(self) -> dict[str, str]:
        return {PREFIX + name: json.dumps(v) for name, v in asdict(self).items()}


def flip_test(cfg: Config) -> bool:
    """Whether an experiment's model looks at each face's mirror image, too."""
    return (cfg.model.get('test_cfg') or {}).get('flip_test', False)


def pack_crops(crops: np.ndarray, layout: str, dtype: str) -> dict[str, np.ndarray]:
    """A model's input from BGR uint8 crops (N, height, width, 3)."""
    if layout == 'NCHW':
        crops = crops.transpose(0, 3, 1, 2)
    return dict(images=np.ascontiguousarray(crops, dtype=dtype))


def load_onnx(path: str | Path):
    """An ONNX file's `ModelProto`.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is damaged, or no ONNX file.
    """
    import onnx
    from google.protobuf.message import DecodeError

    if not Path(path).is_file():
        raise FileNotFoundError(f'there is no model {path}')
    try:
        model = onnx.load(path)
    except DecodeError as e:
        raise ValueError(f'{path} is damaged or no ONNX file: {e}') from e
    if not model.graph.node:
        raise ValueError(f'{path} is damaged or no ONNX file: it has no operations')
    return model
