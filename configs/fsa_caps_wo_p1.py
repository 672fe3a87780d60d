_base_ = ['./_base_/models/fsa_caps_wo.py', './_base_/protocol1.py']
