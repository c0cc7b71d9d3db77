/** What a key means on a VM: it applies, it maps onto something of the VM's, it is pointless (a warning), or it is refused. */
export type Verdict = 'applies' | 'maps' | 'warn' | 'reject'

/** One annotation key, as the model under `annotations/` states it. `annotations/generated/table.ts` holds one row a key. */
export interface AnnotationRow {
  /** The whole key; for a family of keys (`service-meta-*`) the part before the star. */
  readonly key: string
  /** True when `key` is a prefix. */
  readonly prefix: boolean
  /** What a key of a family ends in, where more than the part before the star is fixed. */
  readonly suffix?: string
  readonly family: string
  readonly verdict: Verdict
  /** The name of the value's grammar. */
  readonly syntax: string
  /** First sentence(s) of the TSDoc: what it means. */
  readonly summary: string
  /** What it does on a VM; for `warn` and `reject` why it cannot work there and what to use instead. */
  readonly vm: string
  readonly since: string
  readonly default?: string
  /** Path of the Helm value of the consul-k8s chart that sets the default. */
  readonly helm?: string
  readonly example: string
  /** What else has to be said for it to have an effect: `name=value`, blanks between them. */
  readonly needs?: string
  /** Set when this key is another spelling of that key. */
  readonly aliasOf?: string
}
