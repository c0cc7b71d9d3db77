import { cpuUsage } from 'node:process'

/** The least share of a processor with which it is the work that takes so long, and the least that is made up for. */
const [SHARE, LEAST] = [0.9, 0.25]

/**
 * The milliseconds that work lacked which had so many since a moment, because other processes had the processors: what its share of
 * one leaves to make up for. Zero when it had one. The threads of this process count as one.
 */
export function lacked(start: NodeJS.CpuUsage, milliseconds: number): number {
  const { user, system } = cpuUsage(start)
  const share = (user + system) / (milliseconds * 1000)
  return share >= SHARE ? 0 : Math.ceil(milliseconds / Math.max(share, LEAST)) - milliseconds
}
