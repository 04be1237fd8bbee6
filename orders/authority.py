"""Which published ranking counts for an order of this company, plant and kind?"""
from orders.models import AuthorityRank, AuthorityVersion, SourceSystem
from orders.ranking import Authority, default_ranks


class Authorities:
    """The latest published authority, read once; `for_order` gives the most exact ranks for each subject."""

    def __init__(self):
        self.version = AuthorityVersion.objects.exclude(published_at=None).order_by("-number").first()
        self._rows = list(
            AuthorityRank.objects.filter(version=self.version).order_by("subject", "rank")
            .values_list("company_id", "plant_id", "kind_id", "subject", "system__code")
        ) if self.version else []
        # Without ranks for single plants or kinds one look is enough.
        self.tells_apart = any(plant or kind for _company, plant, kind, *_ in self._rows)
        self._systems, self._made = {}, {}
        for company, code, role in SourceSystem.objects.exclude(role="hub").values_list("company", "code", "role"):
            self._systems.setdefault(company, []).append((code, role))

    def for_order(self, company_id, plant_id, kind_id):
        name = company_id, plant_id, kind_id
        if name not in self._made:
            self._made[name] = Authority(self.version.number if self.version else 0, self._ranks(*name))
        return self._made[name]

    def _ranks(self, company_id, plant_id, kind_id):
        """A plant and kind together are more exact than a plant, a plant than a kind, a kind than neither."""
        ranks, exactness = default_ranks(self._systems.get(company_id, [])), {}
        for company, plant, kind, subject, system in self._rows:
            if company != company_id or plant not in (None, plant_id) or kind not in (None, kind_id):
                continue
            exact = 2 * (plant is not None) + (kind is not None)
            if exact > exactness.get(subject, -1):
                exactness[subject], ranks[subject] = exact, ()
            if exact == exactness[subject]:
                ranks[subject] = (*ranks[subject], system)
        return ranks
