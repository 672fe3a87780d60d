_base_ = ['../_base_/models/fsa_caps_wo.py', '../_base_/aflw_round3.py']
load_from = 'work_dirs/fsa_caps_wo_mixed/epoch_15.pth'
