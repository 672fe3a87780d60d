"""Average the weights of checkpoints that were trained on from the same one.

    python tools/model_converters/average_checkpoints.py CONFIG A.pth B.pth [...] DST.pth

Networks that went different ways from one start often lie in one valley of the loss, where
their mean is as good as the best of them, and bears what each has learned (Wortsman et
al., Model soups, ICML 2022). A checkpoint that is given twice counts twice.
"""

import argparse
from pathlib import Path

from mmengine import Config
from torch import Tensor

from mmfsa.engine import load_weights, save_checkpoint
from mmfsa.registry import MODELS
from mmfsa.utils import register_all_modules
from mmfsa.utils.cli import clear_errors


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('config', type=Path, help="the model's experiment file")
    parser.add_argument('src', type=Path, nargs='+', help='checkpoints of that model')
    parser.add_argument('dst', type=Path, help='checkpoint to write')
    args = parser.parse_args()
    register_all_modules()
    with clear_errors():
        average(args.config, args.src, args.dst)


def average(config: Path, sources: list[Path], dst: Path) -> None:
    """Write the mean checkpoint; counters, which have no mean, are the last one's.

    Raises:
        FileNotFoundError, ValueError: See :func:`mmfsa.engine.load_weights`; also if
            there are fewer than two checkpoints.
    """
    if len(sources) < 2:
        raise ValueError(f'a mean needs two checkpoints or more, got {sources}')
    model = MODELS.build(Config.fromfile(config).model)
    sums: dict[str, Tensor] = {}
    for source in sources:
        load_weights(model, source)
        for name, value in model.state_dict().items():
            if value.is_floating_point():
                sums[name] = sums.get(name, 0) + value.double()
    for name, value in model.state_dict().items():
        if name in sums:
            value.copy_(sums[name] / len(sources))
    meta = dict(config=config.name, averaged=[source.name for source in sources])
    save_checkpoint(dict(state_dict=model.state_dict(), meta=meta), dst)


if __name__ == '__main__':
    main()
