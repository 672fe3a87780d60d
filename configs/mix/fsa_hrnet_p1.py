_base_ = './_base_/fsa_p1.py'
extra = {
    f'stage{k}': dict(
        num_modules=modules,
        num_branches=k,
        block='BOTTLENECK' if k == 1 else 'BASIC',
        num_blocks=(4,) * k,
        num_channels=(64,) if k == 1 else (18, 36, 72, 144)[:k],
    )
    for k, modules in enumerate((1, 1, 4, 3), 1)
}
extra['stage4']['multiscale_output'] = True
model = dict(
    backbone=dict(
        _delete_=True,
        type='mmpose.HRNet',
        extra=extra,
        init_cfg=dict(type='Pretrained', checkpoint='open-mmlab://msra/hrnetv2_w18'),
    ),
    neck=[
        dict(type='StageAlignment', in_channels=(18, 36, 72, 144)),
        dict(**_base_.model.neck, num_stages=4),
    ],
    head=dict(num_stages=4),
)
