"""Which rows does a department see because they are its work?"""
from django.db import models


def work_of_the_department(path=""):
    """What tells of no single row is seen by the people of the department that has to do it, whatever their scopes."""

    def widen(user):
        if user.department_id is None:
            return None
        return models.Q(**{f"{path}for_department": True, f"{path}department_id": user.department_id})

    return staticmethod(widen)
