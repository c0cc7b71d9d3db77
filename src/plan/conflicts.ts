import { type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import { PROXY_RULES } from './rules/proxy.ts'
import type { Case } from './rules/rule.ts'
import { SERVICE_RULES } from './rules/service.ts'
import { TOKEN_RULES } from './rules/token.ts'

/** Everything that is wrong between annotations: what would stop the agent, contradict itself or surprise, before boot. */
export function conflicts(it: Case): readonly Diagnostic[] {
  return [...SERVICE_RULES, ...PROXY_RULES, ...TOKEN_RULES].flatMap(rule => {
    const found = [rule.find(it) ?? []].flat()
    return found.map(({ message, hint, at }) => diagnostic(rule.code, message, { hint, span: at?.span }))
  })
}
