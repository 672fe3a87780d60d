"""Networks of other authors, with their own weights, go every way that FSA-Net goes."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from mmfsa import HeadPoseInferencer, create_model
from mmfsa.cli import main
from mmfsa.zoo import metafile_models, network_of
from mmfsa.zoo.convert import convert

PEOPLE = Path(__file__).resolve().parents[2] / 'docs/images/people.jpg'
RIVALS = {
    network_of(model['Name']): model
    for model in metafile_models()
    if 'Weights' in model.get('Converted From', {})
    and not model['Config'].startswith('configs/fsa_')
    and not model['Config'].startswith('configs/ssrnet_')
}
BOXES = [[86, 203, 203, 368], [1009, 240, 1118, 387]]  # CenterFace's, of two faces
SEEN = [[-42, 5, 10], [46, -3, -7]]  # what OpNet sees in them
APART = 25  # degrees, the most that a weaker network sees otherwise


@pytest.fixture(scope='module')
def checkpoint(shared, tmp_path_factory):
    """The converted weights of a rival, by its name."""
    folder = tmp_path_factory.mktemp('rivals')

    def converted(name):
        path = folder / f'{name}.pth'
        if not path.exists():
            file = RIVALS[name]['Converted From']['Weights']
            (source,) = (shared / 'weights/rivals').rglob(file)
            convert(source, path)
        return path

    return converted


@pytest.fixture(scope='module')
def picture():
    """The two faces, side by side."""
    image = cv2.imread(str(PEOPLE))
    return np.concatenate([image[100:480, 0:300], image[100:480, 920:1220]], axis=1)


@pytest.mark.parametrize('name', RIVALS)
def test_photos_and_videos(name, checkpoint, picture, tmp_path):
    inferencer = HeadPoseInferencer(name, checkpoint(name), device='cpu')
    (result,) = inferencer(picture, draw='cube', return_vis=True)
    faces = sorted(result['predictions'][0], key=lambda face: face['box'][0])
    found = np.array([[face[k] for k in ('yaw', 'pitch', 'roll')] for face in faces])
    assert np.abs(found - SEEN).max() < APART
    assert result['visualization'][0].shape == picture.shape
    assert json.loads(json.dumps(faces)) == faces
    frames = list(inferencer([picture] * 3, as_video=True, smooth=True))
    assert [len(frame['predictions'][0]) for frame in frames] == [2, 2, 2]


@pytest.mark.slow
@pytest.mark.parametrize('name', RIVALS)
def test_exported_verified_and_timed(name, checkpoint, picture, tmp_path, capsys):
    onnx = tmp_path / f'{name}.onnx'
    files = [str(checkpoint(name)), str(onnx)]
    assert main(['export', name, *files]) == 0
    method = create_model(None, onnx)
    assert method.inputs == create_model(name, files[0], device='cpu').inputs
    crops = tmp_path / 'crops'
    crops.mkdir()
    cv2.imwrite(str(crops / 'face.png'), picture[80:300, 50:250])
    # The gate of 8 bits is an error on labelled faces, which there are none of.
    verified = main(['verify', name, *files, '--crops', str(crops)])
    assert verified == int(name.endswith('int8'))
    rounds = ['--batch-sizes', '1', '--rounds', '1']
    assert main(['benchmark', name, *files, *rounds]) == 0
    assert onnx.stem in capsys.readouterr().out
