"""What was found, for people and for programs."""
import json
import os
import re
import shutil
import textwrap

from boot_checks import VERSION
from outcome import FAILED, OK, SKIPPED, UNSEEN, WARNING

SIGNS = {OK: "\u221a", WARNING: "\u203c", FAILED: "\u00d7", UNSEEN: "?", SKIPPED: "-"}
PLAIN = {OK: "ok", WARNING: "warning", FAILED: "FAILED", UNSEEN: "?", SKIPPED: "-"}
COLOURS = {OK: "32", WARNING: "33", FAILED: "31", UNSEEN: "36", SKIPPED: "2"}


def wants_colour(asked, stream):
    if asked in ("always", "never"):
        return asked == "always"
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def signs(stream):
    """The signs that the encoding of a stream has, or words."""
    try:
        "".join(SIGNS.values()).encode(stream.encoding or "ascii")
        return SIGNS
    except (UnicodeEncodeError, LookupError):
        return PLAIN


class People:
    """Prints each result as it comes."""

    def __init__(self, stream, colour="auto"):
        self.stream, self.colour = stream, wants_colour(colour, stream)
        self.signs, self.section = signs(stream), None
        self.width = max(60, min(shutil.get_terminal_size((100, 24)).columns, 120))

    def paint(self, text, code):
        return "\033[%sm%s\033[0m" % (code, text) if self.colour else text

    def line(self, text=""):
        encoding = self.stream.encoding or "ascii"
        self.stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")

    def hang(self, term, text):
        """A text behind a term; commands are not broken."""
        text = re.sub(r"`[^`]*`", lambda found: found.group().replace(" ", "\0"), text)
        lines = textwrap.wrap(text, self.width - 14, break_long_words=False, break_on_hyphens=False) or [""]
        for at, line in enumerate(lines):
            self.line("      %-8s%s" % ("" if at else term, line.replace("\0", " ")))

    def add(self, result):
        if result.section != self.section:
            self.line(("\n" if self.section else "") + self.paint(result.section, "1"))
            self.section = result.section
        note = ": " + result.note if result.note and result.status == OK else ""
        if result.status == SKIPPED:
            note = ": skipped, see %s" % result.note
        self.line("  %s %s%s" % (self.paint(self.signs[result.status], COLOURS[result.status]), result.title, note))
        if result.status == UNSEEN:
            self.hang("unseen", result.note)
        if result.status in (FAILED, WARNING):
            self.hang("cause", result.cause)
            self.hang("remedy", result.remedy)
            self.hang("more", "`consul-vm-inject explain doctor/%s`" % result.id)
        self.stream.flush()

    def end(self, results):
        count = {status: sum(result.status == status for result in results) for status in SIGNS}
        words = ["%d ok" % count[OK]] + ["%d %s" % (count[status], what) for status, what in (
            (FAILED, "failed"), (WARNING, "warned of"), (SKIPPED, "skipped"), (UNSEEN, "not seen")) if count[status]]
        self.line("\n%s: %s" % (os.uname().nodename, ", ".join(words)))
        first = next((result for result in results if result.status == FAILED), None)
        if first:
            self.line("Begin with this: " + self.paint(first.title, "1") + " (%s)" % first.id)
        elif count[UNSEEN] and os.geteuid() != 0:
            self.line("Root sees the rest: run it with sudo.")
        self.stream.flush()


def data(results):
    """What --output json prints."""
    first = next((result.id for result in results if result.status == FAILED), None)
    worst = next((status for status in (FAILED, WARNING, OK) if any(result.status == status for result in results)), OK)
    return {"version": VERSION, "host": os.uname().nodename, "status": worst, "first": first,
            "checks": [dict(result._asdict()) for result in results]}


class Programs:
    def __init__(self, stream, colour="auto"):
        self.stream = stream

    def add(self, result):
        pass

    def end(self, results):
        self.stream.write(json.dumps(data(results), indent=1) + "\n")
        self.stream.flush()
