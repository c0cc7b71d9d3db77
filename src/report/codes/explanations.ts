import type { Code } from '../catalogue.ts'
import { AGENTS } from './agents.ts'
import { DOCUMENT } from './document.ts'
import type { Explanation } from './explanation.ts'
import { GIVEN } from './given.ts'
import { KUBERNETES } from './kubernetes.ts'
import { OUTPUT } from './output.ts'
import { SERVER } from './server.ts'
import { CONFLICTS, DOUBTS } from './values.ts'

/** What there is to say of every code of the catalogue. */
export const EXPLANATIONS: Readonly<Record<Code, Explanation>> = {
  ...DOCUMENT,
  ...GIVEN,
  ...CONFLICTS,
  ...DOUBTS,
  ...AGENTS,
  ...OUTPUT,
  ...KUBERNETES,
  ...SERVER,
}
