"""The recipes of 6DRepNet and its relatives train: data, network and loss together."""

import pytest

NAMES = [
    'yakhyo_mobilenet_v3_small',
    *(
        pytest.param(name, marks=pytest.mark.slow)
        for name in (
            'sixdrepnet',
            'sixdrepnet360',
            'yakhyo_resnet18',
            'yakhyo_mobilenet_v2',
        )
    ),
]


@pytest.mark.parametrize('name', NAMES)
def test_a_few_steps(name, few_steps):
    losses = few_steps(name)
    assert losses[-1] < 0.8 * losses[0]
