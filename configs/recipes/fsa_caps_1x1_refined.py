_base_ = ['../_base_/models/fsa_caps_1x1.py', '../_base_/recipes/aflw_refined_30e.py']
