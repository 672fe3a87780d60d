"""Weights of 8 bits in ONNX files: they are rounded when the file is written."""

import numpy as np


def quantize_weights(proto) -> None:
    """Put whole numbers in the place of weights that a QuantizeLinear rounds.

    Args:
        proto: An ONNX `ModelProto`; it is changed.
    """
    from onnx import numpy_helper

    graph = proto.graph
    constants = {tensor.name: tensor for tensor in graph.initializer}
    done = [
        node
        for node in graph.node
        if node.op_type == 'QuantizeLinear' and node.input[0] in constants
    ]
    for node in done:
        weight, scale, zero_point = (
            numpy_helper.to_array(constants[name]) for name in node.input
        )
        limits = np.iinfo(zero_point.dtype)
        wide = [-1] + [1] * (weight.ndim - 1)
        steps = np.rint(weight / scale.reshape(wide)) + zero_point.reshape(wide)
        steps = steps.clip(limits.min, limits.max).astype(zero_point.dtype)
        graph.initializer.append(numpy_helper.from_array(steps, node.output[0]))
        graph.node.remove(node)
    used = {name for node in graph.node for name in node.input}
    for node in done:
        if node.input[0] not in used:
            graph.initializer.remove(constants[node.input[0]])
