/**
 * A piece of the plan in which something may be left for the guest to fill in. A string is literal, whatever it looks like: one line or one
 * argument. A list is filled and joined to one string. An object is a hole. Nodes stand at typed places of the plan only; no text is
 * ever searched for them.
 */
export type PlanNode = string | Hole | readonly PlanNode[]

/** What only the guest knows. */
export type Hole = Fact | SshPorts | Uid | Choice

/** One string: the host's name, the instance's id, the path of the Python that runs the generator. */
export interface Fact {
  readonly hole: 'hostname' | 'instance-id' | 'python'
}

/** One string for each port that sshd listens on. */
export interface SshPorts {
  readonly hole: 'ssh-ports'
  readonly prefix: string
}

/** The number of a user known by name. A guest without that user refuses the plan. */
export interface Uid {
  readonly hole: 'uid'
  readonly user: string
  readonly prefix: string
}

/** Nodes by the version of systemd (`then` counts at `from` and above), or by whether systemd-resolved resolves names. */
export type Choice =
  | {
      readonly hole: 'systemd'
      readonly from: number
      readonly then?: readonly PlanNode[]
      readonly else?: readonly PlanNode[]
    }
  | { readonly hole: 'resolved'; readonly then?: readonly PlanNode[]; readonly else?: readonly PlanNode[] }

export const HOSTNAME: Fact = { hole: 'hostname' }
export const INSTANCE_ID: Fact = { hole: 'instance-id' }
export const PYTHON: Fact = { hole: 'python' }

const isList = (node: PlanNode): node is readonly PlanNode[] => Array.isArray(node)

/** When a branch of a choice counts, in words. */
function conditions(choice: Choice): readonly [then: string, otherwise: string] {
  if (choice.hole === 'resolved') return ['with systemd-resolved', 'without systemd-resolved']
  return [`systemd ${choice.from} or newer`, `systemd before ${choice.from}`]
}

/** A node for people: literal text as it is, holes by name in braces, choices with their condition. */
export function shownNode(node: PlanNode): readonly string[] {
  if (typeof node === 'string') return [node]
  if (isList(node)) return [node.flatMap(shownNode).join('')]
  if (node.hole === 'ssh-ports') return [`${node.prefix}{ssh-ports}`]
  if (node.hole === 'uid') return [`${node.prefix}{uid of ${node.user}}`]
  if (node.hole !== 'systemd' && node.hole !== 'resolved') return [`{${node.hole}}`]
  const [then, otherwise] = conditions(node)
  return [
    ...shownNodes(node.then ?? []).map(line => `${line} {${then}}`),
    ...shownNodes(node.else ?? []).map(line => `${line} {${otherwise}}`),
  ]
}

/** Lines or arguments of the plan for people. */
export const shownNodes = (nodes: readonly PlanNode[]): readonly string[] => nodes.flatMap(shownNode)
