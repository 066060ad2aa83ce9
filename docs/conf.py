"""The documentation site: `nox -s docs` builds it, and fails on every warning."""

from __future__ import annotations

from importlib.metadata import version as installed

project = "winarm"
author = "The winarm maintainers"
project_copyright = "The winarm maintainers"
version = release = installed("winarm")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx_argparse_cli",
    "sphinx_copybutton",
]
# Parts of pages, which the pages include.
exclude_patterns = ["_parts"]

myst_enable_extensions = ["colon_fence", "deflist"]
# Pages link to headings of each other, as GitHub does.
myst_heading_anchors = 3

autodoc_typehints = "description"
autodoc_member_order = "bysource"
autodoc_class_signature = "separated"
# Types are named as a user imports them.
python_use_unqualified_type_names = True

# Docstrings have names of code in single backticks.
default_role = "code"

nitpicky = True
# Python's own documentation is on another site, and these types are winarm's own.
_INNER = r"winarm\.(plan\.Build|host\.programs\.Conversation)"
nitpick_ignore_regex = [(r"py:.*", r"(?!winarm).*"), (r"py:class", _INNER)]

html_theme = "furo"
html_title = "winarm"
html_static_path = ["_static"]
html_css_files = ["custom.css"]
html_logo = "_static/logo.svg"
html_favicon = "_static/logo.svg"
html_theme_options = {
    "source_repository": "https://github.com/winarm/winarm/",
    "source_branch": "main",
    "source_directory": "docs/",
    "light_css_variables": {
        "color-brand-primary": "#0b6e75",
        "color-brand-content": "#0b6e75",
    },
    "dark_css_variables": {
        "color-brand-primary": "#5cc9cf",
        "color-brand-content": "#5cc9cf",
    },
}
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True

man_pages = [("cli", "winarm", "wheels for Windows on Arm", author, 1)]

# Links to other sites are checked by `nox -s docs -- linkcheck`, where there is a network.
linkcheck_timeout = 20
linkcheck_retries = 2
