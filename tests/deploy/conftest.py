import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
import torch
from torch import nn

from mmfsa.deploy import ModelCard, export_onnx
from mmfsa.engine import load_weights, save_checkpoint
from mmfsa.models import (
    CapsuleAggregation,
    MatrixFisherHead,
    QuaternionHead,
    Rotation6DHead,
    VectorHead,
)
from mmfsa.registry import MODELS
from mmfsa.zoo import PACKAGE, get_config
from mmfsa.zoo.convert import convert

OFFICIAL = {
    'fsa_caps_1x1_p1': '300W_LP/fsanet_capsule_3_16_2_21_5',
    'fsa_caps_var_p1': '300W_LP/fsanet_var_capsule_3_16_2_21_5',
    'fsa_caps_wo_p1': '300W_LP/fsanet_noS_capsule_3_16_2_192_5',
}


@pytest.fixture(scope='session')
def crops():
    """Random blobs, smoother than noise, as faces are: (64, 64, 64, 3) BGR uint8."""
    noise = torch.rand(64, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    images = nn.functional.interpolate(noise, 64, mode='bilinear') * 255
    return images.permute(0, 2, 3, 1).to(torch.uint8).numpy()


@pytest.fixture(scope='session')
def random_model(crops):
    """Build a model whose random weights give every part something to say."""

    def build(name, **changes):
        torch.manual_seed(0)
        model = MODELS.build({**get_config(name).model, **changes})
        is_other = model.inputs.size != (64, 64)
        # Behind many shortcuts numbers would grow beyond what float32 tells apart.
        weights = (0.2, 0.8) if is_other else (0.5, 1.5)
        for module in model.modules():
            if isinstance(module, CapsuleAggregation):
                nn.init.normal_(module.weight, std=0.3)
            elif isinstance(module, nn.BatchNorm2d):
                nn.init.uniform_(module.weight, *weights)
                module.momentum = 1.0  # take the statistics of one batch
            if getattr(module, 'bias', None) is not None:
                nn.init.normal_(module.bias, std=0.2)
        head = getattr(model, 'head', None)
        if is_other or isinstance(head, VectorHead):
            look_ahead(head)
        images = torch.from_numpy(crops).permute(0, 3, 1, 2).float()
        if is_other:
            # Export compares on noise: its statistics must not be foreign.
            blobs = nn.functional.interpolate(images[:4], model.inputs.size[::-1])
            images = torch.cat([blobs, torch.rand_like(blobs) * 255])
        model.train()(model.data_preprocessor.normalize(images))
        return model.eval()

    return build


FRONTAL = {
    Rotation6DHead: torch.zeros(6),
    QuaternionHead: torch.tensor([0.0, 0, 0, 1]),
    MatrixFisherHead: 4 * torch.eye(3).flatten(),
}


@torch.no_grad()
def look_ahead(head):
    """Let a head say rotations near a frontal face's, which are well conditioned.

    Far from it, angles may be many times less exact than the rotation.
    """
    if isinstance(head, VectorHead):
        for axis, stages in enumerate(head.bins):
            for layer in stages:
                bins = torch.linspace(-1, 1, layer.out_features // 3)
                biases = layer.bias.unflatten(0, (3, -1))
                biases[axis] += 4 * bins / bins.square().sum()
    elif type(head) in FRONTAL:
        *_, last = (m for m in head.modules() if isinstance(m, nn.Linear))
        last.weight.mul_(0.01)
        last.bias.copy_(FRONTAL[type(head)])


@pytest.fixture(scope='session')
def model_file(random_model, tmp_path_factory):
    """The model of an experiment, exported once: (model, card, path of the ONNX file)."""
    folder = tmp_path_factory.mktemp('exported')
    exported = {}

    def export(name):
        if name not in exported:
            model = random_model(name)
            checkpoint = folder / f'{name}.pth'
            meta = dict(config=f'{name}.py')
            save_checkpoint(dict(state_dict=model.state_dict(), meta=meta), checkpoint)
            card = ModelCard.of(model, name, checkpoint)
            path = folder / f'{name}.onnx'
            export_onnx(model, path, card)
            exported[name] = model, card, path
        return exported[name]

    return export


@pytest.fixture
def caps(model_file):
    """The file of the model that the paper proposes."""
    return model_file('fsa_caps_1x1_p1')[2]


@pytest.fixture(scope='session')
def official(shared, tmp_path_factory):
    """The authors' model of an experiment; of the fusion, their three."""
    folder = tmp_path_factory.mktemp('official')

    def load(name):
        model = MODELS.build(get_config(name).model)
        if name == 'fsa_caps_fusion_p1':
            for part, source in zip(model.estimators, OFFICIAL, strict=True):
                part.load_state_dict(load(source).state_dict())
        else:
            path = folder / f'{name}.pth'
            convert(shared / 'weights/official' / f'{OFFICIAL[name]}.h5', path)
            load_weights(model, path)
        return model.eval()

    return load


@pytest.fixture(scope='session')
def official_file(official, tmp_path_factory):
    """The ONNX file of the authors' model of an experiment."""
    folder = tmp_path_factory.mktemp('official_onnx')

    def export(name):
        path = folder / f'{name}.onnx'
        if not path.is_file():
            model = official(name)
            export_onnx(model, path, ModelCard.of(model, name, __file__))
        return path

    return export


@pytest.fixture(scope='session')
def index(tmp_path_factory):
    """Convert a folder by a tool of `tools/dataset_converters` to its index."""

    def convert(tool, source):
        folder = tmp_path_factory.mktemp('data')
        path = PACKAGE.parent / 'tools/dataset_converters' / tool
        command = [sys.executable, path, source, '--out', folder]
        subprocess.run(command, check=True, capture_output=True)
        return folder / 'index.json'

    return convert


@pytest.fixture(scope='session')
def aflw2000(shared, index):
    """500 images of AFLW2000."""
    return index('aflw2000.py', shared / 'data/AFLW2000')


@pytest.fixture(scope='session')
def aflw(shared, index, tmp_path_factory):
    """64 crops of AFLW."""
    folder = tmp_path_factory.mktemp('aflw')
    source = shared / 'data/aflw_crops'
    rows = (source / 'labels.csv').read_text().splitlines()
    rows = [rows[0], *rows[1 :: len(rows) // 64][:64]]
    (folder / 'labels.csv').write_text('\n'.join(rows))
    names = {row.split(',')[0] for row in rows[1:]}
    with ZipFile(source / 'aflw_crops_96.zip') as archive:
        for info in archive.infolist():
            if Path(info.filename).name in names:
                (folder / Path(info.filename).name).write_bytes(archive.read(info))
    return index('aflw.py', folder)
