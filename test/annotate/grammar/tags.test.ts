import test from 'ava'
import fc from 'fast-check'
import { tags } from '../../../src/annotate/grammar/tags.ts'
import { meaningOf, table } from './table.ts'

table('tags', tags, {
  means: [
    ['', []],
    ['a', ['a']],
    ['a, b ,c', ['a', 'b', 'c']],
    ['a,, ,b,', ['a', 'b']],
    ['a\\,b,c', ['a,b', 'c']],
    ['\\,', [',']],
    ['a\\\\,b', ['a\\,b']],
    ['C:\\dir,x\\', ['C:\\dir', 'x\\']],
    ['$POD_NAME,x-$POD_NAME', ['$POD_NAME', 'x-$POD_NAME']],
    ['urlprefix-/; rm -rf /', ['urlprefix-/; rm -rf /']],
  ],
  refuses: [
    ['a\nb', 'a line break (U+000A)', 'on one line', '\n'],
    ['a\tb\tc', 'a tab (U+0009), and 1 more such character', undefined, '\t'],
    ['\u0085', 'U+0085'],
    ['a\ud800', 'half of a surrogate pair (U+D800)'],
  ],
})

/** The annotation value that is read back as a list. A tag that ends in a backslash cannot be followed by another. */
const tagList = (list: readonly string[]): string => list.map(tag => tag.replaceAll(',', '\\,')).join(',')

test('a list of tags is read back from its escaped form', t => {
  const tag = fc
    .string({ unit: fc.constantFrom('a', 'é', ',', ' ', '\\', '$', '"', '=') })
    .filter(text => text.trim() === text && text !== '' && !text.endsWith('\\') && !text.includes('\\,'))
  fc.assert(fc.property(fc.array(tag), list => t.deepEqual(meaningOf(tags(tagList(list))), list)))
})
