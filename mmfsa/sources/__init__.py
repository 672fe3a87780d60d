"""Where frames come from, and where results go."""

from .records import face_record
from .streams import NamedImage, Stream, Unreadable, expand, holds_video, open_streams
from .writers import PictureWriter, RecordWriter

__all__ = [
    'NamedImage',
    'PictureWriter',
    'RecordWriter',
    'Stream',
    'Unreadable',
    'expand',
    'face_record',
    'holds_video',
    'open_streams',
]
