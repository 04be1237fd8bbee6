"""How is a Tryton asked over its REST door, in its own dialect of JSON?"""
import base64
import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from kernel.outbound import RETRYABLE, Peer, PeerError


class TrytonClient:
    """Reads and acts on one Tryton database. Every method raises PeerError when it does not do as asked.

    `context` is sent along with each request; {"_skip_warnings": True} is a user who clicks warnings away.
    """

    def __init__(self, config, context=None):
        self.config = config
        self.context = context
        self.peer = Peer(config.policy())
        self.peer_time = None  # the peer's clock in its last answer

    def search(self, model, domain, fields, *, limit, order=(("id", "ASC"),)):
        """Up to `limit` records (dicts in Tryton's words), ordered."""
        query = [("d", packed(domain)), ("o", packed(order)), ("s", str(limit))]
        rows = self._ask("GET", model, query=query + [("f", name) for name in fields])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise _unshaped(_("The answer is not a list of records."))
        return rows

    def read_all(self, model, domain, fields):
        """Every record of a domain too long for an address; no dotted fields."""
        return self._ask("POST", f"{model}/search_read", {
            "domain": domain, "fields_names": list(fields), "order": [["id", "ASC"]]})

    def count(self, model, domain):
        """How many records the peer itself counts."""
        found = self._ask("POST", f"{model}/search_count", {"domain": domain})
        if not isinstance(found, int):
            raise _unshaped(_("The answer is not a number."))
        return found

    def create(self, model, values):
        return self._ask("POST", model, values)

    def update(self, model, record_id, values):
        return self._ask("PUT", f"{model}/{record_id}", values)

    def act(self, model, record_id, action, values=None):
        """Press a button of one record, e.g. act("sale.sale", 41, "quote")."""
        return self._ask("POST", f"{model}/{record_id}/{action}", values or {})

    def close(self):
        self.peer.close()

    def _ask(self, method, path, body=None, query=()):
        url = f"{self.config.base_url}/rest/model/{path}" + (f"?{urlencode(query)}" if query else "")
        headers = {"Accept": "application/json"}
        if self.config.secret:
            headers["Authorization"] = f"Bearer {self.config.secret}"
        if self.context:
            headers["X-Tryton-Context"] = packed(self.context)
        options = {"headers": headers}
        if body is not None:
            headers["Content-Type"] = "application/json"
            options["content"] = json.dumps(body, default=tryton_json).encode()
        answer = self.peer.send(method, url, **options)
        self._note_time(answer.headers.get("date"))
        return None if answer.status == 204 else answer.json()

    def _note_time(self, written):
        try:
            said = parsedate_to_datetime(written) if written else None
        except ValueError:
            said = None
        self.peer_time = said if said and said.tzinfo else None


def _unshaped(sentence):
    # A healthy status around something else: not ours to guess at, and it may be a proxy that is restarting.
    return PeerError(RETRYABLE, "shape", sentence)


def packed(value):
    """A value as Tryton wants it inside an address: base64url of JSON."""
    return base64.urlsafe_b64encode(json.dumps(value, default=tryton_json).encode()).decode()


def tryton_json(value):
    """Tryton's own JSON for what JSON has no word for; aware datetimes become its naive UTC."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC)
        return {"__class__": "datetime", "year": value.year, "month": value.month, "day": value.day,
                "hour": value.hour, "minute": value.minute, "second": value.second,
                "microsecond": value.microsecond}
    if hasattr(value, "isoformat"):
        return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
    raise TypeError(f"no Tryton JSON for {type(value).__name__}")


def read_stamp(written):
    """Aware UTC datetime of Tryton's {"__class__": "datetime", …}; None for null."""
    if written is None:
        return None
    return datetime(written["year"], written["month"], written["day"], written["hour"], written["minute"],
                    written["second"], written["microsecond"], tzinfo=UTC)
