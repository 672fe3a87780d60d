"""Where the data sets can be had, for the message that one is missing."""

from pathlib import Path

SOURCES = {
    '300wlp': 'http://www.cbsr.ia.ac.cn/users/xiangyuzhu/projects/3DDFA/main.htm',
    'aflw2000': 'http://www.cbsr.ia.ac.cn/users/xiangyuzhu/projects/3DDFA/main.htm',
    'biwi': 'https://www.kaggle.com/datasets/kmader/biwi-kinect-head-pose-database',
    'aflw': 'https://lrs.icg.tugraz.at/research/aflw',
}

OPTIONS = {'biwi': '--detector mtcnn '}  # the protocols' boxes
# What a converter needs beside the data set.
BESIDE = {
    'aflw': ', and put a .csv of poses fitted to its landmarks beside it (docs/en/data.md)'
}
# Heads of other people are for validation.
RENDERED = {'synth': '--num 9000 --seed 0', 'synth_val': '--num 1500 --seed 1'}


def check_index(index: Path) -> None:
    """Look for an index file.

    Raises:
        FileNotFoundError: It isn't there; the message says in one line how to get it.
    """
    if index.is_file():
        return
    folder = index.parent
    if folder.name in RENDERED:
        remedy = f'render it: `mmfsa synth {RENDERED[folder.name]} --out {folder}`'
    elif folder.name in SOURCES:
        remedy = (
            f'get the data set from {SOURCES[folder.name]}'
            f'{BESIDE.get(folder.name, "")}, then `mmfsa data {folder.name} '
            f'WHERE_IT_LIES {OPTIONS.get(folder.name, "")}--out {folder}`'
        )
    else:
        remedy = (
            f'`mmfsa data NAME` converts {", ".join(SOURCES)}; set data_root to where '
            'its --out lies'
        )
    if folder.name not in RENDERED:
        remedy += (
            ' (without any data: `make train` renders heads and trains '
            'configs/fsa_caps_1x1_synth.py on them)'
        )
    raise FileNotFoundError(f'{index} does not exist: {remedy}')
