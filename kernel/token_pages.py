"""Which keys do programs use in my name, and how do I make or end one?"""
from django import forms
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from kernel.models import ApiToken
from kernel.pages import answer, draw, require, staff_page
from kernel.tokens import issue_token, revoke_token


class TokenForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("What is it for?"), max_length=80)
    days = forms.IntegerField(label=gettext_lazy("Valid for days"), min_value=1, max_value=365, initial=90)
    may_write = forms.BooleanField(label=gettext_lazy("May call actions"), required=False)
    is_machine = forms.BooleanField(
        label=gettext_lazy("A program acts by itself"), required=False,
        help_text=ApiToken._meta.get_field("is_machine").help_text,
    )


@staff_page("kernel.view_apitoken")
def tokens_page(request):
    """A new key is shown in the answer to the form that made it, and never again."""
    form, clear = TokenForm(request.POST or None), ""
    if request.method == "POST":
        require(request.user, "kernel.add_apitoken")
        if form.is_valid():
            clear = issue_token(user=request.user, by=request.user, at=timezone.now(), **form.cleaned_data)[1]
            form = TokenForm()
    rows = ApiToken.objects.filter(user=request.user)
    return draw(request, "kernel/tokens.html", page_title=_("API keys"), form=form, clear=clear, rows=rows,
                now=timezone.now())


@require_POST
@staff_page("kernel.change_apitoken")
def token_revoke(request, pk):
    token = get_object_or_404(ApiToken.objects.filter(user=request.user), pk=pk)
    return answer(request, "/settings/keys/", _("This key no longer works."), revoke_token, token=token,
                  by=request.user, at=timezone.now())
