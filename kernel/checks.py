"""Which setting is wrong, and how is it mended? System checks with hints."""
import zoneinfo

from django.conf import settings
from django.core.checks import Error, Warning, register


@register()
def time_zone_exists(app_configs, **kwargs):
    if settings.HUB_TIME_ZONE not in zoneinfo.available_timezones():
        return [
            Error(
                f"ORDERHUB_TIME_ZONE is {settings.HUB_TIME_ZONE!r}, which is no time zone.",
                hint="Use a name like Asia/Shanghai.", id="hub.E001",
            )
        ]
    return []


@register()
def language_exists(app_configs, **kwargs):
    if settings.HUB_DEFAULT_LANGUAGE not in dict(settings.LANGUAGES):
        return [
            Error(
                f"ORDERHUB_LANGUAGE is {settings.HUB_DEFAULT_LANGUAGE!r}.", hint="Use zh-hans or en.",
                id="hub.E002",
            )
        ]
    return []


@register(deploy=True)
def hosts_are_named(app_configs, **kwargs):
    if "*" in settings.ALLOWED_HOSTS:
        return [
            Error("ORDERHUB_HOSTS is *: any host name is accepted.", hint="Name the hosts.", id="hub.E003")
        ]
    return []


@register()
def retry_is_long_enough(app_configs, **kwargs):
    cluster = settings.Q_CLUSTER
    least = (cluster["queue_limit"] / cluster["workers"] + 2) * (cluster["timeout"] + 3)
    if cluster["retry"] <= least:
        return [
            Error(
                f"Q_CLUSTER retry {cluster['retry']} s is too short: tasks would run twice.",
                hint=f"Set it above {least:.0f}.", id="hub.E004",
            )
        ]
    return []


@register(deploy=True)
def field_keys_are_own(app_configs, **kwargs):
    if not settings.FIELD_KEYS:
        return [
            Warning(
                "ORDERHUB_FIELD_KEYS is not set: connector secrets are encrypted with a key made from "
                "ORDERHUB_SECRET_KEY, which then cannot be changed alone.",
                hint="python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'",
                id="hub.W001",
            )
        ]
    return []
