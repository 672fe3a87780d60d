"""Measure how fast a model is, and how fast it is once deployed, all side by side.

On the CPU with one thread and with all, torch, ONNX Runtime and OpenVINO take turns, so
that whatever else the machine does disturbs all of them alike; ResNet-50 at 224x224, the
backbone of many head pose estimators, is there to compare with. Where there is a GPU,
torch and the engines are timed there, by CUDA events. With --steps, instead, what each
simplification of the exported graph gives in ONNX Runtime. With --frames, instead, the way
from a frame to poses by its parts: detector, crop, network; and following known faces.
Other models of the zoo can stand beside it, such as mediapipe_mesh.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mmengine import Config

from mmfsa.utils.cli import keep_inputs, positive

from .options import add_model_arguments, named_model

if TYPE_CHECKING:
    from mmfsa.apis import HeadPosePredictor


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa benchmark` and tools/deployment/benchmark.py."""
    add_model_arguments(parser, '*', '.onnx and .engine files')
    parser.add_argument(
        '--batch-sizes',
        type=positive,
        nargs='+',
        help='1 and 64; on a GPU 1, 16, 256, 4096',
    )
    parser.add_argument('--rounds', type=positive, default=50)
    parser.add_argument('--device', choices=('cpu', 'cuda'), default='cpu')
    parser.add_argument(
        '--steps', action='store_true', help='time the simplifications of the graph'
    )
    parser.add_argument(
        '--frames',
        type=Path,
        metavar='PHOTO',
        help='time frames of 640x480 with 1, 5 and 20 times its largest face, on one '
        'thread and on two',
    )
    parser.add_argument(
        '--detector', help='of --frames, see `mmfsa predict --help`; near'
    )
    parser.add_argument(
        '--beside',
        nargs='+',
        default=[],
        metavar='NAME',
        help='with --frames: models of the zoo, whose whole way is timed in the same run',
    )
    parser.add_argument('--out', type=Path, metavar='JSON')
    parser.add_argument('--plot', type=Path, metavar='PNG')


def run(args: argparse.Namespace) -> int:
    """Time the model and its files, and write what the options ask for."""
    from mmfsa.deploy import ModelCard, timing
    from mmfsa.methods import load_model
    from mmfsa.utils import register_all_modules
    from mmfsa.utils.files import write_json

    _refuse_unused(args)
    register_all_modules()
    cfg, checkpoint, name, files = named_model(args, 'benchmark')
    keep_inputs([args.out, args.plot], [checkpoint, *files, args.frames])
    if args.frames:
        return _time_frames(args, cfg, [checkpoint, *files][-1])
    model, _ = load_model(cfg, checkpoint, args.trust_checkpoint)
    card = ModelCard.of(model, name, checkpoint)
    on_gpu = args.device == 'cuda'
    how = args.batch_sizes, args.rounds
    if on_gpu:
        rows = timing.time_on_gpu(model, card, files, *how)
    elif args.steps:
        rows = timing.time_steps(model, card, *how)
    else:
        rows = timing.time_on_cpu(model, card, files, *how)
    print('Milliseconds a call')
    print(timing.timing_table(rows))
    if args.plot:
        timing.plot_timing(rows, args.plot)
    if args.out:
        sizes = {path.name: path.stat().st_size for path in files}
        about = timing.describe_machine(on_gpu)
        content = dict(config=card.config, **about, file_bytes=sizes, rows=rows)
        write_json(content, args.out)
    return 0


def _refuse_unused(args: argparse.Namespace) -> None:
    """Refuse options that would change nothing."""
    if args.frames:
        mode, unused = '--frames', ('device', 'batch_sizes', 'steps', 'plot')
    elif args.steps:
        mode, unused = '--steps', ('device', 'detector', 'beside')
    else:
        mode, unused = 'no --frames', ('detector', 'beside')
    for name in unused:
        if getattr(args, name) not in (None, False, 'cpu', []):
            option = name.replace('_', '-')
            raise ValueError(f'--{option} changes nothing with {mode}: leave it out')


def _time_frames(args: argparse.Namespace, cfg: Config, weights: Path) -> int:
    """Time the way from frames to poses, with the last of the files that are named."""
    from mmfsa.apis import HeadPosePredictor
    from mmfsa.deploy.timing import describe_machine
    from mmfsa.evaluation.inference_speed import frames_table, time_frames
    from mmfsa.utils.files import write_json
    from mmfsa.zoo import get_config

    detector = args.detector or 'near'

    def maker(
        model: Config | str, weights: Path | None
    ) -> Callable[[int], 'HeadPosePredictor']:
        settings = dict(detector=detector, trust_pickle=args.trust_checkpoint)
        if isinstance(model, Config) or 'model' in get_config(model):
            settings['backend'] = 'onnxruntime'
        return lambda number: HeadPosePredictor(
            model, weights, threads=number, **settings
        )

    beside = {name: maker(name, None) for name in args.beside}
    make = maker(cfg, weights)
    rows = time_frames(make, args.frames, rounds=args.rounds, beside=beside)
    print(frames_table(rows))
    if args.out:
        write_json(dict(detector=detector, **describe_machine(), rows=rows), args.out)
    return 0
