import type { GoBool, Text } from './values.ts'

/**
 * Whether a VM is injected at all.
 *
 * @title Decision
 */
export interface DecisionAnnotations {
  /**
   * Puts the VM into the service mesh: `"true"` asks for it, `"false"` refuses it, whatever the default is.
   * Without the key the default decides.
   *
   * @verdict applies
   * @default "false"
   * @helm connectInject.default
   * @since 0.1.0
   * @example "true"
   * @vm User-data that does not ask for it is returned as it came. On the guest `"false"` in `service-config.json` still
   * means no.
   */
  'consul.hashicorp.com/connect-inject'?: GoBool

  /**
   * Marks user-data that somebody has injected already. Any value means so; consul-k8s writes `injected`.
   *
   * @verdict applies
   * @since 0.1.0
   * @example "injected"
   * @vm The document is returned unchanged, with a notice. Do not write it by hand: user-data that this tool has injected
   * is recognised without it.
   */
  'consul.hashicorp.com/connect-inject-status'?: Text
}
