"""Render heads with exact poses: a data set that needs no download.

python tools/dataset_converters/synth.py --num 32000 --seed 0 --out data/synth
python tools/dataset_converters/synth.py --num 2000 --seed 1 --out data/synth_val
"""

from mmfsa.datasets.converters import synth
from mmfsa.datasets.converters.engine import main

if __name__ == '__main__':
    main(synth)
