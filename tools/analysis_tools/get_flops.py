"""Parameters, multiply-adds and file size of models.

    python tools/analysis_tools/get_flops.py configs/fsa_caps_1x1_p1.py [CONFIG ...]

The file size is that of a checkpoint of mmfsa, in 10⁶ bytes; beside it stands the
paper's MB column (Tables 1 and 5), which is that of the authors' Keras files.
"""

import argparse
import io
from pathlib import Path

import torch
from mmengine import Config
from mmengine.analysis import FlopAnalyzer
from rich.console import Console
from rich.table import Table

from mmfsa.registry import MODELS
from mmfsa.utils import register_all_modules
from mmfsa.utils.cli import clear_errors

# Tables 1, 4 and 5; by the experiment file's name without the protocol.
PAPER_MB = {
    'fsa_none_wo': 0.5,
    'fsa_none_1x1': 0.8,
    'fsa_none_var': 0.8,
    'fsa_caps_wo': 2.9,
    'fsa_caps_1x1': 1.1,
    'fsa_caps_var': 1.1,
    'fsa_vlad_wo': 0.6,
    'fsa_vlad_1x1': 0.8,
    'fsa_vlad_var': 0.8,
    'ssrnet_md': 1.1,
    'fsa_caps_fusion': 5.1,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('configs', nargs='+', type=Path, metavar='CONFIG')
    parser.add_argument(
        '--shape', nargs=2, type=int, default=(64, 64), metavar=('HEIGHT', 'WIDTH')
    )
    args = parser.parse_args()
    register_all_modules()

    table = Table('model', 'parameters', 'multiply-adds', 'MB', 'MB in the paper')
    for config in args.configs:
        with clear_errors():
            row = measure(Config.fromfile(config).model, tuple(args.shape))
        paper = PAPER_MB.get(config.stem.rpartition('_')[0])
        table.add_row(
            config.stem,
            f'{row["parameters"]:,}',
            f'{row["multiply_adds"] / 1e6:.1f} M',
            f'{row["bytes"] / 1e6:.2f}',
            '' if paper is None else f'{paper}',
        )
    Console().print(table)


def measure(model_cfg: dict, shape: tuple[int, int]) -> dict[str, int]:
    """Size and work of a model for one image of height and width `shape`.

    Returns:
        `parameters` (trainable), `multiply_adds` of convolutions, linear layers and
        matrix products, and `bytes` of a checkpoint.
    """
    model = MODELS.build(model_cfg).eval()
    flops = FlopAnalyzer(model, torch.rand(1, 3, *shape) * 255)
    flops.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    file = io.BytesIO()
    torch.save(dict(state_dict=model.state_dict(), meta={}), file)
    operations = flops.by_operator()
    return dict(
        parameters=sum(p.numel() for p in model.parameters()),
        multiply_adds=sum(
            count for name, count in operations.items() if name in PRODUCTS
        ),
        bytes=file.tell(),
    )


PRODUCTS = ('conv', 'linear', 'matmul', 'bmm', 'addmm', 'einsum')


if __name__ == '__main__':
    main()
