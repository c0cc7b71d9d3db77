"""What comes of a check, and the table of the checks."""
TABLE = []  # by the build: checks.json
OK, WARNING, FAILED, SKIPPED, UNSEEN = "ok", "warning", "failed", "skipped", "unseen"


class Finding(Exception):
    """What is wrong: `cause` in a sentence, and a `remedy` in which commands stand in backquotes."""

    status = FAILED

    def __init__(self, cause, remedy):
        super().__init__(cause)
        self.cause, self.remedy = cause, remedy


class Failed(Finding):
    pass


class Warned(Finding):
    status = WARNING


class Unseen(Exception):
    """What could not be looked at, and why."""


class Late(Unseen):
    """The time is over."""

    def __init__(self):
        super().__init__("no time was left: something before it did not answer")


FUNCTIONS = {}


def check(name):
    """Registers the function of a check. It returns a note, or raises what is wrong."""
    def register(function):
        FUNCTIONS[name] = function
        return function
    return register
