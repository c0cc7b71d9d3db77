/** A number of JSON as it was written: `1.0` stays `1.0`. Printed by JSON.stringify it is the number that it means. */
export class JsonNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toJSON(): number {
    return Number(this.text)
  }
}
