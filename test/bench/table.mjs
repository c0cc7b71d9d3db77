// The table of all measurements: a row has what was measured, its median, how far the rounds lie apart, the target and the verdict.
import { median } from './measure.mjs'

const HEADS = ['What', 'Measured', 'Least to most', 'Target', 'Verdict']

/** A row of what was measured in every round. `most` or `least` is the target, `unit` stands behind each number; the median
 * counts unless another `middle` is given. */
export function row(what, values, { most, least, unit = '', digits = 2, middle = median(values) } = {}) {
  const number = value => `${value.toFixed(digits)}${unit}`
  const met = (most === undefined || middle <= most) && (least === undefined || middle >= least)
  const target = most === undefined ? least : most
  return {
    what,
    measured: number(middle),
    noise: values.length > 1 ? `${number(Math.min(...values))} to ${number(Math.max(...values))}` : '',
    target: target === undefined ? '' : `${most === undefined ? 'at least' : 'at most'} ${target}${unit}`,
    verdict: target === undefined ? '' : met ? 'met' : '**not met**',
  }
}

/** A row of what cannot be measured here. */
export const absent = (what, why = 'not installed') => ({ what, measured: why, noise: '', target: '', verdict: '' })

/** Rows as a table of Markdown, the columns in line. */
export function tableOf(rows) {
  const lines = [
    HEADS,
    ...rows.map(({ what, measured, noise, target, verdict }) => [what, measured, noise, target, verdict]),
  ]
  const widths = HEADS.map((_, column) => Math.max(...lines.map(line => line[column].length)))
  const text = lines.map(line => `| ${line.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`)
  return [text[0], `| ${widths.map(width => '-'.repeat(width)).join(' | ')} |`, ...text.slice(1)].join('\n')
}
