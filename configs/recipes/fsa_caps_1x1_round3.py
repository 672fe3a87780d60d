_base_ = ['../_base_/models/fsa_caps_1x1.py', '../_base_/aflw_round3.py']
load_from = 'work_dirs/fsa_caps_1x1_mixed/epoch_15.pth'
