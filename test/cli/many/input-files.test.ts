import test from 'ava'
import { inputFilesOf } from '../../../src/cli/many/input-files.ts'
import { ioOf, type World } from '../world.ts'

const found = (world: World, ...operands: readonly string[]) => inputFilesOf(operands, ioOf(world).io)
const paths = (world: World, ...operands: readonly string[]): readonly string[] =>
  found(world, ...operands).files.map(({ path }) => path)
const filesOf = (...names: readonly string[]): World => ({ files: Object.fromEntries(names.map(name => [name, ''])) })

test('a directory stands for every file below it, in the order of their names', t => {
  const world = filesOf('d/b', 'd/a.yaml', 'd/a/z', 'd/a/B', 'd/é', 'd/C', 'other')
  t.deepEqual(paths(world, 'd'), ['d/C', 'd/a/B', 'd/a/z', 'd/a.yaml', 'd/b', 'd/é'])
})

test('hidden files and folders and backups are left out, unless they are named', t => {
  const world = filesOf('d/.git/x', 'd/.x', 'd/x.orig', 'd/x.bak', 'd/x~', 'd/x', 'd/orig', 'd/x.origin')
  t.deepEqual(paths(world, 'd'), ['d/orig', 'd/x', 'd/x.origin'])
  t.deepEqual(paths(world, 'd/.x', 'd/x.orig', 'd/.git'), ['d/.x', 'd/x.orig', 'd/.git/x'])
})

test('a document below a directory has its path below it, a file its base name', t => {
  const { files } = found(filesOf('a/d/b/x', 'a/y'), 'a/d/', 'a/y', '-')
  t.deepEqual(files, [
    { path: 'a/d/b/x', name: 'a/d/b/x', below: 'b/x', root: 'a/d/' },
    { path: 'a/y', name: 'a/y', below: 'y' },
    { path: '-', name: '<stdin>', below: '' },
  ])
})

test('the current directory is walked without a name in front', t => {
  t.deepEqual(paths(filesOf('b/x', 'a'), '.'), ['a', 'b/x'])
})

test('links are followed to files and never to folders; one that leads nowhere is a document that cannot be read', t => {
  const world: World = {
    files: { 'real/x': '', 'd/a': '' },
    links: ['d/folder', 'd/gone'],
    leads: { 'd/folder': 'real' },
  }
  t.deepEqual(paths(world, 'd'), ['d/a', 'd/gone'])
})

test('a name that is not there is a document, to be refused when it is read', t => {
  t.deepEqual(paths({}, 'gone'), ['gone'])
})

test('a folder that cannot be read is told, and the rest is walked', t => {
  const { io } = ioOf(filesOf('d/a', 'd/b/x'))
  const list = (folder: string) => {
    if (folder === 'd/b') throw Object.assign(new Error('no'), { code: 'EACCES' })
    return io.list(folder)
  }
  const { files, faults } = inputFilesOf(['d'], { ...io, list })
  t.deepEqual(
    files.map(({ path }) => path),
    ['d/a'],
  )
  t.deepEqual(faults, [{ path: 'd/b', message: 'cannot read d/b: permission denied' }])
})
