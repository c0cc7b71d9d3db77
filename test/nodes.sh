#!/bin/bash
# The unit tests as they are compiled, on other versions of Node.js, one after the other: test/nodes.sh [floor|22|24...], all unless
# given. On 24 it is counted what of src/ they run, and too little of it is a failure. Beside the least version those are left out that
# take long and ask nothing of Node.js that others do not, and on 22, between the least and the newest, the core that knows no Node.js.
set -u
cd "$(dirname "$0")/.." || exit 1
[ $# -gt 0 ] || set -- floor 22 24
status=0
# Where everybody may run it: some tests become another user.
folder=$(mktemp -d)
chmod 755 "$folder"
trap 'rm -rf "$folder"' EXIT
for version in "$@"; do
  binary=$(node src/build/release/node.mjs "$version") || exit 1
  echo "== Node.js $("$binary" --version)"
  # The generator runs where the project is built, and the page in a browser.
  run=(node node_modules/ava/entrypoints/cli.mjs 'dist/test/**/*.test.js' '!dist/test/annotations/generate.test.js'
    '!dist/test/serve/page-'{asks,browser,looks,traffic}'.test.js')
  [ "$version" = floor ] || run+=('!dist/test/'{sweep,large,hostile,examples/scripts}'.test.js')
  [ "$version" != 22 ] || run+=('!dist/test/corpus.test.js' '!dist/test/'{annotate,annotations,build,fit,plan,preview,report,weave}'/**')
  [ "$version" != 24 ] || run=(node node_modules/c8/bin/c8.js --check-coverage "${run[@]}")
  # First in the path, so that what the tests start by name is this one too.
  install -m 755 "$binary" "$folder/node"
  # What is compiled for one test need not be for the next; it would spoil the count on 24.
  cache=$folder/cache
  [ "$version" != 24 ] || cache=''
  PATH=$folder:$PATH NODE_COMPILE_CACHE=$cache "${run[@]}" || status=1
done
exit "$status"
