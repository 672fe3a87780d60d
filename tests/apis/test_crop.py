import numpy as np
import pytest
from mmengine import Config
from mmfsa.apis.crop import FaceCropper

from mmfsa.datasets.transforms import CropFace
from mmfsa.detection import WholeImage
from mmfsa.zoo import find_model


@pytest.fixture
def image():
    return np.random.default_rng(0).integers(0, 256, (220, 330, 3), dtype=np.uint8)


@pytest.fixture
def cropper():
    return FaceCropper(find_model('fsa-caps-1x1-p1')[0], {})


@pytest.mark.parametrize(
    ('box', 'border'),
    [
        ((100, 60, 200, 160), 'clamp'),
        ((40, 60, 140, 160), 'clamp'),  # a crop of 220 loses 20 pixels
        ((20, 60, 120, 160), 'replicate'),  # 40
        ((100, 90, 200, 190), 'clamp'),  # 30
        ((100, 100, 200, 200), 'replicate'),  # 40
        ((290, 180, 390, 280), 'replicate'),
    ],
)
def test_is_cut_as_in_training_or_filled(cropper, image, box, border):
    expected = CropFace(border=border)(dict(img=image, face_box=box))
    crop, crop_box = cropper(image, np.array(box, dtype=float))
    assert (crop == expected['img']).all()
    assert crop_box == expected['crop_box']


def test_no_detection_takes_the_image_as_it_is(image):
    cropper = FaceCropper(find_model('fsa-caps-1x1-p1')[0], WholeImage.crop)
    crop = image[:64, :64]
    box = WholeImage()(crop).boxes[0]
    assert (cropper(crop, box)[0] == crop).all()
    assert cropper(crop[:1, :1], np.zeros(4))[0].shape == (64, 64, 3)


def test_a_config_without_a_crop():
    with pytest.raises(ValueError, match='one CropFace'):
        FaceCropper(Config(dict(model={})), {})
