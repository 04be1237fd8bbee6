"""Which business partners, materials and stock do the systems tell of?

Everything here is derived from source records of the entities customer, supplier, carrier, material and stock; an
order or a line that names a partner or material nobody has told of yet makes a bare row.
"""
from pypinyin import Style, lazy_pinyin

from kernel.models import Plant
from orders.authority import Authorities
from orders.bulk import in_chunks, insert_rows, update_rows
from orders.identity import moment_of
from orders.models import BomRevision, CustomerTier, Material, Order, Party, PartyRole, SourceRecord, StockLevel

ENTITIES = ("customer", "material", "stock", "supplier", "carrier")


def search_key_of(*names):
    """Names, their pinyin and their initials, in capitals: "华驰 HUACHI HC"."""
    parts = []
    for name in names:
        if not name:
            continue
        parts.append(name)
        if not name.isascii():
            parts.append("".join(lazy_pinyin(name)))
            parts.append("".join(lazy_pinyin(name, style=Style.FIRST_LETTER)))
    return " ".join(dict.fromkeys(parts)).upper()[:600]


class Masters:
    """Partners, materials and plants by code; read as they are asked for, kept for one batch or load."""

    def __init__(self):
        self._parties, self._materials = {}, {}
        self._plants = {
            (company, code.casefold()): plant for plant, company, code in
            Plant.objects.values_list("id", "company_id", "code")
        }

    def party(self, company_id, code):
        """(id, scope id, is it bare: without a name) of the partner with this code, or None."""
        return self._parties.get((company_id, code)) if code else None

    def material(self, company_id, code):
        """The id of the material with this code, or None."""
        row = self._materials.get((company_id, code)) if code else None
        return row and row[0]

    def plant(self, company_id, code):
        return self._plants.get((company_id, str(code).casefold())) if code else None

    def know_named(self, folded):
        """Make sure that every partner and material these folded orders name has a row."""
        parties, materials = {}, {}
        for order, state, _count, _last in folded:
            code = state.value("customer")
            if code and self._wants(self._parties, order.company_id, code, state.value("customer_name")):
                _put(parties, (order.company_id, code), state.value("customer_name"))
            for line in state.lines.values():
                code = line.get("material")
                name = line.get("material_name")
                if code and self._wants(self._materials, order.company_id, code, name):
                    _put(materials, (order.company_id, code), name, line.get("unit"))
        self.know_parties({one: its[0] for one, its in parties.items()})
        self.know_materials(materials)

    def _wants(self, known, company_id, code, name):
        """Is there no row yet, or a bare one that could have this name now?"""
        row = known.get((company_id, code))
        return row is None or bool(row[-1] and name)

    def know_parties(self, names, role=PartyRole.CUSTOMER):
        """{(company id, code): name or None}: read them, make those that are missing, in this role."""
        self._read_parties(names)
        fresh = {one: name for one, name in names.items() if one not in self._parties}
        insert_rows(Party, ("company", "code", "name", "short_name", "search_key"), [
            (company, code, name or code, "", search_key_of(name or code, code))
            for (company, code), name in sorted(fresh.items(), key=lambda one: one[0])
        ])
        if fresh:
            self._read_parties(fresh)
            self._give_roles(fresh, role)
        bare = [(*one, name) for one, name in names.items() if name and self._parties[one][2]]
        update_rows(Party, ("name", "search_key"), [
            (name, search_key_of(name, code), self._parties[company, code][0]) for company, code, name in bare
        ])
        if bare:
            self._read_parties({(company, code): name for company, code, name in bare})

    def _give_roles(self, fresh, role):
        if fresh:
            insert_rows(PartyRole, ("party", "role", "credit_currency"), [
                (self._parties[one][0], role, "") for one in sorted(fresh)
            ])

    def know_parties_anew(self, names):
        """Their rows were changed beside us."""
        self._read_parties(names)

    def _read_parties(self, names):
        for some in in_chunks(sorted({code for _, code in names})):
            for company, code, *its in Party.objects.filter(code__in=some).values_list(
                "company_id", "code", "id", "scope_id", "name"
            ):
                self._parties[company, code] = its[0], its[1], its[2] == code

    def know_materials(self, names):
        """{(company id, code): (name or None, unit or None)}: read them, make those that are missing."""
        self._read_materials(names)
        fresh = {one: its for one, its in names.items() if one not in self._materials}
        insert_rows(Material, ("company", "code", "name", "base_unit", "safety_stock_m", "search_key"), [
            (company, code, name or code, unit or "pcs", 0, search_key_of(name or code, code))
            for (company, code), (name, unit) in sorted(fresh.items(), key=lambda one: one[0])
        ])
        self._read_materials(fresh)
        bare = [(*one, its[0]) for one, its in names.items() if its[0] and self._materials[one][1]]
        update_rows(Material, ("name", "search_key"), [
            (name, search_key_of(name, code), self._materials[company, code][0]) for company, code, name in bare
        ])
        self._read_materials({(company, code): name for company, code, name in bare})

    def _read_materials(self, names):
        for some in in_chunks(sorted({code for _, code in names})):
            for company, code, material, name in Material.objects.filter(code__in=some).values_list(
                "company_id", "code", "id", "name"
            ):
                self._materials[company, code] = material, name == code


def _put(found, name, *values):
    """Keep the first that says a name."""
    if name not in found or (values[0] and not found[name][0]):
        found[name] = values


class MasterWriter:
    """Writes what the touched records of one batch say of partners, materials and stock."""

    def __init__(self, masters, scopes):
        self.masters, self.scopes = masters, scopes
        self.authorities = None

    def write(self, records):
        """`records` are those of orders.records; only master data among them is looked at.

        Returns the ids of orders that may belong elsewhere now, because their customer does.
        """
        touched = {entity: [] for entity in ENTITIES}
        for record in records:
            if record.entity in touched and record.latest is not None:
                touched[record.entity].append(record)
        if touched["customer"] or touched["material"]:
            self.authorities = self.authorities or Authorities()
        moved = self._customers(_codes(touched["customer"], "customer"))
        self._materials(_codes(touched["material"], "material"))
        self._stock(touched["stock"])
        for role in (PartyRole.SUPPLIER, PartyRole.CARRIER):
            self._partners(touched[role], role)
        return set(Order.objects.filter(customer_id__in=moved).values_list("pk", flat=True)) if moved else set()

    def _said(self, entity, field, names):
        """{(company id, code): {system code: data}} of all live records about these codes."""
        said = {}
        rows = SourceRecord.objects.filter(entity=entity, is_retracted=False).order_by("key")
        for data, company, system in rows.values_list("data", "system__company_id", "system__code"):
            if (company, data.get(field)) in names:
                said.setdefault((company, data[field]), {})[system] = data
        return said

    def _choose(self, company, said, field):
        values = {system: data[field] for system, data in said.items() if data.get(field) is not None}
        if not values:
            return None
        return values[self.authorities.for_order(company, None, None).choose(field, values)[0]]

    def _customers(self, names):
        """Writes them; returns the ids of those that belong to another scope than before."""
        if not names:
            return []
        said = self._said("customer", "customer", names)
        self.masters.know_parties({name: self._choose(name[0], its, "customer_name") for name, its in said.items()})
        tiers = {tier.code: tier.id for tier in CustomerTier.objects.all()}
        parties, roles, moved = [], [], []
        for name, its in said.items():
            party_id, before, _bare = self.masters.party(*name)
            chosen = {field: self._choose(name[0], its, field)
                      for field in ("customer_name", "tier", "credit_limit_minor", "currency", "sales_team")}
            title = chosen["customer_name"] or name[1]
            scope_id = self.scopes.owner_of(name[0], {"sales_team": chosen["sales_team"]}, None, ()) or before
            if scope_id != before:
                moved.append(party_id)
            parties.append((title, search_key_of(title, name[1]), scope_id, party_id))
            roles.append((party_id, tiers.get(chosen["tier"]), chosen["credit_limit_minor"],
                          chosen["currency"] or ""))
        update_rows(Party, ("name", "search_key", "scope"), parties)
        self._roles(roles)
        self.masters.know_parties_anew(said)
        return moved

    def _roles(self, roles):
        known = dict(PartyRole.objects.filter(
            party_id__in=[row[0] for row in roles], role=PartyRole.CUSTOMER
        ).values_list("party_id", "id"))
        insert_rows(PartyRole, ("party", "role", "tier", "credit_limit_minor", "credit_currency"), [
            (row[0], PartyRole.CUSTOMER, *row[1:]) for row in roles if row[0] not in known
        ])
        update_rows(PartyRole, ("tier", "credit_limit_minor", "credit_currency"), [
            (*row[1:], known[row[0]]) for row in roles if row[0] in known
        ])

    def _partners(self, records, role):
        """Suppliers or carriers. Their numbers are no customers' numbers: those not known by theirs are kept apart."""
        names = _codes(records, role)
        if not names:
            return
        self.authorities = self.authorities or Authorities()
        said = self._said(role, role, names)
        known = set(PartyRole.objects.filter(role=role, party__code__in={code for _, code in said})
                    .values_list("party__company_id", "party__code"))
        chosen = {name if name in known else (name[0], f"{role}:{name[1]}"[:60]):
                  (self._choose(name[0], its, f"{role}_name"), name[1]) for name, its in said.items()}
        self.masters.know_parties({own: title for own, (title, _code) in chosen.items()}, role)
        update_rows(Party, ("name", "search_key"), [
            (title, search_key_of(title, code), self.masters.party(*own)[0])
            for own, (title, code) in chosen.items() if title])

    def _materials(self, names):
        if not names:
            return
        said = self._said("material", "material", names)
        self.masters.know_materials({
            name: (self._choose(name[0], its, "material_name"), self._choose(name[0], its, "unit"))
            for name, its in said.items()
        })
        rows, revisions = [], []
        for name, its in said.items():
            material_id = self.masters.material(*name)
            title = self._choose(name[0], its, "material_name") or name[1]
            rows.append((title, self._choose(name[0], its, "unit") or "pcs",
                         self._choose(name[0], its, "safety_stock_m") or 0, search_key_of(title, name[1]),
                         material_id))
            revision = self._choose(name[0], its, "bom_revision")
            if revision:
                revisions.append((material_id, revision, names[name].date()))
        update_rows(Material, ("name", "base_unit", "safety_stock_m", "search_key"), rows)
        insert_rows(BomRevision, ("material", "revision", "valid_from"), revisions)

    def _stock(self, records):
        """One row per system, material and warehouse: the latest statement of the record that names them."""
        if not records:
            return
        names = {(one.system.company_id, one.latest.statement.data.get("material")): (None, None)
                 for one in records if one.latest.statement.data.get("material")}
        self.masters.know_materials(names)
        rows = {}
        for record in records:
            data = record.latest.statement.data
            if data.get("material") and data.get("on_hand_m") is not None:
                material = self.masters.material(record.system.company_id, data["material"])
                rows[record.system.id, material, data.get("plant") or "", data.get("warehouse") or "",
                     data.get("owner") or ""] = record
        self._write_stock(rows)

    def _write_stock(self, rows):
        known = {
            tuple(name): level for level, *name in StockLevel.objects.filter(
                material_id__in={name[1] for name in rows}
            ).values_list("id", "system_id", "material_id", "plant_code", "warehouse", "owner")
        }
        fresh, touched = [], []
        for name, record in sorted(rows.items(), key=lambda one: one[0]):
            said = record.latest.statement
            values = (self.masters.plant(record.system.company_id, said.data.get("plant")), said.data["on_hand_m"],
                      moment_of(said.data.get("posted_at")) or said.occurred_at, record.scope_id)
            if name in known:
                touched.append((*values, known[name]))
            else:
                fresh.append((*name, *values))
        insert_rows(StockLevel, ("system", "material", "plant_code", "warehouse", "owner", "plant", "on_hand_m",
                                 "as_of", "scope"), fresh)
        update_rows(StockLevel, ("plant", "on_hand_m", "as_of", "scope"), touched)


def _codes(records, field):
    """{(company id, code): occurred} named by these records."""
    return {
        (one.system.company_id, one.latest.statement.data[field]): one.latest.statement.occurred_at
        for one in records if one.latest.statement.data.get(field)
    }
