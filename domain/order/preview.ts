/** What cancelling would do, by the very decision that cancelling makes. */
import type { Settings } from "../settings.ts"
import { kept } from "./books.ts"
import { decide } from "./decide.ts"
import { allLines, type OrderState } from "./state.ts"
import type { CancelPreview, UndoPreview } from "./views.ts"

export function previewCancel(state: OrderState, now: number, settings: Settings): CancelPreview {
  const { draft, refused } = decide(state, "cancel", { reason: null }, now, settings)
  const after = draft.state
  const base = { version: state.version, status: state.status }
  if (refused !== null) return { ...base, accepted: false, detail: refused, undo: [], final: finals(state) }
  return { ...base, accepted: true, detail: null, undo: undoOf(after), final: finals(after) }
}

/** The undos that would be under way; those done already are not done again. */
function undoOf(state: OrderState): UndoPreview[] {
  const { payment, inventory, shipping } = state.steps
  const steps: UndoPreview[] = []
  if (isOwed(shipping.undo)) {
    steps.push({ step: "shipping", does: "recall the parcel", trackingNumber: state.shipment?.trackingNumber ?? null })
  }
  if (isOwed(payment.undo)) {
    const owed = kept(state)
    // While the charge has no answer, what it takes is not known; it is no more than the total.
    const atMost = payment.completedAt === null && state.captured === 0 ? state.total : owed
    steps.push({ step: "payment", does: "refund", amount: owed, atMost })
  }
  if (isOwed(inventory.undo)) {
    const lines = allLines(state).filter((line) => isOwed(line.undo))
    const units = lines.map(({ sku, quantity, reserved, released }) => {
      return { sku, units: reserved - released, atMost: reserved > 0 ? reserved - released : quantity }
    })
    steps.push({ step: "inventory", does: "release", units })
  }
  return steps
}

function isOwed(undo: string): boolean {
  return undo === "due" || undo === "asked" || undo === "outstanding"
}

/** What can't be undone any more. */
function finals(state: OrderState): string[] {
  const final: string[] = []
  if (state.grantedAt !== null) final.push("dispatch is granted")
  for (const line of allLines(state)) {
    if (line.shipped > 0) final.push(`${String(line.shipped)} of ${line.sku} have left`)
    if (line.lost > 0) final.push(`${String(line.lost)} of ${line.sku} are lost`)
  }
  return final
}
