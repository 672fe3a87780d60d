_base_ = ['../_base_/models/fsa_caps_var.py', '../_base_/aflw_round3.py']
load_from = 'work_dirs/fsa_caps_var_mixed/epoch_15.pth'
