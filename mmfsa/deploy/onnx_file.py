"""What an ONNX file says about itself, read without the package `onnx`.

An ONNX file is a protobuf message (onnx.proto3): a sequence of fields, each with a number
and a value. Only the few fields that are needed here are looked into.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mmfsa.utils.doors import check_file

# The numbers of fields in onnx.proto3.
GRAPH, METADATA = 7, 14  # of ModelProto
NODE = 1  # of GraphProto
OPERATION = 4  # of NodeProto
KEY, VALUE = 1, 2  # of StringStringEntryProto
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5  # how a value is stored
LONGEST_VARINT = 10  # bytes


class OnnxFile(NamedTuple):
    """What stands in an ONNX file besides its weights.

    Attributes:
        metadata: The metadata that its author wrote.
        operations: The kinds of its operations, such as `Conv`.
    """

    metadata: dict[str, str]
    operations: frozenset[str]


def read_onnx(path: str | Path) -> OnnxFile:
    """Read what an ONNX file says about itself.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is damaged, or no ONNX file.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f'there is no model {path}')
    check_file(path)
    model = memoryview(Path(path).read_bytes())
    try:
        entries = [dict(_fields(entry)) for entry in _all(model, METADATA)]
        metadata = {_text(e.get(KEY)): _text(e.get(VALUE)) for e in entries}
        operations = frozenset(
            _text(name)
            for graph in _all(model, GRAPH)
            for node in _all(graph, NODE)
            for name in _all(node, OPERATION)
        )
    except ValueError as e:
        raise ValueError(f'{path} is damaged or no ONNX file: {e}') from e
    if not operations:
        raise ValueError(f'{path} is damaged or no ONNX file: it has no operations')
    return OnnxFile(metadata, operations)


def _all(message: memoryview | int, number: int) -> Iterator[memoryview | int]:
    """The values of a message's fields with a number."""
    return (value for field, value in _fields(message) if field == number)


def _fields(message: memoryview | int) -> Iterator[tuple[int, memoryview | int]]:
    """The fields of a message: the number and the value of each."""
    if isinstance(message, int):
        raise ValueError('a number stands in the place of a message')
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        stored = key & 7
        if stored == VARINT:
            value, at = _varint(message, at)
        else:
            if stored == BYTES:
                size, at = _varint(message, at)
            elif stored in (FIXED32, FIXED64):
                size = 4 if stored == FIXED32 else 8
            else:
                raise ValueError(f'it has a value of the unknown type {stored}')
            value = message[at : at + size]
            at += size
            if at > len(message):
                raise ValueError('it ends within a value')
        yield key >> 3, value


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """A whole number of 7 bits a byte, the lowest first, and the place behind it."""
    number = 0
    for i, byte in enumerate(message[at : at + LONGEST_VARINT]):
        number |= (byte & 127) << 7 * i
        if byte < 128:
            return number, at + i + 1
    raise ValueError('it ends within a number')


def _text(value: memoryview | int | None) -> str:
    if not isinstance(value, memoryview):
        raise ValueError('it lacks a text')
    return bytes(value).decode()
