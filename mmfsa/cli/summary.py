"""One sheet of all pictures, and plots of the angles over time."""

import argparse
from collections import defaultdict
from functools import cached_property
from math import isqrt
from pathlib import Path

THUMBNAIL = 240  # pixels, in the contact sheet


class Summary:
    """The contact sheet and the plots: at the end, they show what there was by then.

    Args:
        args: The arguments of `mmfsa predict`.
    """

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.thumbnails, self.labels = [], []
        self.videos = defaultdict(lambda: defaultdict(list))

    def __enter__(self) -> 'Summary':
        return self

    def add_record(self, record: dict) -> None:
        if self.args.plot and record['time'] is not None and record['valid']:
            from mmfsa.structures import ANGLES

            row = [record[key] for key in ('time', *ANGLES)]
            self.videos[self._video_of(record)][f'#{record["track_id"]}'].append(row)

    def add_pictures(self, pictures: list, records: list[list[dict]]) -> None:
        """Pictures (H, W, 3), RGB, for the contact sheet, and the faces of each."""
        from mmfsa.visualization import contact_sheet

        self.labels += [_label(faces) for faces in records[: len(pictures)]]

        self.thumbnails += [
            contact_sheet([picture[..., ::-1]], THUMBNAIL) for picture in pictures
        ]

    def __exit__(self, *exc_info: object) -> None:
        import numpy as np

        from mmfsa.sources.writers import stem_of
        from mmfsa.visualization import contact_sheet, write_image
        from mmfsa.visualization.plots import plot_poses, save_figure

        if self.thumbnails:
            columns = max(8, isqrt(len(self.thumbnails)))
            sheet = contact_sheet(self.thumbnails, THUMBNAIL, columns, self.labels)
            write_image(sheet, self._free_path('sheet', '.jpg'))
        for video, faces in self.videos.items():
            rows = {name: np.array(row) for name, row in faces.items()}
            path = self._free_path(f'{stem_of(video)}_angles', '.png')
            save_figure(plot_poses(rows), path)

    def _video_of(self, record: dict) -> Path:
        """The file; of images that are a video (--video), the folder."""
        from mmfsa.utils.media import media_type

        path = Path(record['image'])
        frames = self.args.video and media_type(path) == 'image'
        return path.parent if frames else path

    @cached_property
    def _taken(self) -> set[str]:
        """The stems of the inputs, after which the pictures of them are named."""
        from mmfsa.sources.streams import expand, is_file

        return {Path(item).stem for item in expand(self.args.source) if is_file(item)}

    def _free_path(self, stem: str, suffix: str) -> Path:
        """In the folder of results, of a name that no input and no other result has."""
        from mmfsa.sources.writers import numbered

        free = next(name for name in numbered(stem) if name not in self._taken)
        self._taken.add(free)
        return self.args.out / f'{free}{suffix}'


def _label(faces: list[dict]) -> str:
    """What stands under a picture: its file, and the angles of a single face."""
    from mmfsa.structures import ANGLES

    if not faces:
        return 'no face'
    name = Path(faces[0]['image'] or '').name.encode('ascii', 'replace').decode()
    if len(faces) > 1:
        return f'{name}  {len(faces)} faces'
    if not faces[0]['valid']:
        return f'{name}  no pose'
    return f'{name}  ' + ' '.join(f'{faces[0][a]:+.0f}' for a in ANGLES)
