"""Put a checkpoint among the weights that come with mmfsa.

    python tools/misc/publish_model.py CHECKPOINT fsa_caps_1x1_synthetic \\
        --licence Apache-2.0 --training-data "rendered heads (CC0)"

The file becomes mmfsa/weights/NAME.pth, without optimiser and logs, and gets its entry in
mmfsa/weights/index.json. Only weights that may be passed on belong there. A fusion has no
file: give the names of its models, which are there already.

    python tools/misc/publish_model.py fsa_caps_{1x1,var,wo} fsa_caps_fusion \\
        --licence … --training-data …
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
    parser.add_argument(
        'source', nargs='+', help="a checkpoint, or the names of a fusion's models"
    )
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
        for path in entry.paths:
            megabytes = path.stat().st_size / 1e6
            print(f'{path}: {megabytes:.2f} MB, {entry.files[path.name]}')


def publish(
    source: list[str], name: str, licence: str, training_data: str, first: bool = False
) -> zoo.PackagedWeights:
    """Copy the weights of an experiment into the package, and list them.

    Raises:
        FileNotFoundError: There is no such checkpoint.
        ValueError: There is no such experiment, or the weights are not its own; of a
            fusion, if one of its models is not among the weights.
    """
    name = name.removesuffix('.py')
    index = zoo.packaged_weights()
    if len(source) == 1:
        file = export(Path(*source), name)
        files = {file.name: sha256(file)}
    else:
        missing = [model for model in source if model not in index]
        if missing:
            raise ValueError(f'publish the weights of {", ".join(missing)} first')
        files = {}
        for model in source:
            files |= index[model].files
    entry = zoo.PackagedWeights(files, name, licence, training_data)
    entry.verify()
    index |= {name: entry}
    if first:
        index = {name: entry} | index
    write_json(
        {name: asdict(entry) for name, entry in index.items()},
        zoo.WEIGHTS / 'index.json',
    )
    return entry


def export(checkpoint: Path, name: str) -> Path:
    """The file in the package: a checkpoint's weights, and of which model they are."""
    model = MODELS.build(zoo.get_config(name).model)
    load_weights(model, checkpoint)
    file = zoo.WEIGHTS / f'{name}.pth'
    meta = dict(config=f'{name}.py', mmfsa_version=__version__)
    save_checkpoint(dict(state_dict=model.state_dict(), meta=meta), file)
    return file


if __name__ == '__main__':
    main()
