"""What does the log say, one JSON object a line, with the number of the request?"""
import json
import logging
from contextvars import ContextVar

request_id = ContextVar("request_id", default="")


class JsonFormatter(logging.Formatter):
    def format(self, record):
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "text": record.getMessage(),
        }
        if request_id.get():
            line["request"] = request_id.get()
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
