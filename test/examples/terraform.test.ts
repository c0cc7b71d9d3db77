import test from 'ava'
import { QUERY } from '../../src/cli/terraform-query.ts'
import { runIn } from '../cli/world.ts'
import { readExample } from './files.ts'
import { mapOf } from './hcl.ts'

const main = readExample('terraform/main.tf')
const query = mapOf(main, 'query')

/** What the data source cloudinit_config renders: a message of Go's, with CRLF around parts that are handed on as they are. */
function rendered(parts: readonly (readonly [filename: string, type: string, content: string])[]): string {
  const texts = parts.map(
    ([filename, type, content]) =>
      `--MIMEBOUNDARY\r\nContent-Disposition: attachment; filename="${filename}"\r\nContent-Transfer-Encoding: 7bit\r\n` +
      `Content-Type: ${type}\r\nMime-Version: 1.0\r\n\r\n${content}\r\n`,
  )
  const head = 'Content-Type: multipart/mixed; boundary="MIMEBOUNDARY"\nMIME-Version: 1.0\r\n\r\n'
  return `${head}${texts.join('')}--MIMEBOUNDARY--\r\n`
}

/** The parts that main.tf names, with the contents that they would have. */
const parts = [...main.matchAll(/filename += "(.+)"\n +content_type = "(.+)"\n/g)].map(
  ([, filename = '', type = '']) =>
    [filename, type, filename === 'web.yaml' ? readExample('terraform/web.yaml') : '#!/bin/sh\n'] as const,
)

/** The query as Terraform would send it. */
const sent = {
  ...Object.fromEntries([...query].map(([key, value]) => [key, value.replace(/^"(.*)"$/, '$1')])),
  user_data: rendered(parts),
  annotations: '{"service-tags":"terraform,blue"}',
}

test('the query of the example has keys that the tool knows', t => {
  t.true(query.size > 2)
  const keys = QUERY.map(([key]) => key)
  t.deepEqual(
    [...query.keys()].filter(key => !keys.includes(key)),
    [],
  )
})

test('the query of the example takes the rendered parts, and its annotations are known', t => {
  t.is(query.get('user_data'), 'data.cloudinit_config.web.rendered')
  t.is(query.get('annotations'), 'jsonencode({ service-tags = join(",", var.service_tags) })')
  t.is(parts.length, 2)
})

test('what cloudinit_config renders is injected, with the annotations of a part and of the query', async t => {
  const { exit, stderr, stdout } = await runIn({ stdin: JSON.stringify(sent) }, 'terraform')
  t.is(exit, 0, stderr)
  const result: Readonly<Record<string, string>> = JSON.parse(stdout.toString('utf8'))
  t.is(result['injected'], 'true')
  t.is(result['service'], 'web')
  t.true(Number(result['bytes']) <= 16_384)
  t.deepEqual(JSON.parse(result['registration'] ?? '').service.tags, ['terraform', 'blue'])
})

test('every key of the result that the example reads is there', async t => {
  const { stdout } = await runIn({ stdin: JSON.stringify(sent) }, 'terraform')
  const result = JSON.parse(stdout.toString('utf8'))
  const read = [...main.matchAll(/\.result\.(\w+)/g)].map(([, key]) => key ?? '')
  t.true(read.length > 2)
  for (const key of read) t.true(key in result, key)
})

test('the check of the example sees a warning in the diagnostics, and none where there is none', async t => {
  const needle = /strcontains\(data\.external\.web\.result\.diagnostics, ("(?:[^"\\]|\\.)*")\)/.exec(main)?.[1]
  const warning: string = JSON.parse(needle ?? '""')
  for (const [annotations, found] of [
    [sent.annotations, false],
    ['{"consul-sidecar-user-volume":"[]"}', true],
  ] as const) {
    const { stdout } = await runIn({ stdin: JSON.stringify({ ...sent, annotations }) }, 'terraform')
    t.is(JSON.parse(stdout.toString('utf8')).diagnostics.includes(warning), found, annotations)
  }
})
