import test from 'ava'
import { readKeys } from '../../src/annotate/cloud-config-keys.ts'
import type { Document } from '../../src/decode/user-data.ts'
import { documentsIn, mimeOf } from '../support/documents.ts'
import { placeOf } from '../support/places.ts'

const P = 'consul.hashicorp.com/'

/** One code a reason. */
const codeOf = ({ source }: RegExp): string =>
  source === 'merge key' ? 'E210' : /not YAML|jinja/.test(source) ? 'E209' : 'E204'

const stops = test.macro<[what: string, content: string, place: string, message: RegExp]>({
  exec(t, _, content, place, message) {
    const { annotations, cuts: cut, diagnostics } = readKeys(documentsIn(content)[0] as Document)
    t.deepEqual(
      [annotations, cut, diagnostics.map(({ code, span }) => `${code} ${placeOf(span)}`)],
      [[], [], [`${codeOf(message)} ${place}`]],
    )
    t.regex(diagnostics[0]?.message ?? '', message)
    t.regex(diagnostics[0]?.hint ?? '', /comments at the top/)
  },
  title: (_, what) => what,
})

const head = '#cloud-config\n'
test(stops, 'a flow root cannot be cut', `${head}{a: 1, ${P}connect-service: web}\n`, '2:8', /flow mapping/)
test(
  stops,
  'keys through a merge key cannot be cut',
  `${head}x: &x {${P}connect-service: web}\n<<: *x\n`,
  '2:8',
  /merge key/,
)
test(
  stops,
  'nor through one of a list',
  `${head}x: &x {a: 1}\n<<: [*x, {${P}connect-service: web}]\n`,
  '3:11',
  /merge key/,
)
test(
  stops,
  'nor through one under annotations:',
  `${head}x: &x {${P}connect-service: web}\nannotations:\n  <<: *x\n`,
  '2:8',
  /merge key/,
)
test(
  stops,
  'an anchor used elsewhere must not go',
  `${head}${P}connect-service: &x web\nhostname: *x\n`,
  '2:1',
  /&x stands inside/,
)
test(
  stops,
  'nor one deep inside an annotation',
  `${head}annotations:\n  ${P}service-tags: [&y a]\n  z: &z b\nhostname: *z\n`,
  '2:1',
  /&z stands inside/,
)
test(
  stops,
  'a key on the line after its question mark cannot be cut',
  `${head}a: 1\n?\n  ${P}connect-service\n: web\n`,
  '4:3',
  /share lines/,
)
test(stops, 'nor one before such a key', `${head}${P}connect-service: web\n?\n  a\n: 1\n`, '2:1', /share lines/)
test(
  stops,
  'lines that end in CR alone cannot be cut',
  `${head}a: 1\r${P}connect-service: web\rb: 2\r`,
  '2:6',
  /share lines/,
)
test(stops, 'a key in what is not YAML cannot be read', `${head}a: [\n${P}connect-service: web\n`, '3:1', /not YAML: /)
test(
  stops,
  'nor one under annotations: there',
  `${head}annotations:\n# note\n\n  ${P}connect-service: web\na: [\n`,
  '5:3',
  /not YAML/,
)
test(
  stops,
  'nor one in a jinja template that is not YAML',
  `## template: jinja\n${head}annotations:\n{% if x %}\n  "${P}connect-service": web\n{% endif %}\n`,
  '5:3',
  /it is a jinja template/,
)
test(
  stops,
  'a key in an encoded part cannot be cut, and it is said in which',
  mimeOf(
    `Content-Type: text/cloud-config\nContent-Transfer-Encoding: base64\n\n${Buffer.from(`a: 1\n${P}connect-service: web\n`).toString('base64')}`,
  ),
  '2:1',
  /encoded MIME part/,
)
