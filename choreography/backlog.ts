/**
 * What a queue says of itself: how old its oldest message is. While it is older than a lease, what waits for a receipt
 * most likely waits in the queue: sending it again would only make the queue longer. Then one delivery at a time goes
 * out, since it brings back the queue's next answer.
 *
 * It is memory only, and a hint: an object that forgets it sends a few copies too many.
 */

/**
 * When the oldest message of a queue was sent, by the platform's answer to a send; null when that isn't known or there is
 * none, of which the local runtime says 0.
 */
export function oldestOf(answer: unknown): number | null {
  const oldest = of(of(of(answer, "metadata"), "metrics"), "oldestMessageTimestamp")
  const at = oldest instanceof Date ? oldest.getTime() : oldest
  return typeof at === "number" && at > 0 ? at : null
}

/** Looked at by hand: it is asked at each send, where a schema would cost as much as the sending. */
function of(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined
}

/** One of several answers that is behind is enough to wait for. */
export function earliest(answers: readonly (number | null)[]): number | null {
  return answers.reduce((first, at) => (first === null || (at !== null && at < first) ? at : first), null)
}

export class Backlog {
  readonly #oldest = new Map<string, number>()
  readonly #probedAt = new Map<string, number>()

  /** What a send to a service was answered. */
  heard(service: string, oldest: number | null): void {
    if (oldest === null) this.#oldest.delete(service)
    else this.#oldest.set(service, oldest)
  }

  /** Whether a delivery may go out again; while the queue is behind, the one that may is the probe. */
  admits(service: string, now: number, leaseMs: number): boolean {
    const oldest = this.#oldest.get(service)
    if (oldest === undefined || now - oldest < leaseMs) return true
    const probedAt = this.#probedAt.get(service)
    if (probedAt !== undefined && now - probedAt < leaseMs) return false
    this.#probedAt.set(service, now)
    return true
  }
}
