"""Sphinx's settings: `make docs` writes docs/_build/html."""

import re

from mmfsa.version import __version__

project = 'mmfsa'
author = copyright = 'the mmfsa contributors'  # noqa: A001
release = __version__

root_doc = 'en/index'
exclude_patterns = ['_build', '**.ipynb_checkpoints']
extensions = [
    'myst_parser',
    'sphinx.ext.autodoc',
    'sphinx.ext.mathjax',
    'sphinx.ext.napoleon',
]
html_theme = 'furo'
html_title = f'mmfsa {release}'

myst_enable_extensions = ['dollarmath']
myst_heading_anchors = 3  # GitHub's, so that links work there, too

# Docstrings use single backquotes for code.
default_role = 'code'
autodoc_member_order = 'bysource'
autodoc_default_options = {'members': True, 'show-inheritance': True}
autodoc_typehints = 'signature'
napoleon_numpy_docstring = False
napoleon_use_ivar = True  # attributes are a list, not objects of their own


def keep_bars(app, what, name, obj, options, lines):  # noqa: ARG001
    """|yaw| in a docstring is an absolute value, not a substitution."""
    lines[:] = [re.sub(r'\|(\w+)\|', r'\|\1\|', line) for line in lines]


def offer_pages_outside(app, docname, source):  # noqa: ARG001
    """Links to Markdown that is not below docs/ become downloads, as other files do."""
    source[0] = re.sub(
        r'\[([^]]+)\]\((\.\./\.\./[^)#]+\.md)(?:#[^)]*)?\)',
        lambda link: f'{{download}}`{link[1].replace("`", "")} <{link[2]}>`',
        source[0],
    )


def setup(app):
    app.connect('autodoc-process-docstring', keep_bars)
    app.connect('source-read', offer_pages_outside)
