"""Convert BIWI (--help says how its files should lie, and where boxes come from).

python tools/dataset_converters/biwi.py hpdb --detector NAME --out data/biwi
"""

from mmfsa.datasets.converters import biwi
from mmfsa.datasets.converters.engine import main

if __name__ == '__main__':
    main(biwi)
