"""Reads messages as cloud-init reads user-data: Python's email parser, one level deep. In: a JSON list of base64 texts. Out: for
each a list of its parts. With the argument `rewrite`: each message written anew by Python."""
import base64
import email
import email.policy
import json
import sys


def read(content):
    message = email.message_from_string(content.decode("utf-8"))
    parts = message.get_payload() if message.is_multipart() else []
    return {"parts": [{"type": part["Content-Type"] or "", "mark": part["X-Consul-VM-Inject"] or "",
                       "body": base64.b64encode(body_of(part).encode("utf-8")).decode()} for part in parts]}


def body_of(part):
    """What stands below the headers, as it stands; of a multipart what its parts hold."""
    if not part.is_multipart():
        return part.get_payload()
    return "".join("%s|%s|" % (inner.get_content_type(), body_of(inner)) for inner in part.get_payload())


def rewrite(content):
    return base64.b64encode(email.message_from_bytes(content).as_bytes()).decode()


messages = [base64.b64decode(text) for text in json.load(sys.stdin)]
json.dump([rewrite(content) if sys.argv[1:] == ["rewrite"] else read(content) for content in messages], sys.stdout)
