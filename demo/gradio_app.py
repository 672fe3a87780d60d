"""A page for a hosted space: a photo in, the poses of its faces out. It needs gradio.

pip install 'mmfsa[gradio]'
python demo/gradio_app.py --license free
"""

import argparse
import os

import numpy as np

from mmfsa import HeadPoseInferencer
from mmfsa.structures import ANGLES

os.environ.setdefault('GRADIO_ANALYTICS_ENABLED', 'False')  # it would send them
import gradio

COLUMNS = *ANGLES, 'score'
DRAW = 'axes', 'cube', 'none'


def create_app(inferencer: HeadPoseInferencer) -> gradio.Interface:
    """The page of an inferencer; it also answers gradio's clients, as `/predict`."""

    def find(photo: np.ndarray | None, draw: str) -> tuple:
        if photo is None:
            raise gradio.Error('give a photo first')
        (result,) = inferencer(
            photo,
            channel_order='rgb',
            return_vis=draw != 'none',
            draw='axes' if draw == 'none' else draw,
        )
        (faces,) = result['predictions']
        rows = [[face[name] for name in COLUMNS] for face in faces]
        return (*result['visualization'], photo)[0], rows, faces

    return gradio.Interface(
        find,
        inputs=[
            gradio.Image(label='photo', type='numpy'),
            gradio.Radio(DRAW, value=DRAW[0], label='draw'),
        ],
        outputs=[
            gradio.Image(label='poses'),
            gradio.Dataframe(headers=[*COLUMNS], label='degrees of each face'),
            gradio.JSON(label='records'),
        ],
        title='Head pose',
        description='Yaw, pitch and roll of every face in a photo.',
        api_name='predict',
        flagging_mode='never',
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--model', help='see `mmfsa models`')
    parser.add_argument('--license', choices=['any', 'free'], default='any')
    parser.add_argument('--detector', default='all')
    parser.add_argument('--host', default='127.0.0.1', help='0.0.0.0: from anywhere')
    parser.add_argument(
        '--port', type=int, help='by default 7860, or the next free one'
    )
    args = parser.parse_args()
    inferencer = HeadPoseInferencer(
        args.model, detector=args.detector, license=args.license
    )
    create_app(inferencer).launch(server_name=args.host, server_port=args.port)


if __name__ == '__main__':
    main()
