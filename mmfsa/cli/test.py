"""Score a model as its protocol says, in torch or on the backend that it is deployed on."""

import argparse
from pathlib import Path

from mmfsa.utils.cli import keep_inputs
from mmfsa.utils.configs import load_config, without_network

from .options import add_runner_arguments, runner_settings, zoo_model


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa test` and tools/test.py."""
    from mmfsa.deploy import BACKENDS
    from mmfsa.inputs.pipelines import BOXES, PIPELINES
    from mmfsa.structures import ORDERS

    parser.add_argument(
        'config', help='the experiment file, or a name of the zoo with its weights'
    )
    parser.add_argument(
        'checkpoint',
        type=Path,
        nargs='?',
        help='the checkpoint, an ONNX file or an engine; the foreign file of a method that '
        'runs one; nothing for a method without weights, or with weights that come with '
        'mmfsa',
    )
    parser.add_argument(
        '--backend',
        choices=BACKENDS,
        help='what runs the model; by default torch for a checkpoint, ONNX Runtime for '
        'an ONNX file; onnxruntime and openvino export a checkpoint first',
    )
    parser.add_argument(
        '--test-set', default='all', help="one of the protocol's test sets, or all"
    )
    parser.add_argument(
        '--box',
        choices=BOXES,
        help='the box that faces are cut from: one of the index, or that of a detector; '
        "the model's or the pipeline's kind by default",
    )
    parser.add_argument(
        '--detector',
        metavar='NAME',
        help='the detector of --box detector; centerface by default',
    )
    parser.add_argument(
        '--pipeline',
        choices=['own', *PIPELINES],
        default='own',
        help="whose crop rule cuts the faces: the model's own, or that of a released "
        'test code (docs/en/protocols.md)',
    )
    parser.add_argument(
        '--order',
        choices=ORDERS,
        help='in which order the angles are read off the predicted rotations; by default '
        "the model's own order; all but xyz reproduce published errors only "
        '(docs/en/table1.md)',
    )
    parser.add_argument(
        '--flip-test',
        action='store_true',
        help='the mean of what is seen in a face and in its mirror image: the setting '
        'model.test_cfg.flip_test',
    )
    parser.add_argument(
        '--show-dir',
        type=Path,
        metavar='DIR',
        help='write a picture of each face there: the label in thin lines, the prediction '
        'in thick ones',
    )
    parser.add_argument(
        '--out', type=Path, metavar='JSON', help='write metrics and protocol there'
    )
    parser.add_argument(
        '--predictions',
        action='store_true',
        help='write the label and the prediction of every image, too',
    )
    parser.add_argument(
        '--dump', metavar='PKL', help="dump mmengine's predictions, with one test set"
    )
    add_runner_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Score the model, and write what the options ask for."""
    from mmfsa.deploy.backends import backends_of
    from mmfsa.engine.testing import test
    from mmfsa.inputs.pipelines import DETECTOR
    from mmfsa.methods.estimator import loader
    from mmfsa.methods.loading import is_deployed

    if args.predictions and not args.out:
        raise ValueError('--predictions needs --out')
    if args.detector and args.box != DETECTOR:
        raise ValueError('--detector needs --box detector')
    if args.flip_test:
        args.cfg_options['model.test_cfg.flip_test'] = True
    config, weights = named(args)
    dump = args.dump and Path(args.dump)
    keep_inputs([args.out, dump], [Path(config), weights])
    has_network = 'model' in load_config(config)
    if args.backend is None and weights and has_network and is_deployed(weights):
        args.backend = backends_of(weights)[0]
    results = test(
        config,
        weights,
        test_set=args.test_set,
        out=args.out,
        predictions=args.predictions,
        dump=args.dump,
        show_dir=args.show_dir,
        box=args.box,
        pipeline=args.pipeline,
        detector=args.detector or 'centerface',
        backend=args.backend or 'torch',
        order=args.order,
        load=loader(load_config(config), weights, args.backend, args.trust_checkpoint),
        **runner_settings(args),
    )
    if results and args.out:
        print(f'wrote {args.out}')
    return 0


def named(args: argparse.Namespace) -> tuple[str, Path | None]:
    """The experiment file and the weights that `config` and `checkpoint` name.

    The weights are None for a method that has none.
    """
    from mmfsa import zoo
    from mmfsa.methods.loading import takes_weights

    is_file = args.config.endswith('.py') or Path(args.config).is_file()
    cfg = load_config(args.config) if is_file else zoo.get_config(args.config)
    if args.checkpoint is not None and 'model' not in cfg and not takes_weights(cfg):
        raise ValueError(f'{without_network(cfg, "a checkpoint")}: leave it out')
    if args.checkpoint is not None or 'model' not in cfg:
        return cfg.filename, args.checkpoint
    if is_file:
        file = Path(cfg.filename).resolve()
        of_the_zoo = zoo.experiments().get(file.stem)
        weights = None
        if of_the_zoo and of_the_zoo.resolve() == file:
            weights = zoo.find_model(file.stem)[1]
        if weights is None:
            raise ValueError(f'{args.config} needs a checkpoint after it')
        return cfg.filename, weights
    cfg, weights = zoo_model(args.config)
    return cfg.filename, weights
