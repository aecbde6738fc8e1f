"""Every test run has a home folder of its own, set before Django reads its settings, and removed at the end.

Generated examples are the same in every run, so that a red run is red for everyone; `--hypothesis-profile=search` looks
for new ones.
"""

import atexit
import os
import shutil
import tempfile

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None)
settings.load_profile("repeatable")

_home = tempfile.mkdtemp(prefix="sanjian-test-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["SANJIAN_HOME"] = _home
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanjian.face.site.settings")
