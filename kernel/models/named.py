"""What do rows with an English and a Chinese name have in common?"""
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class NamedModel(models.Model):
    """Names that are data: both languages stand on the row; `name` is the reader's."""

    name_en = models.CharField(_("English name"), max_length=120)
    name_zh = models.CharField(_("Chinese name"), max_length=120)

    class Meta:
        abstract = True

    @property
    def name(self):
        chinese = (get_language() or "").startswith("zh")
        return (self.name_zh or self.name_en) if chinese else (self.name_en or self.name_zh)

    name.fget.short_description = _("name")  # the head of an admin column

    def __str__(self):
        return self.name
