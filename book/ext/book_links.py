"""Links of every page: the licences, Binder and sources.

They follow the repository the book is published from, so a fork gets its own. The address is taken
from GitHub's build environment or else from the git remote "origin".
Without a public one there are no such links.
"""

import os
import re
import subprocess

PUBLIC = re.compile(
    r"(?:https://|ssh://git@|git@)(?:[^@/]+@)?(github\.com|gitlab\.com)[:/](.+?)/(.+?)(?:\.git)?/?"
)


def git(folder, *arguments):
    """What git prints; empty if there is no git or no repository."""
    try:
        return subprocess.run(
            ["git", "-C", folder, *arguments], capture_output=True, text=True, check=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def repository(folder):
    """The repository's public address and branch, or (None, None)."""
    if "GITHUB_REPOSITORY" in os.environ:
        server = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
        address = f"{server}/{os.environ['GITHUB_REPOSITORY']}"
        branch = os.environ.get("GITHUB_REF_NAME", "main")
    else:
        address = git(folder, "remote", "get-url", "origin")
        branch = git(folder, "rev-parse", "--abbrev-ref", "HEAD")
    public = PUBLIC.fullmatch(address)
    if not public:
        return None, None
    return "https://{}/{}/{}".format(*public.groups()), "main" if branch in ("", "HEAD") else branch


def configure(app, config):
    address, branch = repository(app.srcdir)
    options = config.html_theme_options
    if address:
        options |= {
            "repository_url": address,
            "repository_branch": branch,
            "use_repository_button": True,
        }
    else:
        options |= {"repository_url": "", "launch_buttons": {}}


def footer(app, pagename, templatename, context, doctree):
    context["theme_extra_footer"] = f'<a href="{context["pathto"]("book/licences")}">Licences</a>'


def setup(app):
    app.connect("config-inited", configure)
    app.connect("html-page-context", footer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
