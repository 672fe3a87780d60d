"""Where frames come from, and where results go."""

from .records import compact_record, face_record, read_records, record_schema
from .streams import (
    NamedImage,
    Stream,
    Unreadable,
    expand,
    holds_image,
    holds_video,
    open_streams,
)
from .writers import PictureWriter, RecordWriter

__all__ = [
    'NamedImage',
    'PictureWriter',
    'RecordWriter',
    'Stream',
    'Unreadable',
    'compact_record',
    'expand',
    'face_record',
    'holds_image',
    'holds_video',
    'open_streams',
    'read_records',
    'record_schema',
]
