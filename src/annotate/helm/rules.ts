import type { HelmValues } from '../../../annotations/helm.ts'
import type { Code } from '../../report/diagnostics.ts'
import { runsProgram } from '../grammar/agent.ts'
import { readExtraConfig } from './extra-config.ts'
import { unversioned } from './image.ts'
import { nodeMeta } from './node-meta.ts'

/** What there is to say of one value: its path, and how the sentence goes on. */
export interface Finding {
  readonly code: Code
  readonly path: string
  readonly message: string
  readonly hint?: string
}

const note = (path: string, message: string): Finding => ({ code: 'N103', path, message })

function hosts({ externalServers }: HelmValues): readonly Finding[] {
  const given = externalServers?.enabled === true ? (externalServers.hosts ?? []) : []
  const ran = given.filter(runsProgram)
  if (ran.length > 0) {
    const hint =
      'a VM evaluates nothing: take it out of the values for VMs, and say by client.join whom their agents join'
    return ran.map(text => ({
      code: 'E215',
      path: `externalServers.hosts.${given.indexOf(text)}`,
      message: ` would run a program to find the servers`,
      hint,
    }))
  }
  if (given.length === 0) return []
  return [
    note('externalServers.hosts', ': for what has no agent, so not used on a VM, whose agent joins by client.join'),
  ]
}

function extraConfig({ client }: HelmValues): readonly Finding[] {
  const path = 'client.extraConfig'
  const extra = readExtraConfig(client?.extraConfig)
  if (extra === undefined) {
    const hint = 'write it out as a JSON object: templates of Helm are not filled in here'
    return [{ code: 'E216', path, message: ' is not a JSON object', hint }]
  }
  const secrets = extra.secrets.map((name): Finding => {
    const hint =
      'any process on the VM can read user-data: put it in a file below /etc/consul.d by other means, or give its path by annotation'
    return { code: 'E214', path, message: `: ${name} is a secret`, hint }
  })
  if (extra.left.length === 0) return secrets
  return [...secrets, note(path, `: not for a VM, left out of it: ${extra.left.join(', ')}`)]
}

function meta(helm: HelmValues): readonly Finding[] {
  const { left } = nodeMeta(helm)
  return left.map(path => note(path, ': only a container of the chart can fill it in, left out'))
}

const images = (helm: HelmValues): readonly Finding[] =>
  unversioned(helm).map(([path, product]) => ({
    code: 'N109',
    path,
    message: ': its tag tells no version, so the VM installs the newest of the repository',
    hint: `say it with vm.packages.${product}.version`,
  }))

/** What is wrong with values that have the right types, and what of them is read otherwise on a VM. */
export const HELM_RULES: readonly ((helm: HelmValues) => readonly Finding[])[] = [hosts, extraConfig, meta, images]
