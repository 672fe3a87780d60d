"""Report what is installed and what is missing, and test every backend."""

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa doctor`."""
    parser.add_argument(
        '--compile', action='store_true', help='try torch-compile, too: a minute'
    )
    parser.add_argument(
        '--sbom',
        type=Path,
        metavar='JSON',
        help='write a list of what is installed there (CycloneDX), and test nothing',
    )


def run(args: argparse.Namespace) -> int:
    """Print the report; 1 if there is a problem."""
    if args.sbom:
        from mmfsa.sbom import sbom
        from mmfsa.utils.files import write_json

        write_json(sbom(), args.sbom)
        print(f'wrote {args.sbom}')
        return 0
    from mmfsa import doctor

    return doctor.run(args.compile)
