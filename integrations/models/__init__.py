from integrations.models.connections import Connection, SyncCursor
from integrations.models.imports import ImportFile
from integrations.models.inbox import InboxBatch, ParkedRow
from integrations.models.mappings import Mapping

__all__ = ["Connection", "ImportFile", "InboxBatch", "Mapping", "ParkedRow", "SyncCursor"]
