import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { HELM_PATHS } from '../../annotations/generated/helm-paths.ts'
import { SCHEMA } from '../../annotations/generated/schema.ts'
import { ANNOTATIONS } from '../../annotations/generated/table.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const PLAN_ANNOTATIONS = 'userdata-templates/guest/plan_annotations.py'

/** Runs the generator in a project: its exit code and what it says. */
const generate = (
  project: string,
  ...words: readonly string[]
): Promise<{ readonly code: number; readonly stderr: string }> =>
  new Promise(resolve => {
    const child = execFile(
      process.execPath,
      ['src/build/annotations.mjs', ...words],
      { cwd: project },
      (_, __, stderr) => resolve({ code: child.exitCode ?? -1, stderr }),
    )
  })

/** A copy of the model in a project of its own. */
async function copy(): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), 'annotations-'))
  await cp(join(root, 'src/build'), join(project, 'src/build'), { recursive: true })
  await cp(join(root, 'annotations'), join(project, 'annotations'), {
    recursive: true,
    filter: source => !source.endsWith('generated'),
  })
  await cp(join(root, PLAN_ANNOTATIONS), join(project, PLAN_ANNOTATIONS))
  await writeFile(join(project, 'package.json'), '{"type": "module"}')
  await symlink(join(root, 'node_modules'), join(project, 'node_modules'))
  return project
}

test('schema.json, README.md and the tables of plan_annotations.py are what the types give', async t => {
  t.deepEqual(await generate(root, '--check'), { code: 0, stderr: '' })
})

test('the check names each stale file, and leaves it as it is', async t => {
  const project = await copy()
  try {
    const readme = join(project, 'annotations/README.md')
    await writeFile(readme, 'old\n')
    await rm(join(project, 'annotations/schema.json'))
    const plan = join(project, PLAN_ANNOTATIONS)
    const edited = (await readFile(plan, 'utf8')).replace('"weight": [1, 65535]', '"weight": [1, 65536]')
    await writeFile(plan, edited)
    const { code, stderr } = await generate(project, '--check')
    t.is(code, 1)
    t.regex(stderr, /annotations\/README\.md is stale/)
    t.regex(stderr, /annotations\/schema\.json is stale/)
    t.regex(stderr, /userdata-templates\/guest\/plan_annotations\.py is stale/)
    t.is(await readFile(readme, 'utf8'), 'old\n')
    t.is(await readFile(plan, 'utf8'), edited)
    t.true(edited.includes('"weight": [1, 65536]'))
  } finally {
    await rm(project, { recursive: true })
  }
})

test('tables of plan_annotations.py follow the model, each edit of which changes a line', async t => {
  const edits = [
    ['annotations/transparent-proxy.ts', '@default "true"', '@default "false"'],
    ['annotations/values.ts', '@maximum 4294967295', '@maximum 4294967294'],
    ['annotations/service.ts', "'?: ServicePorts", "'?: Port"],
  ] as const
  const project = await copy()
  try {
    for (const [name, before, after] of edits) {
      const text = await readFile(join(project, name), 'utf8')
      t.true(text.includes(before), name)
      await writeFile(join(project, name), text.replace(before, after))
    }
    t.is((await generate(project)).code, 0)
    const [was = [], is = []] = await Promise.all(
      [root, project].map(async folder => (await readFile(join(folder, PLAN_ANNOTATIONS), 'utf8')).split('\n')),
    )
    const service = '    "consul.hashicorp.com/connect-service-port":'
    const tproxy = '    "consul.hashicorp.com/transparent-proxy":'
    t.deepEqual(
      [was.filter(line => !is.includes(line)), is.filter(line => !was.includes(line))],
      [
        [`${service} "service-ports",`, `${tproxy} "true",`, '    "uint": [0, 4294967295],'],
        [`${service} "port",`, `${tproxy} "false",`, '    "uint": [0, 4294967294],'],
      ],
    )
  } finally {
    await rm(project, { recursive: true })
  }
})

test('a plan_annotations.py without a place for its tables stops the generator', async t => {
  const project = await copy()
  try {
    await writeFile(join(project, PLAN_ANNOTATIONS), '# nothing\n')
    const { code, stderr } = await generate(project, '--check')
    t.not(code, 0)
    t.regex(stderr, /plan_annotations\.py needs the two lines between which its tables stand/)
  } finally {
    await rm(project, { recursive: true })
  }
})

test('a key without a verdict stops the generator, which names file and key', async t => {
  const project = await copy()
  try {
    const file = join(project, 'annotations/dns.ts')
    await writeFile(file, (await readFile(file, 'utf8')).replace(/.*@verdict.*\n/, ''))
    const { code, stderr } = await generate(project, '--check')
    t.not(code, 0)
    t.regex(stderr, /annotations\/dns\.ts: consul\.hashicorp\.com\/consul-dns needs a @verdict/)
  } finally {
    await rm(project, { recursive: true })
  }
})

test('the schema inside the tool is the one in schema.json', async t => {
  t.is(SCHEMA, await readFile(join(root, 'annotations/schema.json'), 'utf8'))
})

test('the reference has a section for every key, and a row for every value of the values file', async t => {
  const readme = await readFile(join(root, 'annotations/README.md'), 'utf8')
  t.deepEqual(
    ANNOTATIONS.filter(({ key, prefix }) => !readme.includes(`\n### \`${key}${prefix ? '*' : '`'}`)).map(
      ({ key }) => key,
    ),
    [],
  )
  t.deepEqual(
    HELM_PATHS.filter(path => !readme.includes(`| \`${path}\` `)),
    [],
  )
})

test('every link inside the reference leads to a heading', async t => {
  const readme = await readFile(join(root, 'annotations/README.md'), 'utf8')
  const anchors = [...readme.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^a-z0-9 _-]/g, '')
      .replaceAll(' ', '-'),
  )
  const links = [...readme.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor = '']) => anchor)
  t.true(links.length > 100)
  t.deepEqual(
    links.filter(anchor => !anchors.includes(anchor)),
    [],
  )
})

/** The part of the schema at a dotted path of the values file, found without the generator's help. */
function valueAt(path: string): unknown {
  const { definitions } = JSON.parse(SCHEMA) as { definitions: Record<string, Record<string, unknown>> }
  const open = (node: Record<string, unknown> | undefined): Record<string, unknown> => {
    const ref = node?.['$ref']
    if (typeof ref === 'string') return open(definitions[ref.replace('#/definitions/', '')])
    const choices = (node?.['anyOf'] ?? []) as Record<string, unknown>[]
    return choices.map(open).find(choice => 'properties' in choice) ?? node ?? {}
  }
  return path.split('.').reduce<Record<string, unknown> | undefined>((node, name) => {
    const properties = open(node)['properties'] as Record<string, Record<string, unknown>> | undefined
    return properties?.[name]
  }, definitions['HelmValues'])
}

test('every Helm value that sets a default of an annotation is in the schema of the values file', t => {
  const paths = ANNOTATIONS.flatMap(({ helm }) => (helm === undefined ? [] : [helm]))
  t.true(paths.length > 20)
  t.deepEqual(
    paths.filter(path => valueAt(path) === undefined),
    [],
  )
  t.is(valueAt('connectInject.nothing'), undefined)
})
