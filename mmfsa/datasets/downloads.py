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


def missing_data_message(index: Path) -> str:
    """What to do about an index file that does not exist."""
    folder = index.parent
    lines = [f'{index} does not exist.']
    if folder.name in RENDERED:
        lines.append(f'Render it: mmfsa synth {RENDERED[folder.name]} --out {folder}')
    elif folder.name in SOURCES:
        lines += [
            f'1. Get the data set from {SOURCES[folder.name]}'
            f'{BESIDE.get(folder.name, "")}',
            f'2. mmfsa data {folder.name} WHERE_IT_LIES '
            f'{OPTIONS.get(folder.name, "")}--out {folder}',
        ]
    else:
        lines.append(
            f'Data sets that `mmfsa data NAME` converts: {", ".join(SOURCES)}; set '
            'data_root to where its --out lies.'
        )
    if folder.name not in RENDERED:
        lines.append(
            'To try mmfsa without any data: `make train` renders heads and trains '
            'configs/fsa_caps_1x1_synth.py on them.'
        )
    return '\n'.join(lines)
