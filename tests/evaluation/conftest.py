"""Results files and faces for the tests of what reads them."""

import json
from dataclasses import asdict

import cv2
import numpy as np
import pytest

from mmfsa.datasets.transforms import CropFace
from mmfsa.evaluation import ProtocolCard, pose_errors

CARD = ProtocolCard(
    dataset='AFLW2000',
    num_kept=1969,
    num_found=2000,
    num_expected=1969,
    max_angle=99,
    box_source='landmarks',
    crop=CropFace(pad=0.6).rule,
    color_order='BGR',
    split=None,
    aligned=None,
)


@pytest.fixture
def ramps(write_faces, tmp_path):
    """Two pictures that get brighter by one step a pixel to the right."""
    image = np.tile(np.arange(256, dtype=np.uint8)[None, :, None], (256, 1, 3))
    face = image, dict(face_box=[64, 64, 192, 192])
    return write_faces(tmp_path, [face] * 2).parent


@pytest.fixture
def write_results(tmp_path):
    """Writes a results file whose yaws are 3 degrees too large, the fourth 23."""
    rng = np.random.RandomState(0)
    gt = rng.uniform(-40, 40, (40, 3))
    pred = gt + np.array([3, 0, 0])
    pred[3, 0] += 20
    predictions = []
    for i in range(len(gt)):
        path = tmp_path / f'{i}.png'
        cv2.imwrite(str(path), np.full((60, 90, 3), i, np.uint8))
        predictions.append(
            dict(img_path=str(path), img_id=i, gt=gt[i].tolist(), pred=pred[i].tolist())
        )
    metrics = {f'head_pose/{k}': v for k, v in pose_errors(pred, gt).items()}

    def write(name, config='fsa_caps_1x1_p1.py', faces=40, **card):
        content = dict(
            metrics=metrics,
            protocol=asdict(CARD) | card,
            checkpoint=dict(config=config),
            predictions=predictions[:faces],
        )
        path = tmp_path / name
        path.write_text(json.dumps(content))
        return path

    return write
