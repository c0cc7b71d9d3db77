import { ANNOTATIONS } from '../../annotations/generated/table.ts'
import type { HelmValues } from '../../annotations/helm.ts'
import { isRecord } from '../decode/record.ts'
import { entryOf, followed, readYaml, type YamlNode } from '../decode/yaml.ts'
import { toData } from '../decode/yaml-data.ts'
import { type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import { oncePer } from '../report/once-per.ts'
import { type Source, type Span, spanOf } from '../report/source.ts'
import type { Annotation } from './annotation.ts'
import { communityEdition, type GrammarSettings } from './grammar/settings.ts'
import { isHelmPath, judgeHelmValues } from './schema.ts'

/** What a values file of the consul-k8s chart says that means something on a VM. */
export interface Values {
  readonly helm: HelmValues
  /** Defaults of annotations. */
  readonly annotations: readonly Annotation[]
  readonly settings: GrammarSettings
  readonly defaultInject: boolean
  readonly diagnostics: readonly Diagnostic[]
}

const follow = (node: YamlNode | undefined, path: readonly string[]): YamlNode | undefined =>
  path.reduce<YamlNode | undefined>((given, key) => {
    const at = followed(given)
    return at?.kind === 'sequence' ? at.items[Number(key)] : entryOf(at, key)?.value
  }, node)

/** The Helm value at a path such as `connectInject.default`. */
const at = (data: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], data)

/** `"-"` means "as another value says": which one, by path. */
const FOLLOWS: Readonly<Record<string, string>> = {
  'connectInject.metrics.defaultEnabled': 'global.metrics.enabled',
  'dns.enableRedirection': 'connectInject.transparentProxy.defaultEnabled',
}

/** Whom the agent joins: servers outside the chart's cluster, where those are used. */
const [JOIN, EXTERNAL] = ['client.join', 'externalServers.enabled']

function settled(data: unknown, path: string): unknown {
  if (path === JOIN) return joined(at(data, at(data, EXTERNAL) === true ? 'externalServers.hosts' : JOIN))
  const value = at(data, path)
  const other = FOLLOWS[path]
  return other !== undefined && (value === '-' || value === undefined) ? at(data, other) : value
}

/** A list as an annotation writes it; undefined when there is nothing in it. */
const joined = (list: unknown): string | undefined =>
  Array.isArray(list) ? list.map(item => String(item).replaceAll(',', '\\,')).join(',') : undefined

/** Enterprise shows in the image's name or in the licence. */
function settingsOf(helm: HelmValues): GrammarSettings {
  const { image, enterpriseLicense, enableConsulNamespaces, adminPartitions, domain } = helm.global ?? {}
  const namespaces = enableConsulNamespaces === true
  const partitions = adminPartitions?.enabled === true
  const licensed = (enterpriseLicense?.secretName ?? '') !== ''
  return {
    enterprise: namespaces || partitions || licensed || /[-+]ent\b/.test(image ?? ''),
    namespaces,
    partitions,
    ...(domain !== undefined && { domain: domain.replace(/\.$/, '') }),
  }
}

/** Dotted paths of the leaves that the model does not know. */
function ignored(data: unknown, path = ''): readonly string[] {
  if (path !== '' && !isHelmPath(path)) return [path]
  if (!isRecord(data)) return []
  return Object.entries(data).flatMap(([key, value]) => ignored(value, path === '' ? key : `${path}.${key}`))
}

/** Not the default of an annotation but of the decision: it must not look like the operator's own word. */
const DECISION = 'consul.hashicorp.com/connect-inject'
/** The destination namespace counts only where there are namespaces. */
const NAMESPACE = 'consul.hashicorp.com/consul-namespace'

function defaultsOf(helm: HelmValues, place: (path: string) => Span | undefined): readonly Annotation[] {
  return ANNOTATIONS.flatMap(({ key, helm: path }) => {
    if (path === undefined || key === DECISION) return []
    if (key === NAMESPACE && helm.global?.enableConsulNamespaces !== true) return []
    const value = settled(helm, path)
    if (!['string', 'number', 'boolean'].includes(typeof value) || value === '') return []
    const span = place(path === JOIN && at(helm, EXTERNAL) === true ? 'externalServers.hosts' : path)
    return [
      { key, value: String(value), origin: 'default' as const, ...(span !== undefined && { span, keySpan: span }) },
    ]
  })
}

const NOTHING: Values = {
  helm: {},
  annotations: [],
  settings: communityEdition,
  defaultInject: false,
  diagnostics: [],
}

/** Reads a values file. Absent: the chart's own defaults, which are those of the annotation model. */
export const readValues = (source: Source | undefined): Values => (source === undefined ? NOTHING : valuesOf(source))

/** One file gives its values to all documents of a run. */
const valuesOf = oncePer((source: Source): Values => {
  const fail = (message: string, start: number, end = start + 1): Diagnostic =>
    diagnostic('E206', `${source.name}: ${message}`, {
      span: spanOf(source, start, end),
      hint: 'give a values file of the consul-k8s Helm chart',
    })
  const yaml = readYaml(source.text)
  if (!yaml.ok) return { ...NOTHING, diagnostics: [fail(`not YAML: ${yaml.message}`, yaml.offset)] }
  const data = toData(yaml.root)
  if (data !== null && yaml.root?.kind !== 'mapping') return { ...NOTHING, diagnostics: [fail('not a mapping', 0)] }
  const helm = (data ?? {}) as HelmValues
  const place = (path: string): Span | undefined => {
    const node = follow(yaml.root, path.split('.'))
    return node === undefined ? undefined : spanOf(source, node.start, Math.max(node.end, node.start + 1))
  }
  const errors = judgeHelmValues(helm)
  const diagnostics = errors.map(({ path, message }) => {
    const span = place(path) ?? spanOf(source, 0, 1)
    return fail(`${path} ${message}`, span.start, span.end)
  })
  const left = ignored(helm)
  if (left.length > 0) {
    const shown = left.length > 6 ? `${left.slice(0, 6).join(', ')} and ${left.length - 6} more` : left.join(', ')
    diagnostics.push(diagnostic('N103', `${source.name}: without meaning on a VM, ignored: ${shown}`))
  }
  if (errors.length > 0) return { ...NOTHING, diagnostics }
  return {
    helm,
    annotations: defaultsOf(helm, place),
    settings: settingsOf(helm),
    defaultInject: helm.connectInject?.default === true,
    diagnostics,
  }
})
