"""What a report of delivery says: its kind, and why each delivery that failed did."""

import email.parser
import email.policy
import importlib

# What mail servers write their reasons in; a word in any other is shown as it came.
for name in ("ascii", "cp1252", "iso8859_1", "iso8859_2", "iso8859_15", "utf_8"):
    importlib.import_module(f"encodings.{name}")


def mail(file):
    """Give one report: {"kind": "delivery-status", "failures": [the words of the server]}."""
    message = email.parser.BytesParser(policy=email.policy.default).parse(file)
    kind = str(message.get_param("report-type", "")).lower()
    failures = []
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            for block in part.get_payload():
                if str(block.get("Action", "")).strip().lower() == "failed":
                    why = block.get("Diagnostic-Code") or block.get("Status") or "failed"
                    failures.append(str(why))
    yield {"kind": kind, "failures": failures}
