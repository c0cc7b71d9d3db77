"""What travels means what the repository says: Python's syntax trees, the functions that bash reads, the directives of units."""
import ast
import json
import shutil
import subprocess
import unittest
from pathlib import Path

from support import ENVELOPES, GUEST
from unit_file import directives

STRIP = Path(__file__).resolve().parent / 'strip.mjs'

# Each is judged by its syntax tree; what the comment says is what may go wrong.
PYTHON = [
    '',
    '#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n"""Docs."""\nx = "é"\n',
    '# coding: latin-1\n"""Docs."""\nx = 1\n',
    'x = 1\n# coding: latin-1\n',  # too late to count
    '"""Docs."""\n# coding: latin-1\n',
    '"""Docs."""',
    '"""Docs."""; x = 1\n',
    '"Docs." "in two"\nx = 1\n',
    'r"Docs."\nx = 1\n',
    'U"Docs."\nx = 1\n',
    'b"no docs"\nx = 1\n',
    'f"no docs"\nx = 1\n',
    '"no docs".strip()\n',
    '"no docs" % 1\n',
    '"no docs", 1\n',
    '("docs in brackets")\nx = 1\n',
    'x = 1\n"no docs"\n',
    '"""Docs."""\n"no docs"\nx = 1\n',
    'from __future__ import annotations\nx: int = 1\n',
    '"""Docs."""\nfrom __future__ import annotations\n',
    '# one\n\n# two\nx = 1  # three\n\n\n# four',
    'x = "# no comment"  # "a comment"\ny = \'#\' "#" # \'\n',
    'x = """# no comment\n\n  # no comment\n"""\ny = \'\'\'"""#\'\'\'  # c\n',
    'x = """a\\"""b" \'\'\' ""\\""""\n',
    "x = '''it's''' 'it\\'s' \"\"\"'\"\"\"\n",
    'x = r"\\"  # "\ny = 1\n' if False else 'x = r"\\\\"  # "\ny = r"\\""\nz = rb\'\\\'\'\n',
    'x = "a\\\nb \\\n  c"  # c\ny = "\\\\"  # c\n',
    'x = R"a" r"b" u"c" U"d" f"e{1}" F"f"\ny = bR"#" BR\'#\' rB"""#\n""" Rb\'\'\'#\'\'\'\n',
    'x = fR"#{1}" rF"""#{\n1}""" Fr\'{"#"}\' f\'{1:{2}}#\' f"{{#}}"\n',
    'x = 1 if"a"else"b"\ny = "a"in"ab"and not"c"or"d"\n',
    'x = 1 + \\\n    2\nif x and \\\n   x:\n    pass\n',
    'x = 1 \\\n\ny = 2\n',
    'x = (1,  # one\n\n     # nothing\n     2,\n  )\ny = [\n    [1, {2: (\n  3)}]]  # c\n',
    'x = {\n"#": 1,\n}\n',
    'def f(a=")", *, b="(", c=1):\n    return [a,\n            b]  # c\n',
    'def f():\n    """Docs."""\n',
    'def f():\n    """Docs."""\n\n\nx = 1\n',
    'def f():\n    """Docs."""\n    # comment\n\ndef g(): "docs"\ndef h(): "docs";\ndef i(): "docs"; return 1\ndef j(): return "docs"\n',
    'def f():\n    "docs";\nx = 1\n',
    'def f():\n    "docs"; return 1\n',
    'def f():\n    """Docs."""\n    "no docs"\n    return 1\n',
    'def f():\n    """Docs."""\n    "no docs"\n',
    'def f():\n    x = 1\n    "no docs"\n',
    'def f():\n    # comment\n    """Docs."""\n    return 1\n',
    'class A:\n    """Docs."""\n    x = 1\n    def f(self):\n        """Docs."""\n        class B(A): "docs"\n        return B\n',
    'class A:\n    """Docs."""\n\n    def f(self):\n        "docs"\nclass B: pass\n',
    'class A(metaclass=type): x: int = 1; "no docs"\n',
    'async def f():\n    "docs"\n    async with a as b, c: pass\n    async for x in y:\n        "no docs"\n    await z\nasync def g(): "docs"\n',
    '@a\n# comment\n@b("#", lambda: 1)\ndef f():\n    "docs"\n',
    'def f(a: "x" = lambda: {1: 2}, *b: int) -> "y": return 1\ndef g() -> lambda x: x: "docs"\ndef h() -> (lambda: 0):\n    "docs"\n',
    'def f(x): # type: (int) -> int\n    # type: ignore\n    return x # type: ignore\n',
    'if x:\n    "no docs"\nelse:\n    "no docs"\ntry:\n    "no docs"\nfinally: "no docs"\nwhile x: "no docs"\n',
    'if x:\n\ty = 1\n\tif y:\n\t\tz = 2\n        # comment\n\telse:\n\t    z = 3\nw = 4\n',
    'if x:\n  if y:\n        z = 1\n  else:\n   z = 2\nelif w:\n      z = 3\n',
    'if x:\n    y = 1\n# outside\n    z = 2\n      # inside\n',
    'if x:\r\n    y = """a\r\n  b"""\r\n    # c\r\n    z = 1 + \\\r\n      2\r\n',
    'x = 1\ry = """a\rb"""\r# c\rz = 2',
    '\ufeffx = 1  # c\n',
    'if x:\n\f    y = 1\n\f\nz = 2\n',
    'x = 1; y = 2;  # c\nif x: y = 1; z = "a;#b"\n',
    'x=1;y  =  [1,2 ,3] [ 0 ]\nz = x . real\nw = 1 .real\nv = - -1\nu = x if x else-1\n',
    'x = "" "a" \'\' "" r"" ""\ny = ("a"\n"" \'\'\n)\nz = 1 if"a"else .5\nw = [1 . real, 1. , "a" .join(...), 0x1 or 2]\n',
    'größe = "ß"  # ß\n𝒳 = größe\n',
    'def define(classes, async_): return classes\nasyncdef = define\nlambdas = lambda: (yield)\n',
    'with open("#") as a, \\\n     open("b") as b:\n    """no docs"""\n',
    'x = [y for y in z if y  # c\n     if y]\n',
    'match = 1\nprint(match [0], *x, ** y)\nx = a if b else(c)\n',
    'x: "# no comment" = 1\ndel x, y\nassert x, "#"\nglobal_ = ...\n',
    'def f():\n    """It reads __doc__."""\n    return f.__doc__\n',
]
PYTHON_REFUSED = ['x = "a\n', 'x = """a\n', 'x = (1\n', 'x = 1 \\ \n', '\\\nx = 1\n', "x = 'a\\\n"]

SHELL = [
    'echo a # comment\n\n\n  # comment\n\techo b\t# comment\n    echo   c  \t d  \n',
    'echo a#b "#" \'#\' \\# $# ${#x} ${x#y} ${x##*#} "${x#"#"}" a\\ #b\n',
    'echo a;#c\necho b;# c\n(echo c) #c\n(echo d;#c\n)\ntrue&#c\ntrue|#c\ncat\n{ echo e; }\n',
    'echo $#; echo "$#" # c\nif [ $# -gt 0 ]; then :; fi # c\nx=$# # c\necho $#"#"#\n',
    'x=\'a\n   # no comment\n\n  b\'\necho "c\n   # no comment\n\n \'  d" # it\'s a comment\n',
    'echo a \\\n    b \\\n\tc\necho d\\\n    e\necho f\\\ng\necho h \\\n  # comment\necho i\\\n#j\n',
    'true && \\\n  # comment\n  echo a\ntrue |\n  # it\'s a comment\n  cat\n',
    'cat <<E # comment\n  # no comment\n\n  it\'s "text" $(echo x) `echo y`\n \\\nF\n # F\\\\\nE\necho a\n',
    'cat <<\'E\' "$1" | tr a b # it\'s\n  $x "\'\n EE\nE \nE\n  echo a # c\n',
    'cat <<-E\n\t# no comment\n\t  text\n\tE\n  echo a # c\n',
    'cat <<A; cat <<"B C"\n  # a\nA\n  # b\nB C\n  # c\necho done\n',
    'if true; then\n  cat <<E\n  text\nE\nfi # c\nwhile read -r x; do\n  echo "$x"\ndone <<E\n # text\nE\n',
    'cat <<\\E\n  # `text`\nE\necho $((1<<2)) $((x << 2)) $(( (1 + 2) * 3 )) # c\n',
    'x=$(\n  # it\'s a comment\n  echo a # c\n  cat <<E\n  # text\nE\n)\n',
    'case $1 in\n  # comment\n  a) echo a ;; # comment\n  "b#" | \'c #\' | *[!#]*)\n    echo b\n    ;;\n  (d) x=$(case $2 in e) echo "#" ;; esac) ;; # c\n  \\#|f) ;;\nesac\n',
    'x="$(echo "a # b" \'c # d\' "$(echo "e # f")" $((1 + 2)) ${y:-"#"} | { cat; } )" # c\n',
    'x="a $((1 << 2)) ${y:-$(echo "#")} \\" # \\\\" # c\ny="it\'s # \'" # c\n',
    'f() { # comment\n  local_=1\n  # comment\n  return 0 # c\n}\nf() (\n  # c\n  :\n)\n',
    'x=${y:-a # b}\nz=${y:-\'}\' # \\} "}"}\nw=${y%%[# ]*}\n',
    'for x; do\n\n  :\n\ndone\nuntil false; do break; done 2>/dev/null >&2 <&- #c\n',
    '$x# \'no comment\'\n"a"# \'no comment\'\n\'a\'# \'no comment\'\n{#,x}\n',
    'echo "a" \\\n  \'b\n  c\' \\\n  "d" # e\n',
    ': "a"\n# last comment, without an end',
    'set -- "a  b"   \'c  d\'   e\\ \\ f\\\\ g  # c\n',
    'awk \'BEGIN { # awk\n  x = "\\"" }\'   # sh\nsed -n \'s/^#//p; s/"//\'  # sh\n',
]
SHELL_REFUSED = ['echo `date`\n', "echo $'a'\n", 'x="$(case a in a) ;; esac)"\n', 'x="$(cat <<E\na\nE\n)"\n', '((x = 1))\n', 'echo "a\n', "echo 'a\n",
                 'cat <<E\n', 'x="${y#\'}\'}"\n', 'cat <<$x\n$x\n', 'x="$( # it\'s\n)"\n', 'x=$((cat) | cat)\n', 'x=${y\n', 'echo $(x)#a\n', 'cat <<E\n\\\nE\n', 'cat <<E\nx\\\nE\nE\n',
                 'echo "$(echo `a`)"\n', '((x = 1 << 2))\n', 'cat << \n', 'x=$((1 + "2"))\n', 'x="$((1 # 2\n))"\n', 'echo a <<E b']

UNITS = [
    '[Unit]\nDocumentation=man:a\n[X]\nDocumentationX=a\n[Unit]\nA=a\\\nDocumentation=b\nDocumentation = a\nDescription=c\n',
    '# comment\n\n[Unit]\n; comment\nA=b # no comment\nA = c ; d\n\n[Service]\n  # comment\nExecStart=a \\\n  b \\\n\n# c\nX=y\\\\\n# c\nZ=\n',
    '[A]\r\nB=c\r\n# d\r\n\r\n',
]


def stripped(*pairs):
    done = subprocess.run(['node', str(STRIP)], input=json.dumps(pairs), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def tree(source, documented=True):
    """The syntax tree as text; without its docstrings where it is not `documented`."""
    root = ast.parse(source.encode('utf-8'))
    for node in [] if documented else ast.walk(root):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and ast.get_docstring(node, False) is not None:
            # A text in brackets is a docstring of Python's, and of no one's making: it stays.
            if not source.replace('\r', '\n').split('\n')[node.body[0].lineno - 1].lstrip('\ufeff \t').startswith('('):
                del node.body[0]
                if not node.body and not isinstance(node, ast.Module):
                    node.body = [ast.Pass()]
    return ast.dump(root)


def function(script):
    """The script as bash prints a function of it."""
    done = subprocess.run(['bash', '-c', f'f() {{ {script}\n}}; declare -f f'], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def without_comments(text):
    return [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith('#')]


@unittest.skipUnless(shutil.which('node'), 'node is not installed')
class Light(unittest.TestCase):
    maxDiff = None

    def files(self, pattern):
        found = sorted(path for path in [*GUEST.glob(pattern), *ENVELOPES.glob(pattern)] if path.is_file())
        self.assertTrue(found)
        return [(path.name, path.read_text()) for path in found]

    def test_python_keeps_its_syntax_tree(self):
        pairs = [*self.files('*.py'), *(('x.py', text) for text in PYTHON)]
        for (name, text), light in zip(pairs, stripped(*pairs)):
            with self.subTest(name, text=text[:200]):
                self.assertIsNotNone(light)
                self.assertEqual(tree(light), tree(text, '__doc__' in text))
                self.assertLessEqual(len(light), len(text) + 1)

    def test_python_loses_what_only_a_reader_needs(self):
        text = '#!/usr/bin/python3\n"""Docs."""\n\nimport a  # why\n\nclass B(C):\n    """Docs."""\n\n    def d(self,\n          e):\n        # why\n        f = e\n        g()\n        return (e and\n                self)\n    if h:\n        if i:\n            j\n    else:\n        k\n'
        self.assertEqual(stripped(('x.py', text)), ['#!/usr/bin/python3\nimport a\nclass B(C):\n def d(self,e):f=e;g();return(e and self)\n if h:\n  if i:j\n else:k\n'])

    def test_what_reads_its_docstrings_keeps_them(self):
        self.assertEqual(stripped(('x.py', '"""Docs."""  # c\nprint(__doc__)\n')), ['"""Docs.""";print(__doc__)\n'])

    def test_a_shell_script_keeps_what_bash_reads(self):
        pairs = [*self.files('consul-*[!.]??????'), *(('consul-x', text) for text in SHELL)]
        pairs = [(name, text) for name, text in pairs if '.' not in name]
        for (name, text), light in zip(pairs, stripped(*pairs)):
            with self.subTest(name, text=text[:200]):
                self.assertIsNotNone(light)
                self.assertEqual(function(light), function(text))
                self.assertLessEqual(len(light), len(text) + 1)
                if shutil.which('dash') and '{#,x}' not in text:
                    done = subprocess.run(['dash', '-n'], input=light, capture_output=True, text=True, check=False)
                    self.assertEqual((done.returncode, done.stderr), (0, ''))

    def test_a_shell_script_loses_what_only_a_reader_needs(self):
        text = '#!/bin/sh\n# why\n\nif a; then # why\n    b \\\n        c\n  d | e || f && g & >h \\; ;\n  cat <<E\n  # d\nE\nfi\n'
        self.assertEqual(stripped(('consul-x', text)), ['#!/bin/sh\nif a;then\nb c\nd|e||f&&g & >h \\;;\ncat <<E\n  # d\nE\nfi\n'])

    def test_units_and_settings_keep_their_directives(self):
        pairs = [*self.files('*.service'), *self.files('packages.conf'), *(('x.service', text) for text in UNITS)]
        for (name, text), light in zip(pairs, stripped(*pairs)):
            with self.subTest(name):
                wanted = directives(text.replace('\r', ''))
                self.assertEqual(directives(light), {key: values for key, values in wanted.items() if key[1] != 'Documentation'})
                self.assertEqual([line for line in light.splitlines() if line[:1] in ('#', ';')], [])

    def test_what_cannot_be_told_apart_is_refused(self):
        pairs = [*(('x.py', text) for text in PYTHON_REFUSED), *(('consul-x', text) for text in SHELL_REFUSED), ('x.service', '# a \\\nB=c\n'), ('x.txt', '')]
        self.assertEqual([(text, light) for (_, text), light in zip(pairs, stripped(*pairs)) if light is not None], [])


if __name__ == '__main__':
    unittest.main()
