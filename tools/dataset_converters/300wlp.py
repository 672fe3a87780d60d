"""Convert 300W-LP (--help says how its files should lie).

python tools/dataset_converters/300wlp.py 300W_LP --out data/300wlp
"""

from mmfsa.datasets.converters import w300lp
from mmfsa.datasets.converters.engine import main

if __name__ == '__main__':
    main(w300lp)
