import { close, closeSync, fsync } from 'node:fs'

/** Files that are synced together: a journal takes many as fast as it takes one. */
const BATCH = 64

/** Syncs files while other work goes on, batch by batch, and closes them. */
export class Syncing {
  private batch: { readonly file: number; readonly done: (error: Error | null) => void }[] = []
  private onTheWay: Promise<unknown> = Promise.resolve()

  /** Takes a file; the promise gives the error, if any, once its batch is through. */
  add(file: number): Promise<Error | null> {
    return new Promise(done => this.batch.push({ file, done }))
  }

  get isEmpty(): boolean {
    return this.batch.length === 0
  }

  get isFull(): boolean {
    return this.batch.length >= BATCH
  }

  /** Starts a batch when the one before it is through. */
  async start(): Promise<void> {
    await this.onTheWay
    const synced = this.batch.map(
      ({ file, done }) =>
        new Promise<void>(through =>
          fsync(file, error =>
            close(file, closing => {
              done(error ?? closing ?? null)
              through()
            }),
          ),
        ),
    )
    this.batch = []
    this.onTheWay = Promise.all(synced)
  }

  /** Closes what is not on its way yet. */
  stop(): void {
    for (const { file } of this.batch) closeSync(file)
    this.batch = []
  }
}
