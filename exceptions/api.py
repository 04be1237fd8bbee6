"""What do tickets offer over REST: reading, and the actions people take on them?"""
import base64

from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import exceptions, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from exceptions import reporting
from exceptions.actions import (
    assign_ticket,
    attach_to_ticket,
    close_ticket,
    comment_ticket,
    hand_over_ticket,
    merge_tickets,
    rate_article,
    reopen_ticket,
    report_ticket,
    resolve_ticket,
    split_ticket,
    start_ticket,
    unwatch_ticket,
    wait_ticket,
    watch_ticket,
)
from exceptions.article_search import find_articles
from exceptions.attachments import place_of
from exceptions.knowledge import CONSIDERED, articles_of
from exceptions.models import Article, Ticket, TicketAttachment, TicketEntry, TicketKind
from exceptions.stays import stays_of
from kernel.models import Department, User
from kernel.rest import HubSerializer, IdFilter, Instant, VisibleViewSet, numbers, since, text, until, words
from kernel.rest_actions import KEY_HEADER, Reason, answer_once, verb

SEES = "exceptions.view_ticket"  # who may work on it is asked by the actions, as for pages


class TicketFilters(filters.FilterSet):
    number = text("number")
    state = words("state")
    kind = words("kind__code")
    severity = numbers("severity")
    department = text("department__code")
    assignee = text("assignee__username")
    order = IdFilter("order_id")
    order_number = text("order__number")
    opened_from = since("opened_at")
    due_from = since("due_at")
    due_until = until("due_at")


class TicketEntrySerializer(HubSerializer):
    by = serializers.CharField(source="by.username", default=None, allow_null=True)

    class Meta:
        model = TicketEntry
        fields = ("id", "at", "by", "by_machine", "action", "text", "data")


class TicketSerializer(HubSerializer):
    kind = serializers.CharField(source="kind.code")
    department = serializers.CharField(source="department.code", default=None, allow_null=True)
    assignee = serializers.CharField(source="assignee.username", default=None, allow_null=True)
    scope = serializers.CharField(source="scope.code")
    merged_into = serializers.CharField(source="merged_into.number", default=None, allow_null=True)

    class Meta:
        model = Ticket
        fields = (
            "id", "number", "kind", "subject_kind", "subject_key", "order", "scope", "title_en", "title_zh", "cause",
            "department", "assignee", "state", "severity", "opened_at", "due_at", "late_at", "first_response_at",
            "resolved_at", "cycle", "level", "merged_into",
        )


class AttachmentSerializer(HubSerializer):
    ticket = serializers.CharField(source="ticket.number")
    by = serializers.CharField(source="by.username")

    class Meta:
        model = TicketAttachment
        fields = ("id", "ticket", "name", "media_type", "size", "sha256", "at", "by")


class OneAttachmentSerializer(AttachmentSerializer):
    content = serializers.SerializerMethodField(help_text="The file in base64; null where it is missing.")

    class Meta(AttachmentSerializer.Meta):
        fields = (*AttachmentSerializer.Meta.fields, "content")

    def get_content(self, row) -> str | None:
        path = place_of(row)
        return base64.b64encode(path.read_bytes()).decode() if path else None


class StaySerializer(serializers.Serializer):
    department = serializers.CharField(source="code")
    start = Instant()
    end = Instant(allow_null=True, help_text="null: it still has the ticket.")
    work_s = serializers.IntegerField(help_text="Working seconds it had the ticket, without waiting.")


class OneTicketSerializer(TicketSerializer):
    entries = TicketEntrySerializer(many=True)
    attachments = AttachmentSerializer(many=True)
    departments = serializers.SerializerMethodField(help_text="Which departments had it, in turn.")

    class Meta(TicketSerializer.Meta):
        fields = (*TicketSerializer.Meta.fields, "departments", "evidence", "entries", "attachments")

    @extend_schema_field(StaySerializer(many=True))
    def get_departments(self, row):
        return StaySerializer(stays_of(row, timezone.now()), many=True).data


class ReportedTicketSerializer(OneTicketSerializer):
    is_new = serializers.BooleanField(
        source="was_opened_now",
        help_text="False: a ticket of this kind and subject is open already, and what you said was added to it.",
    )

    class Meta(OneTicketSerializer.Meta):
        fields = (*OneTicketSerializer.Meta.fields, "is_new")


class File(serializers.Serializer):
    name = serializers.CharField(max_length=150)
    content = serializers.CharField(help_text="The file in base64.")

    def validate_content(self, value):
        try:
            return base64.b64decode(value, validate=True)
        except ValueError:
            raise serializers.ValidationError(_("This is no base64.")) from None


class Report(serializers.Serializer):
    kind = serializers.CharField(max_length=40, help_text="The code of a ticket kind with `is_reported`.")
    subject_kind = serializers.ChoiceField(
        choices=["order", "difference", "words"], default="order",
        help_text="What `subject` names: an order's number or id, a difference's id, or words of your own.",
    )
    subject = serializers.CharField(max_length=reporting.SUBJECT_LONGEST)
    text = serializers.CharField(max_length=4000, help_text="What is wrong.")
    scope = serializers.CharField(
        max_length=60, default="", allow_blank=True,
        help_text="Whose it is, the code of a scope; for words of your own where you see several scopes.",
    )
    department = serializers.CharField(
        max_length=40, default="", allow_blank=True, help_text="The code of a department; without it, as routed.",
    )
    files = File(many=True, default=list, max_length=10)


class Words(serializers.Serializer):
    text = serializers.CharField(max_length=4000)


class Solution(serializers.Serializer):
    note = serializers.CharField(max_length=4000)
    cause = serializers.CharField(max_length=40, default="", allow_blank=True)
    subject = serializers.ChoiceField(
        choices=["", "fixed", "accept", "leave"], default="", allow_blank=True,
        help_text="What becomes of what the ticket is about, where that is still open.",
    )


class Merging(serializers.Serializer):
    into = serializers.CharField(max_length=20, help_text="The number of the ticket that goes on.")


class Splitting(serializers.Serializer):
    title = serializers.CharField(max_length=300)


class Assignment(serializers.Serializer):
    assignee = serializers.CharField(max_length=150, help_text="A user name.")


class Handing(serializers.Serializer):
    department = serializers.CharField(max_length=40, help_text="The code of the department that has to act.")
    reason = serializers.CharField(max_length=300)


class Closing(serializers.Serializer):
    note = serializers.CharField(max_length=4000, default="", allow_blank=True)


class Verdict(serializers.Serializer):
    article = serializers.CharField(max_length=60, help_text="An article's code.")
    is_solved = serializers.BooleanField()


def _scope_of(code, person):
    """The scope of this code that the person sees; without a code the only one there is, else None."""
    mine = reporting.scopes_for(person)
    if code:
        return mine.filter(code=code).first()
    some = list(mine[:2])
    return some[0] if len(some) == 1 else None


class TicketViewSet(VisibleViewSet):
    model = Ticket
    related = ("kind", "department", "assignee", "scope", "merged_into")
    filterset_class = TicketFilters
    ordering_fields = ("id", "opened_at", "number")

    def get_serializer_class(self):
        return TicketSerializer if self.action == "list" else OneTicketSerializer

    @extend_schema(
        request=Report, parameters=[KEY_HEADER], responses=dict.fromkeys((201, 200), ReportedTicketSerializer),
    )
    def create(self, request):
        """Open a ticket by hand: 201. Where one of the same kind and subject is open, it takes what you say: 200."""
        if not request.user.has_perm("exceptions.add_ticket"):
            raise exceptions.PermissionDenied
        said = Report(data=request.data)
        said.is_valid(raise_exception=True)

        def work():
            return self._report(said.validated_data, request.user, timezone.now())

        found = answer_once(request, work)
        return Response(found, status=status.HTTP_201_CREATED if found["is_new"] else status.HTTP_200_OK)

    def _report(self, said, by, at):
        scope = _scope_of(said["scope"], by)
        if said["subject_kind"] == reporting.WORDS and scope is None:
            raise exceptions.ValidationError({"scope": [_("Say whose it is: the code of a scope you see.")]})
        about = reporting.about(said["subject_kind"], said["subject"], by, scope)
        if about is None:
            raise exceptions.ValidationError({"subject": [_("There is nothing of this name that you may see.")]})
        kind = TicketKind.objects.select_related("department", "chain").filter(code=said["kind"]).first()
        if kind is None:
            raise exceptions.ValidationError({"kind": [_("There is no ticket kind of this code.")]})
        department = Department.objects.filter(code=said["department"]).first() if said["department"] else None
        if said["department"] and department is None:
            raise exceptions.ValidationError({"department": [_("There is no department of this code.")]})
        ticket, is_new = report_ticket(
            about=about, kind=kind, text=said["text"], department=department, by=by, at=at,
            files=[(one["name"], one["content"]) for one in said["files"]],
        )
        ticket.was_opened_now = is_new
        return ReportedTicketSerializer(ticket, context=self.get_serializer_context()).data

    @verb("assign", permission=SEES, takes=Assignment)
    def assign(self, row, data, by, at):
        to = User.objects.filter(username=data["assignee"], is_active=True).first()
        if to is None:
            raise exceptions.ValidationError({"assignee": [_("There is nobody of this name.")]})
        return assign_ticket(ticket=row, to=to, by=by, at=at)

    @verb("start", permission=SEES)
    def start(self, row, data, by, at):
        return start_ticket(ticket=row, by=by, at=at)

    @verb("comment", permission=SEES, takes=Words)
    def comment(self, row, data, by, at):
        return comment_ticket(ticket=row, text=data["text"], by=by, at=at)

    @verb("attach", permission=SEES, takes=File)
    def attach(self, row, data, by, at):
        attach_to_ticket(ticket=row, name=data["name"], content=data["content"], by=by, at=at)
        return row

    @verb("watch", permission=SEES)
    def watch(self, row, data, by, at):
        """Hear of what happens to it."""
        return watch_ticket(ticket=row, by=by, at=at)

    @verb("unwatch", permission=SEES)
    def unwatch(self, row, data, by, at):
        return unwatch_ticket(ticket=row, by=by, at=at)

    @verb("wait", permission=SEES, takes=Reason)
    def wait(self, row, data, by, at):
        return wait_ticket(ticket=row, reason=data["reason"], by=by, at=at)

    @verb("resolve", permission=SEES, takes=Solution)
    def resolve(self, row, data, by, at):
        return resolve_ticket(ticket=row, note=data["note"], cause=data["cause"], subject=data["subject"], by=by, at=at)

    @verb("reopen", permission=SEES, takes=Reason)
    def reopen(self, row, data, by, at):
        return reopen_ticket(ticket=row, reason=data["reason"], by=by, at=at)

    @verb("rate-article", permission=SEES, takes=Verdict)
    def rate_article(self, row, data, by, at):
        article = Article.objects.filter(code=data["article"], is_published=True).first()
        if article is None:
            raise exceptions.ValidationError({"article": [_("There is no article of this code.")]})
        rate_article(article=article, ticket=row, is_solved=data["is_solved"], by=by, at=at)
        return row

    @verb("hand-over", permission=SEES, takes=Handing)
    def hand_over(self, row, data, by, at):
        """Another department has to act; the times go on, by its hours."""
        department = Department.objects.filter(code=data["department"]).first()
        if department is None:
            raise exceptions.ValidationError({"department": [_("There is no department of this code.")]})
        return hand_over_ticket(ticket=row, department=department, reason=data["reason"], by=by, at=at)

    @verb("merge", permission=SEES, takes=Merging)
    def merge(self, row, data, by, at):
        into = Ticket.objects.visible_to(by).filter(number=data["into"]).first()
        if into is None:
            raise exceptions.ValidationError({"into": [_("There is no ticket of this number.")]})
        return merge_tickets(ticket=row, into=into, by=by, at=at)

    @verb("split", permission=SEES, takes=Splitting)
    def split(self, row, data, by, at):
        return split_ticket(ticket=row, title=data["title"], by=by, at=at)

    @verb("close", permission=SEES, takes=Closing)
    def close(self, row, data, by, at):
        return close_ticket(ticket=row, note=data["note"], by=by, at=at)


class AttachmentFilters(filters.FilterSet):
    ticket = text("ticket__number")


class AttachmentViewSet(VisibleViewSet):
    """Files of tickets: the list tells of them, one of them brings its content."""

    model = TicketAttachment
    related = ("ticket", "by")
    filterset_class = AttachmentFilters

    def get_serializer_class(self):
        return AttachmentSerializer if self.action == "list" else OneAttachmentSerializer


class TicketKindSerializer(HubSerializer):
    department = serializers.CharField(source="department.code", default=None, allow_null=True)

    class Meta:
        model = TicketKind
        fields = (
            "id", "code", "name_en", "name_zh", "department", "response_s", "resolution_s", "severity", "is_reported",
        )


class TicketKindViewSet(VisibleViewSet):
    model = TicketKind
    related = ("department",)
    serializer_class = TicketKindSerializer


class ArticleFilters(filters.FilterSet):
    """`cause` narrows to the articles for a cause or a kind of ticket."""

    code = text("code")
    cause = filters.CharFilter(method="for_cause", max_length=40, help_text="A cause, or the code of a ticket kind.")

    def for_cause(self, rows, name, value):
        return rows.filter(pk__in=[one.pk for one in articles_of([value], self.request.user, most=CONSIDERED)])


class ArticleSerializer(HubSerializer):
    class Meta:
        model = Article
        fields = (
            "id", "code", "title_en", "title_zh", "body_en", "body_zh", "causes", "search_words", "solved_count",
            "unsolved_count",
        )


class ArticleViewSet(VisibleViewSet):
    model = Article
    filterset_class = ArticleFilters
    serializer_class = ArticleSerializer

    def get_queryset(self):
        return super().get_queryset().filter(is_published=True)

    @extend_schema(
        parameters=[OpenApiParameter("q", str, required=True, description="A question, in Chinese or English.")],
        responses=ArticleSerializer(many=True), filters=False,
    )
    @action(detail=False, pagination_class=None, filterset_class=None)
    def search(self, request):
        """The articles that answer a question best, the best first, twenty at most."""
        question = request.query_params.get("q", "")[:200]
        articles, _found = find_articles(question, request.user)
        return Response(self.get_serializer(articles, many=True).data)


ROUTES = [
    ("tickets", TicketViewSet), ("ticket-attachments", AttachmentViewSet), ("ticket-kinds", TicketKindViewSet),
    ("articles", ArticleViewSet),
]
