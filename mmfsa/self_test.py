"""Does every backend that is at hand compute what torch computes?"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn as nn
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mmfsa import parts, zoo
from mmfsa.deploy import BACKENDS, ModelCard, build_backend, export_onnx
from mmfsa.deploy.parity import GATES, deviation, failures, reference_poses
from mmfsa.engine import save_checkpoint
from mmfsa.methods import load_model
from mmfsa.registry import MODELS
from mmfsa.utils import register_all_modules
from mmfsa.utils.files import temporary_folder

MODEL = 'fsa_caps_1x1.synthetic'
EXPORT = 'onnx', 'onnxscript'  # modules that it needs


@dataclass(frozen=True)
class Check:
    """How a backend did.

    Attributes:
        backend: One of :data:`mmfsa.deploy.BACKENDS`.
        ok: Whether it computes what torch computes; None where it was not tried.
        detail: The pose and the deviation, or the reason.
    """

    backend: str
    ok: bool | None
    detail: str


def run(console: Console, compiled: bool = False) -> list[str]:
    """Print how the backends do.

    Args:
        console: What prints it.
        compiled: Try `torch-compile`, too, which compiles for a minute.

    Returns:
        The problems, a line each.
    """
    bad = []
    model, weights = network()
    image, source = face(*model.inputs.size)
    table = Table('backend', 'agrees', 'pose of the image', title='self-test')
    for check in check_backends(model, image, compiled):
        agrees = {True: 'yes', False: 'NO', None: '-'}[check.ok]
        table.add_row(check.backend, agrees, escape(check.detail))
        if check.ok is False:
            bad.append(f'backend {check.backend}: {check.detail}')
    console.print(table)
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else 'none'
    console.print(
        f'{source} through {MODEL} with {weights}; a backend agrees with torch within '
        f'{GATES["fp32"]["max"]}°; GPU for torch: {gpu}\n'
    )
    return bad


def face(width: int, height: int) -> tuple[np.ndarray, str]:
    """A face crop (1, height, width, 3), BGR uint8, and what it is."""
    renderer = [part for part in parts.OPTIONAL if part.purpose == 'rendered heads']
    if all(part.state()[0] == parts.PRESENT for part in renderer):
        from mmfsa.synth.renderer import HeadRenderer

        size = max(width, height)
        head = HeadRenderer(image_size=size)(0, 5, 0, pose=[30, -10, 5])
        image = cv2.resize(head.image, (width, height))
        return image[None], 'a rendered head (yaw 30, pitch -10, roll 5)'
    down, right = np.arange(height), np.arange(width)
    image = np.stack([np.add.outer(down, k * right) for k in (1, 2, 3)], axis=-1)
    return image[None].astype(np.uint8), 'a colour ramp'


def network() -> tuple[nn.Module, str]:
    """The model, and what its weights are."""
    register_all_modules()
    cfg, packaged = zoo.find_model(MODEL)
    torch.manual_seed(0)
    if packaged is None:
        model = MODELS.build(cfg.model).eval()
        return model, 'random weights, so that the pose means nothing'
    model, _ = load_model(cfg, packaged)
    return model, f'the weights {packaged.name}'


def check_backends(
    model: nn.Module, image: np.ndarray, compiled: bool = False
) -> Iterator[Check]:
    """Run an image (1, height, width, 3) through every backend that is at hand."""
    reference = reference_poses(model, image)
    with temporary_folder() as folder:
        onnx = Path(folder) / 'model.onnx'
        for name in BACKENDS:
            skip = reason_to_skip(name, compiled)
            if skip is not None:
                yield Check(name, None, skip)
                continue
            try:
                source = model
                if not name.startswith('torch'):
                    source = prepare(name, model, onnx)
                pose = build_backend(name, source).estimate(image)
            except Exception as e:  # a backend's own errors can be anything
                yield Check(name, False, f'{type(e).__name__}: {e}'.splitlines()[0])
                continue
            measured = deviation(pose, reference)
            yaw, pitch, roll = pose[0]
            detail = (
                f'yaw {yaw:.2f}, pitch {pitch:.2f}, roll {roll:.2f}; '
                f'{measured["max"]:.1e}° from torch'
            )
            yield Check(name, not failures(measured, 'fp32'), detail)


def reason_to_skip(backend: str, compiled: bool) -> str | None:
    """Why a backend can't be tried here; None if it can."""
    if backend == 'torch':
        return None
    if backend == 'torch-compile':
        return None if compiled else 'compiles for a minute: mmfsa doctor --compile'
    by_module = {part.module: part for part in parts.OPTIONAL}
    own = by_module.get(backend.replace('-', '_'))  # what is required is there
    state = own.state()[0] if own else parts.PRESENT
    if state != parts.PRESENT:
        return (
            f'{"broken" if state == parts.BROKEN else "not installed"}: {own.install}'
        )
    if backend.startswith('tensorrt') and not torch.cuda.is_available():
        return 'runs on NVIDIA GPUs only, and torch sees none'
    for module in EXPORT:
        if by_module[module].state()[0] != parts.PRESENT:
            return f'the export needs {module}: {by_module[module].install}'
    return None


def prepare(backend: str, model: nn.Module, onnx: Path) -> Path:
    """The file that a backend runs: the ONNX file, or an engine built from it."""
    if not onnx.is_file():
        weights = onnx.with_suffix('.pth')
        save_checkpoint(dict(state_dict=model.state_dict(), meta={}), weights)
        export_onnx(model, onnx, ModelCard.of(model, MODEL, weights))
    if not backend.startswith('tensorrt'):
        return onnx
    from mmfsa.deploy.engine import build_engine

    engine = onnx.with_suffix('.engine')
    build_engine(onnx, engine, (1, 1, 1), package=backend.replace('-', '_'))
    return engine
