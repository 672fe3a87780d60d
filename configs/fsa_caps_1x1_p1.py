_base_ = ['./_base_/models/fsa_caps_1x1.py', './_base_/protocol1.py']
