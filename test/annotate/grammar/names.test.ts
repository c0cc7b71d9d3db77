import { metaKey, metaValue } from '../../../src/annotate/grammar/meta.ts'
import { namespaceName } from '../../../src/annotate/grammar/namespace-name.ts'
import { text } from '../../../src/annotate/grammar/text.ts'
import { unitName } from '../../../src/annotate/grammar/unit-name.ts'
import { table } from './table.ts'

const same = (...values: readonly string[]) => values.map(value => [value, value] as const)

table('a metadata key', metaKey, {
  means: same('version', 'pod_name', 'a-b', 'k'.repeat(128)),
  refuses: [
    ['', 'the metadata key is empty'],
    ['a.b', 'metadata key "a.b" contains invalid characters', undefined, '.'],
    ['é', 'contains invalid characters'],
    ['k'.repeat(129), 'is too long: 129 bytes, the limit is 128'],
    ['consul-x', 'begins with "consul-"', 'another key', 'consul-'],
    ['consul-a.b', 'contains invalid characters', undefined, '.'],
    ['consul-a.b', 'begins with "consul-"'],
  ],
})

table('a metadata value', metaValue, {
  means: same('', ' as is ', '$POD_NAME', 'a,b\\,c', 'v'.repeat(512), 'é'.repeat(256)),
  refuses: [
    ['v'.repeat(513), 'is too long: 513 bytes, the limit is 512'],
    ['é'.repeat(257), 'is too long: 514 bytes, the limit is 512'],
    ['a\nb', 'a line break (U+000A)', undefined, '\n'],
    ['a\u001b[31m', 'a control character (U+001B)'],
  ],
})

table('text', text, {
  means: same('', 'injected', 'x'.repeat(4096), 'ünï cödé 😀'),
  refuses: [
    ['a\u2029b', 'a paragraph separator (U+2029)', undefined, '\u2029'],
    ['a\x7f', 'U+007F'],
    ['x'.repeat(4097), 'is 4097 characters long, more than 4096', undefined, 'x'],
  ],
})

table('a namespace', namespaceName, {
  means: same('default', 'team-1', '9a-9', 'n'.repeat(64)),
  refuses: [
    ['', '"" is not the name of a namespace'],
    ['*', 'is not the name of a namespace', 'name it'],
    ['a_b', 'is not the name', 'letters, digits and hyphens'],
    ['-a', 'is not the name'],
    ['n'.repeat(65), 'is not the name'],
  ],
})

table('a unit', unitName, {
  means: same('web.service', 'app@blue.service', 'a\\x2db:c_d-e.service', `${'u'.repeat(247)}.service`),
  refuses: [
    ['web', 'it does not end in ".service"', 'write "web.service"'],
    ['web.socket', 'it does not end in ".service"', 'the service that the unit starts'],
    ['.service', 'nothing stands before ".service"'],
    ['@x.service', 'nothing stands before "@"'],
    ['app@.service', 'it is a template', '"app@1.service"'],
    ['a b.service', 'characters that unit names cannot', undefined, ' '],
    ['../x.service', 'characters that unit names cannot', undefined, '/'],
    ['web.service\n[Service]', 'a line break'],
    [`${'u'.repeat(248)}.service`, 'longer than 255 characters'],
  ],
})
