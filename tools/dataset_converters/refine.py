"""Correct the labels of an index with what trained models see (--help says how).

    python tools/dataset_converters/refine.py data/aflw --out data/aflw_refined \\
        --teacher configs/fsa_caps_fusion_p1.py fusion.pth
"""

from mmfsa.datasets.converters import refine
from mmfsa.datasets.converters.engine import main

if __name__ == '__main__':
    main(refine)
