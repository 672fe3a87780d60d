_base_ = ['../_base_/models/fsa_caps_1x1.py', '../_base_/recipes/aflw_mixed_15e.py']
