#!/usr/bin/env python
"""How is a management command run?"""
import os
import sys

if __name__ == "__main__":
    if sys.argv[1:2] == ["reconcile"]:
        from config.files_only import main

        main(sys.argv)
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:  # its sentence says what to set: a trace would bury it
        sys.exit(f"{error}")
