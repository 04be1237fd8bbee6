"""Did a person do this, or a program?

By the account, or by the API key the request came with: a key may belong to a person and still be a program's own.
"""
_KEY = "_hub_by_machine_key"


def speaks_for(user, token):
    """The person of a request that came with this key, knowing whether a program acts by itself."""
    setattr(user, _KEY, token.is_machine)
    return user


def is_person(by):
    """`by` None is the hub itself."""
    return by is not None and not by.is_machine and not getattr(by, _KEY, False)
