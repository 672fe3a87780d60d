# The paper's batch (Section 4.2); the last, smaller one of an epoch is left out, as in the
# authors' code. Images are stacked in the workers: one tensor to hand over, not one each.
stack = dict(type='default_collate')
train_dataloader = dict(
    batch_size=16,
    num_workers=2,
    persistent_workers=True,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    collate_fn=stack,
)
val_dataloader = dict(
    batch_size=64,
    num_workers=2,
    sampler=dict(type='DefaultSampler', shuffle=False),
    collate_fn=stack,
)
val_evaluator = dict(type='HeadPoseMetric')
