"""By what is a difference known again in the next run? Never by its values or the run."""

from __future__ import annotations

import hashlib
import json

LONGEST = 120  # characters of a difference's key that are kept


def fingerprint_of(profile_code, one, profile):
    """Profile, key, kind of presence or field, and the profile's ordered systems that take part."""
    systems = ",".join(systems_concerned(one, profile))
    text = "|".join((profile_code, one.key, one.field or one.kind, one.kind if one.field else "", systems))
    return hashlib.sha256(text.encode()).hexdigest()


def systems_concerned(one, profile):
    """All systems that could take part in it, present or not: they do not change when one of them is late."""
    field = profile.fields.get(one.field)
    return sorted(field.columns if field else profile.systems)


def hash_of_values(values):
    """Of what was accepted: other values are another matter."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
