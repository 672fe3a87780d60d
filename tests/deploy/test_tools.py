"""The tools of deployment, and the verbs that they are."""

import io
import json
import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest

from mmfsa.cli import main
from mmfsa.datasets.transforms import CropFace
from mmfsa.deploy.parity import reference_poses
from mmfsa.zoo import config_dir

CONFIG = config_dir() / 'fsa_caps_1x1_p1.py'


@pytest.fixture(scope='module')
def mmfsa():
    """Run the command; its exit status, and all that it prints and reports."""

    def run(*arguments):
        said = io.TextIOWrapper(io.BytesIO(), encoding='utf-8')
        with (
            pytest.MonkeyPatch.context() as patch,
            redirect_stdout(said),
            redirect_stderr(said),
        ):
            patch.setenv('COLUMNS', '200')
            status = main([*map(str, arguments)])
            said.flush()
        return status, said.buffer.getvalue().decode()

    return run


@pytest.fixture(scope='module')
def checkpoint(model_file):
    return model_file('fsa_caps_1x1_p1')[2].with_suffix('.pth')


@pytest.fixture(scope='module')
def faces(crops, tmp_path_factory):
    """A data set of 20 blobs, with some labels."""
    path = tmp_path_factory.mktemp('faces') / 'faces.npz'
    rng = np.random.default_rng(0)
    np.savez(path, image=crops[:20], pose=rng.uniform(-60, 60, (20, 3)))
    return path


@pytest.fixture(scope='module')
def files(run_tool, checkpoint, faces, tmp_path_factory):
    """The model exported and converted by the tools: the folder."""
    folder = tmp_path_factory.mktemp('files')
    for command in (
        ('export_onnx.py', CONFIG, checkpoint, folder / 'fp32.onnx', '--crops', faces),
        ('convert_precision.py', folder / 'fp32.onnx', folder / 'fp16.onnx', '--fp16'),
        ('convert_precision.py', folder / 'fp32.onnx', folder / 'int8.onnx', '--int8'),
    ):
        if command[0] == 'convert_precision.py':
            command += ('--crops', faces, '--num', 8)
        said = run_tool(f'deployment/{command[0]}', *command[1:])
        with (folder / 'said.txt').open('a') as file:
            file.write(said)
    return folder


def test_export_and_convert_say_what_they_did(files):
    said = (files / 'said.txt').read_text()
    assert re.search(r'fp32\.onnx: 0\.99 MB, at most \d\.\de-0\d° from torch on', said)
    assert 'random crops and 20 real ones' in said
    assert re.search(r'fp16\.onnx: 0\.99 → 0\.5\d MB', said)
    rows = re.findall(r'\| (/\S+) +\| (\d\.\d{3}) +\| (float|int8)', said)
    assert len(rows) == 39
    for _, cost, kind in rows:
        assert abs(float(cost) - 0.1) < 1e-3 or (float(cost) > 0.1) == (kind == 'float')


def test_verify_passes_and_fails_by_the_gates(
    mmfsa, run_tool, checkpoint, files, faces, tmp_path
):
    out = tmp_path / 'verify.json'
    run_tool(
        *('deployment/verify.py', CONFIG, checkpoint),
        *(files / 'fp32.onnx', files / 'fp16.onnx', '--crops', faces, '--out', out),
    )
    verify = 'verify', CONFIG, checkpoint
    result = json.loads(out.read_text())
    assert result['crops']['num'] == 20
    rows = {(row['file'], row['backend']): row for row in result['rows']}
    row = rows['fp32.onnx', 'onnxruntime']
    assert row['max'] < 1e-3
    assert row['geodesic_max'] < 2e-3
    assert row['MAE'] > 1
    assert not row['failed']
    openvino = rows['fp16.onnx', 'openvino']
    assert ('skipped' in openvino) == (find_spec('openvino') is None)

    # A float16 file that claims to be float32 is beyond that gate.
    proto = onnx.load(files / 'fp16.onnx')
    for entry in proto.metadata_props:
        if entry.key == 'mmfsa.precision':
            entry.value = '"fp32"'
    onnx.save(proto, tmp_path / 'false.onnx')
    status, said = mmfsa(*verify, tmp_path / 'false.onnx', '--crops', faces)
    assert status == 1
    assert re.search(r'max is 0\.0\d+°, the gate of fp32 is 0\.001°', said)

    # Without labels an int8 file can't be judged, and does not pass.
    images = tmp_path / 'images'
    images.mkdir()
    cv2.imwrite(str(images / '0.png'), np.full((64, 64, 3), 99, np.uint8))
    status, said = mmfsa(*verify, files / 'int8.onnx', '--crops', images)
    assert status == 1
    assert 'MAE_drift needs a labelled data set' in said


def test_build_engine(run_tool, files, tmp_path):
    pytest.importorskip('tensorrt_rtx', reason='TensorRT-RTX is not installed')
    build = 'deployment/build_engine.py', files / 'fp16.onnx', tmp_path / 'fp16.engine'
    profile = '--profile', 1, 4, 16
    rtx = '--runtime', 'tensorrt-rtx', '--targets', 86, 89
    said = run_tool(*build, *profile, *rtx)
    assert re.search(r'fp16\.engine: \d\.\d+ MB from 167 layers.*: 34 HALF;', said)
    assert (tmp_path / 'fp16.engine.json').is_file()

    said = run_tool(*build, '--profile', 4, 1, 16, *rtx, fails=True)
    assert 'error: the profile must be 1 <= MIN <= OPT <= MAX' in said
    if find_spec('tensorrt') is None:
        said = run_tool(*build, *profile, fails=True)
        assert said.startswith('error: tensorrt does not import')
        assert '\n' not in said


def test_benchmark(run_tool, checkpoint, tmp_path):
    out, picture = tmp_path / 'benchmark.json', tmp_path / 'benchmark.png'
    run_tool(
        'deployment/benchmark.py',
        CONFIG,
        checkpoint,
        '--steps',
        '--rounds=1',
        '--batch-sizes=1',
        f'--out={out}',
        f'--plot={picture}',
    )
    result = json.loads(out.read_text())
    labels = [row['model'] for row in result['rows']]
    assert labels[:2] == ['as it is', 'batch norms folded']
    for row in result['rows']:
        assert 0 < row['best'] <= row['p50'] <= row['p95'] <= row['p99']
        assert row['images_per_second'] == pytest.approx(1e3 / row['p50'])
    assert result['versions']['onnxruntime']
    assert result['peak_memory_bytes'] > 1e8
    assert picture.stat().st_size > 1e4


@pytest.mark.slow  # torch.compile
def test_benchmark_of_everything(run_tool, checkpoint, files, tmp_path):
    out = tmp_path / 'benchmark.json'
    run_tool(
        'deployment/benchmark.py',
        CONFIG,
        checkpoint,
        '--rounds=1',
        '--batch-sizes=1',
        f'--out={out}',
        files / 'fp32.onnx',
    )
    labels = {row['model'] for row in json.loads(out.read_text())['rows']}
    assert {'torch-compile', 'onnxruntime, fp32.onnx'} < labels
    assert 'torch, ResNet-50 at 224x224' in labels


@pytest.fixture(scope='module')
def scored(mmfsa, faces, tmp_path_factory):
    """Score with tools/test.py on the blobs: (status, output, metrics)."""
    folder = tmp_path_factory.mktemp('scored')
    config = folder / 'blobs_p1.py'
    config.write_text(f"""
_base_ = {str(CONFIG)!r}
test_sets = None
test_dataloader = dict(
    num_workers=0,
    persistent_workers=False,
    dataset=dict(
        _delete_=True,
        type='HeadPoseDataset',
        ann_file={str(faces)!r},
        pipeline=[
            dict(type='LoadImageFromFile'),
            dict(type='CropFace'),
            dict(type='PackHeadPoseInputs'),
        ],
        test_mode=True,
    ),
)
test_evaluator = dict(_delete_=True, type='HeadPoseMetric')
custom_hooks = [dict(type='EMAHook')]
""")

    def score(weights, *arguments, config=config):
        out = folder / 'results.json'
        out.unlink(missing_ok=True)
        status, said = mmfsa(
            *('test', config, weights, '--out', out),
            *('--work-dir', folder / 'work', *arguments),
        )
        return status, said, json.loads(out.read_text()) if status == 0 else {}

    return score


def test_every_backend_scores_the_same(scored, checkpoint, files):
    _, said, reference = scored(checkpoint)
    assert reference, said
    runs = {
        'torch': checkpoint,
        'onnxruntime': files / 'fp32.onnx',
        'openvino': checkpoint,  # exported on the fly
    }
    if find_spec('openvino') is None:
        runs.pop('openvino')
    for backend, weights in runs.items():
        status, said, results = scored(weights, '--backend', backend)
        assert status == 0, said
        assert results['metrics'] == pytest.approx(reference['metrics'], abs=1e-3)
        assert results['backend'] == backend
        assert results['checkpoint']['file'] == weights.name
        assert Path(results['checkpoint']['config']).stem == CONFIG.stem
    assert reference['metrics']['head_pose/MAE'] > 1


def test_a_flip_test_is_done_and_stated_or_refused(
    scored, mmfsa, checkpoint, files, faces, tmp_path
):
    path = tmp_path / 'flip.onnx'
    status, said = mmfsa('export', CONFIG, checkpoint, '--flip-test', path)
    assert status == 0, said
    asked = ('--cfg-options', 'model.test_cfg.flip_test=True')
    _, said, reference = scored(checkpoint, *asked)
    assert reference['protocol']['flip_test'] is True, said
    _, said, exported = scored(path, '--backend', 'onnxruntime', *asked)
    assert exported['protocol']['flip_test'] is True, said
    assert exported['metrics'] == pytest.approx(reference['metrics'], abs=1e-3)
    _, _, once = scored(checkpoint)
    assert once['protocol']['flip_test'] is False
    assert once['metrics']['head_pose/MAE'] != pytest.approx(
        reference['metrics']['head_pose/MAE'], abs=0.01
    )
    # The file has the flip test: nobody needs to ask for it.
    status, said, unasked = scored(path, '--backend', 'onnxruntime')
    assert status == 0, said
    assert unasked['protocol']['flip_test'] is True
    assert unasked['metrics'] == exported['metrics']
    verify = ('verify', CONFIG, checkpoint, path, '--crops', faces)
    assert mmfsa(*verify, '--flip-test')[0] == 0
    status, said = mmfsa(*verify)
    assert status == 2
    assert 'exported with --flip-test: compare it with the same' in said
    status, said, _ = scored(files / 'fp32.onnx', '--backend', 'onnxruntime', *asked)
    assert status == 2
    assert 'exported without the flip test' in said


def test_where_results_go_is_looked_at_before_anything_is_scored(mmfsa, tmp_path):
    options = ('--work-dir', tmp_path / 'work', '--out', tmp_path)
    status, said = mmfsa('test', CONFIG, tmp_path / 'absent.pth', *options)
    assert status == 1
    assert 'is a folder: give a file in it' in said


def test_files_that_a_backend_does_not_take(scored, files, checkpoint):
    status, said, _ = scored(files / 'fp32.onnx', '--backend', 'torch')
    assert status == 2
    assert 'fp32.onnx is an exported file, which torch does not run' in said
    status, said, _ = scored(checkpoint, '--backend', 'tensorrt')
    assert status in (1, 2)


def test_the_crop_of_the_file_counts(scored, checkpoint, model_file, write_index):
    """A file of the second protocol, scored by a config of the first."""
    photos = f'test_dataloader.dataset.ann_file={write_index()}/index.json'
    options = '--cfg-options', photos
    _, said, own = scored(checkpoint, *options)
    assert own['protocol']['crop'] == model_file('fsa_caps_1x1_p1')[1].inputs.rule, said
    _, card, path = model_file('fsa_caps_1x1_p2')
    status, said, other = scored(path, '--backend', 'onnxruntime', *options)
    assert status == 0, said
    assert other['protocol']['crop'] == card.inputs.rule != own['protocol']['crop']
    assert other['metrics'] != pytest.approx(own['metrics'], abs=0.01)
    # A config with the file's crop sees the same in the checkpoint of these weights.
    rule = card.inputs.to_dict()['crop']
    crop = [f'model.inputs.crop.{key}={rule[key]}' for key in ('box', 'inclusive')]
    crop.append(f'model.inputs.crop.pad={rule["pad"][0]}')
    _, said, expected = scored(path.with_suffix('.pth'), *options, *crop)
    assert other['metrics'] == pytest.approx(expected['metrics'], abs=1e-3), said


@pytest.mark.parametrize(
    ('name', 'kind'),
    [
        ('fsa_caps_1x1_p1', 'visible'),
        ('fsa_caps_1x1_p2', 'visible'),
        ('fsa_caps_1x1_p2', 'mtcnn'),
    ],
)
def test_the_demo_without_torch(name, kind, model_file, tmp_path):
    model, card, path = model_file(name)
    photo = cv2.resize(
        np.random.default_rng(1).integers(0, 256, (9, 12, 3), np.uint8), (400, 300)
    )
    cv2.imwrite(str(tmp_path / 'photo.png'), photo)
    box = 150, 80, 260, 210
    given = [*map(str, box), *([] if kind == 'visible' else [kind])]
    run = (
        'import runpy, sys; sys.modules |= dict.fromkeys(("torch", "mmengine"))\n'
        'runpy.run_path(sys.argv.pop(1))'
    )
    demo = Path(__file__).resolve().parents[2] / 'demo/onnxruntime_demo.py'
    said = subprocess.run(
        [sys.executable, '-c', run, demo, path, tmp_path / 'photo.png', *given],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    results = dict(img=photo, boxes={kind: np.array(box)})
    crop = CropFace(inputs=card.inputs).transform(results)['img']
    expected = reference_poses(model, crop[None])[0]
    numbers = [float(n) for n in re.findall(r'-?\d+\.\d', said)[:3]]
    np.testing.assert_allclose(numbers, expected, atol=0.051)


def test_the_demo_says_what_is_wrong(model_file, tmp_path):
    import onnx

    _, _, path = model_file('fsa_caps_1x1_p1')
    foreign = onnx.load(path)
    del foreign.metadata_props[:]
    onnx.save(foreign, tmp_path / 'foreign.onnx')
    demo = Path(__file__).resolve().parents[2] / 'demo/onnxruntime_demo.py'

    def said(*arguments):
        command = [sys.executable, demo, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True).stderr.strip()

    box = 150, 80, 260, 210
    assert said(tmp_path / 'foreign.onnx', 'a.png', *box) == (
        f'error: {tmp_path}/foreign.onnx does not say what it takes: write it with '
        '`mmfsa export`'
    )
    assert 'is not X1 Y1 X2 Y2 with X1 < X2' in said(path, 'a.png', 260, 80, 150, 210)
    assert said(path, 'a.png', 1, 2).startswith('usage: ')
