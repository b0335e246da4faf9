// An object that goes back in time, at a person's word.
import { expect, test } from "vitest"
import { open } from "./shop.ts"

const ask = (path: string, body: object) => {
  const opened = open()
  const answer = opened.request(`/admin/cells/Order/any-0/${path}`, { method: "POST", body })
  return { ...opened, answer }
}

test("P8 a restored object says everything under another name from then on, and the log has who wanted it and why", async () => {
  const { answer, shop } = ask("restore", { at: "2025-12-31T23:00:00Z", reason: "a wrong deploy" })
  const body: unknown = await (await answer).json()
  expect(body).toEqual({
    service: "Order",
    cell: "any-0",
    incarnation: shop.time,
    restoredTo: "2025-12-31T23:00:00.000Z",
  })
  expect(shop.restored).toEqual(["any-0"])
  const said = { level: "warn", message: "an object was restored", who: "development", reason: "a wrong deploy" }
  expect(shop.lines).toContainEqual(expect.objectContaining(said))
})

test("P8 an object that was restored elsewhere is told so", async () => {
  const { answer, shop } = ask("reincarnate", { reason: "restored by the platform's support" })
  expect(await (await answer).json()).toEqual({ service: "Order", cell: "any-0", incarnation: shop.time })
  expect(shop.lines).toContainEqual(expect.objectContaining({ message: "an object was reincarnated" }))
})
