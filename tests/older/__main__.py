"""python -m tests.older FILE: a small database of this version, as text."""
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("ORDERHUB_SECRET_KEY", "only-for-a-throw-away-database")
django.setup()

from tests.migrating import empty_database, migrate_to  # noqa: E402 - models need settings
from tests.older import build, write  # noqa: E402

with empty_database():
    migrate_to()
    build()
    write(sys.argv[1])
