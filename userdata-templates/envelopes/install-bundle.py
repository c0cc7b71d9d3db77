try:
    install(json.loads(zlib.decompress(base64.b64decode(BUNDLE)).decode("utf-8")))  # noqa: F821
except Exception as error:
    fail("nothing more was installed: %r" % error)
# A boot goes on whatever happened here; the build of an image must not.
sys.exit(1 if FAILURES and IMAGE else 0)  # noqa: F821
