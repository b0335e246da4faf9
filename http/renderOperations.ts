/** What operators see, as the contract writes it. */
import { toDecimal } from "../domain/money.ts"
import type { BooksView, CancelPreview, DeadlineView, UndoPreview } from "../domain/order/views.ts"
import type { WhyView } from "../domain/order/why.ts"
import { time, timeOrNull } from "./render.ts"
import type { DeadLetter, DeadLetterTally } from "./services.ts"

export function renderWhy(why: WhyView) {
  return {
    ...why,
    since: timeOrNull(why.since),
    nextAttemptAt: timeOrNull(why.nextAttemptAt),
    deadlineAt: timeOrNull(why.deadlineAt),
    nextAction: why.nextAction === null ? null : { what: why.nextAction.what, at: time(why.nextAction.at) },
    effects: why.effects.map(({ service, name, tries, triesMax, nextAt, deadlineAt, lastError, braked, underWay }) => ({
      service,
      name,
      tries,
      attemptsLeft: triesMax - tries,
      nextAt: time(nextAt),
      deadlineAt: timeOrNull(deadlineAt),
      lastError,
      braked,
      underWay,
    })),
    unreceived: why.unreceived.map(({ service, type, target, tries, since, nextAt }) => ({
      service,
      type,
      target,
      tries,
      since: time(since),
      nextAt: time(nextAt),
    })),
    parked: why.parked.map(({ service, id, type, reason, parkedAt }) => ({
      service,
      id,
      type,
      reason,
      parkedAt: time(parkedAt),
    })),
  }
}

export function renderBooks(books: BooksView) {
  return {
    authorised: toDecimal(books.authorised),
    captured: toDecimal(books.captured),
    refunded: toDecimal(books.refunded),
    kept: toDecimal(books.kept),
    lines: books.lines,
    balanced: books.balanced,
  }
}

export function renderPreview(preview: CancelPreview, orderId: string) {
  return {
    orderId,
    status: preview.status,
    version: preview.version,
    accepted: preview.accepted,
    detail: preview.detail,
    undo: preview.undo.map(renderUndo),
    final: preview.final,
  }
}

function renderUndo(undo: UndoPreview) {
  if (undo.step !== "payment") return undo
  return { ...undo, amount: toDecimal(undo.amount), atMost: toDecimal(undo.atMost) }
}

export function renderDeadline({ name, at, does }: DeadlineView) {
  return { name, at: time(at), does }
}

export function renderTally({ matched, skipped }: DeadLetterTally, nextCursor: string | null) {
  return { matched, skipped, more: nextCursor !== null, nextCursor }
}

export function renderDeadLetter(letter: DeadLetter) {
  return {
    id: letter.id,
    orderId: letter.orderId,
    service: letter.service,
    type: letter.type,
    reason: letter.reason,
    attempts: letter.attempts,
    parkedAt: time(letter.parkedAt),
    verdict: letter.verdict,
    event: letter.event,
  }
}
