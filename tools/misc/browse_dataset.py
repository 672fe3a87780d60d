"""Show what the network sees: crops after the pipeline, with the labels' axes on them.

    python tools/misc/browse_dataset.py configs/fsa_caps_1x1_p1.py --num 48

Blue points where the face looks, green down, red to the side.
"""

from mmfsa.cli import run_script

if __name__ == '__main__':
    run_script('browse', __doc__)
