"""Which version of the hub is this?"""

VERSION = "0.1.0"
