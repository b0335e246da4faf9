/**
 * Asked of Inventory, and said by it. A request names all lines of an order and reaches each SKU's reservation of its
 * own; each SKU answers for itself.
 */
import { z } from "zod"
import { event } from "./definition.ts"
import { attempt, line, orderId, quantity, reason, rehearsal, sku, time } from "./parts.ts"

const about = { orderId, sku, attempt }

export const Inventory = {
  reserveRequested: event(z.object({ orderId, attempt, lines: z.array(line).min(1), plan: rehearsal })),
  reserved: event(z.object({ ...about, reservationId: z.string(), quantity, expiresAt: time })),
  reservationFailed: event(
    z.object({
      ...about,
      code: z.enum(["OUT_OF_STOCK", "UNAVAILABLE", "CANCELLED", "DEADLINE"]),
      requested: quantity,
      available: z.int().min(0),
      reason,
    }),
  ),
  /** Undo: give back whatever is held for the order, and hold nothing for it any more. */
  release: event(z.object({ orderId, attempt, lines: z.array(line).min(1), reason, plan: rehearsal })),
  released: event(z.object({ ...about, quantity: z.int().min(0) })),
  releaseFailed: event(z.object({ ...about, reason })),
  /** The hold has outlived its time. It is kept: the order decides, and the release comes from there. */
  expired: event(z.object({ orderId, sku, reservationId: z.string() })),
  deducted: event(
    z.object({
      orderId,
      sku,
      quantity,
      /** The goods left although their reservation was gone: they are missing from the shelf. */
      lost: z.boolean(),
    }),
  ),
}
