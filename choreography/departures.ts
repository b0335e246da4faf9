/**
 * What the cells of a batch say in answer to it leaves together: a message for each service, not one for each cell.
 *
 * Nobody depends on it. The rows are in the outboxes of those who said it, and whatever gets lost here goes out again when
 * their leases are over.
 */
import { bundlesOf } from "./bundles.ts"
import { messageOf } from "./errors.ts"
import type { Cancel, LogLine, Said } from "./platform.ts"

/** How long what was said first waits for the slower cells of its batch. */
export const COMPANY_MS = 20

export interface DeparturePorts {
  /** Hands bundles to the queue of a service. */
  send(service: string, bundles: readonly string[]): Promise<unknown>
  /** Goes on when the batch has been answered for. */
  background(work: Promise<void>): void
  later(ms: number, body: () => void): Cancel
  log(line: LogLine): void
}

export class Departures {
  readonly #ports: DeparturePorts
  readonly #lines = new Map<string, string[]>()
  /** Cells that have not answered yet. */
  #awaited: number
  #cancel: Cancel | null = null

  constructor(cells: number, ports: DeparturePorts) {
    this.#awaited = cells
    this.#ports = ports
  }

  /** A cell has answered: it has said this, or nothing. */
  answered(said: Said): void {
    for (const [service, lines] of said) {
      const waiting = this.#lines.get(service)
      if (waiting === undefined) this.#lines.set(service, [...lines])
      else waiting.push(...lines)
    }
    this.#awaited -= 1
    if (this.#awaited === 0) this.#leave()
    else if (this.#lines.size > 0)
      this.#cancel ??= this.#ports.later(COMPANY_MS, () => {
        this.#leave()
      })
  }

  #leave(): void {
    this.#cancel?.()
    this.#cancel = null
    for (const [service, lines] of this.#lines) this.#ports.background(this.#send(service, lines))
    this.#lines.clear()
  }

  async #send(service: string, lines: readonly string[]): Promise<void> {
    try {
      await this.#ports.send(service, bundlesOf(lines))
    } catch (error) {
      this.#ports.log({ level: "warn", message: "send failed", service, reason: messageOf(error) })
    }
  }
}
