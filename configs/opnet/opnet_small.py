_base_ = ['../_base_/models/opnet_small.py', '../_base_/protocol1.py']
