"""A network that says where its crop should lie looks again where a box is a guess."""

import numpy as np
import pytest

from mmfsa import create_model
from mmfsa.inputs import InputSpec, convert_boxes
from mmfsa.methods import CropMethod
from mmfsa.structures import Faces, Frame

SPEC = InputSpec(crop=dict(box='landmarks68', pad=0, square=True, border='replicate'))
BOX = np.float32([[60, 60, 160, 160]])


class Network:
    """Says that each crop should lie a tenth of it farther right, and a number of calls."""

    def __init__(self, offset=(0.1, 0, 0)):
        self.offset, self.calls = offset, 0

    def run_crops(self, crops):
        self.calls += 1
        ones = np.ones((len(crops), 1), np.float32)
        return dict(
            pose=ones * [10 * self.calls, 0, 0],
            rotation=np.tile(np.eye(3), (len(crops), 1, 1)),
            spread=ones[:, 0] * self.calls,
            crop_offset=ones * self.offset,
        )


@pytest.fixture
def look():
    """What a network says of a face, and how often it looked."""

    def run(kind, offset=(0.1, 0, 0), boxes=BOX):
        network = Network(offset)
        frame = Frame(np.zeros((240, 320, 3), np.uint8))
        poses = CropMethod(network, SPEC, 'a').predict(frame, Faces(boxes, kind))
        assert 'crop_offset' not in poses.extras
        return poses, network.calls

    return run


def test_a_detectors_box(look):
    poses, calls = look('blazeface')
    assert calls == 2
    np.testing.assert_allclose(poses.euler, [[15, 0, 0]], atol=1e-6)  # the mean
    assert poses.spread.tolist() == [1.5]
    width, height = np.diff(
        convert_boxes(BOX, 'blazeface', 'landmarks68').reshape(2, 2), axis=0
    )[0]
    left, _, right, _ = poses.extras['crop_box'][0]
    assert (left + right) / 2 == pytest.approx(110 + 0.1 * max(width, height), abs=1)


@pytest.mark.parametrize('kind', ['landmarks68', 'unnamed', 'crop'])
def test_a_box_that_is_exact(look, kind):
    poses, calls = look(kind)
    assert calls == 1 and poses.euler[0, 0] == 10 and poses.spread.tolist() == [1]


def test_crops_that_are_turned_get_one_look():
    network = Network()
    spec = SPEC.changed(crop=dict(align='eyes'))
    points = np.float32([[[80, 90], [130, 100], [105, 120], [90, 140], [120, 145]]])
    faces = Faces(BOX, 'blazeface', landmarks=points)
    frame = Frame(np.zeros((240, 320, 3), np.uint8))
    poses = CropMethod(network, spec, 'a').predict(frame, faces)
    assert network.calls == 1 and 'crop_offset' not in poses.extras


def test_an_offset_that_leads_nowhere(look):
    poses, _ = look('blazeface', offset=(np.nan, 0, 0))
    first, _ = look('blazeface', offset=(0, 0, 0))
    assert poses.extras['crop_box'] == first.extras['crop_box']
    # From the last pixels of the picture out of it.
    edge = np.float32([[316, 60, 416, 160]])
    poses, calls = look('blazeface', offset=(0.25, 0, 0), boxes=edge)
    assert calls == 2 and poses.valid.all()


def test_faces_without_a_pixel_stay_in_their_place(look):
    boxes = np.concatenate([BOX + 1000, BOX])
    poses, calls = look('centerface', boxes=boxes)
    assert calls == 2 and poses.valid.tolist() == [False, True]
    assert poses.extras['crop_box'][0] is None


def test_the_packaged_network_comes_nearer_to_the_face(renderer_of):
    method = create_model('nano', backend='onnxruntime', threads=1)
    before, after = [], []
    for subject in range(8):
        head = renderer_of(256)(seed=5, subject=subject, index=0)
        box = np.array(head.face_box, float)
        box += 0.1 * (box[2] - box[0]) * np.array([1, 0, 1, 0])
        guess = convert_boxes(box, 'landmarks68', 'visible')
        seen = [
            method.predict(Frame(head.image), Faces([one], kind))
            for one, kind in (
                (head.face_box, 'landmarks68'),
                (box, 'landmarks68'),
                (guess, 'visible'),
            )
        ]
        exact, one, two = (np.mean(poses.extras['crop_box'][0][::2]) for poses in seen)
        before.append(abs(one - exact))
        after.append(abs(two - exact))
    assert np.mean(after) < 0.8 * np.mean(before)
