"""What becomes of face crops before the network, and configs that say it elsewhere."""

import pytest
import torch

from mmfsa.inputs import InputSpec
from mmfsa.models.estimators.preprocessor import FacePreprocessor, spec_of


def pixel(*bgr):
    """A crop (3, 1, 1) of one colour."""
    return torch.tensor(bgr, dtype=torch.uint8).view(3, 1, 1)


def seen(crop, **inputs):
    """The numbers that a network sees of a crop of one pixel."""
    preprocessor = FacePreprocessor(dict(size=1, **inputs))
    return preprocessor(dict(inputs=[crop]))['inputs']


@pytest.mark.parametrize(
    ('inputs', 'expected'),
    [
        (dict(), [10, 20, 60]),
        (dict(color='RGB'), [60, 20, 10]),
        (dict(color='grey'), [0.114 * 10 + 0.587 * 20 + 0.299 * 60]),
        (dict(mean=[10]), [0, 10, 50]),
        # Mean and std follow the order of the spec's colours.
        (dict(color='RGB', mean=[50, 10, 0], std=[10, 5, 2]), [1, 2, 5]),
    ],
)
def test_colours_and_their_scale(inputs, expected):
    images = seen(pixel(10, 20, 60), **inputs)
    assert images.dtype == torch.float32
    torch.testing.assert_close(images.flatten(), torch.tensor(expected).float())


def test_lists_and_stacked_crops_are_a_batch():
    crops = torch.randint(0, 256, (4, 3, 6, 8), dtype=torch.uint8)
    preprocessor = FacePreprocessor(InputSpec(size=(8, 6)))
    samples = [object()] * 4
    for given in (crops, [*crops]):
        data = preprocessor(dict(inputs=given, data_samples=samples))
        assert torch.equal(data['inputs'], crops.float())
        assert data['data_samples'] == samples
    with pytest.raises(ValueError, match=r'takes crops of 8x6 pixels, .* gives 6x8'):
        preprocessor(dict(inputs=crops.transpose(2, 3)))


def test_a_checkpoint_keeps_no_mean_and_std():
    """The spec in the checkpoint's meta has both."""
    preprocessor = FacePreprocessor(InputSpec(mean=[1], std=[2]))
    assert not preprocessor.state_dict()


def test_mmengines_preprocessor_goes_into_the_spec():
    preprocessor = dict(
        type='mmengine.ImgDataPreprocessor', mean=[1, 2, 3], std=[4, 5, 6]
    )
    spec = spec_of(dict(size=32), preprocessor | dict(bgr_to_rgb=True))
    assert spec == InputSpec(size=32, color='RGB', mean=(1, 2, 3), std=(4, 5, 6))
    assert spec_of(dict(size=32), preprocessor).color == 'BGR'
    assert spec_of(dict(size=32), None) == InputSpec(size=32)


@pytest.mark.parametrize(
    'preprocessor',
    [
        dict(type='mmengine.ImgDataPreprocessor', pad_size_divisor=32),
        dict(type='mmengine.BaseDataPreprocessor'),
    ],
)
def test_other_preprocessors_are_refused(preprocessor):
    with pytest.raises(ValueError, match='leave data_preprocessor out'):
        spec_of(None, preprocessor)
