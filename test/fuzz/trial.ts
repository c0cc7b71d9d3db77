import { env } from 'node:process'
import { Script } from 'node:vm'
import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'

/** `test/fuzz/run.mjs` says how much is tried. */
const CASES = Number(env['FUZZ_CASES'] || 100)
const SECONDS = Number(env['FUZZ_SECONDS'] || 5)
const REPLAY = { seed: Number(env['FUZZ_SEED'] || 1), path: env['FUZZ_PATH'] ?? '' }

/** What came of a case: `injected`, `left`, `refused` and the like. */
export type Fate = string

/** No case takes as long that ends at all. */
const FOREVER = 30_000

const held: { run: () => void } = { run: () => {} }
Object.defineProperty(globalThis, 'heldByFuzz', { value: held })
const script = new Script('heldByFuzz.run()')

/** Runs something that does not wait for anything; throws when it does not end. */
export function bounded<T>(run: () => T): T {
  const results: T[] = []
  held.run = () => results.push(run())
  script.runInThisContext({ timeout: FOREVER })
  return results[0] as T
}

const [AN_HOUR, LONGEST_REPORT] = [3_600_000, 6000]

/** Tries a property and says how many cases came to what; of some fate there has to be a share, or nothing was tried. */
async function attempt<T>(
  t: ExecutionContext,
  cases: fc.Arbitrary<T>,
  holds: (value: T) => Fate | Promise<Fate>,
  [needed, share]: readonly [Fate, number],
  limits: fc.Parameters<[T]>,
): Promise<void> {
  const fates = new Map<Fate, number>()
  const property = fc.asyncProperty(cases, async value => {
    const fate = await bounded(() => holds(value))
    fates.set(fate, (fates.get(fate) ?? 0) + 1)
  })
  const details = await fc.check(property, { ...limits, ...REPLAY })
  const { numRuns, failed, counterexamplePath } = details
  t.log(`${numRuns} cases: ${[...fates].map(([fate, count]) => `${count} ${fate}`).join(', ')}`)
  if (failed) {
    const again = `npm run fuzz -- --seed ${REPLAY.seed} --path ${counterexamplePath} '${t.title}'`
    const report = `${details.errorInstance}\n${fc.defaultReportMessage(details)}`
    t.fail(`${again}\n${report.slice(0, LONGEST_REPORT)}`)
  }
  const found = fates.get(needed) ?? 0
  t.true(REPLAY.path !== '' || found >= share * numRuns, `only ${found} of ${numRuns} came out ${needed}`)
}

/** A law, on as many cases as CI has for each; a share of them has to come out in one way. */
export function law<T>(
  title: string,
  cases: fc.Arbitrary<T>,
  holds: (value: T) => Fate | Promise<Fate>,
  share: readonly [Fate, number],
): void {
  const limits = { numRuns: CASES, interruptAfterTimeLimit: AN_HOUR, markInterruptAsFailure: true }
  test.serial(title, t => attempt(t, cases, holds, share, limits))
}

/** The same for its part of the time that there is for mutations. */
export function lawForAWhile<T>(
  title: string,
  part: number,
  cases: fc.Arbitrary<T>,
  holds: (value: T) => Fate | Promise<Fate>,
  share: readonly [Fate, number],
): void {
  const limits = { numRuns: 1e9, interruptAfterTimeLimit: part * SECONDS * 1000 }
  test.serial(title, t => attempt(t, cases, holds, share, limits))
}
