"""What every envelope begins with: unpacks the segments that come on standard input, and reads the generator, which is among them
or in the image, for the names that it defines. Stands between single quotes in a shell script."""
import base64
import re
import sys
import zlib

text = re.sub("(?m)^=== packed\n([^ ]+\n)", lambda found: zlib.decompress(base64.b64decode(found.group(1))).decode(), "\n" + sys.stdin.read())
path = "/srv/consul/generate-sidecar-configs.py"
scope = {}
exec(text.partition("\n=== 0755 " + path + "\n")[2].partition("\n=== ")[0] or open(path).read(), scope)
