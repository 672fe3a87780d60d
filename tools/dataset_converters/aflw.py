"""Convert AFLW (--help says how its files should lie, and what a .csv may have).

python tools/dataset_converters/aflw.py AFLW --out data/aflw
"""

from mmfsa.datasets.converters import aflw
from mmfsa.datasets.converters.engine import main

if __name__ == '__main__':
    main(aflw)
