"""Serve a page that finds head poses in the browser; nothing leaves the machine.

With --out, write the page to a folder in place of serving it. Any web server can serve the
folder. The page's runtime is the npm package onnxruntime-web: `npm ci` in demo/web gets it.
"""

import argparse
from pathlib import Path

from mmfsa.utils.cli import port
from mmfsa.utils.files import temporary_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa web`."""
    parser.add_argument(
        '--model',
        default='fsa_caps_1x1.synthetic',
        help='a name of the zoo with weights; the default is free for any use',
    )
    parser.add_argument('--port', type=port, default=8080, help='0: a free one')
    parser.add_argument(
        '--out', type=Path, metavar='DIR', help='write the page there, and end'
    )
    parser.add_argument(
        '--runtime',
        type=Path,
        metavar='DIR',
        help='the folder `dist` of the npm package onnxruntime-web',
    )


def run(args: argparse.Namespace) -> int:
    """Write the page; without --out serve it until Ctrl+C."""
    from mmfsa.serve.page import build_page, serve_page
    from mmfsa.utils import register_all_modules

    register_all_modules()
    if args.out:
        print(build_page(args.out, args.model, args.runtime))
        return 0
    with temporary_folder() as folder:
        build_page(folder, args.model, args.runtime)
        serve_page(folder, args.port)
    return 0
