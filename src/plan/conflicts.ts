import { type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import { AGENT_RULES } from './rules/agent.ts'
import { PACKAGE_RULES } from './rules/packages.ts'
import { PROXY_RULES } from './rules/proxy.ts'
import type { Case, Rule } from './rules/rule.ts'
import { SERVICE_RULES } from './rules/service.ts'
import { TOKEN_RULES } from './rules/token.ts'

const RULES: readonly Rule[] = [...SERVICE_RULES, ...PROXY_RULES, ...AGENT_RULES, ...TOKEN_RULES, ...PACKAGE_RULES]

/** Everything that is wrong between annotations: what would stop the agent, contradict itself or surprise, before boot. */
export function conflicts(it: Case): readonly Diagnostic[] {
  return RULES.flatMap(rule => {
    const found = rule.find(it)
    if (found === undefined) return []
    return [found].flat().map(({ message, hint, at }) => diagnostic(rule.code, message, { hint, span: at?.span }))
  })
}
