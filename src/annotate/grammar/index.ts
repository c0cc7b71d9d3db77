import { bindAddress, datacenterName, domainName, joinAddresses } from './agent.ts'
import { authMethodName } from './auth-method-name.ts'
import { goBool } from './boolean.ts'
import { type Cidr, cidrs } from './cidrs.ts'
import { type Duration, duration } from './duration.ts'
import { type ExposedPath, exposePaths } from './expose-paths.ts'
import { failureMode } from './failure-mode.ts'
import { type JsonObject, type JsonValue, jsonArray, jsonObject } from './json.ts'
import { type Locality, locality } from './locality.ts'
import { metaValue } from './meta.ts'
import { namespaceName } from './namespace-name.ts'
import { address, grpcTarget, hostPort, ip, url } from './network.ts'
import { port, uint, unprivilegedPort, weight } from './number.ts'
import type { Parsed } from './parsed.ts'
import { absolutePath, urlPath } from './paths.ts'
import { type PortRange, portRanges } from './port-ranges.ts'
import { cpuQuantity, memoryQuantity } from './quantity.ts'
import { serviceNames } from './service-names.ts'
import { servicePorts } from './service-ports.ts'
import type { GrammarSettings } from './settings.ts'
import { shellWords } from './shell-words.ts'
import { tags } from './tags.ts'
import { text } from './text.ts'
import { type User, uids, userName } from './uids.ts'
import { unitName } from './unit-name.ts'
import type { Upstream } from './upstream.ts'
import { upstreams } from './upstreams.ts'

export type { GrammarSettings } from './settings.ts'

/** What a value of each syntax means. The keys are the names of the syntaxes, as the annotation model uses them. */
export interface SyntaxMeanings {
  readonly 'go-bool': boolean
  readonly 'service-names': readonly string[]
  readonly 'service-ports': readonly number[]
  readonly port: number
  readonly 'unprivileged-port': number
  readonly uint: number
  readonly duration: Duration
  /** Billionths of a core. */
  readonly 'quantity-cpu': bigint
  /** Bytes. */
  readonly 'quantity-memory': bigint
  readonly 'port-ranges': readonly PortRange[]
  readonly cidrs: readonly Cidr[]
  readonly uids: readonly User[]
  readonly 'user-name': User
  readonly 'expose-paths': readonly ExposedPath[]
  readonly upstreams: readonly Upstream[]
  readonly tags: readonly string[]
  readonly 'meta-value': string
  readonly 'json-object': JsonObject
  readonly 'json-array': readonly JsonValue[]
  readonly 'shell-words': readonly string[]
  readonly 'url-path': string
  readonly 'absolute-path': string
  readonly ip: string
  readonly url: string
  readonly 'host-port': string
  readonly 'grpc-target': string
  readonly address: string
  readonly 'unit-name': string
  readonly 'failure-mode': 'open' | 'closed'
  readonly text: string
  readonly 'namespace-name': string
  readonly 'auth-method-name': string
  readonly locality: Locality
  readonly weight: number
  /** Empty where the image says it. */
  readonly 'join-addresses': readonly string[]
  readonly 'datacenter-name': string
  readonly 'bind-address': string
  readonly 'domain-name': string
}

/** The name of a value syntax. */
export type SyntaxName = keyof SyntaxMeanings

/** Reads a value: what it means, or every complaint about it. */
export type Grammar<T> = (value: string, settings: GrammarSettings) => Parsed<T>

/** The grammar of each value syntax. */
export const grammars: { readonly [name in SyntaxName]: Grammar<SyntaxMeanings[name]> } = {
  'go-bool': goBool,
  'service-names': serviceNames,
  'service-ports': servicePorts,
  port,
  'unprivileged-port': unprivilegedPort,
  uint,
  duration,
  'quantity-cpu': cpuQuantity,
  'quantity-memory': memoryQuantity,
  'port-ranges': portRanges,
  cidrs,
  uids,
  'user-name': userName,
  'expose-paths': exposePaths,
  upstreams,
  tags,
  'meta-value': metaValue,
  'json-object': jsonObject,
  'json-array': jsonArray,
  'shell-words': shellWords,
  'url-path': urlPath,
  'absolute-path': absolutePath,
  ip,
  url,
  'host-port': hostPort,
  'grpc-target': grpcTarget,
  address,
  'unit-name': unitName,
  'failure-mode': failureMode,
  text,
  'namespace-name': namespaceName,
  'auth-method-name': authMethodName,
  locality,
  weight,
  'join-addresses': joinAddresses,
  'datacenter-name': datacenterName,
  'bind-address': bindAddress,
  'domain-name': domainName,
}

/** Whether a text names a value syntax. */
export const isSyntaxName = (name: string): name is SyntaxName => Object.hasOwn(grammars, name)
