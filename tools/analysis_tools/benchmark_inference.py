"""Where the time of inference goes: detector, crop, network, drawing.

    python tools/analysis_tools/benchmark_inference.py PHOTO --weights fusion.pth

The largest face of the photo is laid out once, and in a grid, on frames of a camera.
Beside the network stands ResNet-50 in ONNX Runtime, the backbone of Hopenet, on the same
crops in their size and in Hopenet's, 224×224. Then the frames are read as a video, with
the detector in each frame and in every fifth.
"""

from pathlib import Path

from mmfsa import HeadPoseInferencer
from mmfsa.evaluation.inference_speed import benchmark
from mmfsa.utils.cli import clear_errors, script_parser


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('photo', type=Path, help='with a face')
    parser.add_argument('--model', help='by default the model of the weights')
    parser.add_argument('--weights', type=Path)
    parser.add_argument('--detector', default='centerface')
    parser.add_argument('--backend', default='onnxruntime')
    parser.add_argument(
        '--size', type=int, nargs=2, default=(640, 480), metavar=('WIDTH', 'HEIGHT')
    )
    parser.add_argument('--repeats', type=int, default=100)
    args = parser.parse_args()
    with clear_errors():
        inferencer = HeadPoseInferencer(
            args.model, args.weights, args.detector, args.backend
        )
        for text in benchmark(inferencer, args.photo, args.size, args.repeats):
            print(text)


if __name__ == '__main__':
    main()
