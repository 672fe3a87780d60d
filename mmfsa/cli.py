"""The command `mmfsa`."""

import argparse
import csv
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from functools import cached_property
from itertools import chain
from math import isqrt
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mmfsa.apis import HeadPoseInferencer

EXAMPLES = """\
examples:
  mmfsa predict photo.jpg --out results          a photo, with the poses drawn
  mmfsa predict photos/ --json > poses.jsonl     a folder, one JSON object a face
  mmfsa predict clip.mp4 --smooth --out results  a video, tracked and smoothed
  mmfsa predict 'frames/*.png' --video --csv     images as the frames of a video
  mmfsa webcam --smooth                          what a camera sees; q ends
  mmfsa models                                   what --model can be
  mmfsa synth --num 1000 --out data/synth        render heads with exact poses
  mmfsa doctor                                   what is installed, and does it work

exit status:
  0  everything was read        1  something could not be read or written
  2  wrong usage or settings  130  interrupted; what was written is whole
"""
CSV_FIELDS = (
    *('image', 'frame', 'time', 'track_id', 'x1', 'y1', 'x2', 'y2', 'score'),
    *('yaw', 'pitch', 'roll', 'qx', 'qy', 'qz', 'qw'),
)
THUMBNAIL = 240  # pixels, in the contact sheet


def main(argv: list[str] | None = None) -> int:
    """Run the command.

    Returns:
        The exit status, as `mmfsa --help` lists them.
    """
    args = parse_args(argv)
    sys.stdout.reconfigure(errors='backslashreplace')
    try:
        return args.run(args)
    except KeyboardInterrupt:
        return _fail('interrupted', 130)
    except BrokenPipeError:  # nobody reads on, as in `mmfsa predict … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def parse_args(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='mmfsa',
        description='Head poses from images, videos and cameras.',
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title='commands', required=True)

    predict = commands.add_parser(
        'predict',
        help='poses of all faces in images, folders and videos',
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    predict.add_argument(
        'source', nargs='+', help='image, video, folder, glob or webcam:N'
    )
    predict.add_argument('--show', action='store_true', help='show the pictures')
    predict.add_argument(
        '--video',
        action='store_true',
        help='the images are the frames of one video',
    )
    predict.add_argument(
        '--sheet',
        action='store_true',
        help='write sheet.jpg, all pictures on one sheet, to --out',
    )
    predict.set_defaults(run=run_predict)

    webcam = commands.add_parser('webcam', help='what a camera sees, in a window')
    webcam.add_argument('--camera', type=int, default=0, help='its number')
    webcam.set_defaults(run=run_webcam, show=True, video=True, sheet=False)

    # What follows is the tool's: no character starts an option here.
    synth = commands.add_parser(
        'synth',
        help='render heads with exact poses, a data set to train on',
        prefix_chars='\0',
        add_help=False,
    )
    synth.add_argument('options', nargs='*')
    synth.set_defaults(run=run_synth)

    models = commands.add_parser('models', help='list what --model can be')
    models.set_defaults(run=run_models)

    doctor = commands.add_parser(
        'doctor', help='versions, optional parts, and a test of every backend'
    )
    doctor.add_argument(
        '--compile', action='store_true', help='try torch-compile, too: a minute'
    )
    doctor.set_defaults(run=run_doctor)

    for command in (predict, webcam):
        add_options(command)
    args = parser.parse_args(argv)
    if getattr(args, 'out', None) is None:
        for option in ('sheet', 'plot'):
            if getattr(args, option, False):
                parser.error(f'--{option} needs --out')
    return args


def add_options(parser: argparse.ArgumentParser) -> None:
    model = parser.add_argument_group('model')
    model.add_argument(
        '--model',
        help='see `mmfsa models`, or a config; by default the one of the weights',
    )
    model.add_argument('--weights', help='checkpoint (.pth) or export (.onnx)')
    model.add_argument(
        '--license',
        choices=['any', 'free'],
        default='any',
        help='of the weights that come with mmfsa, where none are named; any: the most '
        'accurate, for research; free: may be used for anything',
    )
    model.add_argument(
        '--detector',
        default='centerface',
        help='centerface, mtcnn, yunet:MODEL.onnx, mmdet:MODEL, or none: each image is '
        'a face',
    )
    model.add_argument(
        '--flip-test',
        action='store_true',
        help='look at every face and at its mirror image: more accurate, twice the cost',
    )
    model.add_argument('--backend', help='torch, onnxruntime, openvino, …')
    model.add_argument('--device', help='where it runs, such as cpu or cuda')
    model.add_argument(
        '--batch-size',
        type=int,
        default=1,
        metavar='N',
        help='images whose faces go through the network together',
    )
    video = parser.add_argument_group('video')
    video.add_argument(
        '--detect-every',
        type=int,
        default=1,
        metavar='N',
        help='detect faces in every N-th frame',
    )
    video.add_argument('--smooth', action='store_true', help='smooth the rotations')
    output = parser.add_argument_group('output')
    output.add_argument(
        '--out',
        type=Path,
        metavar='DIR',
        help='write the pictures and predictions.jsonl there',
    )
    output.add_argument(
        '--draw', choices=['axes', 'cube', 'structure', 'none'], default='axes'
    )
    output.add_argument(
        '--plot',
        action='store_true',
        help='write a plot of the angles over time to --out, for each video',
    )
    lines = output.add_mutually_exclusive_group()
    lines.add_argument('--json', action='store_true', help='print JSON, a face a line')
    lines.add_argument('--csv', action='store_true', help='print CSV')


def run_predict(args: argparse.Namespace) -> int:
    from mmfsa.apis import HeadPoseInferencer

    try:
        inferencer = HeadPoseInferencer(
            args.model,
            args.weights,
            args.detector,
            args.backend,
            args.device,
            show_progress=sys.stderr.isatty() and not sys.stdout.isatty(),
            license=args.license,
            flip_test=args.flip_test,
        )
    except (ValueError, OSError, ImportError) as e:
        return _fail(e, 2)
    try:
        predict(inferencer, args)
    except ValueError as e:
        return _fail(e, 2)
    except BrokenPipeError:
        raise
    except OSError as e:
        return _fail(e, 1)
    return 1 if inferencer.failures else 0


def run_webcam(args: argparse.Namespace) -> int:
    args.source = [f'webcam:{args.camera}']
    return run_predict(args)


def run_synth(args: argparse.Namespace) -> int:
    from mmfsa import zoo

    tool = zoo.config_dir().parent / 'tools/dataset_converters/synth.py'
    return subprocess.run([sys.executable, tool, *args.options], check=False).returncode


def run_models(args: argparse.Namespace) -> int:  # noqa: ARG001
    from mmfsa import zoo

    brought = {weights.config for weights in zoo.packaged_weights().values()}
    for name in zoo.models():
        sys.stdout.write(f'{name}{"  (weights included)" if name in brought else ""}\n')
    return 0


def run_doctor(args: argparse.Namespace) -> int:
    from mmfsa import doctor

    return doctor.run(args.compile)


def predict(inferencer: 'HeadPoseInferencer', args: argparse.Namespace) -> None:
    """Print every face, and write what the options ask for."""
    results = inferencer(
        args.source,
        batch_size=args.batch_size,
        as_video=args.video,
        detect_every=args.detect_every,
        smooth=args.smooth,
        draw='axes' if args.draw == 'none' else args.draw,
        return_vis=args.sheet,
        show=args.show,
        vis_out_dir=None if args.draw == 'none' else args.out,
        pred_out_dir=args.out,
    )
    images = faces = 0
    summary = Summary(args)
    with closing(results), summary:
        write = line_writer(args)
        for result in results:
            images += len(result['predictions'])
            for record in chain.from_iterable(result['predictions']):
                faces += 1
                write(record)
                summary.add_record(record)
            summary.add_pictures(result['visualization'])
    failed = len(inferencer.failures)
    sys.stderr.write(f'images: {images}, faces: {faces}, not read: {failed}\n')


def line_writer(args: argparse.Namespace) -> Callable[[dict], None]:
    """What prints a record as the options say."""
    if args.json:
        return lambda record: sys.stdout.write(json.dumps(record) + '\n')
    if args.csv:
        table = csv.writer(sys.stdout, lineterminator='\n')
        table.writerow(CSV_FIELDS)
        return lambda record: table.writerow(csv_row(record))
    return lambda record: sys.stdout.write(text_line(record) + '\n')


def csv_row(record: dict) -> list:
    return [
        *(record[key] for key in ('image', 'frame', 'time', 'track_id')),
        *record['box'],
        *(record[key] for key in ('score', 'yaw', 'pitch', 'roll')),
        *record['quaternion'],
    ]


def text_line(record: dict) -> str:
    """For example `photo.jpg  box 80,20,170,140 0.93  yaw -14.0  pitch 8.1  roll 4.5`."""
    where = record['image']
    if record['frame'] is not None:
        where += f'  frame {record["frame"]}  #{record["track_id"]}'
    box = ','.join(f'{value:.0f}' for value in record['box'])
    angles = '  '.join(f'{key} {record[key]:.1f}' for key in ('yaw', 'pitch', 'roll'))
    return f'{where}  box {box} {record["score"]:.2f}  {angles}'


class Summary:
    """The contact sheet and the plots, written at the end, of whatever there was by then.

    Args:
        args: Of the command.
    """

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.thumbnails = []
        self.videos = defaultdict(lambda: defaultdict(list))

    def __enter__(self) -> 'Summary':
        return self

    def add_record(self, record: dict) -> None:
        if self.args.plot and record['time'] is not None:
            row = [record[key] for key in ('time', 'yaw', 'pitch', 'roll')]
            self.videos[self._video_of(record)][f'#{record["track_id"]}'].append(row)

    def add_pictures(self, pictures: list) -> None:
        """Pictures (H, W, 3), RGB, for the contact sheet."""
        from mmfsa.visualization import contact_sheet

        self.thumbnails += [
            contact_sheet([picture[..., ::-1]], THUMBNAIL) for picture in pictures
        ]

    def __exit__(self, *exc_info: object) -> None:
        import numpy as np

        from mmfsa.apis.writers import stem_of
        from mmfsa.visualization import contact_sheet, write_image
        from mmfsa.visualization.plots import plot_poses, save_figure

        if self.thumbnails:
            columns = max(8, isqrt(len(self.thumbnails)))
            sheet = contact_sheet(self.thumbnails, THUMBNAIL, columns)
            write_image(sheet, self._free_path('sheet', '.jpg'))
        for video, faces in self.videos.items():
            rows = {name: np.array(row) for name, row in faces.items()}
            path = self._free_path(f'{stem_of(video)}_angles', '.png')
            save_figure(plot_poses(rows), path)

    def _video_of(self, record: dict) -> Path:
        """The file; of images that are a video (--video), the folder."""
        from mmfsa.apis.streams import media_type

        path = Path(record['image'])
        frames = self.args.video and media_type(path) == 'image'
        return path.parent if frames else path

    @cached_property
    def _taken(self) -> set[str]:
        """The stems of the inputs, after which the pictures of them are named."""
        from mmfsa.apis.streams import expand

        return {Path(item).stem for item in expand(self.args.source)}

    def _free_path(self, stem: str, suffix: str) -> Path:
        """In the folder of results, of a name that no input and no other result has."""
        from mmfsa.apis.writers import numbered

        free = next(name for name in numbered(stem) if name not in self._taken)
        self._taken.add(free)
        return self.args.out / f'{free}{suffix}'


def _fail(message: object, status: int) -> int:
    sys.stderr.write(f'mmfsa: {message}\n')
    return status
