import type { Span } from '../report/source.ts'
import { type Annotations, DECISION, STATUS } from './annotation.ts'
import { goBool } from './grammar/boolean.ts'

/** Whether to inject, and why. */
export interface Decision {
  readonly inject: boolean
  /** Whether connect-inject itself decided. */
  readonly explicit: boolean
  /** Whether the VM is left outside on purpose: then no other annotation counts, nor what is wrong with it. */
  readonly optedOut: boolean
  readonly reason: string
  readonly hint?: string
  /** The annotation that decided. */
  readonly span?: Span
}

/**
 * The decision of the consul-k8s webhook, as far as it has a subject on a VM: a status marker means "already injected, leave it",
 * an explicit connect-inject decides, else the default does. Namespaces have none.
 */
export function decide(annotations: Annotations, byDefault: boolean): Decision {
  const status = annotations.get(STATUS)
  if (status !== undefined && status.value.trim() !== '') {
    const reason = `connect-inject-status says "${status.value}"`
    return {
      inject: false,
      explicit: false,
      optedOut: true,
      reason,
      ...(status.span !== undefined && { span: status.span }),
    }
  }
  const asked = annotations.get(DECISION)
  const parsed = asked === undefined || asked.value.trim() === '' ? undefined : goBool(asked.value)
  if (asked !== undefined && parsed !== undefined) {
    const inject = parsed.ok && parsed.value
    return {
      inject,
      explicit: true,
      optedOut: parsed.ok && !parsed.value,
      reason: `connect-inject is "${asked.value}"`,
      ...(asked.span !== undefined && { span: asked.span }),
    }
  }
  return byDefault
    ? { inject: true, explicit: false, optedOut: false, reason: 'injection is on by default' }
    : {
        inject: false,
        explicit: false,
        optedOut: false,
        reason: 'connect-inject is not set',
        hint: `add # ${DECISION}: "true", or pass --default-inject`,
      }
}
