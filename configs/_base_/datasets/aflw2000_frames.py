# Test on AFLW2000 with whole frames, for methods that are no network of crops. A frame has
# the boxes and the 68 landmarks of its face.
_base_ = './aflw2000.py'
frame = dict(
    type='PackHeadPoseInputs',
    meta_keys=(
        *('img_path', 'img_id', 'boxes', 'box_source', 'detected'),
        *('landmarks', 'camera'),
    ),
)
aflw2000 = dict(
    dataloader=dict(
        collate_fn=dict(type='pseudo_collate'),
        dataset=dict(pipeline=[_base_.load, frame]),
    )
)
test_sets = dict(aflw2000=aflw2000)
test_dataloader = aflw2000['dataloader']
