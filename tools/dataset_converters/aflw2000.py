"""Convert AFLW2000-3D (--help says how its files should lie).

python tools/dataset_converters/aflw2000.py AFLW2000 --out data/aflw2000
"""

from mmfsa.datasets.converters import aflw2000
from mmfsa.datasets.converters.engine import main

if __name__ == '__main__':
    main(aflw2000)
