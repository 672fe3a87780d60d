"""Where a model errs: figures from results files that hold predictions.

    python tools/test.py CONFIG CHECKPOINT --out results.json --predictions
    python tools/analysis_tools/error_analysis.py results.json [...] --out DIR

Per result: the errors against the label's yaw, pitch and roll, their distribution, and
the worst images with label and prediction. Over all: every angle side by side, as the
FSA-Net paper's Figure 6.
"""

from mmfsa.cli import run_script

if __name__ == '__main__':
    run_script('analyze', __doc__)
