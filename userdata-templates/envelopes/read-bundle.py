IMAGE, BUNDLE = False, sys.stdin.read()  # noqa: F821
