"""docs/en/mixing.md shows what is in configs/mix. (tests/docs runs its blocks.)"""

import pytest
from mmengine import Config

from mmfsa.zoo import config_dir

MIX = config_dir() / 'mix'
PAGE = config_dir().parent / 'docs/en/mixing.md'


@pytest.mark.parametrize(
    ('file', 'shipped'),
    [
        ('my_regression', 'td-reg_res50_structure_wflw'),
        ('my_two_streams', 'td-reg_two-stream_wflw'),
    ],
)
def test_page_shows_the_shipped_config(file, shipped, mmpose):
    shown = PAGE.read_text().split(f'<!-- file: configs/{file}.py -->\n```python\n')[1]
    shown = shown.split('```')[0]
    cfg = Config.fromstring(shown, '.py')
    assert cfg.to_dict() == Config.fromfile(MIX / f'{shipped}.py').to_dict()
