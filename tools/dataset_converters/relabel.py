"""Label an index with the mean of what trained models see (--help says how).

    python tools/dataset_converters/relabel.py data/aflw --out data/aflw_teachers \\
        --teacher opnet@0.65 --teacher shaw_b66@0.35
"""

from mmfsa.datasets.converters import relabel
from mmfsa.datasets.converters.engine import main

if __name__ == '__main__':
    main(relabel)
