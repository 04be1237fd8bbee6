"""Do codes have the order of their signs in every table, also in one that is made anew?"""
from django.db import connection

from kernel.fields import CodeField


def test_a_code_sorts_by_its_signs_in_a_new_table_too(db):
    wanted = {"sqlite": None, "postgresql": "C"}[connection.vendor]
    assert CodeField(max_length=9).db_parameters(connection)["collation"] == wanted
    assert CodeField(max_length=9, db_collation="x").db_parameters(connection)["collation"] == "x"
