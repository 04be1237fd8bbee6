"""What does the kernel offer over REST: places, notices, jobs, keys?"""
from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, mixins, response, serializers, status

from kernel.jobs import retry_job, told_result
from kernel.models import ApiToken, Company, Department, JobRun, Notice, Plant, Scope
from kernel.notices import read_notices
from kernel.rest import HubSerializer, VisibleViewSet, empty, since, text, until, words
from kernel.rest_actions import verb
from kernel.tokens import issue_token, revoke_token

NAMES = ("id", "code", "name_en", "name_zh")


class CompanySerializer(HubSerializer):
    class Meta:
        model = Company
        fields = (*NAMES, "time_zone", "currency")


class CompanyViewSet(VisibleViewSet):
    model = Company
    serializer_class = CompanySerializer


class PlantSerializer(HubSerializer):
    company = serializers.CharField(source="company.code")

    class Meta:
        model = Plant
        fields = (*NAMES, "company", "time_zone")


class PlantViewSet(VisibleViewSet):
    model = Plant
    related = ("company",)
    serializer_class = PlantSerializer


class DepartmentSerializer(HubSerializer):
    head = serializers.CharField(source="head.username", default=None, allow_null=True)

    class Meta:
        model = Department
        fields = (*NAMES, "head")


class DepartmentViewSet(VisibleViewSet):
    model = Department
    related = ("head",)
    serializer_class = DepartmentSerializer


class ScopeSerializer(HubSerializer):
    class Meta:
        model = Scope
        fields = (*NAMES, "kind")


class ScopeViewSet(VisibleViewSet):
    """The scopes you see: the filter of everything else."""

    model = Scope
    permission = ""
    serializer_class = ScopeSerializer


class NoticeFilters(filters.FilterSet):
    kind = text("kind")
    unread = empty("read_at")
    created_from = since("created_at")


class NoticeSerializer(HubSerializer):
    class Meta:
        model = Notice
        fields = ("id", "kind", "text_en", "text_zh", "link", "created_at", "read_at")


class NoticeViewSet(VisibleViewSet):
    model = Notice
    filterset_class = NoticeFilters
    serializer_class = NoticeSerializer

    @verb("read", permission="kernel.view_notice")
    def read(self, row, data, by, at):
        read_notices(person=by, ids=[row.pk], by=by, at=at)
        row.refresh_from_db()


class JobFilters(filters.FilterSet):
    state = words("state")
    kind = text("kind")
    asked_from = since("asked_at")
    asked_until = until("asked_at")


class JobSerializer(HubSerializer):
    result = serializers.SerializerMethodField(
        help_text="What it found; of comparisons only where it is told, for each person sees another part of it.")

    def get_result(self, job) -> dict:
        return told_result(job)

    class Meta:
        model = JobRun
        fields = (
            "id", "key", "kind", "state", "attempts", "asked_at", "started_at", "finished_at", "done_count",
            "total_count", "message", "result", "error",
        )


class JobViewSet(VisibleViewSet):
    model = JobRun
    filterset_class = JobFilters
    serializer_class = JobSerializer

    @verb("retry", permission="kernel.change_jobrun")
    def retry(self, row, data, by, at):
        return retry_job(job=row, by=by, at=at)


class TokenSerializer(HubSerializer):
    class Meta:
        model = ApiToken
        fields = (
            "id", "name", "prefix", "may_write", "is_machine", "created_at", "expires_at", "last_used_at", "revoked_at",
        )


class TokenWish(serializers.Serializer):
    name = serializers.CharField(max_length=80)
    days = serializers.IntegerField(min_value=1, max_value=365, default=90)
    may_write = serializers.BooleanField(default=False)
    is_machine = serializers.BooleanField(
        default=False, help_text="A program acts by itself: what it does is no person's answer to a ticket.",
    )


class NewTokenSerializer(TokenSerializer):
    """`token` is shown this once and never again."""

    token = serializers.CharField()

    class Meta(TokenSerializer.Meta):
        fields = (*TokenSerializer.Meta.fields, "token")


class TokenViewSet(mixins.CreateModelMixin, VisibleViewSet):
    """Your own API keys."""

    model = ApiToken
    serializer_class = TokenSerializer

    @extend_schema(request=TokenWish, responses={201: NewTokenSerializer})
    def create(self, request):
        if request.auth is not None:
            raise exceptions.PermissionDenied(_("An API key cannot make another: sign in for that."))
        if not request.user.has_perm("kernel.add_apitoken"):
            raise exceptions.PermissionDenied
        wish = TokenWish(data=request.data)
        wish.is_valid(raise_exception=True)
        row, clear = issue_token(user=request.user, by=request.user, at=timezone.now(), **wish.validated_data)
        said = TokenSerializer(row, context=self.get_serializer_context()).data
        return response.Response({**said, "token": clear}, status=status.HTTP_201_CREATED)

    @verb("revoke", permission="kernel.change_apitoken")
    def revoke(self, row, data, by, at):
        return revoke_token(token=row, by=by, at=at)


ROUTES = [
    ("companies", CompanyViewSet), ("plants", PlantViewSet), ("departments", DepartmentViewSet),
    ("scopes", ScopeViewSet), ("notices", NoticeViewSet), ("jobs", JobViewSet), ("tokens", TokenViewSet),
]
