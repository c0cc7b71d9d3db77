import { ANNOTATIONS } from '../../annotations/generated/table.ts'
import type { HelmValues } from '../../annotations/helm.ts'
import { readYaml } from '../decode/yaml.ts'
import { toData } from '../decode/yaml-data.ts'
import { entryOf, followed, type YamlNode } from '../decode/yaml-node.ts'
import { type Code, type Diagnostic, diagnostic, hasErrors } from '../report/diagnostics.ts'
import { oncePer } from '../report/once-per.ts'
import { type Source, type Span, spanOf } from '../report/source.ts'
import { type Annotation, DECISION, DOMAIN, VM_DOMAIN } from './annotation.ts'
import { communityEdition, type GrammarSettings } from './grammar/settings.ts'
import { dropped } from './helm/dropped.ts'
import { type ExtraConfig, NO_EXTRA_CONFIG, readExtraConfig } from './helm/extra-config.ts'
import { HELM_RULES } from './helm/rules.ts'
import { judgeHelmValues } from './schema.ts'

/** What a values file of the consul-k8s chart says that means something on a VM. */
export interface Values {
  readonly helm: HelmValues
  /** `client.extraConfig` of it. */
  readonly extra: ExtraConfig
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

/** `"-"` means "as another value says": which one, by path, and of what it says the rest is as annotations say. */
const FOLLOWS: Readonly<Record<string, readonly [path: string, ...values: readonly boolean[]]>> = {
  'connectInject.metrics.defaultEnabled': ['global.metrics.enabled', true, false],
  // Where the transparent proxy is on, names follow it VM by VM.
  'dns.enableRedirection': ['connectInject.transparentProxy.defaultEnabled', false],
}

const [JOIN, EXTRA] = ['client.join', 'client.extraConfig']

function settled(data: unknown, path: string, { join }: ExtraConfig): unknown {
  const value = at(data, path)
  if (path === JOIN) return joined([...(Array.isArray(value) ? value : []), ...join])
  const [other, ...values] = FOLLOWS[path] ?? []
  if (other === undefined || (value !== '-' && value !== undefined)) return value
  const said = at(data, other)
  return values.find(one => one === said)
}

/** A list as an annotation writes it. */
const joined = (list: readonly unknown[]): string => list.map(item => String(item).replaceAll(',', '\\,')).join(',')

/** Enterprise shows in the image's name or in the licence. */
function settingsOf(helm: HelmValues): GrammarSettings {
  const { image, enterpriseLicense, enableConsulNamespaces, adminPartitions } = helm.global ?? {}
  const namespaces = enableConsulNamespaces === true
  const partitions = adminPartitions?.enabled === true
  const licensed = (enterpriseLicense?.secretName ?? '') !== ''
  return {
    enterprise: namespaces || partitions || licensed || /[-+]ent\b/.test(image ?? ''),
    namespaces,
    partitions,
  }
}

/** The destination namespace counts only where there are namespaces. */
const NAMESPACE = `${DOMAIN}consul-namespace`

type Place = (path: string) => Span | undefined

const defaultOf = (key: string, value: string, span: Span | undefined): Annotation => ({
  key,
  value,
  origin: 'default',
  ...(span !== undefined && { span, keySpan: span }),
})

function defaultsOf(helm: HelmValues, extra: ExtraConfig, place: Place): readonly Annotation[] {
  const given = ANNOTATIONS.flatMap(({ key, helm: path }) => {
    // A default of the decision must not look like the operator's own word.
    if (path === undefined || key === DECISION) return []
    if (key === NAMESPACE && helm.global?.enableConsulNamespaces !== true) return []
    const value = settled(helm, path, extra)
    if (!['string', 'number', 'boolean'].includes(typeof value) || value === '') return []
    return [defaultOf(key, String(value), place(path) ?? place(EXTRA))]
  })
  const reached = Object.entries(extra.addresses).map(([name, value]) =>
    defaultOf(`${VM_DOMAIN}${name}`, value, place(EXTRA)),
  )
  return [...given, ...reached]
}

const NOTHING: Values = {
  helm: {},
  extra: NO_EXTRA_CONFIG,
  annotations: [],
  settings: communityEdition,
  defaultInject: false,
  diagnostics: [],
}

/** Reads a values file. Absent: the chart's own defaults, which are those of the annotation model. */
export const readValues = (source: Source | undefined): Values => (source === undefined ? NOTHING : valuesOf(source))

/** One file gives its values to all documents of a run. */
const valuesOf = oncePer((source: Source): Values => {
  const fail = (code: Code, message: string, start: number, end = start + 1): Diagnostic =>
    diagnostic(code, `${source.name}: ${message}`, {
      span: spanOf(source, start, end),
      hint: 'give a values file of the consul-k8s Helm chart',
    })
  const yaml = readYaml(source.text)
  if (!yaml.ok) return { ...NOTHING, diagnostics: [fail('E206', `not YAML: ${yaml.message}`, yaml.offset)] }
  const data = toData(yaml.root)
  if (data !== null && yaml.root?.kind !== 'mapping')
    return { ...NOTHING, diagnostics: [fail('E212', 'not a mapping', 0)] }
  const helm = (data ?? {}) as HelmValues
  const place: Place = path => {
    const node = follow(yaml.root, path.split('.'))
    return node === undefined ? undefined : spanOf(source, node.start, Math.max(node.end, node.start + 1))
  }
  const errors = judgeHelmValues(helm)
  const wrong = errors.map(({ path, message }) => {
    const span = place(path) ?? spanOf(source, 0, 1)
    return fail('E213', `${path} ${message}`, span.start, span.end)
  })
  const left = dropped(helm, source.name, place)
  if (errors.length > 0) return { ...NOTHING, diagnostics: [...wrong, ...left] }
  const extra = readExtraConfig(helm.client?.extraConfig) ?? NO_EXTRA_CONFIG
  const ruled = HELM_RULES.flatMap(rule => rule(helm)).map(({ code, path, message, hint }) =>
    diagnostic(code, `${source.name}: ${path}${message}`, { span: place(path), hint }),
  )
  const diagnostics = [...ruled, ...left]
  if (hasErrors(diagnostics)) return { ...NOTHING, diagnostics }
  return {
    helm,
    extra,
    annotations: defaultsOf(helm, extra, place),
    settings: settingsOf(helm),
    defaultInject: helm.connectInject?.default === true,
    diagnostics,
  }
})
