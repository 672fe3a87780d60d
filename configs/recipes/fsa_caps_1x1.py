# The weights that come with mmfsa are the mean of this training's and of four in
# ./refined_factors (docs/en/recipes.md).
_base_ = ['../_base_/models/fsa_caps_1x1.py', '../_base_/aflw_mixed.py']
train_cfg = dict(max_epochs=20)
param_scheduler = dict(total_steps=20)
