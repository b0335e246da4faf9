/**
 * Asked of Inventory, and said by it. A request names all lines of an order and reaches each SKU's reservation of its
 * own; each SKU answers for itself.
 */
import { z } from "zod"
import { event } from "./definition.ts"
import { attempt, line, orderId, quantity, reason, rehearsal, sku, time } from "./parts.ts"

const about = { orderId, sku, attempt }

export const Inventory = {
  reserveRequested: event(z.object({ orderId, attempt, lines: z.array(line).min(1), plan: rehearsal }), {
    about: "Request: hold the goods of every line for the order.",
  }),
  reserved: event(z.object({ ...about, reservationId: z.string(), quantity, expiresAt: time }), {
    about: "The goods of one line are held until a given time.",
  }),
  reservationFailed: event(
    z.object({
      ...about,
      code: z.enum(["OUT_OF_STOCK", "UNAVAILABLE", "CANCELLED", "DEADLINE"]),
      requested: quantity,
      available: z.int().min(0),
      reason,
    }),
    { about: "The goods of one line are not held, and this is why." },
  ),
  release: event(z.object({ orderId, attempt, lines: z.array(line).min(1), reason, plan: rehearsal }), {
    about: "Undo: give back whatever is held for the order, and hold nothing for it any more.",
  }),
  released: event(z.object({ ...about, quantity: z.int().min(0) }), {
    about: "What was held of one line is back on the shelf.",
  }),
  releaseFailed: event(z.object({ ...about, reason }), {
    about: "What was held of one line could not be given back.",
  }),
  expired: event(z.object({ orderId, sku, reservationId: z.string() }), {
    about: "The hold has outlived its time. It is kept: the order decides, and the release comes from there.",
  }),
  deducted: event(
    z.object({
      orderId,
      sku,
      quantity,
      /** The goods left although their reservation was gone: they are missing from the shelf. */
      lost: z.boolean(),
    }),
    { about: "The goods of one line have left the shelf for good." },
  ),
}
