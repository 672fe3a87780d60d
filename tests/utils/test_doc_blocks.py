"""Blocks of code are found in pages, with what is to be done with them."""

import pytest

from mmfsa.utils.doc_blocks import read_blocks


def write(folder, text):
    page = folder / 'page.md'
    page.write_text(text)
    return page


def test_blocks_are_found(tmp_path):
    page = write(
        tmp_path,
        '# Title\n\n```python\na = 1\n```\n\n* item\n\n  ```shell\n  ls\n  ```\n\n'
        '<!-- not run: no GPU -->\n```bash\nnvidia-smi\n```\n```json\n{}\n```\n',
    )
    blocks = read_blocks(page)
    assert [block.line for block in blocks] == [4, 10, 15]
    assert [block.code for block in blocks] == ['a = 1\n', 'ls\n', 'nvidia-smi\n']
    assert [block.is_python for block in blocks] == [True, False, False]
    assert [block.not_run for block in blocks] == [None, None, 'no GPU']


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('<!-- skip -->\n```python\n1\n```\n', "unknown marker 'skip'"),
        ('<!-- not run:  -->\n```python\n1\n```\n', 'unknown marker'),
        ('```shell\npip install mmfsa\n```\n', 'changes the environment'),
    ],
)
def test_bad_markers(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        read_blocks(write(tmp_path, text))
