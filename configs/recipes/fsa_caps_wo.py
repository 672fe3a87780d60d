_base_ = ['../_base_/models/fsa_caps_wo.py', '../_base_/recipes/aflw_round3_24e.py']
load_from = 'work_dirs/fsa_caps_wo_mixed/epoch_15.pth'
