"""Unit files and environment files, read the way systemd reads them."""
import re

ESCAPES = {'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v', 's': ' ', '\\': '\\', '"': '"', "'": "'"}


def directives(text):
    """(section, name) -> values in order. Lines are continued by a backslash at their end, blanks around them are dropped."""
    found, section = {}, None
    for line in re.sub(r'(?<!\\)((?:\\\\)*)\\\n', r'\1 ', text).split('\n'):
        line = line.strip(' \t\r')
        if line.startswith('['):
            section = line[1:-1]
        elif line and line[0] not in '#;':
            name, separator, value = line.partition('=')
            assert separator, f'no directive: {line!r}'
            found.setdefault((section, name.rstrip()), []).append(value.lstrip())
    return found


def unquote(text):
    """The words of a value: quotes anywhere, C escapes. A bare `;`, which would end a command, is none."""
    words, word, mark, at = [], None, '', 0
    assert not re.search(r'(?:\A|\s);(?:\s|\Z)', re.sub(r'"(?:[^"\\]|\\.)*"', 'x', text))
    while at < len(text):
        c = text[at]
        at += 1
        if c == '\\':
            coded = re.match(r'x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})', text[at:])
            assert coded or text[at] in ESCAPES, f'an escape that systemd does not know: {text[at - 1:at + 3]!r}'
            digits = next(filter(None, coded.groups())) if coded else ''
            word = (word or '') + (chr(int(digits, 8 if coded.group(4) else 16)) if coded else ESCAPES[text[at]])
            at += coded.end() if coded else 1
        elif mark and c == mark:
            mark = ''
        elif not mark and c in '"\'':
            word, mark = word or '', c
        elif mark or c not in ' \t\n\r':
            word = (word or '') + c
        elif word is not None:
            words, word = [*words, word], None
    assert not mark, f'a quote that is never closed: {text!r}'
    return words if word is None else [*words, word]


def specified(text, **specifiers):
    """A value with its specifiers put in; one that is not named here is none that we write."""
    return re.sub('%(.?)', lambda found: {'%': '%', **specifiers}[found.group(1)], text)


def command(line, **specifiers):
    """The argv of a command line. Specifiers come before variables; `$x` would be put in."""
    line = re.sub(r'\A[-+!:@]*', '', line)
    words = [specified(word, **specifiers) for word in unquote(line)]
    return [re.sub(r'\$(.?)', lambda found: {'$': '$'}[found.group(1)], word) for word in words]


def environment_file(text):
    """The variables of an EnvironmentFile without quotes."""
    assert not re.search(r'[\\"\']', text)
    return dict(line.split('=', 1) for line in text.split('\n') if line and line[0] not in '#;')
