"""Every test run has a home folder of its own, set before Django reads its settings, and removed at the end."""

import atexit
import os
import shutil
import tempfile

_home = tempfile.mkdtemp(prefix="sanjian-test-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["SANJIAN_HOME"] = _home
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanjian.face.site.settings")
