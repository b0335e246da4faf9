/** A number that names its order needs no row, and is found as long as the order's shipment is. */
import { describe, expect, test } from "vitest"
import { orderNamedBy, trackingNumberOf } from "../../domain/tracking.ts"
import { sharedNames } from "./objects.ts"
import { openShop } from "./world.ts"

// The parcel waits at the door, where it may still be called back.
const shop = openShop({ DISPATCH_DELAY_MS: "60000" })

async function labelled(): Promise<{ readonly id: string; readonly trackingNumber: string }> {
  const { id } = await shop.place()
  await shop.eventually("a label", async () => (await shop.shipment({ id })) !== null)
  return { id, trackingNumber: (await shop.shipment({ id }))?.trackingNumber ?? "" }
}

function track(trackingNumber: string) {
  return shop.call<{ status: string; trackingNumber: string }>("GET", `/shipping/track/${trackingNumber}`)
}

describe("a number that names its order", () => {
  test("finds its parcel without a row, also after its objects have lost their memory (D-26)", async () => {
    const { id, trackingNumber } = await labelled()
    expect(orderNamedBy(trackingNumber)).toBe(id)
    expect((await track(trackingNumber)).body).toMatchObject({ trackingNumber, status: "created" })
    await shop.evict()
    expect((await track(trackingNumber)).status).toBe(200)
    expect((await sharedNames("Shipping", id)).filter((name) => name.startsWith("track/"))).toEqual([])
  })

  test("finds a parcel that was called back, as long as it is known (D-17, D-26)", async () => {
    const { id, trackingNumber } = await labelled()
    expect((await shop.call("DELETE", `/orders/${id}`)).status).toBe(202)
    await shop.until({ id }, "cancelled")
    expect((await track(trackingNumber)).body).toMatchObject({ trackingNumber, status: "cancelled" })
  })

  test("is nobody's when no label carries it, though there is such an order (D-26)", async () => {
    const { id } = await labelled()
    expect((await track(trackingNumberOf("FS", id, "invented"))).status).toBe(404)
  })
})
