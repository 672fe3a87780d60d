# Joined of the three networks by tools/model_converters/fuse_checkpoints.py
_base_ = ['../_base_/models/fsa_caps_fusion.py', '../_base_/recipes/aflw_mixed_15e.py']
load_from = None
