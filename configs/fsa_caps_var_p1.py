_base_ = ['./_base_/models/fsa_caps_var.py', './_base_/protocol1.py']
