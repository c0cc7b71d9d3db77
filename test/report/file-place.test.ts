import test from 'ava'
import { uriOf } from '../../src/report/file-place.ts'

const is = test.macro<[file: string, uri: string]>({
  exec: (t, file, uri) => t.is(uriOf({ here: '/repo', root: '/repo' }, file), uri),
  title: (_, file = '') => `the URI of ${file}`,
})

test(is, 'web.yaml', 'web.yaml')
test(is, './a//web.yaml', 'a/web.yaml')
test(is, '../web.yaml', '../web.yaml')
test(is, '/repo/a/web.yaml', 'a/web.yaml')
test(is, '/other/a b', 'file:///other/a%20b')
test(is, '/repository/x', 'file:///repository/x')
test(is, 'a b/ü:%#?.yaml', 'a%20b/%C3%BC%3A%25%23%3F.yaml')
test(is, '/repo/..odd/x', '..odd/x')

test('below the root of a repository the path begins there, wherever the tool runs', t => {
  const files = { here: '/repo/shop', root: '/repo' }
  t.is(uriOf(files, 'user-data/web'), 'shop/user-data/web')
  t.is(uriOf(files, '../web'), 'web')
  t.is(uriOf(files, '../../web'), '../../web')
})
