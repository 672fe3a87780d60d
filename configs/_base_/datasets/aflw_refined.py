# AFLW with the labels that tools/dataset_converters/refine.py corrected.
_base_ = './aflw.py'
train_dataloader = dict(dataset=dict(data_root='data/aflw_refined'))
val_dataloader = dict(dataset=dict(data_root='data/aflw_refined'))
