"""Estimate the poses of all faces in images, folders and videos."""

import argparse
import sys
from contextlib import closing, nullcontext
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from mmfsa.utils.cli import positive, processes
from mmfsa.utils.packages import import_package
from mmfsa.utils.threads import network_threads

from .lines import line_writer
from .stability import SMOOTHERS, StabilityReport
from .summary import Summary

if TYPE_CHECKING:
    from collections.abc import Callable

    from mmfsa.apis import HeadPoseInferencer
    from mmfsa.tracking import PoseSmoother


CONFIGS = '.py', '.json', '.yml', '.yaml'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa predict`."""
    add_source(parser, 'image, video, folder, glob or webcam:N')
    parser.add_argument('--show', action='store_true', help='show the pictures')
    parser.add_argument(
        '--video',
        action='store_true',
        help='the images are the frames of one video',
    )
    parser.add_argument(
        '--sheet',
        action='store_true',
        help='write sheet.jpg, all pictures on one sheet, to --out',
    )
    parser.add_argument(
        '--depth',
        action='append',
        metavar='PNG',
        help='the depth map of the image: 16 bits, millimetres, pixel by pixel the '
        "image's; of several images a folder or a glob, or --depth again for each",
    )
    parser.add_argument(
        '--workers',
        type=processes,
        default=1,
        metavar='N',
        help='processes that share the images and videos, each on one CPU thread; 1',
    )
    parser.add_argument(
        '--image-size',
        type=positive,
        metavar='PIXELS',
        help='read a JPEG file at a half, a quarter or an eighth of its sides, as long as '
        'the longer one keeps so many pixels: faster where photos are large',
    )
    add_options(parser)


def add_source(parser: argparse.ArgumentParser, what: str) -> None:
    """Add what is read, and whether it may come from a network."""
    parser.add_argument('source', nargs='+', help=what)
    parser.add_argument(
        '--allow-network',
        action='store_true',
        help='read addresses: rtsp://…, http://…, https://…',
    )


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Add the model and the camera: what `predict`, `bulk` and `serve` have in common."""
    model = parser.add_argument_group('model')
    which = model.add_mutually_exclusive_group()
    which.add_argument(
        '--model',
        help='see `mmfsa models`, or a config; by default the one of the weights; '
        'ONE+OTHER: the mean of both',
    )
    which.add_argument(
        '--range',
        choices=['front', 'full'],
        default='front',
        help='front: faces; full: heads from all sides, by the model full. A detector '
        'finds faces only: give crops of heads, and --detector none',
    )
    model.add_argument(
        '--weights',
        help='checkpoint (.pth) or export (.onnx); FILE+FILE for several models, nothing '
        'for one with weights of its own: FILE+',
    )
    model.add_argument(
        '--trust-config',
        action='store_true',
        help='run a config that --model or --detector names: it can run any code. Those '
        'in the folders of the environment variable MMFSA_CONFIGS are trusted',
    )
    model.add_argument(
        '--license',
        choices=['any', 'free'],
        default='any',
        help='of the weights that come with mmfsa, where none are named; any: the most '
        'accurate, for research; free: may be used for anything',
    )
    faces = model.add_mutually_exclusive_group()
    faces.add_argument(
        '--faces',
        choices=['near', 'far', 'all'],
        default='all',
        help='which faces matter; the nearer, the faster: near is the detector blazeface, '
        'far blazeface-full, all centerface',
    )
    faces.add_argument(
        '--detector',
        help='blazeface, blazeface-full, centerface, mtcnn, yunet:MODEL.onnx, '
        'openseeface:MODEL.onnx, opentrack-localizer:MODEL.onnx, mmdet:MODEL, or none: '
        'each image is a face',
    )
    model.add_argument(
        '--detector-threshold',
        type=float,
        metavar='SCORE',
        help='lowest score of a face; lower finds more faces, and more that are none',
    )
    model.add_argument(
        '--detector-size',
        type=positive,
        metavar='PIXELS',
        help='longest side of what is searched; larger finds smaller faces, and is slower',
    )
    model.add_argument(
        '--flip-test',
        action='store_true',
        help='look at every face and at its mirror image: more accurate, twice the cost',
    )
    model.add_argument('--backend', help='torch, onnxruntime, openvino, …')
    model.add_argument('--device', help='where it runs, such as cpu or cuda')
    model.add_argument(
        '--threads',
        type=positive,
        metavar='N',
        help='CPU threads of onnxruntime and openvino',
    )
    model.add_argument(
        '--batch-size',
        type=int,
        default=1,
        metavar='N',
        help='images whose faces go through the network together',
    )
    camera = parser.add_argument_group('camera')
    which = camera.add_mutually_exclusive_group()
    which.add_argument(
        '--fov',
        type=float,
        metavar='DEGREES',
        help='its horizontal field of view: then poses are relative to the camera, and '
        'heads have positions in millimetres',
    )
    which.add_argument(
        '--camera',
        metavar='JSON',
        help='the same, from a file with its fx, fy, cx, cy in pixels, and with width '
        'and height of the pictures',
    )
    camera.add_argument(
        '--relative-to',
        choices=['camera', 'ray'],
        default='camera',
        help='ray: relative to the ray through the face',
    )
    camera.add_argument(
        '--rectify',
        choices=['before', 'after'],
        default='before',
        help='before: warp the picture as if the camera looked at the face; after: turn '
        'the pose alone',
    )


def predictor_settings(args: argparse.Namespace) -> dict:
    """What these options say to the predictor and to the inferencer.

    Raises:
        ValueError: An option names a config that nobody has said to trust.
    """
    _check_trust(args)
    return dict(
        model='full' if args.range == 'full' else args.model,
        weights=args.weights,
        detector=_detector(args),
        backend=args.backend,
        device=args.device,
        license=args.license,
        flip_test=args.flip_test,
        camera=args.camera if args.fov is None else args.fov,
        relative_to=args.relative_to,
        rectify=args.rectify,
        threads=args.threads,
    )


def _detector(args: argparse.Namespace) -> str | dict:
    """The detector's name; with its settings, its config."""
    name = args.detector or args.faces
    given = args.detector_threshold, args.detector_size
    if given == (None, None):
        return name
    from mmfsa.detection.build import named_detector

    return named_detector(name, *given)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what `predict` and `webcam` have in common."""
    add_model_options(parser)
    video = parser.add_argument_group('video')
    video.add_argument(
        '--detect-every',
        type=int,
        metavar='N',
        help='detect faces in every N-th frame; 5, with --no-follow 1',
    )
    video.add_argument(
        '--follow',
        action=argparse.BooleanOptionalAction,
        help='follow the faces with a small network between the frames in which faces '
        'are detected: faster, and as accurate; so it is, unless --no-follow says to '
        'detect them in each frame',
    )
    video.add_argument('--smooth', action='store_true', help='smooth the rotations')
    video.add_argument(
        '--smoother',
        choices=SMOOTHERS,
        help='smooth the rotations by this one (docs/en/video.md)',
    )
    video.add_argument(
        '--smoothing',
        type=float,
        metavar='STRENGTH',
        help='smooth the rotations so strongly, by the smoother one-euro: 1 as it is, 2 '
        'twice as long',
    )
    video.add_argument(
        '--stability',
        action='store_true',
        help='with --smooth: report how calm each face of a video is, before and after '
        'smoothing (jitter), and how much later (lag)',
    )
    zero = parser.add_argument_group('zero of the angles')
    which = zero.add_mutually_exclusive_group()
    which.add_argument(
        '--neutral',
        type=_neutral,
        metavar='SECONDS|Y,P,R',
        help='angles relative to the neutral pose of a person: the mean of the first '
        'SECONDS of each face in a video, or yaw, pitch, roll in degrees (-5,12,0: write '
        '--neutral=-5,12,0)',
    )
    which.add_argument(
        '--camera-tilt',
        type=float,
        metavar='DEGREES',
        help='the camera looks down by so much: angles as a level camera sees them',
    )
    output = parser.add_argument_group('output')
    output.add_argument(
        '--out',
        type=Path,
        metavar='DIR',
        help='write the pictures and predictions.jsonl there',
    )
    output.add_argument(
        '--draw',
        choices=['axes', 'cube', 'landmarks', 'mesh', 'structure', 'none'],
        default='axes',
        help='landmarks and mesh: the points that the method, or else the detector, finds',
    )
    output.add_argument(
        '--plot',
        action='store_true',
        help='write a plot of the angles over time to --out, for each video',
    )
    output.add_argument(
        '--compact',
        action='store_true',
        help='short lines of --json and of predictions.jsonl: what most users need',
    )
    lines = output.add_mutually_exclusive_group()
    lines.add_argument(
        '--lines',
        action='store_true',
        help='print a line for each face of a video on a terminal, too, where else a '
        'progress bar is drawn',
    )
    lines.add_argument('--json', action='store_true', help='print JSON, a face a line')
    lines.add_argument('--csv', action='store_true', help='print CSV')


def _neutral(text: str) -> float | list[float]:
    """Seconds, or yaw, pitch and roll in degrees."""
    numbers = [float(part) for part in text.split(',')]
    if len(numbers) == 3:
        return numbers
    if len(numbers) > 1 or numbers[0] < 0:
        raise argparse.ArgumentTypeError(
            f'give SECONDS or YAW,PITCH,ROLL, not {text!r}'
        )
    return numbers[0]


def run(args: argparse.Namespace) -> int:
    """Print the poses, and write what the options ask for.

    Returns:
        0, or 1 if something could not be read or written, or 2 after wrong settings.
    """
    from mmfsa.apis import HeadPoseInferencer
    from mmfsa.sources import expand, holds_image, holds_video

    _check(args)
    settings = predictor_settings(args)
    items = expand(args.source, args.allow_network)
    _check_sources(items)
    has_video = args.video or holds_video(items)
    if isinstance(args.neutral, float) and holds_image(items) and not args.video:
        raise ValueError(
            f'an image has no first {args.neutral:g} seconds: --neutral takes yaw, '
            'pitch, roll, or give --video'
        )
    _check_video(args, has_video)
    # A person looks at a video's progress: a bar says more than its lines.
    lines = args.json or args.csv or args.lines
    bar_alone = has_video and sys.stdout.isatty() and not lines
    shown = sys.stderr.isatty() and (bar_alone or not sys.stdout.isatty())
    # With several processes, this one has one thread, too.
    threads = network_threads(1) if args.workers > 1 else nullcontext()
    try:
        with threads:
            inferencer = HeadPoseInferencer(**settings, show_progress=shown)
    except OSError as e:  # a setting names a file that is not there
        raise ValueError(e) from e
    specs = inferencer.predictor.method.inputs
    if args.depth and not any('depth' in spec.modality for spec in specs):
        name = inferencer.predictor.method.name
        sys.stderr.write(f'--depth without effect: {name} sees the image alone\n')
    _predict(inferencer, items, args, bar_alone and shown)
    return 1 if inferencer.failures else 0


def _check(args: argparse.Namespace) -> None:
    for option in ('sheet', 'plot'):
        if getattr(args, option) and args.out is None:
            raise ValueError(f'--{option} needs --out')
    if args.plot:
        import_package('matplotlib')  # before the work, not after it
    if args.smoothing is not None:
        if not args.smoothing > 0:
            raise ValueError(f'--smoothing must be above 0, got {args.smoothing:g}')
        if args.smoother not in (None, 'one-euro'):
            raise ValueError(f'--smoothing is for one-euro alone, not {args.smoother}')
        args.smoother = 'one-euro'
    if args.smooth and args.smoother is None:
        args.smoother = SMOOTHERS[0]
    if args.stability and args.smoother is None:
        raise ValueError('--stability needs --smooth')
    if args.compact and not (args.json or args.out):
        raise ValueError('--compact needs --json or --out')


def _check_trust(args: argparse.Namespace) -> None:
    """Refuse to run the code of a config that nobody has said to trust."""
    names = *(args.model or '').split('+'), (args.detector or '').partition(':')[2]
    for name in [] if args.trust_config else names:
        if not name.endswith(CONFIGS) or not Path(name).is_file():
            continue
        from mmfsa.utils.configs import is_trusted

        if not is_trusted(name):
            raise ValueError(
                f'{name} is a config, which can run any code: where you trust it, give '
                '--trust-config, or name its folder in the environment variable '
                'MMFSA_CONFIGS'
            )


def _check_sources(items: list) -> None:
    """Look for the files before a model is loaded.

    Raises:
        FileNotFoundError: None of them is there.
    """
    from mmfsa.sources.streams import is_file

    missing = [str(i) for i in items if is_file(i) and not Path(i).exists()]
    if missing and len(missing) == len(items):
        more = f', and {len(missing) - 1} more' if len(missing) > 1 else ''
        raise FileNotFoundError(f'{missing[0]}: no such file or folder{more}')


def _check_video(args: argparse.Namespace, has_video: bool) -> None:
    """Say which options do nothing, as there is no video or no picture."""
    if not has_video:
        given = dict(plot=args.plot, smooth=args.smooth)
        given['smoother'] = args.smoother and not args.smooth and args.smoothing is None
        given['stability'] = args.stability
        given['detect-every'] = (args.detect_every or 1) > 1
        given['follow'] = args.follow
        given['smoothing'] = args.smoothing is not None
        unused = ', '.join(f'--{option}' for option, on in given.items() if on)
        if unused:
            sys.stderr.write(
                f'{unused} without effect: there is no video (--video makes one of '
                'images)\n'
            )
    if args.draw not in ('axes', 'none') and not (args.out or args.show):
        sys.stderr.write(f'--draw {args.draw} without effect: give --out or --show\n')


def _predict(
    inferencer: 'HeadPoseInferencer',
    items: list,
    args: argparse.Namespace,
    bar_alone: bool,
) -> None:
    """Print every face, and write what the options ask for."""
    stability = StabilityReport([args.smoother], **_strength(args))
    smoother = stability.smoother if args.stability else _smoother(args)
    results = inferencer(
        items,
        batch_size=args.batch_size,
        as_video=args.video,
        detect_every=args.detect_every,
        follow=args.follow,
        smooth=args.smoother and smoother,
        draw='axes' if args.draw == 'none' else args.draw,
        return_vis=args.sheet,
        show=args.show,
        vis_out_dir=None if args.draw == 'none' else args.out,
        pred_out_dir=args.out,
        allow_network=args.allow_network,
        depth=args.depth,
        workers=args.workers,
        image_size=args.image_size,
        compact=args.compact,
        neutral=args.neutral if args.camera_tilt is None else (0, -args.camera_tilt, 0),
    )
    images = faces = 0
    summary = Summary(args)
    with closing(results), summary:
        write = line_writer(args)
        for result in results:
            images += len(result['predictions'])
            for record in chain.from_iterable(result['predictions']):
                faces += 1
                if not bar_alone or record['frame'] is None:
                    write(record)
                summary.add_record(record)
            summary.add_pictures(result['visualization'], result['predictions'])
    failed = len(inferencer.failures)
    for line in stability.lines():
        sys.stderr.write(f'{line}\n')
    sys.stderr.write(f'images: {images}, faces: {faces}, not read: {failed}\n')


def _strength(args: argparse.Namespace) -> dict:
    """What --smoothing says to the filters."""
    return {} if args.smoothing is None else dict(strength=args.smoothing)


def _smoother(args: argparse.Namespace) -> 'Callable[[str], PoseSmoother]':
    """What makes the smoother of a video from its name."""
    from mmfsa.tracking import PoseSmoother

    return lambda _: PoseSmoother(args.smoother, **_strength(args))
