"""The Gradio app answers a client with the inferencer's records; needs gradio."""

import importlib.util
from pathlib import Path

import cv2
import pytest

from mmfsa import HeadPoseInferencer

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = ROOT / 'docs/images/people.jpg'


@pytest.fixture(scope='module')
def inferencer():
    return HeadPoseInferencer('nano', detector='mtcnn', backend='onnxruntime')


@pytest.fixture(scope='module')
def client(inferencer):
    pytest.importorskip('gradio', reason='gradio is not installed (mmfsa[gradio])')
    import gradio_client

    path = ROOT / 'demo/gradio_app.py'
    spec = importlib.util.spec_from_file_location('gradio_app', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    app = module.create_app(inferencer)
    _, address, _ = app.launch(prevent_thread_lock=True, quiet=True)
    yield gradio_client.Client(address, verbose=False)
    app.close()


@pytest.mark.parametrize('draw', ['axes', 'none'])
def test_a_photo_is_answered(client, inferencer, draw):
    import gradio_client

    photo = gradio_client.handle_file(str(PEOPLE))
    picture, table, records = client.predict(photo, draw, api_name='/predict')
    (result,) = inferencer(str(PEOPLE))
    (faces,) = result['predictions']
    assert len(records) == len(table['data']) == len(faces) == 6
    for record, row, face in zip(records, table['data'], faces, strict=True):
        for i, name in enumerate(('yaw', 'pitch', 'roll')):
            assert record[name] == row[i] == pytest.approx(face[name], abs=0.01)
    shown = cv2.imread(picture)
    changed = cv2.absdiff(shown, cv2.imread(str(PEOPLE))).max()
    assert (changed > 100) == (draw == 'axes')


def test_no_photo_is_an_error_in_words(client):
    with pytest.raises(Exception, match='give a photo first'):
        client.predict(None, 'axes', api_name='/predict')
