"""docs/en/own_data.md, from a CSV file to a score: its commands and its config."""

import re
from pathlib import Path

import cv2
import numpy as np

from mmfsa.cli import main

PAGE = Path(__file__).resolve().parents[2] / 'docs/en/own_data.md'


def test_the_page(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'photos').mkdir()
    rng = np.random.default_rng(0)
    head, *_ = re.search(r'```text\n(.*?)```', PAGE.read_text(), re.DOTALL)[1].split(
        '\n'
    )
    for name, num in (('train', 6), ('val', 2)):
        rows = [head]
        for i in range(num):
            image = f'photos/{name}_{i}.png'
            cv2.imwrite(image, rng.integers(0, 256, (90, 90, 3), np.uint8))
            rows.append(f'{image},20,20,70,70,{9 * i},0,{-i}')
        Path(f'{name}.csv').write_text('\n'.join(rows))
    for name, out in (('train', 'mine'), ('val', 'mine_val')):
        csv = ['data', 'csv', f'{name}.csv', '--out', f'data/{out}', '--workers', '1']
        assert main(csv) == 0
    config = re.search(r'```python\n(_base_.*?)```', PAGE.read_text(), re.DOTALL)[1]
    Path('mine.py').write_text(config)
    assert main(['browse', 'mine.py', '--mode', 'concat']) == 0
    assert cv2.imread('work_dirs/browse/mine_train.png') is not None
    few = [
        'train_dataloader.num_workers=0',
        'train_dataloader.persistent_workers=False',
    ]
    few += ['val_dataloader.num_workers=0']
    last = ['train_cfg.max_epochs=2', 'param_scheduler.total_steps=2']
    assert main(['train', 'mine.py', '--cfg-options', *few, *last]) == 0
    log = capsys.readouterr()
    assert (log.out + log.err).count('| data set') <= 1  # the card of the protocol
    checkpoint = 'work_dirs/mine/epoch_2.pth'
    options = ['--show-dir', 'faces', '--out', 'results.json', '--flip-test']
    assert main(['test', 'mine.py', checkpoint, *options]) == 0
    assert len(list(Path('faces/mine').glob('*.jpg'))) == 2
    assert '"flip_test": true' in Path('results.json').read_text()
