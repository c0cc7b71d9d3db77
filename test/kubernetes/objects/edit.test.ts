import test from 'ava'
import fc from 'fast-check'
import { type Edit, edited, operationsOf, patchOf } from '../../../src/kubernetes/objects/edit.ts'
import { pointerOf, textOf, valueAt } from '../../../src/kubernetes/objects/path.ts'
import { patched } from '../../support/json-patch.ts'
import { pathsIn } from '../../support/paths.ts'

test('a path is a JSON Pointer with the two signs escaped that mean something in one', t => {
  t.is(pointerOf(['a', 0, 'b/c', 'd~e', '~1', '']), '/a/0/b~1c/d~0e/~01/')
  t.is(pointerOf([]), '')
})

test('a path is shown as people write it', t => {
  t.is(textOf(['spec', 'volumes', 1, 'cloudInitNoCloud', 'userData']), 'spec.volumes[1].cloudInitNoCloud.userData')
})

test('only what is an own property is found', t => {
  t.is(valueAt({}, ['constructor']), undefined)
  t.is(valueAt([], ['length', 'x']), undefined)
  t.is(valueAt('abc', ['length']), undefined)
  t.is(valueAt(JSON.parse('{"__proto__": {"a": 1}}'), ['__proto__', 'a']), 1)
})

test('a patch is JSON in base64', t => {
  t.is(Buffer.from(patchOf([{ op: 'remove', path: ['a'] }]), 'base64').toString(), '[{"op":"remove","path":"/a"}]')
})

const key = fc.constantFrom('a', 'b/c', 'd~', '__proto__', '')
const tree: fc.Arbitrary<unknown> = fc.letrec(tie => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.constant('x'),
    fc.dictionary(key, tie('tree')),
    fc.array(tie('tree'), { maxLength: 3 }),
  ),
})).tree

test('edits change an object as their JSON Patch does', t => {
  fc.assert(
    fc.property(
      tree,
      fc.nat(),
      fc.constantFrom('add', 'replace', 'remove', 'rename'),
      fc.constantFrom('z', 'a'),
      (object, nth, op, to) => {
        const all = pathsIn(object)
        const path = all[nth % all.length]
        if (path === undefined) return
        const edit = (
          op === 'add' ? { op, path: [...path.slice(0, -1), 'new'], value: { x: 'y' } } : { op, path, to, value: 'v' }
        ) as Edit
        const before = structuredClone(object)
        t.deepEqual(edited(object, [edit]), patched(object, operationsOf([edit])))
        t.deepEqual(object, before)
      },
    ),
  )
})
