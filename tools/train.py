"""Train a model.

python tools/train.py configs/fsa_caps_1x1_p1.py --data-root data
"""

from mmfsa.cli import run_script

if __name__ == '__main__':
    run_script('train', __doc__)
