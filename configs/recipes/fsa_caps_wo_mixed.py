_base_ = ['../_base_/models/fsa_caps_wo.py', '../_base_/recipes/aflw_mixed_15e.py']
