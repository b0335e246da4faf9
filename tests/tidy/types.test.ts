// What must not compile stands in tests/types, and `npm run test:types` reads it. Here: that it says what it expects.
import { describe, expect, test } from "vitest"
import { code } from "./project.ts"

// Spelt so that this file isn't taken for one of them.
const expectation = /@ts-expect[-]error/g

describe("the type tests", () => {
  test("load, and each states errors that it expects", async () => {
    await Promise.all([
      import("../types/answers.ts"),
      import("../types/clients.ts"),
      import("../types/events.ts"),
      import("../types/table.ts"),
      import("../types/words.ts"),
    ])
    const files = code.filter(({ path }) => path.startsWith("tests/types/"))
    expect(files.map(({ path, text }) => [path, (text.match(expectation)?.length ?? 0) >= 4])).toEqual([
      ["tests/types/answers.ts", true],
      ["tests/types/clients.ts", true],
      ["tests/types/events.ts", true],
      ["tests/types/table.ts", true],
      ["tests/types/words.ts", true],
    ])
  })
})
