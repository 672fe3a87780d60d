"""Turns a TensorFlow Lite file into an ONNX model, so that ONNX Runtime can run it.

A TensorFlow Lite file is a FlatBuffer: tables whose fields have numbers. The numbers in
this file are those of TensorFlow's schema, tensorflow/compiler/mlir/lite/schema/schema.fbs.
"""

from pathlib import Path
from typing import Any

import numpy as np

from mmfsa.utils.packages import import_package
from mmfsa.utils.reading import damaged, read_bytes

MAGIC = b'TFL3'  # from byte 4 on
DTYPES = {0: '<f4', 1: '<f2', 2: '<i4'}
RELU = 1  # the only activation that is known as a part of an operator
SAME = 0  # the padding that gives an output of the input's size / stride
OPSET = 17
IR_VERSION = 8
TOGETHER = 16  # channels that a CPU computes at a time
KEEP_CHANNELS = 0, 17, 19, 23  # sum, pooling, ReLU, resizing: as many as before


def tflite_to_onnx(path: str | Path) -> bytes:
    """The ONNX model that computes what a TensorFlow Lite file computes.

    Images and maps are (1, C, H, W) in place of (1, H, W, C). Weights of half precision
    become weights of single precision. The known operators are those of MediaPipe's face
    detectors.

    Maps get further channels of zeros, up to a multiple of 16: a CPU computes 16 at a time,
    and ONNX Runtime rearranges maps of other numbers before nearly every operator.

    Args:
        path: The file.

    Returns:
        The model's content. Inputs and outputs have the names and the order of the file.

    Raises:
        ImportError: onnx or flatbuffers is not installed.
        ValueError: The file is no TensorFlow Lite file, or has an unknown operator.
    """
    content = read_bytes(path)
    if content[4:8] != MAGIC:
        raise ValueError(f'{path} is no TensorFlow Lite file')
    with damaged(path, 'TensorFlow Lite file'):
        model = _Table(content, int.from_bytes(content[:4], 'little'))
        # Older files keep an operator's code in a byte.
        codes = [max(code.byte(0), code.integer(3)) for code in model.tables(1)]
        unknown = sorted(set(codes) - set(_Graph.OPERATORS))
        if unknown:
            raise ValueError(f'it has operators with unknown codes: {unknown}')
        graph = _Graph(model)
        for operator in graph.table.tables(3):
            graph.add(codes[operator.integer(0)], operator)
        return graph.to_model().SerializeToString()


class _Table:
    """A table of a FlatBuffer, whose fields are read by their numbers."""

    def __init__(self, content: bytes, position: int) -> None:
        self._types = import_package('flatbuffers.number_types')
        self._table = import_package('flatbuffers.table').Table(content, position)

    def byte(self, field: int) -> int:
        return self._number(field, self._types.Int8Flags, 0)

    def integer(self, field: int, default: int = 0) -> int:
        return self._number(field, self._types.Int32Flags, default)

    def text(self, field: int) -> str:
        return self._table.String(self._offset(field) + self._table.Pos).decode()

    def array(self, field: int, dtype: str = '<i4') -> np.ndarray:
        offset = self._offset(field)
        if not offset:
            return np.empty(0, dtype)
        num, start = self._table.VectorLen(offset), self._table.Vector(offset)
        return np.frombuffer(self._table.Bytes, dtype, num, start)

    def table(self, field: int) -> '_Table':
        return self._at(self._offset(field) + self._table.Pos)

    def tables(self, field: int) -> list['_Table']:
        offset = self._offset(field)
        start = self._table.Vector(offset)
        return [self._at(start + 4 * i) for i in range(self._table.VectorLen(offset))]

    def _at(self, position: int) -> '_Table':
        return _Table(self._table.Bytes, self._table.Indirect(position))

    def _offset(self, field: int) -> int:
        return self._table.Offset(4 + 2 * field)

    def _number(self, field: int, flags: type, default: int) -> int:
        offset = self._offset(field)
        return self._table.Get(flags, offset + self._table.Pos) if offset else default


class _Graph:
    """The ONNX graph that grows operator by operator."""

    def __init__(self, model: _Table) -> None:
        self._onnx = import_package('onnx')
        self.table = model.tables(2)[0]
        self._tensors = self.table.tables(0)
        self._buffers = model.tables(4)
        self._wide = {}  # constants in single precision, by their tensors' numbers
        self._nodes, self._weights = [], []
        self._channels = {}  # of maps, with those of zeros

    def add(self, code: int, operator: _Table) -> None:
        """Add the nodes that do what an operator does."""
        inputs, (output,) = operator.array(1).tolist(), operator.array(2).tolist()
        if code in KEEP_CHANNELS:
            self._channels[output] = self._channels_of(inputs[0])
        self.OPERATORS[code](self, operator, inputs, output)

    def to_model(self) -> Any:
        make, kind = self._onnx.helper, self._onnx.TensorProto.FLOAT
        inputs, outputs = (
            [
                make.make_tensor_value_info(self._name(i), kind, self._map_shape(i))
                for i in self.table.array(field)
            ]
            for field in (1, 2)
        )
        graph = make.make_graph(self._nodes, 'tflite', inputs, outputs, self._weights)
        opset = make.make_opsetid('', OPSET)
        model = make.make_model(graph, opset_imports=[opset], ir_version=IR_VERSION)
        self._onnx.checker.check_model(model)
        return model

    def _dequantize(self, _, inputs, output) -> None:
        self._wide[output] = self._constant(inputs[0]).astype(np.float32)

    def _conv(self, operator, inputs, output) -> None:
        options = operator.table(4)
        weights = self._constant(inputs[1]).transpose(0, 3, 1, 2)
        self._convolve(inputs, output, weights, options, options.byte(3))

    def _depthwise_conv(self, operator, inputs, output) -> None:
        options = operator.table(4)
        weights = self._constant(inputs[1]).transpose(3, 0, 1, 2)
        activation = options.byte(4)
        self._convolve(inputs, output, weights, options, activation, len(weights))

    def _convolve(self, inputs, output, weights, options, activation, groups=1) -> None:
        before, after = self._channels_of(inputs[0]), self._widen(output)
        bias = self._constant(inputs[2])
        weights = _enlarged(weights, after, 1 if groups > 1 else before)
        self._node(
            'Conv',
            [
                self._name(inputs[0]),
                self._weight(f'{self._name(output)}/weights', weights),
                self._weight(f'{self._name(output)}/bias', _enlarged(bias, after)),
            ],
            output,
            activation,
            group=after if groups > 1 else 1,
            **self._window(inputs[0], weights.shape[2:], options),
        )

    def _max_pool(self, operator, inputs, output) -> None:
        options = operator.table(4)
        window = options.integer(4), options.integer(3)
        self._node(
            'MaxPool',
            [self._name(inputs[0])],
            output,
            options.byte(5),
            kernel_shape=window,
            **self._window(inputs[0], window, options),
        )

    def _window(self, image: int, window, options: _Table) -> dict:
        """The strides of a convolution or pooling, and where `SAME` pads."""
        strides = options.integer(2), options.integer(1)
        pads = [0, 0]
        if options.byte(0) == SAME:
            sides = self._shape(image)[1:3]
            for i, (side, size, stride) in enumerate(
                zip(sides, window, strides, strict=True)
            ):
                pads[i] = max((-(-side // stride) - 1) * stride + size - side, 0)
        before = [pad // 2 for pad in pads]
        after = [pad - half for pad, half in zip(pads, before, strict=True)]
        return dict(strides=strides, pads=[*before, *after])

    def _relu(self, _, inputs, output) -> None:
        self._node('Relu', [self._name(inputs[0])], output)

    def _add(self, operator, inputs, output) -> None:
        activation = operator.table(4).byte(0)
        self._node('Add', [self._name(i) for i in inputs], output, activation)

    def _pad(self, _, inputs, output) -> None:
        sides = self._constant(inputs[1])[[0, 3, 1, 2]].T.astype(np.int64)
        before, after = self._channels_of(inputs[0]), self._widen(output)
        sides[1, 1] = after - before
        name = self._name(inputs[0])
        if not sides.any():
            self._node('Identity', [name], output)
        elif sides[1, 1] == sides.sum():
            # A convolution, unlike a Pad, leaves a map as ONNX Runtime has arranged it.
            same = _enlarged(np.eye(before, dtype=np.float32)[..., None, None], after)
            weights = self._weight(f'{self._name(output)}/weights', same)
            self._node('Conv', [name, weights], output)
        else:
            pads = self._weight(f'{self._name(output)}/pads', sides.reshape(-1))
            self._node('Pad', [name, pads], output)

    def _reshape(self, _, inputs, output) -> None:
        channels_last = f'{self._name(output)}/channels_last'
        image = self._own_channels(inputs[0])
        self._node('Transpose', [image], channels_last, perm=[0, 2, 3, 1])
        shape = np.array(self._shape(output), dtype=np.int64)
        shape = self._weight(f'{self._name(output)}/shape', shape)
        self._node('Reshape', [channels_last, shape], output)

    def _concat(self, operator, inputs, output) -> None:
        names = [self._own_channels(i) for i in inputs]
        self._node('Concat', names, output, axis=operator.table(4).integer(0))

    def _resize_bilinear(self, operator, inputs, output) -> None:
        options = operator.table(4)
        way = 'asymmetric'
        if options.byte(2):
            way = 'align_corners'
        elif options.byte(3):
            way = 'half_pixel'
        size = np.array(self._map_shape(output), dtype=np.int64)
        size[1] = self._channels_of(output)
        size = self._weight(f'{self._name(output)}/size', size)
        self._node(
            'Resize',
            [self._name(inputs[0]), '', '', size],
            output,
            mode='linear',
            coordinate_transformation_mode=way,
        )

    OPERATORS = {  # noqa: RUF012
        0: _add,
        2: _concat,
        3: _conv,
        4: _depthwise_conv,
        6: _dequantize,
        17: _max_pool,
        19: _relu,
        22: _reshape,
        23: _resize_bilinear,
        34: _pad,
    }

    def _name(self, tensor: int) -> str:
        return self._tensors[tensor].text(3)

    def _channels_of(self, tensor: int) -> int:
        return self._channels.get(tensor, self._shape(tensor)[-1])

    def _widen(self, tensor: int) -> int:
        """The channels that a new map gets."""
        wide = -(-self._shape(tensor)[-1] // TOGETHER) * TOGETHER
        self._channels[tensor] = wide
        return wide

    def _own_channels(self, tensor: int) -> str:
        """The name of a map without the channels of zeros."""
        name, own = self._name(tensor), self._shape(tensor)[-1]
        if self._channels_of(tensor) == own:
            return name
        range_ = [
            self._weight(f'{name}/{word}', np.array([number]))
            for word, number in (('start', 0), ('end', own), ('axis', 1))
        ]
        self._node('Slice', [name, *range_], f'{name}/own')
        return f'{name}/own'

    def _shape(self, tensor: int) -> list[int]:
        return self._tensors[tensor].array(0).tolist()

    def _map_shape(self, tensor: int) -> list[int]:
        """(1, C, H, W) of a map, which is (1, H, W, C) in the file."""
        shape = self._shape(tensor)
        return [shape[0], shape[3], *shape[1:3]] if len(shape) == 4 else shape

    def _constant(self, tensor: int) -> np.ndarray:
        if tensor in self._wide:
            return self._wide[tensor]
        table = self._tensors[tensor]
        content = self._buffers[table.integer(2)].array(0, 'u1')
        return content.view(DTYPES[table.byte(1)]).reshape(self._shape(tensor))

    def _weight(self, name: str, values: np.ndarray) -> str:
        values = np.ascontiguousarray(values)
        self._weights.append(self._onnx.numpy_helper.from_array(values, name))
        return name

    def _node(
        self, kind: str, inputs: list[str], output: int | str, activation=0, **options
    ) -> None:
        name = output if isinstance(output, str) else self._name(output)
        before = f'{name}/before' if activation else name
        make = self._onnx.helper.make_node
        self._nodes.append(make(kind, inputs, [before], **options))
        if activation:
            if activation != RELU:
                raise ValueError(f'{name} has the unknown activation {activation}')
            self._nodes.append(make('Relu', [before], [name]))


def _enlarged(values: np.ndarray, *lengths: int) -> np.ndarray:
    """An array with zeros after it, up to so long first axes."""
    more = [
        (0, length - own) for own, length in zip(values.shape, lengths, strict=False)
    ]
    return np.pad(values, more + [(0, 0)] * (values.ndim - len(more)))
