"""mmengine finds mmfsa: its scope, its configs, its models; and importing it is light."""

import subprocess
import sys

from mmengine import Config, DefaultScope
from mmengine.hub import get_config, get_model
from mmengine.infer import BaseInferencer

from mmfsa.registry import MODELS
from mmfsa.zoo import PACKAGE
from mmfsa.zoo import get_config as get_experiment


def test_get_config_and_get_model():
    """mmengine wants a folder in the name; the experiment files lie above `_base_`."""
    base = get_config('mmfsa::_base_/models/fsa_caps_var.py')
    assert base.model.neck.scoring.type == 'VarianceScoring'
    model = get_model('mmfsa::_base_/models/fsa_caps_var.py')
    assert type(model).__name__ == 'HeadPoseEstimator'
    name = 'fsa_caps_var_p1'
    via_base = get_config(f'mmfsa::_base_/../{name}.py')
    assert via_base.to_dict() == get_experiment(name).to_dict()


def test_inheriting_from_a_config_of_the_package(tmp_path):
    child = tmp_path / 'child.py'
    child.write_text(
        "_base_ = 'mmfsa::_base_/models/fsa_caps_1x1.py'\n"
        "model = dict(neck=dict(aggregation=dict(type='NetVLADAggregation')))\n"
    )
    cfg = Config.fromfile(child)
    assert (
        type(MODELS.build(cfg.model).neck.aggregation).__name__ == 'NetVLADAggregation'
    )


def test_inferencer_knows_the_models():
    names = BaseInferencer.list_models('mmfsa')
    assert 'fsa_caps_1x1_p1' in names
    for name in names:
        assert get_experiment(name).filename.endswith(f'{name}.py')


def test_inferencer_builds_a_model_by_its_name():
    class Inferencer(BaseInferencer):
        def _init_pipeline(self, cfg):
            return cfg.test_dataloader.dataset.pipeline

        def visualize(self, *_, **__): ...

        def postprocess(self, *_, **__): ...

    with DefaultScope.overwrite_default_scope('mmfsa'):
        inferencer = Inferencer('fsa_vlad_1x1_p1', scope='mmfsa', device='cpu')
    aggregation = inferencer.model.neck.aggregation
    assert type(aggregation).__name__ == 'NetVLADAggregation'


def test_type_with_scope_from_any_registry():
    from mmengine.registry import MODELS as ROOT

    backbone = ROOT.build(dict(type='mmfsa.TwoStreamBackbone'))
    assert backbone.out_shapes == ((64, 8, 8),) * 3


def run_code(code, warnings='ignore'):
    command = [sys.executable, '-W', warnings, '-c', code]
    return subprocess.run(command, capture_output=True, text=True)


def test_import_is_silent_and_light():
    """Beyond what torch and mmengine import, nothing heavy."""
    code = (
        'import sys, torch, mmengine.registry; before = {*sys.modules}; '
        'import mmfsa, mmfsa.registry, mmfsa.models, mmfsa.structures; '
        'print(*({*sys.modules} - before))'
    )
    done = run_code(code, warnings='always')
    assert done.returncode == 0, done.stderr
    assert f'{PACKAGE}/' not in done.stderr  # a checkout may be called mmfsa, too
    heavy = {
        'h5py',
        'matplotlib.pyplot',
        'mmpose',
        'onnx',
        'onnxruntime',
        'scipy',
        'tensorboard',
        'tensorrt',
    }
    assert not heavy & {*done.stdout.split()}


def test_mmfsa_may_be_imported_before_mmengine():
    code = (
        'import mmfsa.detection, sys; assert "mmengine" not in sys.modules; '
        'from mmengine.registry import MODELS; from mmengine.hub import get_config; '
        "get_config('mmfsa::_base_/../fsa_caps_wo_p1.py'); "
        "print(type(MODELS.build(dict(type='mmfsa.TwoStreamBackbone'))).__name__)"
    )
    done = run_code(code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] == 'TwoStreamBackbone'


def test_a_registry_may_be_what_imports_mmengine():
    code = "from mmfsa.registry import METHODS; print(METHODS.get('EnsembleMethod'))"
    done = run_code(code)
    assert 'mmfsa.methods.ensemble.EnsembleMethod' in done.stdout, done.stderr
