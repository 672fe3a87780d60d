"""Norms of ONNX files as three operations, which every engine computes right.

OpenCV reads `ReduceL2` and a division behind it as one normalization, whatever is divided:
its poses are then wrong by degrees, without a word. A norm that is written as `Mul`,
`ReduceSum` and `Sqrt` takes no other engine more time.
"""

import numpy as np

NORM = 'ReduceL2'  # as files of older versions of mmfsa have it


def spell_out_norms(proto) -> None:
    """Put a product, a sum and a square root in the place of each norm.

    Args:
        proto: An ONNX `ModelProto` of operator set 13 or later; it is changed.
    """
    nodes = [part for node in proto.graph.node for part in _spelled(node, proto.graph)]
    del proto.graph.node[:]
    proto.graph.node.extend(nodes)


def is_square(node) -> bool:
    """Whether an operation multiplies a tensor with itself."""
    return node.op_type == 'Mul' and node.input[0] == node.input[1]


def _spelled(node, graph) -> list:
    """The operations that compute what a node computes, in their order."""
    from onnx import helper, numpy_helper

    if node.op_type != NORM:
        return [node]
    settings = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    tensor, *axes = node.input  # the axes are an input from operator set 18 on
    (norm,) = node.output
    square, total = f'{norm}_square', f'{norm}_sum'
    if 'axes' in settings:
        axes = [f'{norm}_axes']
        values = numpy_helper.from_array(
            np.array(settings.pop('axes'), np.int64), *axes
        )
        graph.initializer.append(values)
    return [
        helper.make_node('Mul', [tensor, tensor], [square], square),
        helper.make_node('ReduceSum', [square, *axes], [total], total, **settings),
        helper.make_node('Sqrt', [total], [norm], node.name),
    ]
