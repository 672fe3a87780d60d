default_scope = 'mmfsa'

default_hooks = dict(
    timer=dict(type='IterTimerHook'),
    logger=dict(type='LoggerHook', interval=50),
    param_scheduler=dict(type='ParamSchedulerHook'),
    # The last epoch counts, as in the authors' code; the ones before it are for resuming.
    checkpoint=dict(
        type='CheckpointHook',
        interval=1,
        max_keep_ckpts=3,
        backend_args=dict(backend='atomic'),
    ),
    sampler_seed=dict(type='DistSamplerSeedHook'),
    dataset_epoch=dict(type='DatasetEpochHook'),
    input_spec=dict(type='InputSpecHook'),
    finite_loss=dict(type='FiniteLossHook'),
    progress_bar=dict(type='ProgressBarHook'),
    plain_checkpoint=dict(type='PlainCheckpointHook'),
)
env_cfg = dict(
    cudnn_benchmark=True,
    mp_cfg=dict(mp_start_method='fork', opencv_num_threads=0),
    dist_cfg=dict(backend='nccl'),
)
vis_backends = [dict(type='LocalVisBackend'), dict(type='TensorboardVisBackend')]
visualizer = dict(type='Visualizer', vis_backends=vis_backends)
log_processor = dict(type='LogProcessor', window_size=50, by_epoch=True)
log_level = 'INFO'
randomness = dict(seed=0)
load_from = None
resume = False
