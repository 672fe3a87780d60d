# Fanelli's random forest on depth maps. Give the folder of its trees as weights.
_base_ = '../_base_/default_runtime.py'
method = dict(type='FanelliForest')
