# The paper's batch (Section 4.2); the last, smaller one of an epoch is left out, as in the
# authors' code. The workers stack the images: one tensor to hand over, not one each.
train_dataloader = dict(
    batch_size=16,
    num_workers=2,
    persistent_workers=True,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    collate_fn=dict(type='mmfsa.stack_faces'),
)
# For crops from a cache, which come faster than workers hand them over.
cached_crops = dict(num_workers=0, persistent_workers=False)
val_dataloader = dict(
    batch_size=64, num_workers=2, sampler=dict(type='DefaultSampler', shuffle=False)
)
val_evaluator = dict(type='HeadPoseMetric')
