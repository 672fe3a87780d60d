"""Damages files: bytes that flip, are cut off or come twice; values of another kind."""

import json
import random
import re

INTERESTING = (
    b'\0' * 4,
    b'\xff' * 4,
    b'\x7f\xff\xff\xff',
    b'\xff\xff\xff\x7f',
    b'\0\0\0\x01',
    b'\n',
    b'"',
    b'{}',
    b'NaN',
)
# What a value of JSON may be in place of what it should be.
VALUES = (
    None,
    True,
    -1,
    0,
    10**40,
    1e308,
    float('nan'),
    float('inf'),
    '',
    'x',
    '../../x',
    '\0',
    '\udc80',
    [],
    [[]],
    [None],
    {},
    {'type': 'x'},
    [1, 2, 3, 4],
    ['a', 'b', 'c'],
)
WORD = re.compile(rb'[\w.+-]+|[^\w\s]')


def damaged(content: bytes, kind: str, draw: random.Random) -> bytes:
    """A damaged copy of a file's content.

    Args:
        content: The content.
        kind: `json`, `text` or `binary`; the first two are damaged by their values and
            words, too.
        draw: What chooses the damage.
    """
    if kind == 'json' and draw.random() < 0.6:
        value = json.loads(content)
        for _ in range(draw.choice((1, 1, 2, 3))):
            value = _with_another_value(value, draw)
        return json.dumps(value).encode()
    if kind != 'binary' and draw.random() < 0.7:
        return _with_other_words(content, draw)
    for _ in range(draw.choice((1, 1, 2, 4))):
        content = _with_other_bytes(content, draw)
    return content


def _with_another_value(value: object, draw: random.Random) -> object:
    """A value of JSON with another one somewhere in it, or without a part."""
    inner = value if isinstance(value, (dict, list)) and value else None
    if inner is None or draw.random() < 0.08:
        return draw.choice(VALUES)
    key = draw.choice([*inner] if isinstance(inner, dict) else range(len(inner)))
    if draw.random() < 0.15:
        if isinstance(inner, dict):
            return {k: v for k, v in inner.items() if k != key}
        return inner[:key] + inner[key + 1 :]
    copy = inner.copy()
    copy[key] = _with_another_value(inner[key], draw)
    return copy


def _with_other_words(content: bytes, draw: random.Random) -> bytes:
    words = [*WORD.finditer(content)]
    if not words:
        return b'x'
    at, other = draw.choice(words), draw.choice(words)[0]
    new = draw.choice(
        (b'', b'nan', b'-1e999', b'9' * 30, b'[', b"'", b'\0', b'x', other)
    )
    return content[: at.start()] + new + content[at.end() :]


def _with_other_bytes(content: bytes, draw: random.Random) -> bytes:
    if not content:
        return draw.choice(INTERESTING)
    at = draw.randrange(len(content))
    how = draw.randrange(6)
    if how == 0:
        flipped = content[at] ^ (1 << draw.randrange(8))
        return content[:at] + bytes([flipped]) + content[at + 1 :]
    if how == 1:
        return content[:at]
    if how == 2:
        new = draw.choice(INTERESTING)
        return content[:at] + new + content[at + len(new) :]
    if how == 3:
        return content[:at] + draw.choice(INTERESTING) + content[at:]
    end = min(len(content), at + draw.choice((1, 4, 64, 1024)))
    if how == 4:
        return content[:at] + content[end:]
    return content[:end] + content[at:]
