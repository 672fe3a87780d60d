_base_ = ['../_base_/models/fsa_caps_var.py', '../_base_/recipes/aflw_round3_24e.py']
load_from = 'work_dirs/fsa_caps_var_mixed/epoch_15.pth'
