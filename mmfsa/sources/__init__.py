"""Where frames come from, and where results go."""

from .records import face_record
from .streams import Stream, expand, holds_video, open_streams
from .writers import PictureWriter, RecordWriter

__all__ = [
    'PictureWriter',
    'RecordWriter',
    'Stream',
    'expand',
    'face_record',
    'holds_video',
    'open_streams',
]
