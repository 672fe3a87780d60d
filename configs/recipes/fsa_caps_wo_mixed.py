_base_ = ['../_base_/models/fsa_caps_wo.py', '../_base_/aflw_mixed.py']
