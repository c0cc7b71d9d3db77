"""Certificates: how long they are good, and what a port shows. No name of a file is needed, for nothing is written."""
import base64
import calendar
import re
import socket
import ssl

PEM = re.compile(r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")


def parts(data):
    """The values of a DER sequence: (tag, content)."""
    at = 0
    while at + 2 <= len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(data[at:at + size], "big"), at + size
        yield tag, data[at:at + length]
        at += length


def moment(tag, text):
    """UTCTime or GeneralizedTime -> seconds of the epoch."""
    digits = text.decode("ascii").rstrip("Z")
    if tag == 0x17:
        digits = ("20" if int(digits[:2]) < 50 else "19") + digits
    numbers = [int(digits[:4])] + [int(digits[at:at + 2] or 0) for at in range(4, 14, 2)]
    return calendar.timegm(tuple(numbers) + (0, 0, 0))


def validity(der):
    """(from when, until when) a certificate is good. Raises ValueError for what is none."""
    try:
        certificate = list(parts(next(parts(der))[1]))
        fields = [field for field in parts(certificate[0][1]) if field[0] != 0xA0]
        begin, end = parts(fields[3][1])
        return moment(*begin), moment(*end)
    except (IndexError, StopIteration, TypeError):
        raise ValueError("no certificate")


def ders(text):
    """The certificates of a PEM text."""
    return [base64.b64decode(body) for body in PEM.findall(text or "")]


def trusting(pem=None, file=None):
    """A context that trusts these alone, or all."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT if hasattr(ssl, "PROTOCOL_TLS_CLIENT") else ssl.PROTOCOL_TLS)
    context.check_hostname = False
    if pem or file:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cafile=file, cadata=pem)
    else:
        context.verify_mode = ssl.CERT_NONE
    return context


def plain_words(error):
    """What went wrong with TLS, in words."""
    text = str(error)
    for pattern, words in (
            ("has expired|certificate expired", "its certificate has expired"), ("not yet valid", "its certificate is not valid yet"),
            ("wrong version number|unknown protocol|record layer failure|HTTP_REQUEST", "it speaks no TLS"),
            ("self.signed|unable to get (local )?issuer|certificate verify failed: unable", "its certificate is not of the CA that is trusted here"),
            ("ostname mismatch|IP address mismatch|doesn't match", "its certificate has other names"),
            ("certificate required|bad certificate|handshake failure", "it wants a certificate that it trusts, and got none"),
            ("unknown ca", "it does not trust the certificate of this side"),
            ("EOF|reset|Connection aborted", "it ended the connection")):
        if re.search(pattern, text, re.I):
            return words
    return "it did not answer in time" if isinstance(error, socket.timeout) else text
