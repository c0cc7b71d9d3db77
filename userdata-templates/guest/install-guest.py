#!/usr/bin/env python3
"""Installs what user-data of consul-vm-inject 0.1.0 brings to an image: a list of files as JSON, deflated, in base64. Its profile
prebuilt pipes that to this very path. generate-sidecar-configs.py does the work; plan_annotations.py plans what it brought."""
import base64
import json
import os
import runpy
import sys
import zlib

files = json.loads(zlib.decompress(base64.b64decode(sys.stdin.read())).decode("utf-8"))
segments = ["=== %s %s%s\n%s" % (file["mode"], file["path"], " once" if file["once"] else "", file["content"]) for file in files]
folder = os.path.dirname(os.path.abspath(__file__))
sys.exit(runpy.run_path(os.path.join(folder, "generate-sidecar-configs.py"))["install"]("".join(segments)))
