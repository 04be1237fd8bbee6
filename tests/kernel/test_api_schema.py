"""Does REST keep its own word, whatever is sent? Schemathesis, in process, as somebody of one scope."""
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from kernel.tokens import issue_token
from tests.house.conftest import HIDDEN, insider, worlds  # noqa: F401 - fixtures

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
calm = settings(
    max_examples=4, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def one_connection():
    """As Django's own test client does: a request of the bare application must not close the test's connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def headers(insider):  # noqa: F811
    clear = issue_token(user=insider, name="n", days=1, may_write=True, by=insider, at=timezone.now())[1]
    return {"Authorization": f"Bearer {clear}", "Accept-Encoding": "identity"}


def _operations(headers):
    schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", get_wsgi_application(), headers=headers)
    return [result.ok() for result in schema.get_all_operations()]


def _visible_id(operation, world):
    from config.api import router

    prefix = operation.path.split("/")[3]
    viewset = {name: viewset for name, viewset, _base in router.registry}[prefix]
    return world.get(viewset.model).pk


@pytest.mark.django_db
def test_every_operation_conforms_and_tells_nothing_hidden(headers, worlds):  # noqa: F811
    operations = _operations(headers)
    assert len(operations) > 50
    for operation in operations:
        row = {"id": str(_visible_id(operation, worlds[0]))} if "{id}" in operation.path else None
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _try(operation.as_strategy(generation_mode=mode), headers)
            if row and mode == GenerationMode.POSITIVE:
                _try(operation.as_strategy(generation_mode=mode, path_parameters=row), headers)


def _try(cases, headers):
    @calm
    @given(cases)
    def ask(case):
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS)
        assert HIDDEN not in answer.text

    ask()
