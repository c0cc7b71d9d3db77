// Times of works of several sizes, and the exponent of their growth.

/** All sizes are measured in turn, so often. */
const ROUNDS = 3

/** Milliseconds of processor time of one run: the least of those that fit into the patience. */
function timeOf(work, patience) {
  globalThis.gc?.()
  let least = Number.POSITIVE_INFINITY
  for (let spent = 0; spent < patience; ) {
    const { user, system } = process.cpuUsage()
    work()
    const now = process.cpuUsage()
    const time = Math.max(now.user + now.system - user - system, 1) / 1000
    least = Math.min(least, time)
    spent += time
  }
  return least
}

/** Of every work `{ size, work }` the milliseconds of all rounds, and the least; each is run for `patience` milliseconds. */
export function times(works, patience) {
  const rounds = Array.from({ length: ROUNDS }, () => works.map(({ work }) => timeOf(work, patience)))
  return works.map(({ size }, index) => {
    const own = rounds.map(times => times[index])
    return { size, rounds: own, least: Math.min(...own) }
  })
}

/** The slope of the straight line that lies closest to log(time) over log(size). */
function slope(sizes, times) {
  const points = sizes.map((size, index) => [Math.log(size), Math.log(times[index])])
  const [x, y] = [0, 1].map(axis => points.reduce((sum, point) => sum + point[axis], 0) / points.length)
  const over = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0)
  return over / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0)
}

/** The exponent of the least times, and those of each round. */
export function exponentsOf(timed) {
  const sizes = timed.map(({ size }) => size)
  return {
    exponent: slope(
      sizes,
      timed.map(({ least }) => least),
    ),
    rounds: timed[0].rounds.map((_, round) =>
      slope(
        sizes,
        timed.map(({ rounds }) => rounds[round]),
      ),
    ),
  }
}
