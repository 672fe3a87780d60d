"""A detector's box rule is measured on labelled faces."""

import numpy as np

from mmfsa.engine import save_checkpoint
from mmfsa.evaluation.detector_boxes import find, measure
from mmfsa.registry import MODELS
from mmfsa.structures import Faces
from mmfsa.zoo import get_config

NAME = 'fsa_none_wo_p1'


def test_the_rule_takes_the_boxes_to_those_of_the_landmarks():
    boxes = np.array([[0, 0, 100, 200], [50, 60, 150, 260]], float)
    landmarks = np.array([[10, 60, 90, 160], [60, 120, 140, 220]], float)
    rule = measure(boxes, landmarks)
    np.testing.assert_allclose(rule(boxes), landmarks, atol=0.2)


def test_the_box_of_the_labelled_face_is_found():
    boxes = np.array([[0, 0, 50, 50], [100, 100, 200, 200]], float)

    def detector(_):
        return Faces(boxes, 'crop')

    found = find(detector, None, np.array([110, 110, 200, 200], float))
    np.testing.assert_array_equal(found, boxes[1])
    assert np.isnan(find(detector, None, np.array([300, 300, 400, 400], float))).all()


def test_the_tool(run_tool, write_faces, tmp_path):
    """With the detector for which the whole image is the face."""
    state = MODELS.build(get_config(NAME).model).state_dict()
    weights = tmp_path / 'network.pth'
    save_checkpoint(dict(state_dict=state, meta=dict(config=f'{NAME}.py')), weights)
    face = np.full((90, 90, 3), 9, np.uint8), dict(face_box=[0, 0, 89, 89])
    write_faces(tmp_path, [face])
    printed = run_tool(
        'analysis_tools/calibrate_detector.py',
        *('none', '--data-root', tmp_path, '--weights', weights),
    )
    assert 'found 1 of 1 faces\nmeasured: BoxRule(width=1.0, height=1.0' in printed
    reported = run_tool(
        'analysis_tools/calibrate_detector.py',
        *('none', '--data-root', tmp_path, '--weights', tmp_path / 'none.pth'),
        fails=True,
    )
    assert reported.startswith('error: there are no weights')
