# AFLW with the labels that `mmfsa relabel` made; the boxes are squares about the face. The
# crop's scale varies about a tight one, 0.15 beyond the box: little of it is invented, and
# mostly as the model's own rule does it, by repeating the edge. Few heads are turned,
# blurred or covered: AFLW2000's photos are sharp, and most heads upright. AFLW's crops have
# 96 pixels: one sample for each pixel of the network is enough.
_base_ = './aflw.py'
train_crop = dict(
    type='CropFace',
    interpolation='bilinear',
    pad=(0.06, 0.26),
    shift=0.05,
    aspect=(0.93, 1.07),
)
border_kinds = 'replicate', 'constant'
borders = dict(
    type='RandomChoice',
    transforms=[[dict(**train_crop, border=kind)] for kind in border_kinds],
    prob=[0.75, 0.25],
)
turn = dict(type='RotateInPlane', max_angle=30, prob=0.3)
light = dict(type='ColorJitter', brightness=(0.4, 1.4))
blur = dict(type='Blur', sigma=(0.3, 2.0), prob=0.1)
cover = dict(type='Occlude', size=(0.1, 0.4), prob=0.1)
augment = [_base_.mirror, turn, light, blur, cover, _base_.pack]
train_dataloader = dict(
    dataset=dict(
        data_root='data/aflw_teachers', pipeline=[_base_.load, borders, *augment]
    )
)
val_dataloader = dict(dataset=dict(data_root='data/aflw_teachers'))
