"""Records as a table of Arrow, whose columns are the same whatever the method is."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mmfsa.utils.files import to_json
from mmfsa.utils.packages import import_package

if TYPE_CHECKING:
    import pyarrow as pa

# The fields of a record (docs/en/inference.md) with the types of their columns.
TEXT, NUMBER, WHOLE, SWITCH = 'string', 'double', 'int64', 'bool'
COLUMNS = dict(
    schema_version=WHOLE,
    image=TEXT,
    number=WHOLE,
    frame=WHOLE,
    time=NUMBER,
    track_id=WHOLE,
    box=[NUMBER],
    score=NUMBER,
    landmarks=[[NUMBER]],
    crop_box=[WHOLE],
    turned=NUMBER,
    valid=SWITCH,
    reason=TEXT,
    doubts=[TEXT],
    yaw=NUMBER,
    pitch=NUMBER,
    roll=NUMBER,
    neutral=[NUMBER],
    spread=[NUMBER],  # one number, or the nine of a covariance
    extras=TEXT,  # JSON: each method has its own
    rotation_matrix=[[NUMBER]],
    quaternion=[NUMBER],
    camera=TEXT,
    position_mm=[NUMBER],
    relative_to=TEXT,
    convention=TEXT,
    model=TEXT,
    weights_sha256=TEXT,
)


def record_table(records: Sequence[dict]) -> 'pa.Table':
    """Records as a table, a row for each face.

    Args:
        records: What :func:`mmfsa.sources.face_record` gives.

    Returns:
        A table with the columns :data:`COLUMNS`. A field that a record lacks is null.

    Raises:
        ImportError: pyarrow is not installed.
    """
    pa = import_package('pyarrow')
    columns = {name: [record.get(name) for record in records] for name in COLUMNS}
    columns['extras'] = [to_json(extras) for extras in columns['extras']]
    columns['spread'] = [_flat(spread) for spread in columns['spread']]
    schema = pa.schema([(name, _arrow_type(kind)) for name, kind in COLUMNS.items()])
    return pa.table(columns, schema)


def _flat(spread: float | list[list[float]] | None) -> list[float] | None:
    if spread is None or isinstance(spread, float):
        return spread if spread is None else [spread]
    return [number for row in spread for number in row]


def _arrow_type(kind: str | list) -> 'pa.DataType':
    pa = import_package('pyarrow')
    if isinstance(kind, list):
        return pa.list_(_arrow_type(kind[0]))
    return pa.type_for_alias(kind)
