"""Which systems have not spoken for longer than they should? Every page names them."""
from orders.models import SourceSystem


def silent_systems(now):
    return [one for one in SourceSystem.objects.filter(is_active=True) if one.is_silent(now)]
