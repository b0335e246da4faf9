/**
 * What customers were shown before they cancelled, held against what was done.
 *
 * N11  A cancellation of the very version that was previewed is accepted or refused as shown, and undoes what was shown.
 */
import { kept } from "../../../domain/order/books.ts"
import { allLines, type OrderState, type Undo } from "../../../domain/order/state.ts"
import { type CancelPreview, STEPS } from "../../../domain/order/views.ts"
import { Violation } from "../platform/world.ts"

export class Promises {
  /** By order: the latest that was shown. */
  readonly #shown = new Map<string, CancelPreview>()
  /** What the order was right after the version that was shown. */
  readonly #next = new Map<string, OrderState>()

  show(orderId: string, preview: CancelPreview): void {
    this.#shown.set(orderId, preview)
  }

  committed(orderId: string, state: OrderState): void {
    const shown = this.#shown.get(orderId)
    if (shown !== undefined && state.version === shown.version + 1) this.#next.set(orderId, state)
  }

  /** The very version that was shown was asked to be cancelled, and this came of it. */
  keep(orderId: string, preview: CancelPreview, outcome: "accepted" | "refused", version: number): void {
    const broken = (what: string): Violation => new Violation("N11", `${orderId}, previewed at ${version}: ${what}`)
    if (preview.accepted !== (outcome === "accepted")) throw broken(`it was ${outcome}`)
    const next = this.#next.get(orderId)
    // Nothing came of it: it was being undone already, or it was refused.
    if (version === preview.version) return
    if (next?.version !== version) throw broken(`nobody has seen it at ${version}`)
    const [shown, done] = [textOf(preview), undosOf(next)]
    if (shown !== done) throw broken(`shown ${shown}, done ${done}`)
  }
}

function textOf({ undo }: CancelPreview): string {
  const steps = undo.map((each) => {
    if (each.step === "payment") return `payment ${each.amount}`
    if (each.step === "shipping") return "shipping"
    return `inventory ${each.units.map(({ sku, units }) => `${sku}: ${units}`).join()}`
  })
  return steps.sort().join("; ")
}

/** Read off the state itself, and not by what makes the preview. */
function undosOf(state: OrderState): string {
  const steps = STEPS.filter((step) => isOwed(state.steps[step].undo)).map((step) => {
    if (step === "payment") return `payment ${kept(state)}`
    if (step === "shipping") return step
    const lines = allLines(state).filter(({ undo }) => isOwed(undo))
    return `inventory ${lines.map(({ sku, reserved, released }) => `${sku}: ${reserved - released}`).join()}`
  })
  return steps.sort().join("; ")
}

function isOwed(undo: Undo): boolean {
  return undo !== "none" && undo !== "done"
}
