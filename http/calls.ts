/**
 * Calls to the services. A call that failed in a way worth retrying is made once more, with jitter and a new stub; an
 * overloaded object is left alone, and the caller is told when to come back.
 */
import type { Context } from "./edge.ts"
import { Problem } from "./problem.ts"

const RETRY_AFTER_MS = 50
const OVERLOADED_SECONDS = "5"
const UNAVAILABLE_SECONDS = "2"
/** A worker has six connections to the outside; more calls than that only queue up. */
const PARALLEL_MAX = 6

export interface CallOptions {
  /** Its effect may not happen twice: one failure is the end of it. */
  readonly once?: boolean
}

export async function call<T>(
  c: Context,
  ask: (traceparent: string) => Promise<T>,
  options: CallOptions = {},
): Promise<T> {
  const traceparent = c.get("traceparent")
  try {
    return await ask(traceparent)
  } catch (error) {
    if (options.once === true || !isSet(error, "retryable") || isSet(error, "overloaded")) throw problemOf(error)
  }
  const { outside } = c.get("shop")
  await outside.sleep(RETRY_AFTER_MS * (1 + outside.random()))
  try {
    return await ask(traceparent)
  } catch (error) {
    throw problemOf(error)
  }
}

/** The answers in the order of the items, however many of them are under way at once. */
export async function inParallel<Item, Answer>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = []
  const waiting = items.entries()
  async function work(): Promise<void> {
    for (const [index, item] of waiting) answers[index] = await ask(item)
  }
  await Promise.all(Array.from({ length: Math.min(PARALLEL_MAX, items.length) }, work))
  return answers
}

/** Whatever went wrong behind the edge, as its caller may know it: the cause stays for the log. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error
  const problem = isSet(error, "overloaded")
    ? new Problem("overloaded", "Come back later.", { headers: { "Retry-After": OVERLOADED_SECONDS } })
    : new Problem("unavailable", "Try again.", { headers: { "Retry-After": UNAVAILABLE_SECONDS } })
  problem.cause = error
  return problem
}

/** The platform marks its errors with properties. */
function isSet(error: unknown, mark: "retryable" | "overloaded"): boolean {
  return error instanceof Error && Reflect.get(error, mark) === true
}
