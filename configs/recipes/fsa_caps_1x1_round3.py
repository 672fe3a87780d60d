_base_ = ['../_base_/models/fsa_caps_1x1.py', '../_base_/recipes/aflw_round3_24e.py']
load_from = 'work_dirs/fsa_caps_1x1_mixed/epoch_15.pth'
