"""Put a checkpoint among the weights that come with mmfsa.

    python tools/misc/publish_model.py CHECKPOINT fsa_caps_1x1_synthetic \\
        --licence Apache-2.0 --training-data "rendered heads (CC0)"

The file becomes mmfsa/weights/NAME.pth, without optimiser and logs, and gets its entry in
mmfsa/weights/index.json. Only weights that may be passed on belong there.
"""

import argparse
from dataclasses import asdict
from pathlib import Path

from mmfsa import zoo
from mmfsa.engine import load_weights, save_checkpoint
from mmfsa.registry import MODELS
from mmfsa.utils import register_all_modules
from mmfsa.utils.cli import clear_errors
from mmfsa.utils.files import sha256, write_json
from mmfsa.version import __version__


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('checkpoint', type=Path)
    parser.add_argument('name', help='of the experiment that the weights belong to')
    parser.add_argument('--licence', required=True, help='SPDX identifier')
    parser.add_argument('--training-data', required=True, help='with its licence')
    parser.add_argument(
        '--first',
        action='store_true',
        help='the model is what a user gets who names none',
    )
    args = parser.parse_args()
    register_all_modules()
    with clear_errors():
        entry = publish(**vars(args))
        print(f'{entry.path}: {entry.path.stat().st_size / 1e6:.2f} MB, {entry.sha256}')


def publish(
    checkpoint: Path, name: str, licence: str, training_data: str, first: bool = False
) -> zoo.PackagedWeights:
    """Copy the weights of an experiment into the package, and list them.

    Raises:
        FileNotFoundError: There is no such checkpoint.
        ValueError: There is no such experiment, or the weights are not its own.
    """
    name = name.removesuffix('.py')
    model = MODELS.build(zoo.get_config(name).model)
    load_weights(model, checkpoint)
    file = zoo.WEIGHTS / f'{name}.pth'
    meta = dict(config=f'{name}.py', mmfsa_version=__version__)
    save_checkpoint(dict(state_dict=model.state_dict(), meta=meta), file)
    entry = zoo.PackagedWeights(file.name, sha256(file), name, licence, training_data)
    index = zoo.packaged_weights() | {name: entry}
    if first:
        index = {name: entry} | index
    write_json(
        {name: asdict(entry) for name, entry in index.items()},
        zoo.WEIGHTS / 'index.json',
    )
    return entry


if __name__ == '__main__':
    main()
