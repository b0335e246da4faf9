// What the demo shows while its orders are on their way.
import { describe, expect, test } from "vitest"
import { plain, type Row, table, terminal } from "../../scripts/demo/table.ts"

const row: Row = { name: "happy", tells: "", orderId: "ord_1", states: ["pending"], books: "", isAsExpected: null }

describe("the demo's table", () => {
  test("has a line for each order, and says how many have ended", () => {
    const rows: readonly Row[] = [
      row,
      { ...row, name: "declined", states: ["pending", "cancelled"], books: "kept 0", isAsExpected: true },
      { ...row, name: "poison", states: ["pending", "delivered"], isAsExpected: false },
    ]
    const lines = table(rows, 3.4)
    expect(lines).toHaveLength(rows.length + 2)
    expect(lines[1]).toMatch(/^ {2}· happy +pending +ord_1$/)
    expect(lines[2]).toMatch(/^ {2}✓ declined +pending → cancelled +kept 0 +ord_1$/)
    expect(lines[3]).toMatch(/^ {2}✗ poison/)
    expect(lines[4]).toContain("██░ 2 of 3 have ended, 3 s")
  })

  test("keeps the end of a path that is too long", () => {
    const states = ["pending", "confirmed", "paid", "shipped", "delivered", "refunded"]
    expect(table([{ ...row, states }], 0)[1]).toMatch(/happy +….* → delivered → refunded +ord_1$/)
  })

  test("is drawn over itself in a terminal, each line within its width", () => {
    let written = ""
    const screen = terminal((text) => (written += text), 6)
    screen.show(["one", "two two two"], [])
    screen.end(["three", "four"])
    expect(written).toBe("one\ntwo t\n\u001B[2A\u001B[Jthree\nfour\n")
  })

  test("is plain lines elsewhere: the news, and the table at the end", () => {
    let written = ""
    const screen = plain((text) => (written += text))
    screen.show(["table"], ["news"])
    screen.show(["table"], [])
    screen.end(["table"])
    expect(written).toBe("news\n\ntable\n")
  })
})
