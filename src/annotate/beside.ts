import { readYaml } from '../decode/yaml.ts'
import { entryOf, followed, mergedEntries } from '../decode/yaml-node.ts'
import { type Code, type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import { type Source, spanOf } from '../report/source.ts'
import { type Annotation, type AnnotationLayer, ourEntries } from './annotation.ts'
import { normalise } from './scalar.ts'
import { wholeKey } from './table.ts'

/** Annotations of the command line: `key=value`, one a flag; the key may leave out its domain. */
export function readFlags(flags: readonly string[]): AnnotationLayer {
  const annotations: Annotation[] = []
  const diagnostics: Diagnostic[] = []
  for (const flag of flags) {
    const source: Source = { name: '--annotation', text: flag }
    const equals = flag.indexOf('=')
    if (equals < 1) {
      const span = spanOf(source, 0, Math.max(flag.length, 1))
      const hint = "write --annotation 'consul.hashicorp.com/connect-inject=true'"
      diagnostics.push(diagnostic('E208', `--annotation ${flag} is not of the form key=value`, { span, hint }))
      continue
    }
    const given = flag.slice(0, equals)
    annotations.push({
      key: wholeKey(given),
      value: flag.slice(equals + 1),
      origin: 'flag',
      keySpan: spanOf(source, 0, equals),
      span: spanOf(source, equals + 1, Math.max(flag.length, equals + 2)),
    })
  }
  return { annotations, diagnostics }
}

/** Annotations of a V1ObjectMeta in YAML or JSON: `{annotations}` itself, or a manifest with `metadata: {annotations}`. */
export function readMetadata(source: Source): AnnotationLayer {
  const fail = (code: Code, why: string, offset: number): AnnotationLayer => ({
    annotations: [],
    diagnostics: [
      diagnostic(code, `${source.name}: ${why}`, {
        span: spanOf(source, offset, offset + 1),
        hint: 'give a Kubernetes ObjectMeta: a mapping with `annotations`',
      }),
    ],
  })
  const yaml = readYaml(source.text)
  if (!yaml.ok) return fail('E206', `not YAML: ${yaml.message}`, yaml.offset)
  if (yaml.root?.kind !== 'mapping') return fail('E212', 'not a mapping', 0)
  const meta = entryOf(yaml.root, 'metadata')?.value ?? yaml.root
  const given = entryOf(meta, 'annotations')?.value
  const node = followed(given)
  if (given === undefined || (node?.kind === 'scalar' && node.type === 'null'))
    return { annotations: [], diagnostics: [] }
  if (node?.kind !== 'mapping') return fail('E212', '`annotations` is not a mapping', given.start)
  if (ourEntries(mergedEntries(node)).length > 0)
    return fail('E210', 'annotations arrive through a YAML merge key (<<)', node.start)
  const annotations: Annotation[] = []
  const diagnostics: Diagnostic[] = []
  for (const { key, value } of ourEntries(node.entries)) {
    if (key.kind !== 'scalar') continue
    const span = spanOf(source, value.start, Math.max(value.end, value.start + 1))
    const text = normalise(key.text, value, span)
    const keySpan = spanOf(source, key.start, key.end)
    if (text.ok) annotations.push({ key: key.text, value: text.value, origin: 'metadata', span, keySpan })
    else diagnostics.push(text.diagnostic)
  }
  return { annotations, diagnostics }
}
