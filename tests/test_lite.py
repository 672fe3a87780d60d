"""Without torch and mmengine the same poses: `mmfsa.lite`, and `mmfsa predict`."""

import json
import subprocess
import sys

import cv2
import numpy as np
import pytest

from mmfsa import HeadPoseInferencer
from mmfsa.cli import main
from mmfsa.lite import HeadPose

NAMES = 'small.aflw_teachers', 'nano.aflw_teachers'
ANGLES = 'yaw', 'pitch', 'roll'
# None in the table of modules is an ImportError for whoever imports one.
BLOCKED = ('torch', 'mmengine', 'mmcv', 'scipy')
BLOCK = f'import sys; sys.modules.update(dict.fromkeys({BLOCKED}))\n'
WITHOUT = """
import json
import cv2
from mmfsa.cli import main
from mmfsa.lite import HeadPose

picture, folder = sys.argv[1:]
image = cv2.imread(picture)
found = {}
for backend in ('onnxruntime', 'opencv'):
    for name in (None, 'nano'):
        found[f'{backend} {name}'] = HeadPose(name, backend, 'mtcnn')(image)
video = HeadPose('nano', detector='mtcnn', follow=True, smooth=True)
found['video'] = [video(image)[0]['track_id'] for _ in range(3)]
status = main(
    ['predict', picture, '--detector', 'mtcnn', '--out', folder, '--draw', 'cube']
)
print(json.dumps(dict(found=found, status=status)))
"""


def run(code, *arguments):
    """What a process of its own prints."""
    command = [sys.executable, '-c', code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope='module')
def picture(renderer_of, tmp_path_factory):
    """A picture of two rendered heads before a plain wall."""
    render = renderer_of(240)
    heads = [
        render(seed, 5, 0, pose=pose).image
        for seed, pose in ((0, [25, -8, 4]), (1, [-20, 5, 0]))
    ]
    image = np.full((300, 560, 3), 128, np.uint8)
    for i, head in enumerate(heads):
        image[30:270, 20 + 280 * i : 260 + 280 * i] = head
    path = tmp_path_factory.mktemp('lite') / 'two_heads.png'
    cv2.imwrite(str(path), image)
    return path


@pytest.fixture(scope='module')
def without_torch(picture):
    printed = run(BLOCK + WITHOUT, picture, picture.parent / 'out')
    return json.loads(printed.splitlines()[-1])


def angles(records):
    return np.array([[record[key] for key in ANGLES] for record in records])


def with_torch(picture, model):
    inferencer = HeadPoseInferencer(model, detector='mtcnn', backend='torch')
    (result,) = inferencer(picture)
    return result['predictions'][0]


@pytest.mark.parametrize('backend', ['onnxruntime', 'opencv'])
@pytest.mark.parametrize('name', NAMES)
def test_the_same_records(picture, without_torch, backend, name):
    asked = None if name == NAMES[0] else 'nano'
    found = without_torch['found'][f'{backend} {asked}']
    expected = with_torch(picture, name)
    assert len(found) == len(expected) == 2
    # Records are rounded to thousandths.
    np.testing.assert_allclose(angles(found), angles(expected), atol=1.001e-3)
    for one, other in zip(found, expected, strict=True):
        assert one['model'] == other['model'] == name
        assert one.keys() == other.keys()
        for key in ('box', 'crop_box', 'score', 'landmarks', 'valid'):
            assert one[key] == other[key]


def test_a_face_on_its_side_is_seen_upright(lying_face, image):
    (face,) = HeadPose('nano', detector=lying_face)(image)
    inferencer = HeadPoseInferencer('nano', detector=lying_face, backend='onnxruntime')
    ((expected,),) = next(inferencer(image))['predictions']
    assert face['turned'] == expected['turned'] != 0
    np.testing.assert_allclose(angles([face]), angles([expected]), atol=1.001e-3)


def test_mmfsa_predict_gives_the_same(picture, without_torch):
    assert without_torch['status'] == 0
    folder = picture.parent / 'out'
    lines = (folder / 'predictions.jsonl').read_text().splitlines()
    expected = with_torch(picture, None)
    np.testing.assert_allclose(
        angles(map(json.loads, lines)), angles(expected), atol=1.001e-3
    )
    drawn = cv2.imread(str(folder / picture.name)).astype(int)
    assert np.abs(drawn - cv2.imread(str(picture))).max() > 100


def test_faces_of_a_video_keep_their_numbers(without_torch):
    assert without_torch['found']['video'] == [1, 1, 1]


def test_nothing_is_imported_that_is_not_needed():
    heavy = {*BLOCKED, 'onnx', 'matplotlib', 'rich'}
    code = 'import sys, mmfsa.lite; print(*sys.modules)'
    assert not heavy & {*run(code).split()}


def test_onnx_runtime_reports_nothing(tmp_path, monkeypatch):
    """It would keep a number of the device in the user's cache, and what it runs."""
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    monkeypatch.delenv('ORT_DISABLE_TELEMETRY', raising=False)
    code = """
import numpy, mmfsa.lite
head_pose = mmfsa.lite.HeadPose('nano', detector='none')
print(len(head_pose(numpy.zeros((80, 80, 3), numpy.uint8))))
"""
    assert run(code).split() == ['1']
    assert not (tmp_path / 'cache').exists()


@pytest.mark.parametrize('time', [np.nan, np.inf])
def test_a_time_that_is_no_number(image, time):
    head_pose = HeadPose('nano', detector='none', follow=True)
    with pytest.raises(ValueError, match='time must be a number of seconds'):
        head_pose(image, time=time)


def test_what_needs_torch_says_so(picture):
    code = BLOCK + (
        'from mmfsa.cli import main\n'
        "main(['predict', sys.argv[1], '--detector=none', '--model=opnet'])"
    )
    command = [sys.executable, '-c', code, str(picture)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stderr.startswith('mmfsa: torch does not import')
    assert "pip install 'mmfsa[all]'" in done.stderr


def test_a_plot_without_matplotlib_is_refused_at_once(picture, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, 'matplotlib', None)
    arguments = ['--plot', '--out', str(picture.parent / 'plot')]
    assert main(['predict', str(picture), '--detector=none', *arguments]) == 2
    captured = capsys.readouterr()
    assert 'pip install matplotlib' in captured.err and not captured.out


def test_wrong_settings(picture):
    with pytest.raises(ValueError, match='give follow=True'):
        HeadPose('nano', smooth=True)
    with pytest.raises(FileNotFoundError, match=r'no weights none\.onnx'):
        HeadPose('none.onnx')
    with pytest.raises(ValueError, match='the image is None'):
        HeadPose('nano', detector='none')(None)
    video = HeadPose('nano', detector='none', follow=True, smooth=True)
    image = cv2.imread(str(picture))
    video(image, 1.0)
    with pytest.raises(ValueError, match=r'at 0\.5 s follows one at 1\.0 s'):
        video(image, 0.5)


def test_weights_that_are_free(picture):
    (face,) = HeadPose(license='free', detector='none')(cv2.imread(str(picture)))
    assert face['model'] == 'fsa_caps_1x1.synthetic'
