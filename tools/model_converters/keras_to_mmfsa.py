"""Convert a Keras file of FSA-Net's authors into a checkpoint of mmfsa.

    python tools/model_converters/keras_to_mmfsa.py SRC.h5 DST.pth

Prints the name of the experiment file that the checkpoint belongs to. The variant is
recognised by the tensors in the file, the protocol by the folder that it lies in, as in
the authors' release (300W_LP…: protocol 1, BIWI…: protocol 2), unless --protocol says.
"""

from pathlib import Path

from mmfsa.utils.cli import clear_errors, script_parser
from mmfsa.zoo.convert import convert


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('src', type=Path, help='Keras weights (.h5)')
    parser.add_argument('dst', type=Path, help='checkpoint to write (.pth)')
    parser.add_argument('--protocol', choices=('p1', 'p2'))
    args = parser.parse_args()
    with clear_errors():
        print(convert(args.src, args.dst, protocol=args.protocol))


if __name__ == '__main__':
    main()
