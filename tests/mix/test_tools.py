"""A user's way: the training tools of mmfsa and of MMPose, and the export."""

import json
from pathlib import Path

import numpy as np
import torch
from mmengine import Config
from mmengine.registry import MODELS, DefaultScope

from mmfsa.deploy import ModelCard, export_onnx
from mmfsa.zoo import config_dir

MIX = config_dir() / 'mix'
IN_THIS_PROCESS = [
    f'{loader}_dataloader.{setting}'
    for loader in ('train', 'val')
    for setting in ('num_workers=0', 'persistent_workers=False')
]


def test_mmfsa_trains_a_backbone_of_mmpose(mmpose, run_tool, data_root, tmp_path):
    run_tool(
        'train.py',
        MIX / 'fsa_mobilenetv2_p1.py',
        *('--data-root', data_root, '--work-dir', tmp_path, '--no-validate'),
        *('--cfg-options', 'train_cfg.max_epochs=1', 'train_dataloader.batch_size=2'),
        'model.backbone.init_cfg=None',  # weights from the net
        'train_dataloader.dataset.split=None',
    )
    saved = torch.load(tmp_path / 'epoch_1.pth', weights_only=True)
    assert 'backbone.layer7.0.conv.2.conv.weight' in saved['state_dict']

    # Any index serves as a test set. The card says that the network takes RGB.
    test_set = 'test_sets.aflw2000.dataloader'
    run_tool(
        'test.py',
        *(MIX / 'fsa_mobilenetv2_p1.py', tmp_path / 'epoch_1.pth'),
        *('--test-set', 'aflw2000', '--allow-partial', '--work-dir', tmp_path / 'test'),
        *('--out', tmp_path / 'results.json', '--cfg-options'),
        f'{test_set}.dataset.data_root={data_root}/300wlp',
        f'{test_set}.num_workers=0',
        'model.backbone.init_cfg=None',
    )
    results = json.loads((tmp_path / 'results.json').read_text())
    assert results['protocol']['color_order'] == 'RGB'


def test_mmpose_trains_and_scores_parts_of_mmfsa(mmpose, run_tool, data_root, tmp_path):
    folder = Path(mmpose.__file__).parent / '.mim/tools'
    roots = [
        f'{loader}_dataloader.dataset.data_root={data_root}/wflw/'
        for loader in ('train', 'val')
    ]
    run_tool(
        folder / 'train.py',
        MIX / 'td-reg_two-stream_wflw.py',
        *('--work-dir', tmp_path, '--cfg-options', *roots, *IN_THIS_PROCESS),
        *('train_cfg.max_epochs=1', 'train_cfg.val_interval=1'),
    )
    log = next(tmp_path.glob('*/*.log')).read_text()
    assert 'Epoch(val) [1][1/1]    NME: ' in log
    saved = torch.load(tmp_path / 'epoch_1.pth', weights_only=False)  # our own file
    assert 'neck.mapping.f_M.weight' in saved['state_dict']


def test_a_mixed_model_exports(mmpose, tmp_path):
    cfg = Config.fromfile(MIX / 'fsa_mobilenetv2_p1.py')
    with DefaultScope.overwrite_default_scope('mmfsa'):
        model = MODELS.build(cfg.model)
    model.train()(torch.rand(8, 3, 64, 64))  # statistics of batch normalisation
    card = ModelCard.of(model, 'fsa_mobilenetv2_p1', __file__)
    worst = export_onnx(model.eval(), tmp_path / 'model.onnx', card)
    assert worst['max'] < 1e-3
    assert np.isfinite(worst['geodesic_max'])
