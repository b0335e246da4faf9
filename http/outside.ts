/** What the edge takes from outside: clock, chance, network, log. Handed in, so that a test can choose each of them. */
export interface LogLine {
  readonly level: "info" | "warn" | "error"
  readonly message: string
  readonly [field: string]: string | number | boolean | null
}

export interface Outside {
  now(): number
  /** In [0, 1), unguessable: ids are made of it. */
  random(): number
  fetch(url: string, init: RequestInit): Promise<Response>
  sleep(ms: number): Promise<void>
  /** Never given names, addresses, tokens or bodies. */
  log(line: LogLine): void
}

export const outside = (random: () => number): Outside => ({
  now: () => Date.now(),
  random,
  fetch: (url, init) => fetch(url, init),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  log: (line) => {
    console.log(JSON.stringify(line))
  },
})

/** An error in a word for the log. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : typeof error
}
