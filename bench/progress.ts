/** Says what is measured, how far it is, and how long the rest will take. */
export class Progress {
  readonly #started = performance.now()
  readonly #parts: readonly Part[]
  readonly #write: (text: string) => void
  #index = -1
  #done = 0

  /** @param parts all that will be measured, in order. */
  constructor(parts: readonly Part[], write = (text: string) => void process.stderr.write(text)) {
    this.#parts = parts
    this.#write = write
  }

  /** The next part begins. */
  begin(): void {
    this.#index += 1
    this.#done = 0
    this.#show()
  }

  /** One of the steps of this part is done. */
  step(): void {
    this.#done += 1
    this.#show()
  }

  #show(): void {
    const part = this.#parts[this.#index]
    if (!part) return
    const terminal = process.stderr.isTTY
    if (!terminal && this.#done > 0) return
    const share = Math.min(1, this.#done / part.steps)
    const weight = (parts: readonly Part[]) => parts.reduce((sum, { seconds }) => sum + seconds, 0)
    const past = weight(this.#parts.slice(0, this.#index)) + part.seconds * share
    const elapsed = (performance.now() - this.#started) / 1000
    // Until something is measured, the seconds of another machine are all there is.
    const pace = past > 5 ? elapsed / past : 1
    const left = Math.ceil(((weight(this.#parts) - past) * pace) / 10) * 10
    const line = `[${this.#index + 1}/${this.#parts.length}] ${part.title} · ${this.#done} of ${part.steps} · about ${left} s left in all`
    this.#write(terminal ? `\r\x1b[K${line}` : `${line}\n`)
  }

  end(): void {
    if (process.stderr.isTTY) this.#write('\r\x1b[K')
  }
}

export interface Part {
  readonly title: string
  readonly steps: number
  /** What it takes on a quiet machine with two cores. */
  readonly seconds: number
}
