"""What a deployed file says about itself."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path

import numpy as np

from mmfsa.inputs import InputSpec
from mmfsa.inputs.relief import WHAT
from mmfsa.structures import CONVENTION
from mmfsa.utils.doors import check_file
from mmfsa.utils.files import sha256
from mmfsa.utils.reading import damaged
from mmfsa.version import __version__

from .onnx_file import read_onnx

PREFIX = 'mmfsa.'
KNOWN = {
    'layout': ('NCHW', 'NHWC'),
    'dtype': ('float32', 'uint8'),
    'precision': ('fp32', 'fp16', 'int8'),
    'flip_test': (False, True),
}
VALUES = {
    'color': 'BGR, 0 to 255',
    'depth': WHAT,
    'color+depth': f'BGR, 0 to 255; {WHAT}',
}
OLD_CROP = 'pad', 'square', 'border', 'inclusive'


@dataclass(frozen=True)
class ModelCard:
    """Where a model comes from, what it takes, and what its numbers mean.

    It travels in the ONNX file's metadata, one entry per attribute.

    Attributes:
        config: Name of the model or experiment.
        weights_sha256: SHA-256 of the checkpoint file.
        layout: `NCHW` or `NHWC` of the input `images`.
        dtype: `float32` or `uint8`, of the input.
        inputs: The input spec; whoever runs the file obeys it.
        flip_test: Whether the model looks at each face's mirror image, too.
        values: What the numbers of the input are; the file converts colours itself.
        convention: What the numbers of the output are.
        precision: `fp32`, `fp16` or `int8`.
        float32_from: What the model's parts that need float32 take: for each call of a
            part, the names of its tensors in the file
            (:attr:`~mmfsa.models.BaseEstimator.float32_parts`). Files of older versions
            state none.
        state_size: The numbers that a face's memory has, of a network that sees videos: it
            also takes `elapsed` and `state`, and gives `next_state`. 0: no memory.
        version: The version of mmfsa that wrote the file.
    """

    config: str
    weights_sha256: str
    layout: str
    dtype: str
    inputs: InputSpec
    flip_test: bool = False
    values: str = VALUES['color']
    convention: str = CONVENTION
    precision: str = 'fp32'
    float32_from: Sequence[Sequence[str]] = ()
    state_size: int = 0
    version: str = __version__

    def __post_init__(self) -> None:
        # JSON has lists for tuples.
        calls = tuple(map(tuple, self.float32_from))
        object.__setattr__(self, 'float32_from', calls)

    @classmethod
    def of(
        cls,
        model,
        name: str,
        checkpoint: str | Path,
        layout: str = 'NCHW',
        dtype: str = 'float32',
    ) -> 'ModelCard':
        """The card of a model with its weights.

        Args:
            model: An estimator; it states its input spec and flip test.
            name: Name of the model or experiment.
            checkpoint: The file of its weights.
            layout: `NCHW` or `NHWC` of the crops.
            dtype: `float32` or `uint8`, of the crops.
        """
        return cls(
            config=name,
            weights_sha256=sha256(checkpoint),
            layout=layout,
            dtype=dtype,
            inputs=model.inputs,
            flip_test=model.flip_test,
            values=VALUES[model.inputs.modality],
            precision='int8' if model.is_quantized else 'fp32',
            state_size=model.state_size,
        )

    @property
    def width(self) -> int:
        """Width of a face crop in pixels."""
        return self.inputs.size[0]

    @property
    def height(self) -> int:
        """Height of a face crop in pixels."""
        return self.inputs.size[1]

    @classmethod
    def read(cls, path: str | Path) -> 'ModelCard':
        """The card of an ONNX file.

        Raises:
            FileNotFoundError: There is no such file.
            ValueError: The file is no ONNX file, or not one of mmfsa's.
        """
        return cls.from_metadata(read_onnx(path).metadata, path)

    @classmethod
    def from_metadata(
        cls, metadata: Mapping[str, str], path: str | Path
    ) -> 'ModelCard':
        """The card from metadata that another library has read.

        Args:
            metadata: The metadata of an ONNX file.
            path: The file, for the error.

        Raises:
            ValueError: mmfsa did not write that file.
        """
        with damaged(path, "file of mmfsa's"):
            values = {
                key.removeprefix(PREFIX): json.loads(value)
                for key, value in metadata.items()
                if key.startswith(PREFIX)
            }
        return cls.from_dict(values, path)

    @classmethod
    def from_dict(cls, values: Mapping, path: str | Path) -> 'ModelCard':
        """The card of what :meth:`to_dict` wrote, or an older version's.

        Raises:
            ValueError: mmfsa did not write that file.
        """
        values = dict(values)
        if 'inputs' not in values and 'preprocessing' in values:
            with damaged(path, "file of mmfsa's"):
                values['inputs'] = spec_before_inputs(values)
        needed = [f.name for f in fields(cls) if f.default is MISSING]
        missing = [PREFIX + name for name in needed if name not in values]
        if missing:
            raise ValueError(
                f'{path} was not exported by mmfsa (its metadata lack '
                f'{", ".join(missing)}): write one with '
                '`mmfsa export`'
            )
        with damaged(path, "file of mmfsa's"):
            values['inputs'] = InputSpec.from_dict(values['inputs'])
            card = cls(
                **{f.name: values[f.name] for f in fields(cls) if f.name in values}
            )
            card._check()
        return card

    def _check(self) -> None:
        for name in ('config', 'weights_sha256', 'values', 'convention', 'version'):
            if not isinstance(getattr(self, name), str):
                raise ValueError(f'{name} must be a text, got {getattr(self, name)!r}')
        if not isinstance(self.state_size, int) or self.state_size < 0:
            raise ValueError(f'state_size must be 0 or more, got {self.state_size!r}')
        for name, known in KNOWN.items():
            if getattr(self, name) not in known:
                raise ValueError(
                    f'{name} must be one of {known}, got {getattr(self, name)!r}'
                )

    def to_dict(self) -> dict:
        """Plain Python, for a sidecar."""
        return {**asdict(self), 'inputs': self.inputs.to_dict()}

    def to_metadata(self) -> dict[str, str]:
        """Metadata for an ONNX file."""
        values = {**self.to_dict(), 'crop': self.inputs.rule}  # in words, for people
        return {PREFIX + name: json.dumps(value) for name, value in values.items()}


def spec_before_inputs(values: Mapping) -> InputSpec:
    """The input spec of a card that was written before there were specs.

    Such a card has the test pipeline, whose `CropFace` has the crop rule.
    """
    # Only `CropFace` has such keys. A registry would import whatever a file names.
    steps = [t for t in values['preprocessing'] if t.keys() & {*OLD_CROP}]
    crop = steps[0] if steps else {}
    rule = {name: crop[name] for name in OLD_CROP if name in crop}
    if isinstance(rule.get('pad'), list):  # a range, whose ends were the same
        rule['pad'] = rule['pad'][0]
    return InputSpec(size=(values['width'], values['height']), crop=rule)


def pack_crops(
    crops: np.ndarray, layout: str, dtype: str, planes: int = 3
) -> dict[str, np.ndarray]:
    """A model's input from uint8 crops (N, height, width, planes).

    Raises:
        ValueError: The crops have another shape or type.
    """
    if np.ndim(crops) != 4 or crops.shape[3] != planes or crops.dtype != np.uint8:
        what = {1: 'relief', 3: 'BGR', 4: 'BGR and relief'}[planes]
        raise ValueError(
            f'crops are (N, height, width, {planes}) {what} uint8, 0 to 255; got '
            f'{np.shape(crops)} of {getattr(crops, "dtype", type(crops).__name__)}'
        )
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

    if not Path(path).is_file():
        raise FileNotFoundError(f'there is no model {path}')
    check_file(path)
    with damaged(path, 'ONNX file'):
        model = onnx.load(path)
    if not model.graph.node:
        raise ValueError(f'{path} is damaged or no ONNX file: it has no operations')
    return model
