_base_ = ['../_base_/models/fsa_caps_1x1.py', '../_base_/recipes/aflw_round4_24e.py']
load_from = 'work_dirs/fsa_caps_1x1_round3/epoch_24.pth'
