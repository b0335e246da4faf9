/** What an object knows of itself when it wakes. */
import { expect, test } from "vitest"
import { objects, within } from "./objects.ts"
import { openShop } from "./world.ts"

const shop = openShop()

test("an object that is woken by its bare id still knows its name, and takes what is meant for it", async () => {
  for (let placed = 0; placed < 6; placed++) await shop.place()
  await shop.settle()
  await shop.crash()
  const names = await Promise.all((await objects()).map((stub) => within(stub, (state) => state.id.name)))
  expect(names).toContain(undefined)
  for (let placed = 0; placed < 6; placed++) await shop.place()
  await shop.settle()
  expect(await shop.letters()).toEqual([])
  expect(await shop.books()).toEqual([])
})
