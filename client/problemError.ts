/** A refusal, as the shop has put it: RFC 9457 with a stable code. */
import type { ProblemBody } from "../http/api/problemSchema.ts"
import type { ProblemCode } from "../http/problem.ts"

/** What was answered by something between us and the shop, and not by the shop. */
const UNREADABLE = "unreadable"

export class ProblemError extends Error {
  override readonly name = "ProblemError"
  readonly status: number
  readonly code: ProblemCode | typeof UNREADABLE
  /** Null: the answer was none of the shop's. */
  readonly problem: Readonly<ProblemBody> | null
  /** When the shop wants to be asked again. */
  readonly retryAfterMs: number | null

  constructor(status: number, problem: Readonly<ProblemBody> | null, retryAfterMs: number | null) {
    super(problem === null ? `HTTP ${String(status)}` : `${problem.code}: ${problem.detail}`)
    this.status = status
    // The shop's codes are those of its own table.
    this.code = problem === null ? UNREADABLE : (problem.code as ProblemCode)
    this.problem = problem
    this.retryAfterMs = retryAfterMs
  }

  /** Whether the same request may well succeed later, without anything being changed about it. */
  get retryable(): boolean {
    return isTransient(this.status) || this.code === "idempotency_running"
  }
}

export function isTransient(status: number): boolean {
  return status === 429 || status >= 500
}

/** Reads a refusal; its body is spent afterwards. */
export async function problemOf(response: Response): Promise<ProblemError> {
  const text = await response.text().catch(() => "")
  return new ProblemError(response.status, read(text), retryAfterOf(response))
}

export function retryAfterOf(response: Response): number | null {
  const seconds = response.headers.get("retry-after")
  return seconds !== null && /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1_000 : null
}

function read(text: string): ProblemBody | null {
  try {
    const value: unknown = JSON.parse(text)
    const isProblem = typeof value === "object" && value !== null && "code" in value && "detail" in value
    // Whatever has a code and a detail was written by the shop.
    return isProblem ? (value as ProblemBody) : null
  } catch {
    return null
  }
}
