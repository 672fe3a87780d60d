_base_ = [
    './datasets/300wlp.py',
    './schedules/adam_90e.py',
    './default_runtime.py',
]
