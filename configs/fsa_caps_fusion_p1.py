_base_ = ['./_base_/models/fsa_caps_fusion.py', './_base_/protocol1.py']
