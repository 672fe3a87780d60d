"""What kind of file a path is: by what the file begins with, else by its suffix."""

import re
from pathlib import Path

SUFFIXES = {
    'image': 'avif bmp dib exr gif hdr heic heif jfif jp2 jpe jpeg jpg pbm pfm pgm pic '
    'png pnm ppm pxm ras sr tif tiff webp',
    'video': '3g2 3gp asf avi divx dv f4v flv m2ts m2v m4v mkv mov mp4 mpe mpeg mpg mts '
    'mxf ogg ogv qt rm rmvb ts vob webm wmv y4m',
}
KIND_OF = {f'.{end}': kind for kind, ends in SUFFIXES.items() for end in ends.split()}
# What the first bytes of a file may be. MP4 and its relatives say what they are in the
# brand; HEIF and AVIF are of this family, too.
SIGNATURES = {
    'image': rb'\xff\xd8\xff|\x89PNG\r\n|GIF8[79]a|BM.{4}\0{4}|II\*\0|MM\0\*|v/1\x01'
    rb'|RIFF.{4}WEBP|\0.{3}ftyp(avi[fs]|hei[cfsx]|hev[cx]|mif1|msf1)|\0\0\0\x0cjP  '
    rb'|P[1-6]\s+(#[^\n]*\s+)*\d+\s+\d+\s|#\?RADIANCE|\x59\xa6\x6a\x95',
    'video': rb'RIFF.{4}AVI |\0.{3}ftyp(?!M4[AB])|[\0-\x1f].{3}(moov|mdat|wide|free|skip)'
    rb'|\x1a\x45\xdf\xa3|FLV\x01|\0\0\x01[\xba\xb3]|OggS|\.RMF|YUV4MPEG2'
    rb'|\x47(.{187}\x47){3}|.{4}\x47(.{191}\x47){3}|\x30\x26\xb2\x75\x8e\x66'
    rb'|\x06\x0e\x2b\x34',
}
PATTERNS = {kind: re.compile(begin, re.DOTALL) for kind, begin in SIGNATURES.items()}
HEAD = 1024  # bytes


def media_type(path: str | Path) -> str:
    """`image`, `video` or, of other files, an empty string.

    The content of a file counts more than its name. The computer's own tables of file
    types differ, and do not count.
    """
    path = Path(path)
    return _by_content(path) or KIND_OF.get(path.suffix.lower(), '')


def _by_content(path: Path) -> str:
    try:
        if not path.is_file():
            return ''
        with path.open('rb') as file:
            head = file.read(HEAD)
    except (OSError, ValueError):  # a name with a zero byte is no path
        return ''
    return next((kind for kind, begin in PATTERNS.items() if begin.match(head)), '')
