"""From a float32 ONNX file to one in float16, or with int8 convolutions.

TensorRT takes a network's precision from the file, so that both are decided here.
"""

import copy
import dataclasses
import functools
import io
from collections.abc import Iterable
from contextlib import redirect_stdout
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from mmfsa.utils.files import replacing, temporary_folder
from mmfsa.utils.packages import import_package

from .backends import build_backend
from .card import ModelCard, load_onnx, pack_crops
from .norms import is_square
from .parity import deviation, failures

PRODUCTS = ('Conv', 'Gemm', 'MatMul')
QUANTISED = ('Conv', 'Gemm')
BATCH = 32
PERCENTILE = 99.99  # of a tensor's absolute values lie in the range of int8
# Norms, divisions and exponentials leave the range of float16, or its precision.
NEED_RANGE = (
    'Div',
    'Exp',
    'Log',
    'Pow',
    'Reciprocal',
    'ReduceL2',
    'ReduceMean',
    'ReduceSum',
    'Softmax',
    'Softplus',
    'Sqrt',
)


def to_fp16(src: str | Path, dst: str | Path, crops: np.ndarray) -> dict[str, float]:
    """Convert to float16, with the inputs and outputs as they were.

    Three kinds of operations stay in float32:

    * all between what the model's float32 parts take (`float32_from` of the card) and the
      outputs: the head, and what makes poses of its outputs;
    * what makes an output;
    * what needs the range of float32 (`NEED_RANGE`), and what follows it up to the next
      product.

    The card of an older version names no tensors: of such a file the head computes in
    float16. The deviation decides in any case whether the file is written.

    Args:
        src: A float32 file of mmfsa.
        dst: The file to write, after its poses on `crops` were compared.
        crops: Face crops (N, height, width, 3), BGR uint8.

    Returns:
        The deviation from the float32 model.

    Raises:
        FileNotFoundError: If there is no `src`.
        ValueError: If it is not one of mmfsa's in float32, or if the result deviates.
    """
    onnx = import_package('onnx')
    proto = onnx.shape_inference.infer_shapes(_load_fp32(src))
    _cast(proto.graph, _behind(proto.graph, ModelCard.read(src).float32_from))
    onnx.checker.check_model(proto, full_check=True)
    return _write(proto, src, dst, 'fp16', crops)


def _behind(graph, calls: Iterable[Iterable[str]]) -> set[str]:
    """The outputs, and the tensors between them and what float32 parts take.

    Args:
        graph: The graph of the file.
        calls: For each call of a part, the names of the tensors that it takes.
    """
    outputs = {output.name for output in graph.output}
    behind = outputs.copy()
    for taken in map(set, calls):
        made = taken.copy()
        for node in graph.node:
            if not made.isdisjoint(node.input):
                made.update(node.output)
        # A head may take several stages of a backbone. The later stages are made from
        # the earlier, too, but only the head makes the outputs from any of them.
        needed = outputs.copy()
        for node in reversed(graph.node):
            if not needed.isdisjoint(node.output):
                needed.update({*node.input} - taken)
        behind |= made & needed - taken
    return behind


def _cast(graph, float32: set[str]) -> None:
    """Choose every operation's precision, and cast where it changes.

    Args:
        graph: The graph, which is changed.
        float32: Names of tensors that are computed in float32.
    """
    from onnx import TensorProto, helper, numpy_helper

    single, half = TensorProto.FLOAT, TensorProto.FLOAT16
    weights = {w.name: w for w in graph.initializer}
    known = [*graph.input, *graph.output, *graph.value_info]
    was_float = {v.name for v in known if v.type.tensor_type.elem_type == single}
    inputs = {v.name for v in graph.input}
    precision = dict.fromkeys(was_float & inputs, single)
    nodes = []
    for node in graph.node:
        keeps = any(
            precision.get(name) == single and name not in inputs for name in node.input
        )
        stays = (
            not float32.isdisjoint(node.output)
            or node.op_type in NEED_RANGE
            or is_square(node)
            or (keeps and node.op_type not in PRODUCTS)
        )
        wanted = single if stays else half
        for i, name in enumerate(node.input):
            if name in weights and weights[name].data_type == single and wanted == half:
                value = numpy_helper.to_array(weights[name]).astype(np.float16)
                node.input[i] = f'{name}_fp16'
                weights[node.input[i]] = numpy_helper.from_array(value, node.input[i])
            elif precision.get(name, wanted) != wanted:
                node.input[i] = f'{name}_{"fp32" if stays else "fp16"}'
                if node.input[i] not in precision:
                    cast = node.input[i]
                    nodes.append(
                        helper.make_node('Cast', [name], [cast], cast, to=wanted)
                    )
                    precision[cast] = wanted
        if node.op_type == 'Cast' and node.attribute[0].i == single:
            node.attribute[0].i = wanted
        precision |= dict.fromkeys(was_float.intersection(node.output), wanted)
        nodes.append(node)
    read = {name for node in nodes for name in node.input}
    graph.ClearField('node')
    graph.node.extend(nodes)
    graph.ClearField('initializer')
    graph.initializer.extend(w for name, w in weights.items() if name in read)
    graph.ClearField('value_info')


def to_int8(
    src: str | Path, dst: str | Path, crops: np.ndarray, keep: Iterable[str]
) -> dict[str, float]:
    """Quantise the convolutions and linear layers, by Q/DQ nodes.

    Weights per channel, activations per tensor, both symmetric, as TensorRT wants them.
    Weights have 7 bits: CPUs without VNNI add two products in 16 bits, which 8 overflow.

    Args:
        src: A float32 file of mmfsa.
        dst: The file to write.
        crops: Face crops (N, height, width, 3), BGR uint8, to calibrate with.
        keep: Names of operations that stay in float, see :func:`sensitivity`.

    Returns:
        The deviation from the float32 model on `crops`.

    Raises:
        FileNotFoundError: If there is no `src`.
        ValueError: If it is not one of mmfsa's in float32, or remembers what it has seen,
            or if there is no operation of a name in `keep`.
    """
    proto = _load_fp32(src)
    layers = quantisable(proto)
    unknown = {*keep} - {*layers}
    if unknown:
        raise ValueError(f'{src} has no layers {sorted(unknown)}: {", ".join(layers)}')
    quantised = _quantise(
        proto, _ranges(src, crops), [name for name in layers if name not in keep]
    )
    return _write(quantised, src, dst, 'int8', crops)


def sensitivity(src: str | Path, crops: np.ndarray) -> dict[str, float]:
    """What each layer alone costs when it is quantised.

    Args:
        src: A float32 file of mmfsa.
        crops: Face crops (N, height, width, 3), BGR uint8.

    Returns:
        For every layer that can be quantised, the mean absolute deviation of an angle
        in degrees, the most sensitive layer first.
    """
    proto = _load_fp32(src)
    ranges = _ranges(src, crops)
    reference = build_backend('onnxruntime', src).estimate(crops)
    costs = {}
    with temporary_folder() as folder:
        path = Path(folder) / 'layer.onnx'
        for layer in quantisable(proto):
            path.write_bytes(_quantise(proto, ranges, [layer]).SerializeToString())
            pose = build_backend('onnxruntime', path).estimate(crops)
            costs[layer] = deviation(pose, reference)['mean']
    return dict(sorted(costs.items(), key=lambda item: -item[1]))


def quantisable(proto) -> list[str]:
    """The names of the operations that have weights, and a bias if any, of their own."""
    weights = {w.name for w in proto.graph.initializer}
    return [
        node.name
        for node in proto.graph.node
        if node.op_type in QUANTISED and weights.issuperset(node.input[1:])
    ]


def _ranges(src: str | Path, crops: np.ndarray):
    """The range of every tensor, without the few values far out."""
    from onnxruntime.quantization import CalibrationMethod, create_calibrator

    card = ModelCard.read(src)
    if card.state_size:
        raise ValueError(
            f'{src} remembers what it has seen of a face: its ranges would need videos, '
            'not crops; it stays in float32 or float16'
        )
    # The calibrator prints what it is about to do.
    with temporary_folder() as folder, redirect_stdout(io.StringIO()):
        calibrator = create_calibrator(
            src,
            QUANTISED,
            str(Path(folder) / 'augmented.onnx'),
            CalibrationMethod.Percentile,
            extra_options=dict(symmetric=True, num_bins=4096, percentile=PERCENTILE),
        )
        for i in range(0, len(crops), BATCH):
            inputs = pack_crops(
                crops[i : i + BATCH], card.layout, card.dtype, card.inputs.planes
            )
            batch = iter([inputs])
            calibrator.collect_data(
                SimpleNamespace(get_next=functools.partial(next, batch, None))
            )
        return calibrator.compute_data()


def _quantise(proto, ranges, layers: list[str]):
    from onnxruntime.quantization import QuantType
    from onnxruntime.quantization.qdq_quantizer import QDQQuantizer

    quantizer = QDQQuantizer(
        copy.deepcopy(proto),
        per_channel=True,
        reduce_range=True,
        weight_qType=QuantType.QInt8,
        activation_qType=QuantType.QInt8,
        tensors_range=ranges,
        nodes_to_quantize=layers,
        nodes_to_exclude=[],
        op_types_to_quantize=QUANTISED,
        extra_options=dict(
            ActivationSymmetric=True,
            QuantizeBias=False,
            # The input of the next layer is quantised: after its pool or tanh.
            OpTypesToExcludeOutputQuantization=QUANTISED,
        ),
    )
    quantizer.quantize_model()
    quantised = quantizer.model.model
    _unround_others(quantised.graph, layers)
    return quantised


def _unround_others(graph, layers: list[str]) -> None:
    """Let what is not quantised read a tensor itself, not what quantised layers read."""
    made_by = {name: node for node in graph.node for name in node.output}
    quantisers = 'QuantizeLinear', 'DequantizeLinear'
    for node in graph.node:
        if node.name in layers or node.op_type in quantisers:
            continue
        for i, name in enumerate(node.input):
            source = made_by.get(name)
            if source is not None and source.op_type == 'DequantizeLinear':
                node.input[i] = made_by[source.input[0]].input[0]


def _load_fp32(src: str | Path):
    card = ModelCard.read(src)
    if card.precision != 'fp32':
        raise ValueError(
            f'{src} is {card.precision} already; convert the float32 file that '
            'export_onnx.py wrote'
        )
    return load_onnx(src)


def _write(
    proto, src: str | Path, dst: str | Path, precision: str, crops: np.ndarray
) -> dict[str, float]:
    """Write a converted model, unless it deviates too far from the one it came from."""
    onnx = import_package('onnx')
    card = dataclasses.replace(ModelCard.read(src), precision=precision)
    onnx.helper.set_model_props(proto, card.to_metadata())
    with replacing(dst) as temporary:
        onnx.save(proto, temporary)
        poses = (
            build_backend('onnxruntime', p).estimate(crops) for p in (temporary, src)
        )
        measured = deviation(*poses)
        failed = failures(measured, precision)
        if failed:
            raise ValueError(f'{dst} would not be the same model: {"; ".join(failed)}')
    return measured
